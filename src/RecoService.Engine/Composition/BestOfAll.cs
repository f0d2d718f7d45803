using System.Numerics;
using System.Runtime.Intrinsics;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Composition;

/// <summary>The best of a row with a score for every item, where some more do no harm: a sample says above which score about enough items lie, so that nothing has to be sorted.</summary>
internal static class BestOfAll
{
    private const int MostSampled = 256;

    /// <summary>At least the best items, in no order; those that score nothing, or below it, are never among them.</summary>
    /// <param name="all">|I| scores.</param>
    /// <param name="wanted">How many are enough.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="found">Takes them; room for |I|.</param>
    /// <returns>How many were found: at least as many as are wanted, or all that score above 0 and are not blocked.</returns>
    public static int Collect(ReadOnlySpan<float> all, int wanted, ReadOnlySpan<ulong> blocked, Span<int> found)
    {
        var threshold = ThresholdOf(all, wanted);
        var some = CollectAbove(all, threshold, blocked, found);
        return some < wanted && threshold > 0 ? CollectAbove(all, 0, blocked, found) : some;
    }

    /// <summary>A score that about one and a half times as many items exceed as are wanted; at least 0.</summary>
    private static float ThresholdOf(ReadOnlySpan<float> all, int wanted)
    {
        if (all.Length <= 4 * wanted)
            return 0;
        Span<int> sample = stackalloc int[MostSampled];
        sample.Fill(int.MinValue);
        var step = Math.Max(1, all.Length / MostSampled);
        var size = 0;
        for (var item = 0; item < all.Length && size < MostSampled; item += step)
            sample[size++] = OrderedBits.Of(all[item]);
        var rank = Math.Min(size - 1, (int)(1.5f * wanted * size / all.Length) + 3);
        var (least, threshold) = (OrderedBits.KthLargest(sample, rank + 1), int.MaxValue);
        foreach (var bits in sample)
        {
            if (bits >= least)
                threshold = Math.Min(threshold, bits);
        }

        return Math.Max(0, OrderedBits.ToFloat(threshold));
    }

    /// <summary>Most items fall short of the threshold, which is seen eight at a time.</summary>
    private static int CollectAbove(ReadOnlySpan<float> all, float threshold, ReadOnlySpan<ulong> blocked, Span<int> found)
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
                    found[some++] = above;
            }
        }

        for (; item < all.Length; item++)
        {
            if (all[item] > threshold && !Bits.IsSet(blocked, item))
                found[some++] = item;
        }

        return some;
    }
}
