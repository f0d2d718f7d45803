using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class ProbabilityMetricsTests
{
    [Fact]
    public void CalibrationError_TwoBins_IsTheWeightedGapOfEach()
    {
        // Bins {0.1 no, 0.2 yes} and {0.3 no, 0.9 yes}: |0.3 - 1| = 0.7 and |1.2 - 1| = 0.2, of four cases.
        Assert.Equal(0.225, ProbabilityMetrics.CalibrationError([0.9, 0.2, 0.3, 0.1], [true, true, false, false], bins: 2), 12);
        // One bin: |1.5 - 2| / 4.
        Assert.Equal(0.125, ProbabilityMetrics.CalibrationError([0.9, 0.2, 0.3, 0.1], [true, true, false, false], bins: 1), 12);
        // A bin per case: 0.1 + 0.8 + 0.3 + 0.1.
        Assert.Equal(1.3 / 4, ProbabilityMetrics.CalibrationError([0.9, 0.2, 0.3, 0.1], [true, true, false, false], bins: 10), 12);
    }

    [Fact]
    public void CalibrationError_TheShareForEverybody_IsZero()
    {
        Assert.Equal(0, ProbabilityMetrics.CalibrationError([0.25, 0.25, 0.25, 0.25], [true, false, false, false], bins: 1), 12);
        Assert.True(double.IsNaN(ProbabilityMetrics.CalibrationError([], [])));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProbabilityMetrics.CalibrationError([0.5], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProbabilityMetrics.CalibrationError([0.5], [true], bins: 0));
    }

    [Fact]
    public void LogLoss_TwoCases_IsTheMeanOfTheirLogarithms()
    {
        Assert.Equal((-Math.Log(0.8) - Math.Log(0.6)) / 2, ProbabilityMetrics.LogLoss([0.8, 0.4], [true, false]), 12);
        Assert.Equal(0, ProbabilityMetrics.LogLoss([1, 0], [true, false]), 12);
        Assert.Equal(-Math.Log(1e-15), ProbabilityMetrics.LogLoss([0], [true]), 9);
        Assert.True(double.IsNaN(ProbabilityMetrics.LogLoss([], [])));
    }

    [Fact]
    public void AreaUnderCurve_CountsPairsAndHalvesTies()
    {
        // Of the four pairs only 0.35 against 0.4 is the wrong way round.
        Assert.Equal(0.75, ProbabilityMetrics.AreaUnderCurve([0.1, 0.4, 0.35, 0.8], [false, false, true, true]), 12);
        Assert.Equal(0.5, ProbabilityMetrics.AreaUnderCurve([0.5, 0.5], [true, false]), 12);
        // 0.2 yes ties with 0.2 no and beats 0.1 no.
        Assert.Equal(0.75, ProbabilityMetrics.AreaUnderCurve([0.2, 0.2, 0.1], [true, false, false]), 12);
        Assert.Equal(0, ProbabilityMetrics.AreaUnderCurve([0.1, 0.9], [true, false]), 12);
        Assert.True(double.IsNaN(ProbabilityMetrics.AreaUnderCurve([0.1, 0.9], [true, true])));
        Assert.True(double.IsNaN(ProbabilityMetrics.AreaUnderCurve([], [])));
    }
}
