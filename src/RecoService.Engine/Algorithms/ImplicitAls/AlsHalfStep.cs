using System.Collections.Concurrent;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// One side of alternating least squares: with Y fixed, every row is x = (Y^T Y + Y^T (C - I) Y + lambda I)^-1 Y^T C p, where p is 1 for a
/// positive weight and 0 for a negative one. Y^T Y is shared by all rows (Hu, Koren, Volinsky, section 4).
/// </summary>
internal sealed class AlsHalfStep
{
    private const int RowsPerBlock = 64;

    private readonly ImplicitAlsOptions options;
    private readonly AlsSolver solver;
    private readonly FactorMatrix fixedSide;
    private readonly AlignedFloats gram;
    private readonly ConcurrentBag<IAlsRowSolver> idleSolvers = [];
    private readonly ConcurrentBag<ExactRowSolver> idleExplainers = [];

    /// <param name="options">Hyperparameters.</param>
    /// <param name="solver">Which solver; the options' own says nothing about this half-step.</param>
    /// <param name="fixedSide">Y; rows without data are zero.</param>
    /// <param name="context">Threads and cancellation.</param>
    public AlsHalfStep(ImplicitAlsOptions options, AlsSolver solver, FactorMatrix fixedSide, TrainingContext context)
    {
        this.options = options;
        this.solver = solver;
        this.fixedSide = fixedSide;
        gram = new AlignedFloats(fixedSide.Factors * fixedSide.Factors);
        Refresh(context);
    }

    /// <summary>For rows to come, when Y^T Y is known.</summary>
    /// <param name="options">Hyperparameters.</param>
    /// <param name="fixedSide">Y; rows without data may be NaN, and no row to solve has an entry for them.</param>
    /// <param name="gram">Y^T Y, f x f.</param>
    public AlsHalfStep(ImplicitAlsOptions options, FactorMatrix fixedSide, ReadOnlySpan<float> gram)
    {
        this.options = options;
        solver = AlsSolver.Exact;
        this.fixedSide = fixedSide;
        this.gram = new AlignedFloats(gram.Length);
        gram.CopyTo(this.gram.Span);
    }

    /// <summary>Y^T Y, f x f.</summary>
    public ReadOnlySpan<float> Gram => gram.Span;

    /// <summary>Takes in that Y has changed; the workspaces are kept.</summary>
    public void Refresh(TrainingContext context) => GramMatrix.Of(fixedSide, context).CopyTo(gram.Span);

    /// <summary>Solves every row of <paramref name="solved"/>; rows without a positive entry become 0.</summary>
    /// <param name="solved">The rows so far, from which conjugate gradient starts.</param>
    /// <param name="confidences">As <see cref="Confidences"/> has them; a row per row.</param>
    /// <param name="regularization">Of these rows.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <param name="counted">Whose rows' entries count for the regularization; null: those of the confidences.</param>
    public void Solve(FactorMatrix solved, SparseMatrix confidences, RowRegularization regularization, TrainingContext context, SparseMatrix? counted = null)
    {
        context.ForEachBlock((solved.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var end = Math.Min((block + 1) * RowsPerBlock, solved.RowCount);
            for (var row = block * RowsPerBlock; row < end; row++)
                SolveRow(solved.Row(row), confidences.RowColumns(row), confidences.RowValues(row), regularization.Of((counted ?? confidences).RowLength(row)));
        });
    }

    /// <summary>Solves one row. Thread-safe.</summary>
    /// <param name="solution">f values: the row so far, replaced.</param>
    /// <param name="columns">Distinct rows of Y.</param>
    /// <param name="confidences">One per column, as <see cref="Confidences"/> has them.</param>
    /// <param name="regularization">Of this row and its like.</param>
    /// <returns>False when the equations have no unique solution; the row holds nothing of use then.</returns>
    public bool TrySolveRow(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, RowRegularization regularization) =>
        TrySolve(solution, columns, confidences, regularization.Of(columns.Length));

    private bool TrySolve(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float lambda)
    {
        if (!idleSolvers.TryTake(out var rowSolver))
            rowSolver = NewSolver();
        var solved = rowSolver.TrySolve(solution, columns, confidences, lambda);
        idleSolvers.Add(rowSolver);
        return solved;
    }

    /// <summary>As <see cref="ExactRowSolver.TryContributions"/>. Thread-safe.</summary>
    public bool TryContributions(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, RowRegularization regularization, ReadOnlySpan<int> asked, Span<float> contributions)
    {
        if (!idleExplainers.TryTake(out var explainer))
            explainer = new ExactRowSolver(fixedSide, gram);
        var isSolved = explainer.TryContributions(columns, confidences, regularization.Of(columns.Length), asked, contributions);
        idleExplainers.Add(explainer);
        return isSolved;
    }

    private void SolveRow(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, float lambda)
    {
        if (!Confidences.HasPositive(confidences))
        {
            solution.Clear();
            return;
        }

        if (!TrySolve(solution, columns, confidences, lambda))
            throw new TrainingException("The normal equations of a row have no unique solution; raise Regularization or lower Alpha.");
    }

    private IAlsRowSolver NewSolver() => solver == AlsSolver.ConjugateGradient
        ? new ConjugateGradientRowSolver(fixedSide, gram, options.ConjugateGradientSteps)
        : new ExactRowSolver(fixedSide, gram);
}
