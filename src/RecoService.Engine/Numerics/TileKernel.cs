using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>
/// The product of two packed strips, 8 x 32 of it at a time, held in registers: what every large dense computation here spends its time in.
/// A strip is depth x 32, row-major. Goto, van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008.
/// </summary>
internal static class TileKernel
{
    /// <summary>Rows of the result computed at once.</summary>
    public const int Rows = 8;

    /// <summary>Columns of the result computed at once, and the width of a strip.</summary>
    public const int Width = 32;

    /// <summary>c[m, j] = (subtract ? c[m, j] - : ) sum over p of a[p, m] b[p, j], for m below 8 and j below 32.</summary>
    /// <param name="a">Begins at the first of 8 columns of a strip.</param>
    /// <param name="b">A whole strip.</param>
    /// <param name="depth">How many rows of both strips are multiplied, at least 1.</param>
    /// <param name="c">The first element of the result.</param>
    /// <param name="stride">From one row of the result to the next.</param>
    /// <param name="subtract">False replaces what stood in the result.</param>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int depth, Span<float> c, int stride, bool subtract)
    {
        ref var left = ref MemoryMarshal.GetReference(a[..(((depth - 1) * Width) + Rows)]);
        ref var right = ref MemoryMarshal.GetReference(b[..(depth * Width)]);
        ref var result = ref MemoryMarshal.GetReference(c[..(((Rows - 1) * stride) + Width)]);
        if (Vector512.IsHardwareAccelerated)
            MultiplyWide(ref left, ref right, depth, ref result, stride, subtract);
        else
            MultiplyNarrow(ref left, ref right, depth, ref result, stride, subtract);
    }

