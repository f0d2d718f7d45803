using System.Runtime.InteropServices;

namespace RecoService.Engine.Recommending.Profiles;

/// <summary>Sums up which values the items of a history have, by the weight of each item.</summary>
internal sealed class ValueShares
{
    private readonly Dictionary<string, (double Weight, long Last)> values = new(StringComparer.Ordinal);
    private double total;

    /// <param name="ofItem">The distinct values of an item; none says nothing.</param>
    /// <param name="weight">Above 0.</param>
    /// <param name="last">Unix milliseconds.</param>
    public void Add(IReadOnlyCollection<string> ofItem, double weight, long last)
    {
        if (ofItem.Count == 0)
            return;
        total += weight;
        foreach (var value in ofItem)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(values, value, out var isKnown);
            known = (known.Weight + weight, isKnown ? Math.Max(known.Last, last) : last);
        }
    }

    /// <summary>Largest share first; of equal ones by the value.</summary>
    public IReadOnlyList<ValueShare> Top(int most) =>
    [
        .. values.OrderByDescending(entry => entry.Value.Weight).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(most)
            .Select(entry => new ValueShare(entry.Key, Math.Min(1, entry.Value.Weight / total), entry.Value.Last)),
    ];
}
