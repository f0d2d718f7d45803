using System.Collections.Frozen;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>What came of an item at the places of a placement whose items were drawn.</summary>
/// <param name="Placement">The placement.</param>
/// <param name="ItemKey">The store's key.</param>
/// <param name="Count">How often it was shown there, at least 0.</param>
/// <param name="Rewards">How often it was clicked or bought of these times, at least 0.</param>
public readonly record struct ItemTrial(string Placement, int ItemKey, long Count, long Rewards);

/// <summary>
/// How often items were shown at places that explore, and clicked or bought there, by placement. It outlives serving states. Counts name no user. Readers take no lock and keep what they found: a
/// reading of the store takes the place of the one before as a whole. 20 bytes per placement and item.
/// </summary>
public sealed class ItemTrials
{
    private volatile FrozenDictionary<string, PlacementTrials> placements = FrozenDictionary<string, PlacementTrials>.Empty;

    /// <summary>Pairs of a placement and an item that are known now.</summary>
    public int EntryCount => placements.Values.Sum(trials => trials.EntryCount);

    /// <summary>Takes in what the store counts now, in the place of what it counted before.</summary>
    /// <param name="trials">Each pair of a placement and an item once, in any order.</param>
    public void Replace(IEnumerable<ItemTrial> trials) =>
        placements = trials.GroupBy(trial => trial.Placement, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => new PlacementTrials(group), StringComparer.Ordinal);

    /// <summary>Those of a placement at this moment; they do not change any more.</summary>
    internal PlacementTrials Of(string placement) => placements.GetValueOrDefault(placement, PlacementTrials.None);
}

/// <summary>The trials of one placement. Never changes.</summary>
internal sealed class PlacementTrials
{
    /// <summary>What is believed of a placement that has shown nothing yet: one click of twenty.</summary>
    private const double FirstRewards = 1;
    private const double FirstCount = 20;

    /// <summary>No belief is certain, or nothing could change it.</summary>
    private const double LeastMean = 1e-4;

    private readonly int[] itemKeys;
    private readonly double[] counts;
    private readonly double[] rewards;

    public PlacementTrials(IEnumerable<ItemTrial> trials)
    {
        var sorted = trials.OrderBy(trial => trial.ItemKey).ToArray();
        itemKeys = Array.ConvertAll(sorted, trial => trial.ItemKey);
        // What was shown lately may be erased before what came of it is.
        counts = Array.ConvertAll(sorted, trial => (double)Math.Max(0, Math.Max(trial.Count, trial.Rewards)));
        rewards = Array.ConvertAll(sorted, trial => (double)Math.Max(0, trial.Rewards));
        Rate = (rewards.Sum() + FirstRewards) / (counts.Sum() + FirstCount);
    }

    /// <summary>Nothing is known.</summary>
    public static PlacementTrials None { get; } = new([]);

    public int EntryCount => itemKeys.Length;

    /// <summary>Rewards per time shown over all items, above 0 and at most 1.</summary>
    public double Rate { get; }

    /// <summary>What is known of an item. The prior mean is r (1/2 + v), with r = <see cref="Rate"/>: the best candidate is believed to earn three times what the last one does.</summary>
    /// <param name="itemKey">The store's key.</param>
    /// <param name="value">v, its value among the candidates; what is below 0 counts as 0, and what is above 1 as 1.</param>
    /// <param name="priorStrength">How many times shown that belief is worth, above 0.</param>
    public Arm ArmOf(int itemKey, float value, double priorStrength)
    {
        var mean = Math.Clamp(Rate * (0.5 + Math.Clamp(value, 0, 1)), LeastMean, 1 - LeastMean);
        var position = Array.BinarySearch(itemKeys, itemKey);
        return position < 0 ? new Arm(0, 0, mean, priorStrength) : new Arm(counts[position], rewards[position], mean, priorStrength);
    }
}
