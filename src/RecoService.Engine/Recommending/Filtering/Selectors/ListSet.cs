using System.Numerics;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>
/// The lists of a column that hold any of some texts, as a bit each. Lists never change, so only those that came since are looked at again. Any number of threads may
/// ask.
/// </summary>
internal sealed class ListSet(ListColumn column, CodeSet codes)
{
    private volatile Members current = Members.Of(0, []);

    public Members Current => current;

    /// <summary>Looks at the lists that came since.</summary>
    public Members Extend()
    {
        // The texts of a list are there before it is.
        var (before, count) = (current, column.ListCount);
        if (count <= before.Known)
            return before;
        var wanted = codes.Extend();
        var bits = new ulong[Bits.WordsFor(count)];
        before.Bits.CopyTo(bits, 0);
        for (var list = before.Known; list < count; list++)
        {
            foreach (var code in column.Lists[list])
            {
                if (!Bits.IsSet(wanted.Bits, code))
                    continue;
                Bits.Set(bits, list);
                break;
            }
        }

        return current = Members.Of(count, bits);
    }

    /// <param name="Known">Lists below it are decided.</param>
    /// <param name="Bits">A bit per list.</param>
    /// <param name="Few">The lists, where a scan for each is faster than a look into the set; else null.</param>
    public sealed record Members(int Known, ulong[] Bits, int[]? Few)
    {
        private const int MostFew = 6;

        public static Members Of(int known, ulong[] bits)
        {
            List<int> lists = new(MostFew + 1);
            for (var word = 0; word < bits.Length && lists.Count <= MostFew; word++)
            {
                for (var left = bits[word]; left != 0 && lists.Count <= MostFew; left &= left - 1)
                    lists.Add((64 * word) + BitOperations.TrailingZeroCount(left));
            }

            return new Members(known, bits, lists.Count <= MostFew ? [.. lists] : null);
        }
    }
}

/// <summary>The items whose list is in at least one of some sets.</summary>
internal sealed class ListSelector : Selector
{
    private readonly ListColumn column;
    private readonly IReadOnlyList<ListSet> sets;
    private volatile ListSet.Members joined;

    public ListSelector(ListColumn column, IReadOnlyList<ListSet> sets)
    {
        (this.column, this.sets) = (column, sets);
        joined = Join();
    }

    public override void Select(int firstWord, Span<ulong> words)
    {
        var values = column.Values(firstWord, words.Length);
        if (values.IsEmpty)
        {
            words.Clear();
            return;
        }

        var members = joined;
        if (members.Known < column.ListCount)
            joined = members = Join();
        if (members.Few is { } few && TrySelect(few, members.Known, values, words))
            return;
        // A list that a writer adds meanwhile is looked at when an item is met that has it.
        while (Selection.MembersOf(values, members.Bits, words) >= members.Known)
            joined = members = Join();
    }

    /// <summary>False when a writer has added a list meanwhile, which an item may have had already.</summary>
    private bool TrySelect(int[] few, int known, ReadOnlySpan<int> values, Span<ulong> words)
    {
        Selection.EqualToAny(values, few, words);
        Volatile.ReadBarrier();
        return column.ListCount <= known;
    }

    private ListSet.Members Join()
    {
        if (sets.Count == 1)
            return sets[0].Extend();
        var known = int.MaxValue;
        var bits = new ulong[Bits.WordsFor(column.ListCount)];
        foreach (var set in sets)
        {
            var members = set.Extend();
            known = Math.Min(known, members.Known);
            for (var word = 0; word < Math.Min(bits.Length, members.Bits.Length); word++)
                bits[word] |= members.Bits[word];
        }

        // Lists that came between the sets are left to the next look.
        return ListSet.Members.Of(Math.Min(known, 64 * bits.Length), bits);
    }
}
