using System.Numerics;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Recommending.Filtering.Selectors;

/// <summary>The items whose number or moment lies in one of several ranges.</summary>
internal sealed class RangeSelector<T> : Selector
    where T : unmanaged, INumber<T>
{
    /// <summary>Up to as many a scan for each is faster than a search for each item.</summary>
    private const int Few = 12;

    private readonly CellColumn<T> column;
    private readonly T[] least;
    private readonly T[] most;

    /// <param name="column">Whose values.</param>
    /// <param name="ranges">Both ends included; none that an item without a value lies in.</param>
    public RangeSelector(CellColumn<T> column, IEnumerable<(T Least, T Most)> ranges)
    {
        this.column = column;
        List<(T Least, T Most)> merged = [];
        foreach (var range in ranges.Where(range => range.Least <= range.Most).OrderBy(range => range.Least))
        {
            if (merged is [.., var last] && range.Least <= last.Most)
                merged[^1] = (last.Least, T.Max(last.Most, range.Most));
            else
                merged.Add(range);
        }

        (least, most) = ([.. merged.Select(range => range.Least)], [.. merged.Select(range => range.Most)]);
    }

    /// <param name="column">Whose values.</param>
    /// <param name="least">Included.</param>
    /// <param name="most">Included.</param>
    public RangeSelector(CellColumn<T> column, T least, T most) => (this.column, this.least, this.most) = (column, [least], [most]);

    public override void Select(int firstWord, Span<ulong> words)
    {
        var values = column.Values(firstWord, words.Length);
        if (values.IsEmpty || least.Length == 0)
            words.Clear();
        else if (least.Length <= Few)
            Selection.BetweenAny(values, least, most, words);
        else
            SelectMany(values, words);
    }

    private void SelectMany(ReadOnlySpan<T> values, Span<ulong> words)
    {
        words.Clear();
        for (var position = 0; position < values.Length; position++)
        {
            var value = values[position];
            var found = least.AsSpan().BinarySearch(value);
            var range = found >= 0 ? found : ~found - 1;
            if (range >= 0 && value >= least[range] && value <= most[range])
                Bits.Set(words, position);
        }
    }
}
