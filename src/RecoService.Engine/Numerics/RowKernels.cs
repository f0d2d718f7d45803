using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Sums over the rows of a contiguous k x n block, eight rows at a time where the processor has vectors of 512 bits: a row is read from the
/// second-level cache once for its dot product and once more, from the first level, to be added.
/// </summary>
internal static class RowKernels
{
    private const int Group = 8;

    /// <summary>Copies the rows named by <paramref name="columns"/> one behind the other.</summary>
    public static void Gather(FactorMatrix source, ReadOnlySpan<int> columns, Span<float> rows)
    {
        var n = (nuint)source.Factors;
        ref var target = ref MemoryMarshal.GetReference(rows[..(columns.Length * source.Factors)]);
        foreach (var column in columns)
        {
            ref var from = ref MemoryMarshal.GetReference(source[column]);
            nuint position = 0;
            for (; position + (nuint)Vector512<float>.Count <= n; position += (nuint)Vector512<float>.Count)
                Vector512.LoadUnsafe(ref from, position).StoreUnsafe(ref target, position);
            for (; position < n; position++)
                Unsafe.Add(ref target, position) = Unsafe.Add(ref from, position);
            target = ref Unsafe.Add(ref target, n);
        }
    }

    /// <summary>target += sum over k of weights[k] * rows[k].</summary>
    /// <param name="target">n.</param>
    /// <param name="rows">k x n, row-major.</param>
    /// <param name="weights">k.</param>
    public static void AddCombination(Span<float> target, ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        var n = target.Length;
        var row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row + Group <= weights.Length; row += Group)
                AddEight(target, rows.Slice(row * n, Group * n), Vector256.Create(weights.Slice(row, Group)));
        }

        for (; row < weights.Length; row++)
            VectorMath.AddScaled(target, weights[row], rows.Slice(row * n, n));
    }

    /// <summary>dots[k] = rows[k] . vector.</summary>
    /// <param name="rows">k x n or more, row-major.</param>
    /// <param name="vector">n.</param>
    /// <param name="dots">k; replaced.</param>
    public static void Dots(ReadOnlySpan<float> rows, ReadOnlySpan<float> vector, Span<float> dots)
    {
        var n = vector.Length;
        var row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row + Group <= dots.Length; row += Group)
                DotEight(rows.Slice(row * n, Group * n), vector).CopyTo(dots[row..]);
        }

        for (; row < dots.Length; row++)
            dots[row] = VectorMath.Dot(rows.Slice(row * n, n), vector);
    }

    /// <summary>target += sum over k of (constants[k] + scales[k] * (rows[k] . vector)) * rows[k]: the product of Y^T diag(scales) Y with a vector, without that matrix.</summary>
    /// <param name="target">n.</param>
    /// <param name="rows">k x n, row-major.</param>
    /// <param name="vector">n.</param>
    /// <param name="constants">k, or empty for zeros.</param>
    /// <param name="scales">k.</param>
    public static void AddProjections(Span<float> target, ReadOnlySpan<float> rows, ReadOnlySpan<float> vector, ReadOnlySpan<float> constants, ReadOnlySpan<float> scales)
    {
        var n = target.Length;
        var row = 0;
        vector = vector[..n];
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row + Group <= scales.Length; row += Group)
            {
                var eight = rows.Slice(row * n, Group * n);
                var constant = constants.IsEmpty ? Vector256<float>.Zero : Vector256.Create(constants.Slice(row, Group));
                AddEight(target, eight, Vector256.FusedMultiplyAdd(Vector256.Create(scales.Slice(row, Group)), DotEight(eight, vector), constant));
            }
        }

        for (; row < scales.Length; row++)
        {
            var one = rows.Slice(row * n, n);
            VectorMath.AddScaled(target, (constants.IsEmpty ? 0 : constants[row]) + (scales[row] * VectorMath.Dot(one, vector)), one);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> DotEight(ReadOnlySpan<float> rows, ReadOnlySpan<float> vector)
    {
        var n = (nuint)vector.Length;
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var fifth = ref Unsafe.Add(ref first, 4 * n);
        ref var factors = ref MemoryMarshal.GetReference(vector);
        var (sum0, sum1, sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (sum4, sum5, sum6, sum7) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        nuint position = 0;
        for (; position + (nuint)Vector512<float>.Count <= n; position += (nuint)Vector512<float>.Count)
        {
            var factor = Vector512.LoadUnsafe(ref factors, position);
            sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position), factor, sum0);
            sum1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position + n), factor, sum1);
            sum2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position + (2 * n)), factor, sum2);
            sum3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position + (3 * n)), factor, sum3);
            sum4 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position), factor, sum4);
            sum5 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position + n), factor, sum5);
            sum6 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position + (2 * n)), factor, sum6);
            sum7 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position + (3 * n)), factor, sum7);
        }

        var sums = SumsOf(Fold(sum0), Fold(sum1), Fold(sum2), Fold(sum3), Fold(sum4), Fold(sum5), Fold(sum6), Fold(sum7));
        for (; position < n; position++)
            sums = Vector256.FusedMultiplyAdd(ColumnOfEight(ref first, position, n), Vector256.Create(Unsafe.Add(ref factors, position)), sums);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddEight(Span<float> target, ReadOnlySpan<float> rows, Vector256<float> weights)
    {
        var n = (nuint)target.Length;
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var fifth = ref Unsafe.Add(ref first, 4 * n);
        ref var totals = ref MemoryMarshal.GetReference(target);
        var (weight0, weight1, weight2, weight3) = (Vector512.Create(weights[0]), Vector512.Create(weights[1]), Vector512.Create(weights[2]), Vector512.Create(weights[3]));
        var (weight4, weight5, weight6, weight7) = (Vector512.Create(weights[4]), Vector512.Create(weights[5]), Vector512.Create(weights[6]), Vector512.Create(weights[7]));
        nuint position = 0;
        for (; position + (nuint)Vector512<float>.Count <= n; position += (nuint)Vector512<float>.Count)
        {
            // Two chains, so that a sum does not wait for eight products one after the other.
            var even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position), weight0, Vector512.LoadUnsafe(ref totals, position));
            var odd = Vector512.LoadUnsafe(ref first, position + n) * weight1;
            even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position + (2 * n)), weight2, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, position + (3 * n)), weight3, odd);
            even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position), weight4, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position + n), weight5, odd);
            even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position + (2 * n)), weight6, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref fifth, position + (3 * n)), weight7, odd);
            (even + odd).StoreUnsafe(ref totals, position);
        }

        for (; position < n; position++)
            Unsafe.Add(ref totals, position) += Vector256.Dot(ColumnOfEight(ref first, position, n), weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fold(Vector512<float> values) => values.GetLower() + values.GetUpper();

    /// <summary>Eight sums at the price of less than two: neighbours are added until each 128 bits hold four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> SumsOf(
        Vector256<float> row0, Vector256<float> row1, Vector256<float> row2, Vector256<float> row3,
        Vector256<float> row4, Vector256<float> row5, Vector256<float> row6, Vector256<float> row7)
    {
        var low = Avx.HorizontalAdd(Avx.HorizontalAdd(row0, row1), Avx.HorizontalAdd(row2, row3));
        var high = Avx.HorizontalAdd(Avx.HorizontalAdd(row4, row5), Avx.HorizontalAdd(row6, row7));
        return Avx.Permute2x128(low, high, 0x20) + Avx.Permute2x128(low, high, 0x31);
    }

    private static Vector256<float> ColumnOfEight(ref float first, nuint position, nuint n) => Vector256.Create(
        Unsafe.Add(ref first, position), Unsafe.Add(ref first, position + n), Unsafe.Add(ref first, position + (2 * n)), Unsafe.Add(ref first, position + (3 * n)),
        Unsafe.Add(ref first, position + (4 * n)), Unsafe.Add(ref first, position + (5 * n)), Unsafe.Add(ref first, position + (6 * n)), Unsafe.Add(ref first, position + (7 * n)));
}