    /// <summary>sum[j] = sum over p of weights[p] strip[rows[p], j], for j below 32: a sparse row times a strip.</summary>
    /// <param name="rows">Rows of the strip.</param>
    /// <param name="weights">One per row.</param>
    /// <param name="strip">Rows x 32.</param>
    /// <param name="sum">32 values; replaced.</param>
    public static void SumRows(ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, ReadOnlySpan<float> strip, Span<float> sum)
    {
        var (s0, s1, s2, s3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (var position = 0; position < rows.Length; position++)
        {
            ref var row = ref MemoryMarshal.GetReference(strip.Slice(rows[position] * Width, Width));
            var weight = Vector256.Create(weights[position]);
            s0 = Vector256.FusedMultiplyAdd(weight, Vector256.LoadUnsafe(ref row), s0);
            s1 = Vector256.FusedMultiplyAdd(weight, Vector256.LoadUnsafe(ref row, 8), s1);
            s2 = Vector256.FusedMultiplyAdd(weight, Vector256.LoadUnsafe(ref row, 16), s2);
            s3 = Vector256.FusedMultiplyAdd(weight, Vector256.LoadUnsafe(ref row, 24), s3);
        }

        s0.CopyTo(sum);
        s1.CopyTo(sum[8..]);
        s2.CopyTo(sum[16..]);
        s3.CopyTo(sum[24..]);
    }

    /// <summary>Sixteen accumulators of 16 numbers.</summary>
    internal static void MultiplyWide(ref float a, ref float b, int depth, ref float c, int stride, bool subtract)
    {
        var (a0, a1, b0, b1) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (c0, c1, d0, d1) = (a0, a0, a0, a0);
        var (e0, e1, f0, f1) = (a0, a0, a0, a0);
        var (g0, g1, h0, h1) = (a0, a0, a0, a0);
        for (var p = 0; p < depth; p++)
        {
            var low = Vector512.LoadUnsafe(ref b);
            var high = Vector512.LoadUnsafe(ref b, 16);
            var scale = Vector512.Create(a);
            a0 = Vector512.FusedMultiplyAdd(scale, low, a0);
            a1 = Vector512.FusedMultiplyAdd(scale, high, a1);
            scale = Vector512.Create(Unsafe.Add(ref a, 1));
            b0 = Vector512.FusedMultiplyAdd(scale, low, b0);
            b1 = Vector512.FusedMultiplyAdd(scale, high, b1);
            scale = Vector512.Create(Unsafe.Add(ref a, 2));
            c0 = Vector512.FusedMultiplyAdd(scale, low, c0);
            c1 = Vector512.FusedMultiplyAdd(scale, high, c1);
            scale = Vector512.Create(Unsafe.Add(ref a, 3));
            d0 = Vector512.FusedMultiplyAdd(scale, low, d0);
            d1 = Vector512.FusedMultiplyAdd(scale, high, d1);
            scale = Vector512.Create(Unsafe.Add(ref a, 4));
            e0 = Vector512.FusedMultiplyAdd(scale, low, e0);
            e1 = Vector512.FusedMultiplyAdd(scale, high, e1);
            scale = Vector512.Create(Unsafe.Add(ref a, 5));
            f0 = Vector512.FusedMultiplyAdd(scale, low, f0);
            f1 = Vector512.FusedMultiplyAdd(scale, high, f1);
            scale = Vector512.Create(Unsafe.Add(ref a, 6));
            g0 = Vector512.FusedMultiplyAdd(scale, low, g0);
            g1 = Vector512.FusedMultiplyAdd(scale, high, g1);
            scale = Vector512.Create(Unsafe.Add(ref a, 7));
            h0 = Vector512.FusedMultiplyAdd(scale, low, h0);
            h1 = Vector512.FusedMultiplyAdd(scale, high, h1);
            a = ref Unsafe.Add(ref a, Width);
            b = ref Unsafe.Add(ref b, Width);
        }

        Store(ref c, a0, a1, subtract);
        Store(ref Unsafe.Add(ref c, stride), b0, b1, subtract);
        Store(ref Unsafe.Add(ref c, 2 * stride), c0, c1, subtract);
        Store(ref Unsafe.Add(ref c, 3 * stride), d0, d1, subtract);
        Store(ref Unsafe.Add(ref c, 4 * stride), e0, e1, subtract);
        Store(ref Unsafe.Add(ref c, 5 * stride), f0, f1, subtract);
        Store(ref Unsafe.Add(ref c, 6 * stride), g0, g1, subtract);
        Store(ref Unsafe.Add(ref c, 7 * stride), h0, h1, subtract);
    }

    /// <summary>The same with vectors of whatever length the processor has: 4 rows x 2 vectors at a time.</summary>
    internal static void MultiplyNarrow(ref float a, ref float b, int depth, ref float c, int stride, bool subtract)
    {
        for (var row = 0; row < Rows; row += 4)
        {
            for (var column = 0; column < Width; column += 2 * Vector<float>.Count)
                MultiplyPart(ref Unsafe.Add(ref a, row), ref Unsafe.Add(ref b, column), depth, ref Unsafe.Add(ref c, (row * stride) + column), stride, subtract);
        }
    }

    private static void MultiplyPart(ref float a, ref float b, int depth, ref float c, int stride, bool subtract)
    {
        var (a0, a1, b0, b1) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (c0, c1, d0, d1) = (a0, a0, a0, a0);
        for (var p = 0; p < depth; p++)
        {
            var low = Vector.LoadUnsafe(ref b);
            var high = Vector.LoadUnsafe(ref b, (nuint)Vector<float>.Count);
            var scale = new Vector<float>(a);
            a0 = Vector.FusedMultiplyAdd(scale, low, a0);
            a1 = Vector.FusedMultiplyAdd(scale, high, a1);
            scale = new Vector<float>(Unsafe.Add(ref a, 1));
            b0 = Vector.FusedMultiplyAdd(scale, low, b0);
            b1 = Vector.FusedMultiplyAdd(scale, high, b1);
            scale = new Vector<float>(Unsafe.Add(ref a, 2));
            c0 = Vector.FusedMultiplyAdd(scale, low, c0);
            c1 = Vector.FusedMultiplyAdd(scale, high, c1);
            scale = new Vector<float>(Unsafe.Add(ref a, 3));
            d0 = Vector.FusedMultiplyAdd(scale, low, d0);
            d1 = Vector.FusedMultiplyAdd(scale, high, d1);
            a = ref Unsafe.Add(ref a, Width);
            b = ref Unsafe.Add(ref b, Width);
        }

        Store(ref c, a0, a1, subtract);
        Store(ref Unsafe.Add(ref c, stride), b0, b1, subtract);
        Store(ref Unsafe.Add(ref c, 2 * stride), c0, c1, subtract);
        Store(ref Unsafe.Add(ref c, 3 * stride), d0, d1, subtract);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float c, Vector512<float> low, Vector512<float> high, bool subtract)
    {
        if (subtract)
        {
            low = Vector512.LoadUnsafe(ref c) - low;
            high = Vector512.LoadUnsafe(ref c, 16) - high;
        }

        low.StoreUnsafe(ref c);
        high.StoreUnsafe(ref c, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float c, Vector<float> low, Vector<float> high, bool subtract)
    {
        if (subtract)
        {
            low = Vector.LoadUnsafe(ref c) - low;
            high = Vector.LoadUnsafe(ref c, (nuint)Vector<float>.Count) - high;
        }

        low.StoreUnsafe(ref c);
        high.StoreUnsafe(ref c, (nuint)Vector<float>.Count);
    }
}
