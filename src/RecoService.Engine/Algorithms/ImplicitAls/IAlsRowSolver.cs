namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>Solves the normal equations (Y^T Y + Y^T (C - I) Y + lambda I) x = Y^T C p of one row. Has a workspace: one per thread.</summary>
internal interface IAlsRowSolver
{
    /// <param name="solution">f values: the row so far, replaced by x.</param>
    /// <param name="columns">Distinct rows of Y.</param>
    /// <param name="confidences">One per column, as <see cref="Confidences"/> has them.</param>
    /// <param name="regularization">lambda.</param>
    /// <returns>False when the equations have no unique solution; the row holds nothing of use then.</returns>
    bool TrySolve(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float regularization);
}
