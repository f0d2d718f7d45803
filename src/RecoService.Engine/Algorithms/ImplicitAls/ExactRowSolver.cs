using System.Buffers;
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
        FillEquations(solution, columns, confidences, regularization);
        VectorMath.Scale(solution, -1);
        return CholeskySolver.TrySolve(matrixFloats.Span, fixedSide.Factors, solution);
    }

    /// <summary>
    /// What each entry of a row adds to the product of the row's solution with rows of Y: c_i p_i y_i . A^-1 y_j, where A is the matrix of the row's equations
    /// (Hu, Koren, Volinsky, section 5).
    /// </summary>
    /// <param name="columns">Distinct rows of Y: the row's entries.</param>
    /// <param name="confidences">One per column, as <see cref="Confidences"/> has them.</param>
    /// <param name="regularization">lambda of the row.</param>
    /// <param name="asked">Rows of Y.</param>
    /// <param name="contributions">|asked| x |columns|, row-major.</param>
    /// <returns>False when the equations have no unique solution; the contributions are as they were then.</returns>
    public bool TryContributions(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float regularization, ReadOnlySpan<int> asked, Span<float> contributions)
    {
        var factors = fixedSide.Factors;
        var rented = ArrayPool<float>.Shared.Rent(factors);
        var solution = rented.AsSpan(0, factors);
        FillEquations(solution, columns, confidences, regularization);
        var isSolved = CholeskySolver.TryFactor(matrixFloats.Span, factors, out _);
        for (var (item, next) = (0, 0); item < asked.Length && isSolved; item++)
        {
            fixedSide[asked[item]].CopyTo(solution);
            CholeskySolver.Solve(matrixFloats.Span, factors, solution);
            for (var position = 0; position < columns.Length; position++)
            {
                var confidence = Confidences.IsPositive(confidences[position]) ? 1 + confidences[position] : 0;
                contributions[next++] = confidence == 0 ? 0 : confidence * VectorMath.Dot(fixedSide[columns[position]], solution);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
        return isSolved;
    }

    /// <summary>The matrix of the equations, and minus their right-hand side.</summary>
    private void FillEquations(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float regularization)
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
    }

    /// <summary>Y^T (C - I) Y is the Gram matrix of the rows times the root of c - 1.</summary>
    private void ScaleByRootOfExcess()
    {
        for (var position = 0; position < rows.Count; position++)
            VectorMath.Scale(rows.Rows.Slice(position * fixedSide.Factors, fixedSide.Factors), MathF.Sqrt(rows.Excess[position]));
    }
}
