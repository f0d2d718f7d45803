namespace RecoService.Engine.Numerics;

/// <summary>
/// Solves A x = b for a symmetric positive definite A (n x n, row-major, only the upper triangle is read) by A = U^T U, in place.
/// Four rows at a time, from which all rows above are subtracted at once: Golub, Van Loan, "Matrix Computations", 4th edition, section 4.2.
/// </summary>
internal static class CholeskySolver
{
    private const int PanelRows = SymmetricKernels.PanelRows;

    /// <summary>Replaces <paramref name="matrix"/> by U and <paramref name="rightHandSide"/> by x.</summary>
    /// <returns>False when A is not positive definite (NaN included); then neither span holds anything of use.</returns>
    public static bool TrySolve(Span<float> matrix, int n, Span<float> rightHandSide)
    {
        if (!TryFactor(matrix, n, out _))
            return false;
        Solve(matrix, n, rightHandSide);
        return true;
    }

    /// <summary>Replaces the upper triangle by U; what stands below the diagonal afterwards is unspecified.</summary>
    /// <param name="matrix">n x n, row-major.</param>
    /// <param name="n">The order of the matrix.</param>
    /// <param name="badPivot">The first pivot that was not above 0, or -1.</param>
    public static bool TryFactor(Span<float> matrix, int n, out int badPivot)
    {
        for (var first = 0; first < n; first += PanelRows)
        {
            SymmetricKernels.AddToPanel(matrix, n, matrix[..(first * n)], first, sign: -1);
            var end = Math.Min(first + PanelRows, n);
            for (var i = first; i < end; i++)
            {
                var row = matrix.Slice((i * n) + i, n - i);
                for (var above = first; above < i; above++)
                {
                    var pivotRow = matrix.Slice((above * n) + i, n - i);
                    VectorMath.AddScaled(row, -pivotRow[0], pivotRow);
                }

                if (!(row[0] > 0) || !float.IsFinite(row[0]))
                {
                    badPivot = i;
                    return false;
                }

                VectorMath.Scale(row, (float)(1 / Math.Sqrt(row[0])));
            }
        }

        badPivot = -1;
        return true;
    }

    /// <summary>Replaces <paramref name="rightHandSide"/> by x, given U from <see cref="TryFactor"/>.</summary>
    public static void Solve(ReadOnlySpan<float> upper, int n, Span<float> rightHandSide)
    {
        for (var i = 0; i < n; i++)
        {
            var row = upper.Slice((i * n) + i, n - i);
            rightHandSide[i] /= row[0];
            VectorMath.AddScaled(rightHandSide[(i + 1)..], -rightHandSide[i], row[1..]);
        }

        // Small differences of large sums are made here, so they are summed in double precision.
        for (var i = n - 1; i >= 0; i--)
        {
            var row = upper.Slice((i * n) + i, n - i);
            rightHandSide[i] = (float)((rightHandSide[i] - VectorMath.DotInDouble(row[1..], rightHandSide[(i + 1)..])) / row[0]);
        }
    }
}
