using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Engine.Recommending.Filtering.Selectors;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>
/// A filter over the items of one live catalogue. Any number of threads may use it, without a lock, while the catalogue changes. It is of use as long as the
/// catalogue keeps its columns, so it is to be got from a <see cref="FilterCache"/> by each request.
/// </summary>
public sealed class CompiledFilter
{
    private readonly Condition condition;
    private readonly CatalogueColumns columns;
    private readonly int layout;
    private volatile Selected? kept;

    internal CompiledFilter(FilterExpression expression, Condition condition, CatalogueColumns columns, int layout)
    {
        Expression = expression;
        DependsOnItem = NamesItem(expression);
        (this.condition, this.columns, this.layout) = (condition, columns, layout);
    }

    public FilterExpression Expression { get; }

    /// <summary>Whether it names values of the request: <c>current.</c>, <c>context.</c> or <c>user.</c>. If not, what it selects is kept until items change.</summary>
    public bool DependsOnRequest => !condition.IsFixed;

    /// <summary>Whether it names a field of the item that it judges. If not, it holds for all items or for none.</summary>
    public bool DependsOnItem { get; }

    /// <summary>Whether a column came or went since, so that it is to be compiled anew.</summary>
    internal bool IsOutdated => columns.Layout != layout;

    /// <summary>
    /// Replaces the words by a bit per item that the filter holds for, whether the item may be shown or not. Every change of an item that was applied before the
    /// call is seen. Bits beyond the catalogue are 0.
    /// </summary>
    /// <param name="context">The request; the default where the filter names nothing of it.</param>
    /// <param name="items">A bit per item index.</param>
    public void Select(in FilterContext context, Span<ulong> items)
    {
        if (condition.IsFixed)
        {
            var words = Current().Words.AsSpan();
            words = words[..Math.Min(words.Length, items.Length)];
            words.CopyTo(items);
            items[words.Length..].Clear();
            return;
        }

        var count = columns.Changes.ItemCount;
        var known = items[..Math.Min(items.Length, Bits.WordsFor(count))];
        Scan(condition.Bind(context), 0, known);
        CutOff(known, count);
        items[known.Length..].Clear();
    }

    /// <summary>Whether the filter holds for one item; false for an index beyond the catalogue.</summary>
    public bool Holds(in FilterContext context, int itemIndex)
    {
        if (itemIndex < 0 || itemIndex >= columns.Changes.ItemCount)
            return false;
        Span<ulong> word = [0];
        condition.Bind(context).Select(itemIndex / 64, word);
        return Bits.IsSet(word, itemIndex % 64);
    }

    /// <summary>Whether a filter holds for a request.</summary>
    /// <exception cref="InvalidOperationException">It names a field of the item.</exception>
    public bool Holds(in FilterContext context)
    {
        if (DependsOnItem)
            throw new InvalidOperationException("The filter names a field of the item, so ask for an item.");
        Span<ulong> word = [0];
        condition.Bind(context).Select(0, word);
        return word[0] != 0;
    }

    private static bool NamesItem(FilterExpression expression) => expression switch
    {
        AllOf all => all.Parts.Any(NamesItem),
        AnyOf any => any.Parts.Any(NamesItem),
        Negation not => NamesItem(not.Inner),
        Presence presence => presence.Subject.Scope == FilterScope.Item,
        Comparison comparison => comparison.Left.Scope == FilterScope.Item || comparison.Values.Any(value => value is FilterReference { Scope: FilterScope.Item }),
        _ => true,
    };

    private static void Scan(Selector selector, int firstWord, Span<ulong> words)
    {
        for (var done = 0; done < words.Length;)
        {
            var first = firstWord + done;
            var some = Math.Min(words.Length - done, Selector.BlockWords - (first % Selector.BlockWords));
            selector.Select(first, words.Slice(done, some));
            done += some;
        }
    }

    private static void CutOff(Span<ulong> words, int count)
    {
        if (words.Length == Bits.WordsFor(count) && count % 64 != 0)
            words[^1] &= (1UL << (count % 64)) - 1;
    }

    /// <summary>What the filter selects now. Threads that find it old at the same time each bring it up to date.</summary>
    private Selected Current()
    {
        var before = kept;
        // Read before the columns are: a change that comes meanwhile is looked at by the next request.
        var version = columns.Changes.Version;
        if (before is not null && before.Version >= version)
            return before;
        var count = columns.Changes.ItemCount;
        var words = new ulong[Bits.WordsFor(count)];
        var selector = condition.Bind(default);
        Span<int> changed = stackalloc int[256];
        var changes = before is null ? -1 : columns.Changes.CopySince(before.Version, version, changed);
        if (changes < 0)
        {
            Scan(selector, 0, words);
        }
        else
        {
            // The last word may have items now that had not arrived.
            var whole = before!.Count / 64;
            before.Words.AsSpan(0, whole).CopyTo(words);
            Scan(selector, whole, words.AsSpan(whole));
            foreach (var item in changed[..changes])
            {
                if (item / 64 < whole)
                    selector.Select(item / 64, words.AsSpan(item / 64, 1));
            }
        }

        CutOff(words, count);
        return kept = new Selected(version, count, words);
    }

    /// <param name="Version">Of the catalogue; all its changes are seen.</param>
    /// <param name="Count">Items below it are judged.</param>
    /// <param name="Words">A bit each.</param>
    private sealed record Selected(long Version, int Count, ulong[] Words);
}
