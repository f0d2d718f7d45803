namespace RecoService.Engine.Numerics;

/// <summary>
/// Solves A x = b for a symmetric positive definite A (n x n, row-major, only the lower triangle is read) by A = L L^T, in place.
/// Golub, Van Loan, "Matrix Computations", 4th edition, section 4.2.
/// </summary>
internal static class CholeskySolver
{
    /// <summary>Replaces <paramref name="matrix"/> by L and <paramref name="rightHandSide"/> by x.</summary>
    /// <returns>False when A is not positive definite (NaN included); then neither span holds anything of use.</returns>
    public static bool TrySolve(Span<float> matrix, int n, Span<float> rightHandSide)
    {
        if (!TryFactor(matrix, n, out _))
            return false;
        Solve(matrix, n, rightHandSide);
        return true;
    }

    /// <summary>Replaces the lower triangle by L.</summary>
    /// <param name="matrix">n x n, row-major.</param>
    /// <param name="n">The order of the matrix.</param>
    /// <param name="badPivot">The first pivot that was not above 0, or -1.</param>
    public static bool TryFactor(Span<float> matrix, int n, out int badPivot)
    {
        for (var i = 0; i < n; i++)
        {
            var row = matrix.Slice(i * n, i + 1);
            for (var j = 0; j < i; j++)
            {
                var other = matrix.Slice(j * n, j + 1);
                row[j] = (row[j] - VectorMath.Dot(row[..j], other[..j])) / other[j];
            }

            // Cancellation hurts most here, so the squares are summed in double precision.
            var pivot = row[i] - VectorMath.DotInDouble(row[..i], row[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot))
            {
                badPivot = i;
                return false;
            }

            row[i] = (float)Math.Sqrt(pivot);
        }

        badPivot = -1;
        return true;
    }

    /// <summary>Replaces <paramref name="rightHandSide"/> by x, given L from <see cref="TryFactor"/>.</summary>
    public static void Solve(ReadOnlySpan<float> lower, int n, Span<float> rightHandSide)
    {
        for (var i = 0; i < n; i++)
        {
            var row = lower.Slice(i * n, i + 1);
            rightHandSide[i] = (float)((rightHandSide[i] - VectorMath.DotInDouble(row[..i], rightHandSide[..i])) / row[i]);
        }

        for (var i = n - 1; i >= 0; i--)
        {
            var row = lower.Slice(i * n, i + 1);
            rightHandSide[i] /= row[i];
            VectorMath.AddScaled(rightHandSide[..i], -rightHandSide[i], row[..i]);
        }
    }
}
