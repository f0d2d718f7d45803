using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Engine.Numerics;

/// <summary>
/// The inverse of a large symmetric positive definite matrix, in place, in n^3 floating-point operations: one sweep over blocks of pivots, each
/// factored by Cholesky, which never leaves the lower triangle. It is the factorization, the inversion of the factor and the product of
/// the inverted factors in one pass: Bientinesi, Gunter, van de Geijn, "Families of Algorithms Related to the Inversion of a Symmetric Positive
/// Definite Matrix", ACM TOMS 35(1), 2008. The result does not depend on the thread count.
/// </summary>
internal static class SymmetricInverse
{
    private const int PivotStrips = 8;
    private const int TileStrips = 8;
    private const int Width = TileKernel.Width;
    private const int Block = PivotStrips * Width;

    /// <summary>Replaces A by its inverse. With S the pivots swept so far and R the rest, the matrix holds
    /// [-A_SS^-1, A_SS^-1 A_SR; symmetric, A_RR - A_RS A_SS^-1 A_SR]; so every step is one update A_ij -= Y_i Y_j^T of the whole triangle.</summary>
    /// <param name="matrix">n x n; holds nothing of use when the method returns false.</param>
    /// <param name="context">Threads, cancellation.</param>
    /// <param name="progress">Told the part done, 0 to 1, before every step; null when nobody listens.</param>
    /// <returns>False when A is not positive definite (NaN included), as far as single precision can tell.</returns>
    public static bool TryInvert(SymmetricMatrix matrix, TrainingContext context, Action<double>? progress = null)
    {
        var panel = new float[matrix.StripCount * Block * Width];
        var tiles = TilesOf(matrix.StripCount);
        for (var first = 0; first < matrix.StripCount; first += PivotStrips)
        {
            progress?.Invoke((double)first / matrix.StripCount);
            var pivots = new Pivots(matrix, first, Math.Min(PivotStrips, matrix.StripCount - first));
            if (!pivots.TryInvert())
                return false;

            context.ForEachBlock(matrix.StripCount, strip => Sweep(matrix, pivots, strip, panel.AsSpan(strip * Block * Width, Block * Width)));
            context.ForEachBlock(tiles.Count, tile => Update(matrix, pivots, tiles[tile], panel));
        }

        Negate(matrix, context);
        return true;
    }

    /// <summary>The triangle cut into squares of strips, the last rows first.</summary>
    private static List<(int Row, int Column)> TilesOf(int stripCount)
    {
        var tiles = new List<(int Row, int Column)>();
        for (var row = (stripCount - 1) / TileStrips * TileStrips; row >= 0; row -= TileStrips)
        {
            for (var column = 0; column <= row; column += TileStrips)
                tiles.Add((row, column));
        }

        return tiles;
    }

    /// <summary>Makes Y_i = A_ik L^-T of one strip of rows i, and replaces A_ik by A_ik A_kk^-1 = Y_i L^-1.</summary>
    private static void Sweep(SymmetricMatrix matrix, Pivots pivots, int strip, Span<float> y)
    {
        if (pivots.Contains(strip))
        {
            // The pivots' own rows are finished here; with Y = 0 the update leaves them alone.
            y.Clear();
            pivots.WriteInverse(strip);
            return;
        }

        var scratch = new float[Block * Width];
        Pack(matrix, pivots, strip, scratch);
        MultiplyStrip(pivots.InverseFactorTransposed, scratch, pivots.Count, y);
        MultiplyStrip(pivots.InverseFactor, y, pivots.Count, scratch);
        Unpack(matrix, pivots, strip, scratch);
    }

    /// <summary>result[q, i] = sum over p of left[p, q] right[p, i].</summary>
    private static void MultiplyStrip(float[] left, ReadOnlySpan<float> right, int count, Span<float> result)
    {
        for (var row = 0; row < count; row += TileKernel.Rows)
        {
            var start = (row / Width * count * Width) + (row % Width);
            TileKernel.Multiply(left.AsSpan(start), right, count, result[(row * Width)..], Width, subtract: false);
        }
    }

    /// <summary>A_ij -= Y_i Y_j^T for the strips of one square. Along a row the tiles follow each other in memory, so they are fetched ahead.</summary>
    private static void Update(SymmetricMatrix matrix, Pivots pivots, (int Row, int Column) tile, float[] panel)
    {
        for (var row = tile.Row; row < Math.Min(tile.Row + TileStrips, matrix.StripCount); row++)
        {
            if (pivots.Contains(row))
                continue;
            var target = matrix.Strip(row);
            var stride = SymmetricMatrix.WidthOf(row);
            for (var i = 0; i < Width; i += TileKernel.Rows)
            {
                var left = panel.AsSpan((row * Block * Width) + i, (Block * Width) - i);
                for (var column = tile.Column; column <= Math.Min(tile.Column + TileStrips - 1, row); column++)
                {
                    if (!pivots.Contains(column))
                        TileKernel.Multiply(left, panel.AsSpan(column * Block * Width, Block * Width), pivots.Count, target[((i * stride) + (column * Width))..], stride, subtract: true);
                }
            }
        }
    }

