using RecoService.Engine.Algorithms.ColdStart;
using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.ColdStart;

public sealed class TermRegressionTests
{
    private const int Terms = 4;

    [Fact]
    public void Learn_FactorsThatFollowTheTerms_PredictsThem()
    {
        var regression = Learn(rows: 60, row => [row % Terms, 10 - (row % Terms)])!;

        var predicted = new float[2];
        for (var term = 0; term < Terms; term++)
        {
            regression.Predict([term], [1], predicted);
            Assert.Equal(term, predicted[0], 0.05);
            Assert.Equal(10 - term, predicted[1], 0.05);
        }
    }

    /// <summary>Of somebody without a known term it is the mean.</summary>
    [Fact]
    public void Predict_NoTerm_IsAboutTheMean()
    {
        var regression = Learn(rows: 60, row => [row % Terms, 0])!;

        var predicted = new float[2];
        regression.Predict([], [], predicted);

        Assert.InRange(predicted[0], 1.2f, 1.8f);
    }

    [Fact]
    public void Learn_FewRows_IsNull() => Assert.Null(Learn(TermRegression.FewestRows - 1, row => [row % Terms, 0]));

    /// <summary>The terms come round every four rows, and the factors every seven.</summary>
    [Fact]
    public void Learn_TermsThatSayNothing_IsNull() => Assert.Null(Learn(rows: 28 * 5, row => [row / Terms % 7, 0]));

    [Fact]
    public void Learn_NoTermsOrNoFactors_IsNull()
    {
        var weights = Enumerable.Repeat(1f, 20).ToArray();

        Assert.Null(TermRegression.Learn(SparseMatrix.Empty(20, 3), new FactorMatrix(20, 2, Datasets.Floats(40, seed: 1)), weights, new TrainingContext()));
        Assert.Null(TermRegression.Learn(Features(20), new FactorMatrix(20, 0), weights, new TrainingContext()));
    }

    private static TermRegression? Learn(int rows, Func<int, float[]> factorsOf) => TermRegression.Learn(
        Features(rows), new FactorMatrix(rows, 2, [.. Enumerable.Range(0, rows).SelectMany(factorsOf)]), [.. Enumerable.Repeat(1f, rows)], new TrainingContext());

    private static SparseMatrix Features(int rows) =>
        SparseMatrix.FromRows(Terms, [.. Enumerable.Repeat(1, rows)], [.. Enumerable.Range(0, rows).Select(row => row % Terms)], [.. Enumerable.Repeat(1f, rows)]);
}
