using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>Builds the matrix of the normal equations and solves them by Cholesky: O(entries x f^2 + f^3).</summary>
/// <param name="fixedSide">Y.</param>
/// <param name="gram">Y^T Y, f x f, the upper triangle.</param>
internal sealed class ExactRowSolver(FactorMatrix fixedSide, AlignedFloats gram) : IAlsRowSolver
{
    private readonly GatheredRows rows = new(fixedSide);
    private readonly AlignedFloats matrixFloats = new(gram.Length);

    public bool TrySolve(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float regularization)
    {
        var factors = fixedSide.Factors;
        var matrix = matrixFloats.Span;
        gram.Span.CopyTo(matrix);
        for (var diagonal = 0; diagonal < matrix.Length; diagonal += factors + 1)
            matrix[diagonal] += regularization;

        solution.Clear();
        for (var first = 0; first < columns.Length; first += rows.Capacity)
        {
            var count = Math.Min(rows.Capacity, columns.Length - first);
            rows.Take(columns.Slice(first, count), confidences.Slice(first, count));
            RowKernels.AddCombination(solution, rows.Rows, rows.MinusRightHandSide);
            ScaleByRootOfExcess();
            SymmetricKernels.AddGram(matrix, factors, rows.Rows);
        }

        VectorMath.Scale(solution, -1);
        return CholeskySolver.TrySolve(matrix, factors, solution);
    }

    /// <summary>Y^T (C - I) Y is the Gram matrix of the rows times the root of c - 1.</summary>
    private void ScaleByRootOfExcess()
    {
        for (var position = 0; position < rows.Count; position++)
            VectorMath.Scale(rows.Rows.Slice(position * fixedSide.Factors, fixedSide.Factors), MathF.Sqrt(rows.Excess[position]));
    }
}
