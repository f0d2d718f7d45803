using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Lets at most so many items with one value of a field into a list, as three of a brand. An item with several values counts for each of them, and has to find room
/// for each; one without a value always has room. What is left out makes room for the next candidates of the pool, and then for what the sources have beyond it. A
/// list for which they have too few stays short.
/// </summary>
internal sealed class CapReranker : IReranker
{
    private readonly LiveCatalogue catalogue;
    private readonly string? attribute;
    private readonly int most;

    /// <summary>The columns that were looked up last, which hold until the catalogue's layout is another.</summary>
    private volatile FieldColumns? lookedUp;

    private CapReranker(LiveCatalogue catalogue, string? attribute, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        (this.catalogue, this.attribute, this.most) = (catalogue, attribute, most);
    }

    /// <summary>By the categories as the shop writes them: a path is one value, and a category above it another.</summary>
    /// <param name="catalogue">Says which ones an item has.</param>
    /// <param name="most">Items of one category in a list, at least 1.</param>
    public static CapReranker OfCategories(LiveCatalogue catalogue, int most) => new(catalogue, null, most);

    /// <summary>By an attribute of any type; the entries of a list are values, and a number is another value than a text that looks like it.</summary>
    /// <param name="catalogue">Says which values an item has.</param>
    /// <param name="attribute">Its name, as <c>brand</c>. One that no item has caps nothing.</param>
    /// <param name="most">Items with one value in a list, at least 1.</param>
    public static CapReranker OfAttribute(LiveCatalogue catalogue, string attribute, int most) => new(catalogue, attribute, most);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit) => Keep(pool, null, default);

    public bool Admits(in RequestContext context, ReadOnlySpan<Candidate> list, int itemIndex) => Admits(list, itemIndex, null, default);

    /// <summary>Leaves out the candidates beyond the limit; of some items alone, where a filter says which.</summary>
    public void Keep(CandidatePool pool, CompiledFilter? items, in FilterContext context)
    {
        var (values, counts, kept) = (Field(), pool.Counts, 0);
        counts.Clear();
        for (var position = 0; position < pool.Count; position++)
        {
            var item = pool.Candidates[position].ItemIndex;
            if (items?.Holds(context, item) == false || TryCount(values.Of(item), counts))
                pool.Order[kept++] = position;
        }

        pool.Take(kept);
    }

    /// <summary>Whether one more item has room in a list; of some items alone, where a filter says which.</summary>
    public bool Admits(ReadOnlySpan<Candidate> list, int itemIndex, CompiledFilter? items, in FilterContext context)
    {
        var values = Field();
        var own = values.Of(itemIndex);
        for (var value = 0; value < own.Count; value++)
        {
            var beside = 0;
            foreach (var candidate in list)
                beside += values.Of(candidate.ItemIndex).Has(own[value]) && items?.Holds(context, candidate.ItemIndex) != false ? 1 : 0;
            if (beside >= most)
                return false;
        }

        return true;
    }

    private bool TryCount(in FieldValues values, Dictionary<long, int> counts)
    {
        for (var value = 0; value < values.Count; value++)
        {
            if (counts.GetValueOrDefault(values[value]) >= most)
                return false;
        }

        for (var value = 0; value < values.Count; value++)
            counts[values[value]] = counts.GetValueOrDefault(values[value]) + 1;
        return true;
    }

    private FieldColumns Field()
    {
        var columns = catalogue.Columns;
        // Read before the columns: what changes after it is looked up again.
        var layout = columns.Layout;
        if (lookedUp is { } known && known.Layout == layout)
            return known;
        return lookedUp = attribute is null
            ? new FieldColumns(layout, columns.Categories, null, null, null)
            : new FieldColumns(
                layout, columns.Attribute<ListColumn>(attribute), columns.Attribute<TextColumn>(attribute), columns.Attribute<NumberColumn>(attribute), columns.Attribute<FlagColumn>(attribute));
    }

    /// <summary>The columns of a field now; an item has a value in one of them at most.</summary>
    private sealed record FieldColumns(int Layout, ListColumn? Lists, TextColumn? Texts, NumberColumn? Numbers, FlagColumn? Flags)
    {
        public FieldValues Of(int itemIndex)
        {
            if (Lists is not null && Lists[itemIndex] is { IsEmpty: false } list)
                return new FieldValues(list);
            if (Texts is not null && Texts[itemIndex] is >= 0 and var text)
                return new FieldValues(ValueKind.Text, text);
            if (Numbers is not null && Numbers[itemIndex] is var number && !double.IsNaN(number))
                return new FieldValues(ValueKind.Number, BitConverter.DoubleToInt64Bits(number + 0.0));
            return Flags?[itemIndex] is { } flag ? new FieldValues(ValueKind.Flag, flag ? 1 : 0) : default;
        }
    }

    private enum ValueKind
    {
        List,
        Text,
        Number,
        Flag,
    }

    /// <summary>The values of an item, each as a number that no other value of the field has.</summary>
    private readonly ref struct FieldValues
    {
        private readonly ReadOnlySpan<int> codes;
        private readonly long single;

        public FieldValues(ReadOnlySpan<int> codes)
        {
            this.codes = codes;
            Count = codes.Length;
        }

        public FieldValues(ValueKind kind, long value) => (single, Count) = (((long)kind << 60) ^ value, 1);

        public int Count { get; }

        public long this[int value] => codes.IsEmpty ? single : codes[value];

        public bool Has(long wanted)
        {
            for (var value = 0; value < Count; value++)
            {
                if (this[value] == wanted)
                    return true;
            }

            return false;
        }
    }
}
