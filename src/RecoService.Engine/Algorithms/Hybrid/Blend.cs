using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>
/// The blend of one user after the other: each component retrieves its best items, and these are merged. Costs the retrievals, whatever the size of the
/// catalogue. Reusable, not thread-safe.
/// </summary>
/// <param name="itemCount">|I|.</param>
/// <param name="depth">How many of a component's best items count, at least 1.</param>
internal sealed class Blend(int itemCount, int depth)
{
    private readonly float[] sums = [.. Enumerable.Repeat(float.NaN, itemCount)];
    private readonly List<int> found = [];
    private readonly ulong[] taken = new ulong[Bits.WordsFor(itemCount)];
    private TopK pool = new(0);
    private int[] items = [];
    private float[] scores = [];

    /// <summary>The items of the blend, in no order.</summary>
    public IReadOnlyList<int> Found => found;

    /// <summary>The blended score of an item; NaN when no component found it.</summary>
    public float this[int item] => sums[item];

    /// <summary>Blends for a user.</summary>
    /// <param name="components">Those without a weight are passed over.</param>
    /// <param name="user">Who is asked about.</param>
    /// <param name="blocked">A bit per item index, set = leave out.</param>
    /// <param name="length">The longest list that is wanted of the blend; a longer one than the depth has more of each component.</param>
    public void Make(IReadOnlyList<HybridComponent> components, in UserHistory user, ReadOnlySpan<ulong> blocked, int length)
    {
        Clear();
        foreach (var component in components)
        {
            if (component.Weight <= 0)
                continue;
            var count = Retrieve(component, user, blocked, Math.Max(depth, length));
            var scale = ScoreScale.Of(items.AsSpan(0, count), scores.AsSpan(0, count), user.Items, depth);
            for (var place = 0; place < count; place++)
                Add(items[place], component.Weight * scale.Scaled(scores[place]));
        }
    }

    /// <summary>Offers the items that no component found, in the order of the fallbacks.</summary>
    public void OfferOthers(IReadOnlyList<HybridComponent> components, in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        taken.AsSpan().Clear();
        blocked[..Math.Min(blocked.Length, taken.Length)].CopyTo(taken);
        foreach (var item in found)
            Bits.Set(taken, item);
        var floor = 0;
        foreach (var component in components)
        {
            if (component.Weight > 0)
                continue;
            floor--;
            if (best.Threshold >= floor + 1)
                return;
            var count = Retrieve(component, user, taken, best.Capacity);
            for (var place = 0; place < count; place++)
            {
                best.Offer(items[place], floor + Squashed(scores[place]));
                Bits.Set(taken, items[place]);
            }
        }
    }

    /// <summary>Any score as 0..1, in the same order: what a fallback knows stays below everything blended.</summary>
    public static float Squashed(float score) => 0.5f + (0.5f * score / (1 + Math.Abs(score)));

    private int Retrieve(HybridComponent component, in UserHistory user, ReadOnlySpan<ulong> blocked, int length)
    {
        // Items of the history do not count, so as many more are asked for as may come back.
        var capacity = Math.Min(itemCount, length + Math.Min(length, UnblockedCount(user.Items, blocked)));
        if (pool.Capacity != capacity)
            (pool, items, scores) = (new TopK(capacity), new int[capacity], new float[capacity]);
        component.Model.Retrieve(user, blocked, pool);
        return pool.Drain(items, scores);
    }

    private static int UnblockedCount(ReadOnlySpan<int> history, ReadOnlySpan<ulong> blocked)
    {
        var count = 0;
        foreach (var item in history)
            count += Bits.IsSet(blocked, item) ? 0 : 1;
        return count;
    }

    private void Add(int item, float score)
    {
        if (float.IsNaN(sums[item]))
        {
            found.Add(item);
            sums[item] = 0;
        }

        sums[item] += score;
    }

    private void Clear()
    {
        foreach (var item in found)
            sums[item] = float.NaN;
        found.Clear();
    }
}
