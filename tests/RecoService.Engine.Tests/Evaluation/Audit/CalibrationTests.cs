using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Evaluation.Audit;

namespace RecoService.Engine.Tests.Evaluation.Audit;

public sealed class CalibrationTests
{
    /// <summary>70% romance and 30% action, as in the paper's example, against lists of romance alone and of both.</summary>
    [Fact]
    public void Divergence_OfAList_IsSteckS()
    {
        const double smoothing = Calibration.Smoothing;
        var alone = (0.7 * Math.Log(0.7 / ((1 - smoothing) + (smoothing * 0.7)))) + (0.3 * Math.Log(0.3 / (smoothing * 0.3)));

        Assert.Equal(alone, Calibration.Divergence([7, 3], [10, 0]), 12);
        Assert.Equal(0, Calibration.Divergence([7, 3], [70, 30]), 12);
        Assert.Equal(Math.Log(1 / smoothing), Calibration.Divergence([1, 0], [0, 1]), 12);
        Assert.True(double.IsNaN(Calibration.Divergence([0, 0], [1, 1])));
        Assert.True(double.IsNaN(Calibration.Divergence([1, 1], [0, 0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Divergence([1], [1, 2]));
    }

    [Property]
    public Property Divergence_IsBetweenNothingAndEverything() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte)[]>().Filter(pairs => pairs.Any(pair => pair.Item1 > 0) && pairs.Any(pair => pair.Item2 > 0)),
        pairs => Calibration.Divergence([.. pairs.Select(pair => (double)pair.Item1)], [.. pairs.Select(pair => (double)pair.Item2)]) is >= 0 and var divergence && divergence <= Math.Log(1 / Calibration.Smoothing) + 1e-9);

    [Property]
    public Property Divergence_OfTheSameProportions_IsNothing() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>().Filter(weights => weights.Any(weight => weight > 0)),
        weights => Calibration.Divergence([.. weights.Select(weight => (double)weight)], [.. weights.Select(weight => weight * 3.0)]) < 1e-9);

    [Property]
    public Property Gini_IsTheSameForAllScalesAndOrders() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>().Filter(amounts => amounts.Any(amount => amount > 0)),
        amounts =>
        {
            double[] one = [.. amounts.Select(amount => (double)amount)], other = [.. amounts.Reverse().Select(amount => amount * 7.0)];
            return Math.Abs(Spread.Gini(one) - Spread.Gini(other)) < 1e-9 && Spread.Gini(one) is >= -1e-9 and < 1 && Spread.TopShare(one) is > 0 and <= 1;
        });

    [Fact]
    public void Gini_OfWhatIsEven_IsNothing()
    {
        Assert.Equal(0, Spread.Gini([3, 3, 3]), 12);
        Assert.Equal(0.75, Spread.Gini([0, 0, 0, 5]), 12);
        Assert.Equal(0, Spread.Gini([]), 12);
        Assert.Equal(1, Spread.TopShare([0, 0, 0, 5]), 12);
        Assert.Equal(0.02, Spread.TopShare([.. Enumerable.Repeat(1.0, 150)]) * 1.5, 12);
    }
}
