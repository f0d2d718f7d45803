using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Dot products of 8-bit rows with 8-bit users, in whole numbers: 4 factors of 8 rows in one instruction, and no sum across a vector.
/// A block is 64 rows, as many as a word of a bit set has bits: groups x 64 x 4 bytes, which are 4 consecutive factors of every row, each plus 128.
/// A user is groups x 4 signed bytes within <see cref="MostLevel"/>, each group as one number. The result does not overflow below 65,000 factors.
/// </summary>
internal static class PackedDots
{
    /// <summary>Rows of a block.</summary>
    public const int Rows = 64;

    /// <summary>Factors that are multiplied at once.</summary>
    public const int Group = 4;

    /// <summary>From one group of a block to the next.</summary>
    public const int GroupBytes = Rows * Group;

    private const int Users = 4;
    private const int Half = 32;

    /// <summary>Whether this processor multiplies bytes faster than floats.</summary>
    public static bool IsHardwareAccelerated => Avx2.IsSupported;

    /// <summary>The largest magnitude of a user's level that this processor multiplies as it is: 127, or 63 where 16 bits hold two products.</summary>
    public static int MostLevel => AvxVnni.IsSupported ? Quantization.MostLevel : WideningDots.MostLevel;

    /// <summary>dots[u, r] = starts[u] + sum over f of block[r, f] users[u, f].</summary>
    /// <param name="block">groups x 64 x 4.</param>
    /// <param name="users">users x groups.</param>
    /// <param name="starts">One per user.</param>
    /// <param name="dots">users x 64; replaced.</param>
    public static void Multiply(ReadOnlySpan<byte> block, ReadOnlySpan<int> users, ReadOnlySpan<int> starts, Span<int> dots)
    {
        var groups = block.Length / GroupBytes;
        var user = 0;
        if (AvxVnni.IsSupported)
        {
            for (; user + Users <= starts.Length; user += Users)
                MultiplyFour(block, users.Slice(user * groups, Users * groups), starts.Slice(user, Users), dots.Slice(user * Rows, Users * Rows));
        }

        for (; user < starts.Length; user++)
            MultiplyOne(block, users.Slice(user * groups, groups), starts[user], dots.Slice(user * Rows, Rows));
    }

    private static void MultiplyOne(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        if (AvxVnni.IsSupported)
            MultiplyOneVnni(block, user, start, dots);
        else if (Avx512BW.IsSupported)
            WideningDots.MultiplyAvx512(block, user, start, dots);
        else if (Avx2.IsSupported)
            WideningDots.MultiplyAvx2(block, user, start, dots);
        else
            WideningDots.MultiplyScalar(block, user, start, dots);
    }

    /// <summary>Eight sums, because an instruction takes five cycles and two can begin in each.</summary>
    internal static void MultiplyOneVnni(ReadOnlySpan<byte> block, ReadOnlySpan<int> user, int start, Span<int> dots)
    {
        ref var rows = ref MemoryMarshal.GetReference(block[..(user.Length * GroupBytes)]);
        var sum0 = Vector256.Create(start);
        var (sum1, sum2, sum3, sum4, sum5, sum6, sum7) = (sum0, sum0, sum0, sum0, sum0, sum0, sum0);
        foreach (var four in user)
        {
            var factors = Vector256.Create(four).AsSByte();
            sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.LoadUnsafe(ref rows), factors);
            sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Vector256.LoadUnsafe(ref rows, Half), factors);
            sum2 = AvxVnni.MultiplyWideningAndAdd(sum2, Vector256.LoadUnsafe(ref rows, 2 * Half), factors);
            sum3 = AvxVnni.MultiplyWideningAndAdd(sum3, Vector256.LoadUnsafe(ref rows, 3 * Half), factors);
            sum4 = AvxVnni.MultiplyWideningAndAdd(sum4, Vector256.LoadUnsafe(ref rows, 4 * Half), factors);
            sum5 = AvxVnni.MultiplyWideningAndAdd(sum5, Vector256.LoadUnsafe(ref rows, 5 * Half), factors);
            sum6 = AvxVnni.MultiplyWideningAndAdd(sum6, Vector256.LoadUnsafe(ref rows, 6 * Half), factors);
            sum7 = AvxVnni.MultiplyWideningAndAdd(sum7, Vector256.LoadUnsafe(ref rows, 7 * Half), factors);
            rows = ref Unsafe.Add(ref rows, GroupBytes);
        }

        ref var result = ref MemoryMarshal.GetReference(dots[..Rows]);
        Store(ref result, sum0, sum1);
        Store(ref Unsafe.Add(ref result, 16), sum2, sum3);
        Store(ref Unsafe.Add(ref result, 32), sum4, sum5);
        Store(ref Unsafe.Add(ref result, 48), sum6, sum7);
    }

    /// <summary>Sixteen rows x four users at a time.</summary>
    internal static void MultiplyFour(ReadOnlySpan<byte> block, ReadOnlySpan<int> users, ReadOnlySpan<int> starts, Span<int> dots)
    {
        var groups = users.Length / Users;
        ref var packed = ref MemoryMarshal.GetReference(block[..(groups * GroupBytes)]);
        ref var factors = ref MemoryMarshal.GetReference(users);
        ref var result = ref MemoryMarshal.GetReference(dots[..(Users * Rows)]);
        for (var row = 0; row < Rows; row += 16)
        {
            ref var rows = ref Unsafe.Add(ref packed, row * Group);
            var (a0, b0, c0, d0) = (Vector256.Create(starts[0]), Vector256.Create(starts[1]), Vector256.Create(starts[2]), Vector256.Create(starts[3]));
            var (a1, b1, c1, d1) = (a0, b0, c0, d0);
            for (var group = 0; group < groups; group++)
            {
                var low = Vector256.LoadUnsafe(ref rows);
                var high = Vector256.LoadUnsafe(ref rows, Half);
                var four = Vector256.Create(Unsafe.Add(ref factors, group)).AsSByte();
                a0 = AvxVnni.MultiplyWideningAndAdd(a0, low, four);
                a1 = AvxVnni.MultiplyWideningAndAdd(a1, high, four);
                four = Vector256.Create(Unsafe.Add(ref factors, groups + group)).AsSByte();
                b0 = AvxVnni.MultiplyWideningAndAdd(b0, low, four);
                b1 = AvxVnni.MultiplyWideningAndAdd(b1, high, four);
                four = Vector256.Create(Unsafe.Add(ref factors, (2 * groups) + group)).AsSByte();
                c0 = AvxVnni.MultiplyWideningAndAdd(c0, low, four);
                c1 = AvxVnni.MultiplyWideningAndAdd(c1, high, four);
                four = Vector256.Create(Unsafe.Add(ref factors, (3 * groups) + group)).AsSByte();
                d0 = AvxVnni.MultiplyWideningAndAdd(d0, low, four);
                d1 = AvxVnni.MultiplyWideningAndAdd(d1, high, four);
                rows = ref Unsafe.Add(ref rows, GroupBytes);
            }

            Store(ref Unsafe.Add(ref result, row), a0, a1);
            Store(ref Unsafe.Add(ref result, Rows + row), b0, b1);
            Store(ref Unsafe.Add(ref result, (2 * Rows) + row), c0, c1);
            Store(ref Unsafe.Add(ref result, (3 * Rows) + row), d0, d1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref int result, Vector256<int> low, Vector256<int> high)
    {
        low.StoreUnsafe(ref result);
        high.StoreUnsafe(ref result, 8);
    }
}
