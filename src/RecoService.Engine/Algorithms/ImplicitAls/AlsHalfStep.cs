using System.Collections.Concurrent;
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
    private const int GatheredRows = 32;

    private readonly ImplicitAlsOptions options;
    private readonly FactorMatrix fixedSide;
    private readonly float[] gram;
    private readonly ConcurrentBag<Workspace> workspaces = [];

    /// <param name="options">Hyperparameters.</param>
    /// <param name="fixedSide">Y; rows without data are zero.</param>
    /// <param name="context">Threads and cancellation.</param>
    public AlsHalfStep(ImplicitAlsOptions options, FactorMatrix fixedSide, TrainingContext context)
    {
        this.options = options;
        this.fixedSide = fixedSide;
        gram = GramMatrix.Of(fixedSide, context);
    }

    /// <summary>Solves every row of <paramref name="solved"/>; rows without a positive entry become 0.</summary>
    public void Solve(FactorMatrix solved, SparseMatrix weights, TrainingContext context)
    {
        var meanEntries = MeanEntries(weights);
        context.ForEachBlock((solved.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var end = Math.Min((block + 1) * RowsPerBlock, solved.RowCount);
            for (var row = block * RowsPerBlock; row < end; row++)
                SolveRow(solved.Row(row), weights.RowColumns(row), weights.RowValues(row), meanEntries);
        });
    }

    /// <summary>The mean number of entries of the rows that have any; 0 when none has.</summary>
    public static float MeanEntries(SparseMatrix weights)
    {
        var rows = 0;
        for (var row = 0; row < weights.RowCount; row++)
            rows += weights.RowLength(row) > 0 ? 1 : 0;
        return rows == 0 ? 0 : (float)((double)weights.NonZeroCount / rows);
    }

    /// <summary>Solves one row. Thread-safe.</summary>
    /// <param name="solution">f values; 0 without a positive weight.</param>
    /// <param name="columns">Distinct rows of Y.</param>
    /// <param name="weights">One per column; above 0 for, below 0 against.</param>
    /// <param name="meanEntries">See <see cref="RegularizationScale.MeanFrequency"/>.</param>
    public void SolveRow(Span<float> solution, ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, float meanEntries)
    {
        solution.Clear();
        if (!weights.ContainsAnyInRange(float.Epsilon, float.PositiveInfinity))
            return;

        if (!workspaces.TryTake(out var workspace))
            workspace = new Workspace(fixedSide.Factors);
        gram.CopyTo(workspace.Matrix, 0);
        AddRegularization(workspace.Matrix, columns.Length, meanEntries);
        AddEntries(solution, columns, weights, workspace);
        var solved = CholeskySolver.TrySolve(workspace.Matrix, fixedSide.Factors, solution);
        workspaces.Add(workspace);
        if (!solved)
            throw new TrainingException("The normal equations of a row have no unique solution; raise Regularization or lower Alpha.");
    }

    private void AddRegularization(Span<float> matrix, int entries, float meanEntries)
    {
        var regularization = options.Regularization * options.RegularizationScale switch
        {
            RegularizationScale.MeanFrequency => meanEntries,
            RegularizationScale.Frequency => entries,
            _ => 1,
        };
        for (var diagonal = 0; diagonal < matrix.Length; diagonal += fixedSide.Factors + 1)
            matrix[diagonal] += regularization;
    }

    /// <summary>Adds Y^T (C - I) Y to the matrix and Y^T C p to the right-hand side, some rows of Y at a time.</summary>
    private void AddEntries(Span<float> rightHandSide, ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, Workspace workspace)
    {
        var factors = fixedSide.Factors;
        for (var first = 0; first < columns.Length; first += GatheredRows)
        {
            var count = Math.Min(GatheredRows, columns.Length - first);
            for (var place = 0; place < count; place++)
            {
                var weight = weights[first + place];
                var row = fixedSide[columns[first + place]];
                var excess = ConfidenceAboveOne(weight);
                row.CopyTo(workspace.Rows.AsSpan(place * factors));
                workspace.Excess[place] = excess;
                if (weight > 0)
                    VectorMath.AddScaled(rightHandSide, 1 + excess, row);
            }

            VectorMath.AddWeightedGram(workspace.Matrix, factors, workspace.Rows, workspace.Excess.AsSpan(0, count));
        }
    }

    /// <summary>c - 1.</summary>
    private float ConfidenceAboveOne(float weight) => options.Alpha * (options.Confidence == ConfidenceScale.Log
        ? MathF.Log(1 + (MathF.Abs(weight) / options.Epsilon))
        : MathF.Abs(weight));

    private sealed class Workspace(int factors)
    {
        public readonly float[] Matrix = new float[factors * factors];
        public readonly float[] Rows = new float[GatheredRows * factors];
        public readonly float[] Excess = new float[GatheredRows];
    }
}
