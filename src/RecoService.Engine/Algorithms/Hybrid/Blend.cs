using System.Numerics;
using System.Runtime.Intrinsics;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>
/// The blend of one user after the other: each component retrieves its best items on its fast path, and all components score the union of these exactly. Costs
/// the retrievals and some hundred scores. Reusable, not thread-safe.
/// </summary>
/// <param name="itemCount">|I|.</param>
/// <param name="depth">How many of its best items each component brings in, at least 1.</param>
internal sealed class Blend(int itemCount, int depth)
{
    private readonly int[] places = [.. Enumerable.Repeat(-1, itemCount)];
    private readonly ulong[] taken = new ulong[Bits.WordsFor(itemCount)];
    private TopK pool = new(0);
    private int[] retrieved = [];
    private float[] retrievedScores = [];
    private int[] found = [];
    private int count;
    private float[] rows = [];
    private float[] blended = [];

    /// <summary>|components| x |I|, of the components that score everything at once.</summary>
    private float[]?[] everything = [];

    /// <summary>The items of the blend, in no order.</summary>
    public ReadOnlySpan<int> Found => found.AsSpan(0, count);

    /// <summary>The blended score of each found item.</summary>
    public ReadOnlySpan<float> Scores => blended.AsSpan(0, count);

    /// <summary>The blended score of an item; NaN when no component has brought it in.</summary>
    public float this[int item] => places[item] < 0 ? float.NaN : blended[places[item]];

    /// <summary>What one component says of the found items, each on the component's scale for the user; 0 where it knows nothing.</summary>
    /// <param name="component">Its place among those that were given.</param>
    public ReadOnlySpan<float> RowOf(int component) => rows.AsSpan(component * count, count);

    /// <summary>Blends for a user.</summary>
    /// <param name="components">Those without a weight are passed over.</param>
    /// <param name="user">Who is asked about.</param>
    /// <param name="blocked">A bit per item index, set = leave out.</param>
    /// <param name="length">The longest list that is wanted of the blend; a longer one than the depth has more of each component.</param>
    public void Make(IReadOnlyList<HybridComponent> components, in UserHistory user, ReadOnlySpan<ulong> blocked, int length)
    {
        Clear();
        Span<ScoreScale> scales = stackalloc ScoreScale[components.Count];
        if (everything.Length < components.Count)
            Array.Resize(ref everything, components.Count);
        for (var component = 0; component < components.Count; component++)
        {
            if (components[component].Weight <= 0)
                continue;
            var some = components[component].Model is IFullScorer full
                ? Select(everything[component] = ScoreAll(full, user, everything[component]), user.Items, blocked, Math.Max(depth, length), out scales[component])
                : Retrieve(components[component].Model, user, blocked, Math.Max(depth, length), out scales[component]);
            for (var place = 0; place < some; place++)
                Add(retrieved[place]);
        }

        EnsureRoom(components.Count);
        blended.AsSpan(0, count).Clear();
        for (var component = 0; component < components.Count; component++)
        {
            var row = rows.AsSpan(component * count, count);
            row.Clear();
            if (components[component].Weight <= 0)
                continue;
            if (components[component].Model is IFullScorer)
            {
                // With nothing above 0 it says nothing for any item.
                if (scales[component].Highest <= 0)
                    continue;
                Gather(everything[component]!, row);
            }
            else
            {
                components[component].Model.Score(user, found.AsSpan(0, count), row);
            }

            for (var place = 0; place < row.Length; place++)
                row[place] = float.IsNaN(row[place]) ? 0 : scales[component].Scaled(row[place]);
            VectorMath.AddScaled(blended.AsSpan(0, count), components[component].Weight, row);
        }
    }

    /// <summary>Offers the items that no component has brought in, in the order of the fallbacks.</summary>
    public void OfferOthers(IReadOnlyList<HybridComponent> components, in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var floor = 0;
        foreach (var component in components)
        {
            if (component.Weight > 0)
                continue;
            if (best.Threshold >= floor)
                return;
            if (floor-- == 0)
                MarkTaken(blocked);
            var some = Retrieve(component.Model, user, taken, best.Capacity, out _);
            for (var place = 0; place < some; place++)
            {
                best.Offer(retrieved[place], floor + Squashed(retrievedScores[place]));
                Bits.Set(taken, retrieved[place]);
            }
        }
    }

    /// <summary>Any score as 0..1, in the same order: what a fallback knows stays below everything blended.</summary>
    public static float Squashed(float score) => 0.5f + (0.5f * score / (1 + Math.Abs(score)));

    private void MarkTaken(ReadOnlySpan<ulong> blocked)
    {
        taken.AsSpan().Clear();
        blocked[..Math.Min(blocked.Length, taken.Length)].CopyTo(taken);
        foreach (var item in Found)
            Bits.Set(taken, item);
    }

