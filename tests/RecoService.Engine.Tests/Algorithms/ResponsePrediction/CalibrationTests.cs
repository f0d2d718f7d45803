using RecoService.Engine.Algorithms.ResponsePrediction;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.ResponsePrediction;

public sealed class CalibrationTests
{
    [Fact]
    public void IsotonicRegression_Violators_ArePooled()
    {
        Assert.Equal([1, 2.5, 2.5, 4], IsotonicRegression.Fit([1, 3, 2, 4], [1, 1, 1, 1]));
        // 4 with weight 1 and 1 with weight 3: (4 + 3) / 4.
        Assert.Equal([1.75, 1.75], IsotonicRegression.Fit([4, 1], [1, 3]));
        // Each one pulls the blocks before it down: (5 + 4 + 3 + 2) / 4.
        Assert.Equal([3.5, 3.5, 3.5, 3.5], IsotonicRegression.Fit([5, 4, 3, 2], [1, 1, 1, 1]));
        // {1}, {6, 2, 3 x 2}: (6 + 2 + 6) / 4 = 3.5, {7}.
        Assert.Equal([1, 3.5, 3.5, 3.5, 7], IsotonicRegression.Fit([1, 6, 2, 3, 7], [1, 1, 1, 2, 1]));
        Assert.Empty(IsotonicRegression.Fit([], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => IsotonicRegression.Fit([1], []));
    }

    [Fact]
    public void IsotonicRegression_RandomValues_RiseAndKeepTheMeanOfEachBlock()
    {
        var random = new SeededRandom(5, 0);
        var (values, weights) = (new double[300], new double[300]);
        for (var at = 0; at < values.Length; at++)
            (values[at], weights[at]) = ((at / 300.0) + random.NextGaussian(), 1 + random.Next(3));

        var fitted = IsotonicRegression.Fit(values, weights);

        Assert.Equal(values.Zip(weights, (value, weight) => value * weight).Sum(), fitted.Zip(weights, (value, weight) => value * weight).Sum(), 8);
        for (var at = 1; at < fitted.Length; at++)
            Assert.True(fitted[at] >= fitted[at - 1]);
        Assert.True(fitted.Distinct().Count() > 3);
    }

    [Fact]
    public void Isotonic_FourCases_IsLinearBetweenItsBlocks()
    {
        var calibration = IsotonicCalibration.Fit([2, -1, 1, 0], [true, false, false, true]);

        // Blocks 0 at -1, 1/2 at (0 + 1) / 2, 1 at 2; the outer ones keep half a case of five: 0.1 and 0.9.
        Assert.Equal("isotonic", calibration.Name);
        foreach (var (logOdds, probability) in new[] { (-9, 0.1), (-1, 0.1), (-0.25, 0.3), (0.5, 0.5), (1.25, 0.7), (2, 0.9), (9.0, 0.9) })
            Assert.Equal(probability, calibration.Probability(logOdds), 12);
    }

    [Fact]
    public void Platt_OneLogOddsForAll_IsTheMeanOfTheTargets()
    {
        var calibration = PlattCalibration.Fit([0.3, 0.3, 0.3], [true, false, false]);

        // A yes counts (1 + 1) / (1 + 2), a no 1 / (2 + 2): (2/3 + 1/2) / 3.
        Assert.Equal(7.0 / 18, calibration.Probability(-5), 9);
        Assert.Equal(7.0 / 18, calibration.Probability(0.3), 9);
        Assert.Equal("platt", calibration.Name);
    }

    [Fact]
    public void Platt_TwoGroups_MeetsTheTargetsOfBoth()
    {
        // At -1 two of eight, at 1 six of eight; targets 9/10 and 1/10. Two points fix two parameters: (2 x 0.9 + 6 x 0.1) / 8 = 0.3, and 0.7.
        bool[] yes = [true, true, false, false, false, false, false, false, false, false, true, true, true, true, true, true];
        var calibration = PlattCalibration.Fit([.. Enumerable.Repeat(-1.0, 8), .. Enumerable.Repeat(1.0, 8)], yes);

        Assert.Equal(0.3, calibration.Probability(-1), 6);
        Assert.Equal(0.7, calibration.Probability(1), 6);
        Assert.Equal(0.5, calibration.Probability(0), 6);
    }

    [Fact]
    public void Platt_LogOddsThatPointTheWrongWay_SayNothing()
    {
        var calibration = PlattCalibration.Fit([-1, -1, 1, 1], [true, true, false, false]);

        Assert.Equal(calibration.Probability(-4), calibration.Probability(4));
        Assert.Equal(0.5, calibration.Probability(0), 9);
        Assert.Equal(0.5, PlattCalibration.Fit([], []).Probability(3));
    }

    [Theory]
    [InlineData(199, "platt")]
    [InlineData(200, "isotonic")]
    public void Fit_ByTheRarerOutcome_PicksTheMethod(int positives, string name)
    {
        var random = new SeededRandom(1, 0);
        var logOdds = Enumerable.Range(0, 2_000).Select(_ => (double)random.NextGaussian()).ToArray();
        var yes = logOdds.Select((_, at) => at < positives).ToArray();

        Assert.Equal(name, Calibration.Fit(logOdds, yes).Name);
        Assert.Equal(name, Calibration.Fit(logOdds, Array.ConvertAll(yes, one => !one)).Name);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(60_000)]
    public void Fit_LogOddsThatAreTooSure_LearnsTheTruth(int cases)
    {
        // The truth is half as steep as what is said, and lower.
        static double Truth(double logOdds) => LogisticModel.Probability((0.5 * logOdds) - 1);
        var random = new SeededRandom(3, cases);
        var (logOdds, yes) = (new double[cases], new bool[cases]);
        for (var at = 0; at < cases; at++)
        {
            logOdds[at] = 2 * random.NextGaussian();
            yes[at] = random.NextDouble() < Truth(logOdds[at]);
        }

        var calibration = Calibration.Fit(logOdds, yes);

        var points = Enumerable.Range(-30, 61).Select(point => point / 10.0).ToArray();
        var error = points.Average(point => Math.Abs(calibration.Probability(point) - Truth(point)));
        Assert.InRange(error, 0, cases < 1_000 ? 0.08 : 0.02);
        Assert.InRange(points.Average(point => Math.Abs(LogisticModel.Probability(point) - Truth(point))), 0.15, 1);
        for (var at = 1; at < points.Length; at++)
            Assert.True(calibration.Probability(points[at]) >= calibration.Probability(points[at - 1]));
        Assert.All(points, point => Assert.InRange(calibration.Probability(point), 1e-9, 1 - 1e-9));
    }
}
