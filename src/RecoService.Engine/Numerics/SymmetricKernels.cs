using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecoService.Engine.Numerics;

/// <summary>
/// matrix += sign * rows^T rows, in tiles of four rows by two vectors whose sums stay in registers while all k rows pass by: eight
/// multiplications for six loads, none of the matrix.
/// </summary>
internal static class SymmetricKernels
{
    /// <summary>How many rows of the matrix a tile has.</summary>
    public const int PanelRows = 4;

    private static int Width => Vector<float>.Count;

    /// <summary>matrix += rows^T rows. Only the upper triangle is meant; what stands below the diagonal afterwards is unspecified.</summary>
    /// <param name="matrix">n x n, row-major.</param>
    /// <param name="n">The length of a row.</param>
    /// <param name="rows">k x n, row-major.</param>
    public static void AddGram(Span<float> matrix, int n, ReadOnlySpan<float> rows)
    {
        for (var first = 0; first < n; first += PanelRows)
            AddToPanel(matrix, n, rows, first, sign: 1);
    }

    /// <summary>The same for four rows of the matrix alone, the last ones if fewer are left; <paramref name="sign"/> -1 subtracts.</summary>
    public static void AddToPanel(Span<float> matrix, int n, ReadOnlySpan<float> rows, int first, float sign)
    {
        var count = n == 0 ? 0 : rows.Length / n;
        var column = first;
        if (first + PanelRows <= n)
        {
            // The first tile may begin left of the diagonal: cheaper than a scalar head.
            column = first / Width * Width;
            ref var left = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), first);
            ref var target = ref MemoryMarshal.GetReference(matrix[(first * n)..((first + PanelRows) * n)]);
            for (; column + (2 * Width) <= n; column += 2 * Width)
                AddFourByTwo(ref Unsafe.Add(ref target, column), ref left, ref Unsafe.Add(ref left, column - first), count, n, sign);
            for (; column + Width <= n; column += Width)
                AddFourByOne(ref Unsafe.Add(ref target, column), ref left, ref Unsafe.Add(ref left, column - first), count, n, sign);
        }

        for (var i = first; i < Math.Min(first + PanelRows, n); i++)
        {
            for (var j = Math.Max(i, column); j < n; j++)
                matrix[(i * n) + j] += sign * DotOfColumns(rows, n, i, j);
        }
    }

    private static float DotOfColumns(ReadOnlySpan<float> rows, int n, int i, int j)
    {
        var sum = 0f;
        for (var row = 0; row < rows.Length; row += n)
            sum += rows[row + i] * rows[row + j];
        return sum;
    }

    private static void AddFourByTwo(ref float target, ref float left, ref float right, int count, int n, float sign)
    {
        var (a, a2, b, b2) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var (c, c2, d, d2) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var row = 0; row < count; row++)
        {
            var x = Vector.LoadUnsafe(ref right);
            var x2 = Vector.LoadUnsafe(ref right, (nuint)Width);
            var factor = new Vector<float>(left);
            a = Vector.FusedMultiplyAdd(factor, x, a);
            a2 = Vector.FusedMultiplyAdd(factor, x2, a2);
            factor = new Vector<float>(Unsafe.Add(ref left, 1));
            b = Vector.FusedMultiplyAdd(factor, x, b);
            b2 = Vector.FusedMultiplyAdd(factor, x2, b2);
            factor = new Vector<float>(Unsafe.Add(ref left, 2));
            c = Vector.FusedMultiplyAdd(factor, x, c);
            c2 = Vector.FusedMultiplyAdd(factor, x2, c2);
            factor = new Vector<float>(Unsafe.Add(ref left, 3));
            d = Vector.FusedMultiplyAdd(factor, x, d);
            d2 = Vector.FusedMultiplyAdd(factor, x2, d2);
            left = ref Unsafe.Add(ref left, n);
            right = ref Unsafe.Add(ref right, n);
        }

        AddTo(ref target, a, sign);
        AddTo(ref Unsafe.Add(ref target, Width), a2, sign);
        AddTo(ref Unsafe.Add(ref target, n), b, sign);
        AddTo(ref Unsafe.Add(ref target, n + Width), b2, sign);
        AddTo(ref Unsafe.Add(ref target, 2 * n), c, sign);
        AddTo(ref Unsafe.Add(ref target, (2 * n) + Width), c2, sign);
        AddTo(ref Unsafe.Add(ref target, 3 * n), d, sign);
        AddTo(ref Unsafe.Add(ref target, (3 * n) + Width), d2, sign);
    }

    private static void AddFourByOne(ref float target, ref float left, ref float right, int count, int n, float sign)
    {
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var row = 0; row < count; row++)
        {
            var x = Vector.LoadUnsafe(ref right);
            a = Vector.FusedMultiplyAdd(new Vector<float>(left), x, a);
            b = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref left, 1)), x, b);
            c = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref left, 2)), x, c);
            d = Vector.FusedMultiplyAdd(new Vector<float>(Unsafe.Add(ref left, 3)), x, d);
            left = ref Unsafe.Add(ref left, n);
            right = ref Unsafe.Add(ref right, n);
        }

        AddTo(ref target, a, sign);
        AddTo(ref Unsafe.Add(ref target, n), b, sign);
        AddTo(ref Unsafe.Add(ref target, 2 * n), c, sign);
        AddTo(ref Unsafe.Add(ref target, 3 * n), d, sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ref float target, Vector<float> sums, float sign) =>
        Vector.FusedMultiplyAdd(sums, new Vector<float>(sign), Vector.LoadUnsafe(ref target)).StoreUnsafe(ref target);
}