    private int Retrieve(IScorer model, in UserHistory user, ReadOnlySpan<ulong> blocked, int length, out ScoreScale scale)
    {
        // Items of the history do not set the scale, so as many more are asked for as may come back.
        var capacity = Math.Min(itemCount, length + Math.Min(length, UnblockedCount(user.Items, blocked)));
        if (pool.Capacity != capacity)
            pool = new TopK(capacity);
        if (retrieved.Length < capacity)
            retrieved = new int[capacity];
        if (retrievedScores.Length < capacity)
            retrievedScores = new float[capacity];
        model.Retrieve(user, blocked, pool);
        var some = pool.Drain(retrieved, retrievedScores);
        scale = ScoreScale.Of(retrieved.AsSpan(0, some), retrievedScores.AsSpan(0, some), user.Items, depth);
        return some;
    }

    private float[] ScoreAll(IFullScorer model, in UserHistory user, float[]? scores)
    {
        scores ??= new float[itemCount];
        model.ScoreAll(user, scores);
        return scores;
    }

    /// <summary>
    /// At least the best items of a row, in no order; those that score nothing are never among them. A sample says above which score about enough items lie, so
    /// that nothing has to be sorted.
    /// </summary>
    private int Select(ReadOnlySpan<float> all, ReadOnlySpan<int> history, ReadOnlySpan<ulong> blocked, int length, out ScoreScale scale)
    {
        var wanted = Math.Min(itemCount, length + Math.Min(length, history.Length));
        if (retrieved.Length < itemCount)
            retrieved = new int[itemCount];
        var threshold = ThresholdOf(all, wanted);
        var some = CollectAbove(all, threshold, blocked);
        if (some < wanted && threshold > 0)
            some = CollectAbove(all, 0, blocked);
        var (highest, highestOwn) = (0f, 0f);
        for (var place = 0; place < some; place++)
        {
            var score = all[retrieved[place]];
            if (score > highest && history.BinarySearch(retrieved[place]) < 0)
                highest = score;
            highestOwn = Math.Max(highestOwn, score);
        }

        scale = new ScoreScale(0, highest > 0 ? highest : highestOwn);
        return some;
    }

    /// <summary>A score that about one and a half times as many items exceed as are wanted; at least 0.</summary>
    private static float ThresholdOf(ReadOnlySpan<float> all, int wanted)
    {
        const int most = 256;
        if (all.Length <= 4 * wanted)
            return 0;
        Span<float> sample = stackalloc float[most];
        var step = Math.Max(1, all.Length / most);
        var size = 0;
        for (var item = 0; item < all.Length && size < most; item += step)
            sample[size++] = all[item];
        sample = sample[..size];
        sample.Sort();
        var rank = Math.Min(size - 1, (int)(1.5f * wanted * size / all.Length) + 3);
        return Math.Max(0, sample[size - 1 - rank]);
    }

    /// <summary>Most items fall short of the threshold, which is seen eight at a time.</summary>
    private int CollectAbove(ReadOnlySpan<float> all, float threshold, ReadOnlySpan<ulong> blocked)
    {
        var some = 0;
        var thresholds = Vector256.Create(threshold);
        var item = 0;
        for (; item + Vector256<float>.Count <= all.Length; item += Vector256<float>.Count)
        {
            for (var bits = Vector256.GreaterThan(Vector256.Create(all.Slice(item, Vector256<float>.Count)), thresholds).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                var above = item + BitOperations.TrailingZeroCount(bits);
                if (!Bits.IsSet(blocked, above))
                    retrieved[some++] = above;
            }
        }

        for (; item < all.Length; item++)
        {
            if (all[item] > threshold && !Bits.IsSet(blocked, item))
                retrieved[some++] = item;
        }

        return some;
    }

    private void Gather(ReadOnlySpan<float> all, Span<float> row)
    {
        for (var place = 0; place < row.Length; place++)
            row[place] = all[found[place]];
    }

    private static int UnblockedCount(ReadOnlySpan<int> history, ReadOnlySpan<ulong> blocked)
    {
        var unblocked = 0;
        foreach (var item in history)
            unblocked += Bits.IsSet(blocked, item) ? 0 : 1;
        return unblocked;
    }

    private void Add(int item)
    {
        if (places[item] >= 0)
            return;
        if (count == found.Length)
            Array.Resize(ref found, Math.Max(2 * found.Length, depth));
        places[item] = count;
        found[count++] = item;
    }

    private void EnsureRoom(int componentCount)
    {
        if (blended.Length < count)
            blended = new float[found.Length];
        if (rows.Length < componentCount * count)
            rows = new float[componentCount * found.Length];
    }

    private void Clear()
    {
        foreach (var item in Found)
            places[item] = -1;
        count = 0;
    }
}
