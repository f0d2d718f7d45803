namespace RecoService.Engine.Numerics;

/// <summary>
/// Solves A x = b for a symmetric positive definite A (n x n, row-major, only the upper triangle is read) step by step, preconditioned by the diagonal: n^2 operations a step where
/// <see cref="CholeskySolver"/> takes n^3 / 3 in all. Hestenes, Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems", 1952; Golub, Van Loan, "Matrix Computations",
/// 4th edition, section 11.5. Reusable, not thread-safe.
/// </summary>
/// <param name="capacity">The largest n.</param>
internal sealed class ConjugateGradient(int capacity)
{
    private readonly float[] solution = new float[capacity];
    private readonly float[] residual = new float[capacity];
    private readonly float[] scaled = new float[capacity];
    private readonly float[] direction = new float[capacity];
    private readonly float[] image = new float[capacity];
    private readonly float[] diagonal = new float[capacity];

    /// <summary>Replaces <paramref name="rightHandSide"/> by x; A stays as it is.</summary>
    /// <param name="matrix">A.</param>
    /// <param name="n">The order of the matrix, up to the capacity.</param>
    /// <param name="rightHandSide">b.</param>
    /// <param name="tolerance">Of the residual's norm, relative to b's, both in the preconditioned norm; above 0.</param>
    /// <param name="maxSteps">At least 0.</param>
    /// <returns>False when A is not positive definite (NaN included), or so many steps do not reach the tolerance; then b stays as it is.</returns>
    public bool TrySolve(ReadOnlySpan<float> matrix, int n, Span<float> rightHandSide, double tolerance, int maxSteps)
    {
        var x = solution.AsSpan(0, n);
        var r = residual.AsSpan(0, n);
        var z = scaled.AsSpan(0, n);
        var p = direction.AsSpan(0, n);
        var q = image.AsSpan(0, n);
        var d = diagonal.AsSpan(0, n);
        for (var row = 0; row < n; row++)
        {
            d[row] = matrix[(row * n) + row];
            if (!(d[row] > 0))
                return false;
        }

        x.Clear();
        rightHandSide.CopyTo(r);
        Precondition(r, d, z);
        z.CopyTo(p);
        var norm = VectorMath.DotInDouble(r, z);
        var goal = tolerance * tolerance * norm;
        for (var step = 0; norm > goal; step++)
        {
            if (step == maxSteps)
                return false;
            Multiply(matrix, n, p, q);
            var curvature = VectorMath.DotInDouble(p, q);
            if (!(curvature > 0))
                return false;
            var length = norm / curvature;
            VectorMath.AddScaled(x, (float)length, p);
            VectorMath.AddScaled(r, (float)-length, q);
            Precondition(r, d, z);
            var next = VectorMath.DotInDouble(r, z);
            VectorMath.Scale(p, (float)(next / norm));
            VectorMath.AddScaled(p, 1, z);
            norm = next;
        }

        // NaN ends the steps as a residual of 0 does.
        if (!double.IsFinite(norm) || !VectorMath.AllFinite(x))
            return false;
        x.CopyTo(rightHandSide);
        return true;
    }

    private static void Precondition(ReadOnlySpan<float> residual, ReadOnlySpan<float> diagonal, Span<float> scaled)
    {
        residual.CopyTo(scaled);
        VectorMath.Divide(scaled, diagonal);
    }

    /// <summary>Each row of the upper triangle is a row and a column of A.</summary>
    private static void Multiply(ReadOnlySpan<float> matrix, int n, ReadOnlySpan<float> vector, Span<float> product)
    {
        product.Clear();
        for (var row = 0; row < n; row++)
        {
            var right = matrix.Slice((row * n) + row, n - row);
            product[row] += VectorMath.Dot(right, vector[row..]);
            VectorMath.AddScaled(product[(row + 1)..], vector[row], right[1..]);
        }
    }
}
