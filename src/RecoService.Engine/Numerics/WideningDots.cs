using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecoService.Engine.Numerics;

/// <summary>The products of <see cref="PackedDots"/> for one user, where no instruction multiplies bytes and adds four products at once.</summary>
internal static class WideningDots
{
    /// <summary>Even and odd factors apart as 16 bits, since the instruction that multiplies bytes without widening saturates.</summary>
    public static void MultiplyAvx512(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        ref var packed = ref MemoryMarshal.GetReference(block[..(user.Length * PackedDots.GroupBytes)]);
        ref var result = ref MemoryMarshal.GetReference(dots[..PackedDots.Rows]);
        for (var row = 0; row < PackedDots.Rows; row += 16)
        {
            ref var rows = ref Unsafe.Add(ref packed, row * PackedDots.Group);
            var (even, odd) = (Vector512.Create(start), Vector512<int>.Zero);
            foreach (var four in user)
            {
                var values = Vector512.LoadUnsafe(ref rows).AsUInt16();
                even += Avx512BW.MultiplyAddAdjacent((values & Vector512.Create((ushort)0xFF)).AsInt16(), Vector512.Create(Even(four)).AsInt16());
                odd += Avx512BW.MultiplyAddAdjacent((values >>> 8).AsInt16(), Vector512.Create(Odd(four)).AsInt16());
                rows = ref Unsafe.Add(ref rows, PackedDots.GroupBytes);
            }

            (even + odd).StoreUnsafe(ref result, (nuint)row);
        }
    }

    /// <summary>The same with half the width.</summary>
    public static void MultiplyAvx2(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        ref var packed = ref MemoryMarshal.GetReference(block[..(user.Length * PackedDots.GroupBytes)]);
        ref var result = ref MemoryMarshal.GetReference(dots[..PackedDots.Rows]);
        for (var row = 0; row < PackedDots.Rows; row += 8)
        {
            ref var rows = ref Unsafe.Add(ref packed, row * PackedDots.Group);
            var (even, odd) = (Vector256.Create(start), Vector256<int>.Zero);
            foreach (var four in user)
            {
                var values = Vector256.LoadUnsafe(ref rows).AsUInt16();
                even += Avx2.MultiplyAddAdjacent((values & Vector256.Create((ushort)0xFF)).AsInt16(), Vector256.Create(Even(four)).AsInt16());
                odd += Avx2.MultiplyAddAdjacent((values >>> 8).AsInt16(), Vector256.Create(Odd(four)).AsInt16());
                rows = ref Unsafe.Add(ref rows, PackedDots.GroupBytes);
            }

            (even + odd).StoreUnsafe(ref result, (nuint)row);
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

    /// <summary>Bytes 0 and 2 as 16 bits each.</summary>
    private static int Even(int four) => ((sbyte)four & 0xFFFF) | ((sbyte)(four >> 16) << 16);

    /// <summary>Bytes 1 and 3 as 16 bits each.</summary>
    private static int Odd(int four) => Even(four >> 8);
}
