using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>Floats as whole numbers in the same order, among which the k-th largest is found by halving the range that it must lie in: no branch depends on a value.</summary>
internal static class OrderedBits
{
    /// <summary>How many numbers are compared at once; a span that is searched must be as long as a multiple of it.</summary>
    public const int Width = 16;

    /// <summary>Below every other number for NaN.</summary>
    public static int Of(float value) => float.IsNaN(value) ? int.MinValue : Turned(BitConverter.SingleToInt32Bits(value));

    /// <summary>The inverse of <see cref="Of"/>.</summary>
    public static float ToFloat(int bits) => BitConverter.Int32BitsToSingle(Turned(bits));

    /// <summary>The k-th largest, or a number below it that is above all smaller ones: as many numbers are at or above either.</summary>
    /// <param name="bits">A multiple of 16, at least <paramref name="k"/>; the rest of the last 16 may be <see cref="int.MinValue"/>.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="least">Where the search begins; also the answer where fewer than <paramref name="k"/> are at or above it.</param>
    public static int KthLargest(ReadOnlySpan<int> bits, int k, int least = int.MinValue)
    {
        if (least > int.MinValue && CountFrom(bits, least) < k)
            return least;
        // At least k are at or above low, fewer than k above high.
        var (low, high) = ((long)least, (long)TensorPrimitives.Max(bits));
        while (low < high)
        {
            var middle = low + ((high - low + 1) >> 1);
            var count = CountFrom(bits, (int)middle);
            if (count >= k)
                low = middle;
            else
                high = middle - 1;
            if (count == k)
                break;
        }

        return (int)low;
    }

    private static int CountFrom(ReadOnlySpan<int> bits, int least)
    {
        ref var first = ref MemoryMarshal.GetReference(bits);
        var (counts, least16) = (Vector512<int>.Zero, Vector512.Create(least));
        for (nuint position = 0; position + Width <= (nuint)bits.Length; position += Width)
            counts -= Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref first, position), least16);
        return Vector512.Sum(counts);
    }

    private static int Turned(int bits) => bits ^ ((bits >> 31) & int.MaxValue);
}
