using RecoService.Engine.Algorithms.ResponsePrediction;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.ResponsePrediction;

public sealed class ResponseModelTests
{
    [Fact]
    public void Logistic_OneFlag_HasTheLogOddsOfBothGroups()
    {
        // Without the flag one of four, with it three of four; the second feature is constant.
        float[] rows = [0, 7, 0, 7, 0, 7, 0, 7, 1, 7, 1, 7, 1, 7, 1, 7];
        var model = LogisticModel.Fit(rows, [true, false, false, false, true, true, true, false], 2, 1e-9);

        Assert.Equal(-Math.Log(3), model.LogOdds([0, 7]), 6);
        Assert.Equal(Math.Log(3), model.LogOdds([1, 7]), 6);
        Assert.Equal(0, model.Weights[1]);
    }

    [Fact]
    public void Logistic_ManyCases_FindsTheWeights()
    {
        var random = new SeededRandom(11, 0);
        var (rows, yes) = (new float[40_000 * 3], new bool[40_000]);
        for (var at = 0; at < yes.Length; at++)
        {
            var row = rows.AsSpan(at * 3, 3);
            (row[0], row[1], row[2]) = (random.NextGaussian(), 100 + (10 * random.NextGaussian()), random.Next(2));
            yes[at] = random.NextDouble() < LogisticModel.Probability(-13 + (0.8 * row[0]) + (0.1 * row[1]) - (0.5 * row[2]));
        }

        var model = LogisticModel.Fit(rows, yes, 3, 1);

        Assert.Equal(0.8, model.Weights[0], 0.06);
        Assert.Equal(0.1, model.Weights[1], 0.006);
        Assert.Equal(-0.5, model.Weights[2], 0.08);
        Assert.Equal(-13, model.Intercept, 0.6);
    }

    [Theory]
    [InlineData(false, 0.5 / 6)]
    [InlineData(true, 5.5 / 6)]
    public void Logistic_OneOutcomeOnly_IsConstant(bool outcome, double expected)
    {
        var model = LogisticModel.Fit([1, 2, 3, 4, 5], Enumerable.Repeat(outcome, 5).ToArray(), 1, 1);

        Assert.Equal(expected, LogisticModel.Probability(model.LogOdds([100])), 9);
        Assert.Equal([0.0], model.Weights);
    }

    [Fact]
    public void Logistic_NoCasesOrSeparableOnes_StaysFinite()
    {
        Assert.Equal(0, LogisticModel.Fit([], [], 4, 1).LogOdds([1, 2, 3, 4]));
        var separable = LogisticModel.Fit([-1, -2, 1, 2], [false, false, true, true], 1, 1);
        Assert.InRange(separable.Weights[0], 0.1, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => LogisticModel.Fit([1], [true], 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogisticModel.Fit([1], [true], 2, 1));
        Assert.Throws<OperationCanceledException>(() => LogisticModel.Fit([1, 2], [true, false], 1, 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Train_TruthThatIsNoLine_IsCalibratedAndBeatsTheConstant()
    {
        var (rows, yes, truth) = Simulate(60_000);

        var model = ResponseModel.Train(rows, yes, 2, 36_000, 48_000, CancellationToken.None);

        Assert.Equal(("isotonic", 12_000), (model.Metrics.Calibration, model.Metrics.Cases));
        Assert.Equal(yes[48_000..].Count(one => one), model.Metrics.Positives);
        // Of bins of 1,200 cases chance alone makes 0.008.
        Assert.InRange(model.Metrics.CalibrationError, 0, 0.02);
        Assert.Equal(model.Metrics.Positives / 12_000.0, model.Metrics.MeanProbability, 0.01);
        Assert.True(model.Metrics.LogLoss < model.Metrics.ConstantLogLoss - 0.01);
        Assert.InRange(model.Metrics.AreaUnderCurve!.Value, 0.65, 0.9);
        var error = 0.0;
        for (var at = 48_000; at < 60_000; at++)
            error += Math.Abs(model.Probability(rows.AsSpan(at * 2, 2)) - truth[at]) / 12_000;
        Assert.InRange(error, 0, 0.012);
    }

    [Fact]
    public void Train_FewYeses_UsesPlattAndIsStillRightAsAWhole()
    {
        var (rows, yes, _) = Simulate(3_000);

        var model = ResponseModel.Train(rows, yes, 2, 1_800, 2_400, CancellationToken.None);

        Assert.Equal("platt", model.Metrics.Calibration);
        Assert.Equal(model.Metrics.Positives / 600.0, model.Metrics.MeanProbability, 0.05);
    }

    [Fact]
    public void Train_NoYesAtAll_PredictsNextToNothing()
    {
        var model = ResponseModel.Train(new float[200], new bool[100], 2, 60, 80, CancellationToken.None);

        Assert.InRange(model.Probability([3, 4]), 1e-6, 0.05);
        Assert.Null(model.Metrics.AreaUnderCurve);
        Assert.Equal((20, 0), (model.Metrics.Cases, model.Metrics.Positives));
    }

    /// <summary>A probability of 0.02 + 0.3 x^2 for x in 0..1, beside a feature of noise.</summary>
    private static (float[] Rows, bool[] Yes, double[] Truth) Simulate(int cases)
    {
        var random = new SeededRandom(17, cases);
        var (rows, yes, truth) = (new float[cases * 2], new bool[cases], new double[cases]);
        for (var at = 0; at < cases; at++)
        {
            (rows[at * 2], rows[(at * 2) + 1]) = ((float)random.NextDouble(), random.NextGaussian());
            truth[at] = 0.02 + (0.3 * rows[at * 2] * rows[at * 2]);
            yes[at] = random.NextDouble() < truth[at];
        }

        return (rows, yes, truth);
    }
}