    /// <summary>The columns of the pivots in a strip of rows, as pivots x 32.</summary>
    private static void Pack(SymmetricMatrix matrix, Pivots pivots, int strip, Span<float> packed)
    {
        if (strip < pivots.FirstStrip)
        {
            for (var p = 0; p < pivots.Count; p++)
                matrix.Row(pivots.First + p).Slice(strip * Width, Width).CopyTo(packed[(p * Width)..]);
            return;
        }

        for (var i = 0; i < Width; i++)
        {
            var row = matrix.Row((strip * Width) + i).Slice(pivots.First, pivots.Count);
            for (var p = 0; p < row.Length; p++)
                packed[(p * Width) + i] = row[p];
        }
    }

    private static void Unpack(SymmetricMatrix matrix, Pivots pivots, int strip, ReadOnlySpan<float> packed)
    {
        if (strip < pivots.FirstStrip)
        {
            for (var p = 0; p < pivots.Count; p++)
                packed.Slice(p * Width, Width).CopyTo(matrix.Row(pivots.First + p)[(strip * Width)..]);
            return;
        }

        for (var i = 0; i < Width; i++)
        {
            var row = matrix.Row((strip * Width) + i).Slice(pivots.First, pivots.Count);
            for (var p = 0; p < row.Length; p++)
                row[p] = packed[(p * Width) + i];
        }
    }

    private static void Negate(SymmetricMatrix matrix, TrainingContext context) =>
        context.ForEachBlock(matrix.StripCount, strip => VectorMath.Scale(matrix.Strip(strip), -1));

    /// <summary>The diagonal block A_kk = L L^T of one step, and L^-1 in packed strips.</summary>
    private sealed class Pivots(SymmetricMatrix matrix, int firstStrip, int strips)
    {
        public int FirstStrip => firstStrip;

        public int First => firstStrip * Width;

        public int Count => strips * Width;

        /// <summary>L^-1, columns in strips: [r / 32][q][r % 32] = L^-1[q, r].</summary>
        public float[] InverseFactor { get; } = new float[strips * Width * strips * Width];

        /// <summary>L^-T, columns in strips: [q / 32][p][q % 32] = L^-1[q, p].</summary>
        public float[] InverseFactorTransposed { get; } = new float[strips * Width * strips * Width];

        public bool Contains(int strip) => strip >= firstStrip && strip < firstStrip + strips;

        public bool TryInvert()
        {
            // The solver wants the upper triangle, which of a symmetric matrix is the lower one's columns.
            var upper = new float[Count * Count];
            for (var i = 0; i < Count; i++)
            {
                var row = matrix.Row(First + i)[First..];
                for (var j = 0; j < row.Length; j++)
                    upper[(j * Count) + i] = row[j];
            }

            if (!CholeskySolver.TryFactor(upper, Count, out _))
                return false;
            InvertFactor(upper);
            return true;
        }

        /// <summary>Replaces the rows of a strip of the diagonal block by those of -A_kk^-1 = -L^-T L^-1.</summary>
        public void WriteInverse(int strip)
        {
            var local = strip - firstStrip;
            var target = matrix.Strip(strip);
            var stride = SymmetricMatrix.WidthOf(strip);
            for (var row = 0; row < Width; row++)
                target.Slice((row * stride) + First, (local + 1) * Width).Clear();
            for (var row = 0; row < Width; row += TileKernel.Rows)
            {
                var left = InverseFactor.AsSpan((local * Count * Width) + row);
                for (var column = 0; column <= local; column++)
                    TileKernel.Multiply(left, InverseFactor.AsSpan(column * Count * Width), Count, target[((row * stride) + First + (column * Width))..], stride, subtract: true);
            }
        }

        /// <summary>Row q of L^-1 is (e_q - sum over p below q of L[q, p] row p) / L[q, q].</summary>
        private void InvertFactor(float[] upper)
        {
            var inverse = new float[Count * Count];
            for (var q = 0; q < Count; q++)
            {
                var row = inverse.AsSpan(q * Count, q + 1);
                for (var p = 0; p < q; p++)
                    VectorMath.AddScaled(row[..(p + 1)], -upper[(p * Count) + q], inverse.AsSpan(p * Count, p + 1));
                row[q] = 1;
                VectorMath.Scale(row, 1 / upper[(q * Count) + q]);
                for (var r = 0; r <= q; r++)
                {
                    InverseFactor[(r / Width * Count * Width) + (q * Width) + (r % Width)] = row[r];
                    InverseFactorTransposed[(q / Width * Count * Width) + (r * Width) + (q % Width)] = row[r];
                }
            }
        }
    }
}
