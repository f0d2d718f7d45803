using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecoService.Engine.Numerics;

/// <summary>The products of <see cref="PackedDots"/> for one user, where no instruction multiplies bytes and adds four products at once.</summary>
internal static class WideningDots
{
    /// <summary>The largest magnitude of a user's level: two products of such a one with 255 fit 16 bits, where the instruction that multiplies bytes would saturate.</summary>
    public const int MostLevel = 63;

    /// <summary>Sixteen rows in a register, so that each group of the user is spread out once for all of them.</summary>
    public static void MultiplyAvx512(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        const int width = 64;
        ref var rows = ref MemoryMarshal.GetReference(block[..(user.Length * PackedDots.GroupBytes)]);
        ref var result = ref MemoryMarshal.GetReference(dots[..PackedDots.Rows]);
        var sum0 = Vector512.Create(start);
        var (sum1, sum2, sum3) = (sum0, sum0, sum0);
        foreach (var four in user)
        {
            var factors = Vector512.Create(four).AsSByte();
            sum0 += Products(Vector512.LoadUnsafe(ref rows), factors);
            sum1 += Products(Vector512.LoadUnsafe(ref rows, width), factors);
            sum2 += Products(Vector512.LoadUnsafe(ref rows, 2 * width), factors);
            sum3 += Products(Vector512.LoadUnsafe(ref rows, 3 * width), factors);
            rows = ref Unsafe.Add(ref rows, PackedDots.GroupBytes);
        }

        sum0.StoreUnsafe(ref result);
        sum1.StoreUnsafe(ref result, 16);
        sum2.StoreUnsafe(ref result, 32);
        sum3.StoreUnsafe(ref result, 48);
    }

    /// <summary>The same with half the width.</summary>
    public static void MultiplyAvx2(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        const int width = 32;
        ref var packed = ref MemoryMarshal.GetReference(block[..(user.Length * PackedDots.GroupBytes)]);
        ref var result = ref MemoryMarshal.GetReference(dots[..PackedDots.Rows]);
        for (var half = 0; half < 2; half++)
        {
            ref var rows = ref Unsafe.Add(ref packed, half * 4 * width);
            var sum0 = Vector256.Create(start);
            var (sum1, sum2, sum3) = (sum0, sum0, sum0);
            foreach (var four in user)
            {
                var factors = Vector256.Create(four).AsSByte();
                sum0 += Products(Vector256.LoadUnsafe(ref rows), factors);
                sum1 += Products(Vector256.LoadUnsafe(ref rows, width), factors);
                sum2 += Products(Vector256.LoadUnsafe(ref rows, 2 * width), factors);
                sum3 += Products(Vector256.LoadUnsafe(ref rows, 3 * width), factors);
                rows = ref Unsafe.Add(ref rows, PackedDots.GroupBytes);
            }

            ref var first = ref Unsafe.Add(ref result, half * PackedDots.Rows / 2);
            sum0.StoreUnsafe(ref first);
            sum1.StoreUnsafe(ref first, 8);
            sum2.StoreUnsafe(ref first, 16);
            sum3.StoreUnsafe(ref first, 24);
        }
    }

    /// <summary>For any processor.</summary>
    public static void MultiplyScalar(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        var factors = MemoryMarshal.Cast<int, sbyte>(user);
        dots[..PackedDots.Rows].Fill(start);
        for (var position = 0; position < user.Length * PackedDots.GroupBytes; position++)
            dots[position % PackedDots.GroupBytes / PackedDots.Group] += block[position] * factors[(position / PackedDots.GroupBytes * PackedDots.Group) + (position % PackedDots.Group)];
    }

    /// <summary>Four products of bytes, summed in each 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Products(Vector512<byte> rows, Vector512<sbyte> factors) =>
        Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(rows, factors), Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<byte> rows, Vector256<sbyte> factors) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(rows, factors), Vector256<short>.One);
}
