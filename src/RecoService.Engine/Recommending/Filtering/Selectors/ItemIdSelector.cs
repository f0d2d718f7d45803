using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>The items with one of several ids, of which not all may be there yet.</summary>
internal sealed class ItemIdSelector : Selector
{
    private readonly IItemIds items;
    private readonly IReadOnlySet<string> wanted;
    private volatile Found found;

    public ItemIdSelector(IItemIds items, IReadOnlySet<string> wanted)
    {
        (this.items, this.wanted) = (items, wanted);
        // The newest item may not be found by its id yet.
        var known = Math.Max(0, items.Count - 1);
        List<int> indexes = [];
        foreach (var id in wanted)
        {
            if (items.TryGetIndex(id, out var index))
                indexes.Add(index);
        }

        indexes.Sort();
        found = new Found(known, [.. indexes]);
    }

    public override void Select(int firstWord, Span<ulong> words)
    {
        words.Clear();
        var current = found;
        if (current.Indexes.Length < wanted.Count && items.Count > current.Known)
            current = Extend(current);
        var (first, end) = (64 * firstWord, 64 * (firstWord + words.Length));
        var start = Array.BinarySearch(current.Indexes, first);
        for (var position = start >= 0 ? start : ~start; position < current.Indexes.Length && current.Indexes[position] < end; position++)
            Bits.Set(words, current.Indexes[position] - first);
    }

    private Found Extend(Found before)
    {
        var count = items.Count;
        var indexes = new SortedSet<int>(before.Indexes);
        for (var index = before.Known; index < count; index++)
        {
            if (wanted.Contains(items[index]))
                indexes.Add(index);
        }

        return found = new Found(count, [.. indexes]);
    }

    /// <param name="Known">Items below it are decided.</param>
    /// <param name="Indexes">Ascending.</param>
    private sealed record Found(int Known, int[] Indexes);
}
