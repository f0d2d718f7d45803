using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ImplicitAls;

/// <summary>Item factors y0 = (1, 0), y1 = (1, 1), y2 = (0, 2), so Y^T Y = [2 1; 1 5]; lambda = 1, alpha = 1. Two unknowns take conjugate gradient two steps, so it must find the same.</summary>
public sealed class AlsHalfStepTests
{
    public static TheoryData<AlsSolver> Solvers => [AlsSolver.Exact, AlsSolver.ConjugateGradient];

    private static readonly TrainingContext Context = new();
    private static readonly FactorMatrix Items = new(3, 2, [1, 0, 1, 1, 0, 2]);

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_OnePositive_EqualsHandComputed(AlsSolver solver)
    {
        // c = 2: A = [2 1; 1 5] + 1 y0 y0^T + I = [4 1; 1 6], b = 2 y0 = (2, 0), det = 23, x = (12, -2) / 23.
        AssertRow([12f / 23, -2f / 23], Solve(solver, ConfidenceScale.Linear, RegularizationScale.None, [0], [1]));
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_PositiveAndNegative_NegativeOnlyWeighsOnTheMatrix(AlsSolver solver)
    {
        // w1 = -2: c = 3 and p = 0. A = [4 1; 1 6] + 2 y1 y1^T = [6 3; 3 8], b = (2, 0), det = 39, x = (16, -6) / 39.
        AssertRow([16f / 39, -6f / 39], Solve(solver, ConfidenceScale.Linear, RegularizationScale.None, [0, 1], [1, -2]));
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_LogConfidence_EqualsHandComputed(AlsSolver solver)
    {
        // w = e - 1 gives c = 1 + ln e = 2: the same as a linear weight of 1.
        AssertRow([12f / 23, -2f / 23], Solve(solver, ConfidenceScale.Log, RegularizationScale.None, [0], [MathF.E - 1]));
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_RegularizationByFrequency_CountsTheEntries(AlsSolver solver)
    {
        // Two entries, so lambda counts twice: A = [6 3; 3 8] + I = [7 3; 3 9], b = (2, 0), det = 54, x = (18, -6) / 54.
        AssertRow([18f / 54, -6f / 54], Solve(solver, ConfidenceScale.Linear, RegularizationScale.Frequency, [0, 1], [1, -2]));
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_RegularizationByMeanFrequency_IsTheSameForEveryRow(AlsSolver solver)
    {
        // Rows of 2, 0 and 1 entries: the mean of those that have any is 1.5. Row 2: A = [3 1; 1 5] + 1.5 I = [4.5 1; 1 6.5], b = (2, 0), det = 28.25.
        var weights = SparseMatrix.FromEntries(3, 3, [0, 0, 2], [0, 1, 0], [1, -2, 1]);
        var options = new ImplicitAlsOptions { Factors = 2, Regularization = 1, Alpha = 1, Confidence = ConfidenceScale.Linear, RegularizationScale = RegularizationScale.MeanFrequency };
        var solved = new FactorMatrix(3, 2);

        new AlsHalfStep(options, solver, Items, Context).Solve(solved, Confidences.Of(weights, options), RowRegularization.Of(options, weights, weights.Transpose()), Context);

        AssertRow([13 / 28.25f, -2 / 28.25f], solved[2].ToArray());
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_NoPositive_IsZero(AlsSolver solver)
    {
        AssertRow([0, 0], Solve(solver, ConfidenceScale.Linear, RegularizationScale.None, [], []));
        AssertRow([0, 0], Solve(solver, ConfidenceScale.Linear, RegularizationScale.None, [1], [-1]));
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solve_NoUniqueSolution_SaysWhatToChange(AlsSolver solver)
    {
        var huge = new FactorMatrix(1, 1, [float.MaxValue]);
        var options = new ImplicitAlsOptions { Factors = 1 };
        var step = new AlsHalfStep(options, solver, huge, Context);
        var weights = SparseMatrix.FromEntries(1, 1, [0], [0], [1]);

        var exception = Assert.Throws<TrainingException>(() => step.Solve(new FactorMatrix(1, 1), Confidences.Of(weights, options), RowRegularization.Of(options, weights, weights.Transpose()), Context));

        Assert.Contains("Regularization", exception.Message, StringComparison.Ordinal);
    }

    private static float[] Solve(AlsSolver solver, ConfidenceScale confidence, RegularizationScale scale, int[] columns, float[] values)
    {
        var options = new ImplicitAlsOptions { Factors = 2, Regularization = 1, Alpha = 1, Epsilon = 1, Confidence = confidence, RegularizationScale = scale };
        var solved = new FactorMatrix(1, 2, [7, 7]);
        var weights = SparseMatrix.FromEntries(1, 3, new int[columns.Length], columns, values);
        new AlsHalfStep(options, solver, Items, Context).Solve(solved, Confidences.Of(weights, options), RowRegularization.Of(options, weights, weights.Transpose()), Context);
        return solved.Values;
    }

    private static void AssertRow(float[] expected, float[] actual)
    {
        Assert.Equal(expected[0], actual[0], 1e-6f);
        Assert.Equal(expected[1], actual[1], 1e-6f);
    }
}
