using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// A few steps of conjugate gradient from where the row stands: O(entries x f) a step, and no matrix per row.
/// Takacs, Pilaszy, Tikk, "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering", RecSys 2011.
/// </summary>
/// <param name="fixedSide">Y.</param>
/// <param name="gram">Y^T Y, f x f, both triangles.</param>
/// <param name="steps">How many steps at most.</param>
internal sealed class ConjugateGradientRowSolver(FactorMatrix fixedSide, AlignedFloats gram, int steps) : IAlsRowSolver
{
    /// <summary>A squared residual this much smaller than the first one is as good as none in single precision.</summary>
    private const float Negligible = 1e-12f;

    private readonly GatheredRows rows = new(fixedSide);
    private readonly AlignedFloats residualFloats = new(fixedSide.Factors);
    private readonly AlignedFloats directionFloats = new(fixedSide.Factors);
    private readonly AlignedFloats productFloats = new(fixedSide.Factors);

    public bool TrySolve(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float regularization)
    {
        var residual = residualFloats.Span;
        var direction = directionFloats.Span;
        var product = productFloats.Span;
        Multiply(solution, regularization, product);
        AddEntries(solution, product, columns, confidences, isFirst: true);
        residual.Clear();
        VectorMath.AddScaled(residual, -1, product);
        residual.CopyTo(direction);
        var size = VectorMath.Dot(residual, residual);
        var negligible = size * Negligible;
        for (var step = 0; step < steps && size > negligible; step++)
        {
            Multiply(direction, regularization, product);
            AddEntries(direction, product, columns, confidences, isFirst: false);
            var length = size / VectorMath.Dot(direction, product);
            VectorMath.AddScaled(solution, length, direction);
            VectorMath.AddScaled(residual, -length, product);

            var newSize = VectorMath.Dot(residual, residual);
            VectorMath.Scale(direction, newSize / size);
            VectorMath.AddScaled(direction, 1, residual);
            size = newSize;
        }

        return float.IsFinite(size) && VectorMath.AllFinite(solution);
    }

    /// <summary>result = (Y^T Y + lambda I) vector.</summary>
    private void Multiply(ReadOnlySpan<float> vector, float regularization, Span<float> result)
    {
        result.Clear();
        VectorMath.AddScaled(result, regularization, vector);
        RowKernels.AddCombination(result, gram.Span, vector);
    }

    /// <summary>result += Y^T (C - I) Y vector, the first time less Y^T C p. A history too long to be gathered at once is gathered piece by piece.</summary>
    private void AddEntries(ReadOnlySpan<float> vector, Span<float> result, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, bool isFirst)
    {
        for (var first = 0; first < columns.Length; first += rows.Capacity)
        {
            var count = Math.Min(rows.Capacity, columns.Length - first);
            if (isFirst || columns.Length > rows.Capacity)
                rows.Take(columns.Slice(first, count), confidences.Slice(first, count));
            RowKernels.AddProjections(result, rows.Rows, vector, isFirst ? rows.MinusRightHandSide : [], rows.Excess);
        }
    }
}
