using MathNet.Numerics.Distributions;
using RecoService.Engine.Experiments;

namespace RecoService.Engine.Tests.Experiments;

/// <summary>Sizes, the sequence, the chi-square of shares, the posterior, the mixture test and Student's t against known figures.</summary>
public sealed class PlanningTests
{
    [Fact]
    public void FixedHorizon_OfKnownCases_HasTheKnownSizes()
    {
        var size = new SampleSize(Power: 0.85);

        Assert.Equal(39_904, size.FixedHorizon(variance: 100, effect: 0.3));
        // The known figure is rounded down.
        Assert.Equal(895_445 + 1, size.FixedHorizon(variance: 0.34 * 0.66, effect: 0.003));
        Assert.Equal(0.3, size.MinimumDetectable(100, 39_904), 0.000005);
    }

    [Fact]
    public void Sequence_AtKnownSizes_HasTheKnownWidths()
    {
        var sequence = new ConfidenceSequence(0.05, 5000);
        var z = Normal.InvCDF(0, 1, 0.975);

        Assert.Equal(0.03984007, sequence.Rho, 5e-9);
        Assert.Equal(1.716, sequence.HalfWidth(1000) / z, 0.0005);
        Assert.Equal(1.549, sequence.HalfWidth(5000) / z, 0.0005);
        Assert.Equal(1.654, sequence.HalfWidth(50_000) / z, 0.0005);
    }

    /// <summary>The p value is the alpha at which the interval would just touch 0, as long as both come of one rho.</summary>
    [Fact]
    public void Sequence_AtItsEdge_HasThePOfItsAlpha()
    {
        var sequence = new ConfidenceSequence(0.05, 5000);

        foreach (var count in (double[])[100, 1000, 20_000])
            Assert.Equal(0.05, sequence.P(count, sequence.HalfWidth(count)), 1e-9);
        Assert.Equal(1, sequence.P(1000, 0));
    }

    [Theory]
    [InlineData(0, 5000)]
    [InlineData(1, 5000)]
    [InlineData(0.05, 0)]
    [InlineData(0.05, double.PositiveInfinity)]
    public void Sequence_OutOfBounds_IsRefused(double alpha, double tunedFor) => Assert.Throws<ArgumentOutOfRangeException>(() => new ConfidenceSequence(alpha, tunedFor));

    [Fact]
    public void AlwaysValid_AtItsOwnSize_IsWhatTheSearchFinds()
    {
        var size = new SampleSize();
        var planned = size.AlwaysValid(variance: 0.16, effect: 0.01);

        Assert.Equal(planned, size.AlwaysValid(0.16, 0.01, tunedFor: planned), 2.0);
        Assert.Equal(0.01, size.MinimumDetectableAlwaysValid(0.16, planned), 1e-6);
        // (3.036 + 0.842)^2 / (1.960 + 0.842)^2: what looking every day costs.
        Assert.Equal(1.915, (double)planned / size.FixedHorizon(0.16, 0.01), 0.001);
        Assert.InRange(size.AlwaysValid(0.16, 0.01, tunedFor: 1000), planned + 1, 2 * planned);
    }

    /// <summary>1 / 0.1 + 1 / 0.9 = 100 / 9 against 4: a variant of a tenth of the users needs 2.78 times as many.</summary>
    [Fact]
    public void Sizes_OfUnequalArms_AreLarger()
    {
        var (equal, unequal) = (new SampleSize(), new SampleSize(Share: 0.1));

        Assert.Equal(25.0 / 9, (double)unequal.FixedHorizon(100, 0.1) / equal.FixedHorizon(100, 0.1), 1e-5);
        Assert.Equal(25.0 / 9, (double)unequal.AlwaysValid(100, 0.1) / equal.AlwaysValid(100, 0.1), 1e-5);
        Assert.Equal(unequal.AlwaysValid(100, 0.1), unequal.AlwaysValid(100, 0.1, tunedFor: unequal.AlwaysValid(100, 0.1)), 2.0);
        Assert.Equal(5.0 / 3, unequal.MinimumDetectable(1, 1000) / equal.MinimumDetectable(1, 1000), 1e-12);
        Assert.Throws<InvalidOperationException>(() => new SampleSize(Share: 0).FixedHorizon(1, 1));
    }

    [Fact]
    public void Days_OfASize_AreRoundedUp()
    {
        Assert.Equal(5, SampleSize.Days(9_001, 2_000));
        Assert.Equal(double.PositiveInfinity, SampleSize.Days(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleSize().FixedHorizon(1, 0));
        Assert.Throws<InvalidOperationException>(() => new SampleSize(Power: 1).AlwaysValid(1, 1));
    }

    [Theory]
    [InlineData(new long[] { 1000, 1100 }, new double[] { 50, 50 }, 0.0290963)]
    [InlineData(new long[] { 5000, 5100 }, new double[] { 0.5, 0.5 }, 0.3197182)]
    [InlineData(new long[] { 310, 98 }, new double[] { 0.75, 0.25 }, 0.6474342)]
    [InlineData(new long[] { 500, 500, 600 }, new double[] { 1, 1, 1 }, 0.0019305)]
    [InlineData(new long[] { 0, 0 }, new double[] { 1, 1 }, 1)]
    public void SampleRatio_OfKnownCounts_HasTheKnownP(long[] counts, double[] shares, double p) => Assert.Equal(p, SampleRatio.P(counts, shares), 5e-8);

    [Fact]
    public void SampleRatio_Of52To48Among100_000_RaisesTheAlarm()
    {
        Assert.InRange(SampleRatio.P([52_000, 48_000], [1, 1]), 0, 1e-30);
        Assert.InRange(SampleRatio.P([50_200, 49_800], [1, 1]), SampleRatio.AlarmBelow, 1);
    }

    [Fact]
    public void SampleRatio_OfBadInput_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SampleRatio.P([1], [1]));
        Assert.Throws<ArgumentException>(() => SampleRatio.P([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => SampleRatio.P([1, -1], [1, 1]));
        Assert.Throws<ArgumentException>(() => SampleRatio.P([1, 2], [1, 0]));
    }

    [Fact]
    public void Posterior_WithAFlatPrior_EqualsGbstats()
    {
        var posterior = Posterior.Of(Effect.Relative(ArmEstimate.Proportion(49, 100), ArmEstimate.Proportion(51, 100)));

        Assert.Equal(0.04082, posterior.Mean, 0.000005);
        Assert.Equal(-0.24779, posterior.Interval().Low, 0.000005);
        Assert.Equal(0.32943, posterior.Interval().High, 0.000005);
        Assert.Equal(0.60918, posterior.WinProbability, 0.000005);
        Assert.Equal(0.0814, posterior.RiskOfControl, 0.00005);
        Assert.Equal(0.04058, posterior.RiskOfVariant, 0.000005);
    }

    [Fact]
    public void Posterior_WithAPriorAsSureAsTheData_LiesHalfWay()
    {
        var posterior = Posterior.Of(new Effect(0.2, 0.1, 100, 102), priorMean: 0, priorDeviation: 0.1);

        Assert.Equal(0.1, posterior.Mean, 1e-12);
        Assert.Equal(0.1 / Math.Sqrt(2), posterior.StandardDeviation, 1e-12);
        Assert.Equal(new Posterior(0, 0.1), Posterior.Of(new Effect(double.NaN, double.NaN, double.NaN, 1), 0, 0.1));
    }

    [Fact]
    public void MixtureTest_OfKnownCases_HasTheKnownLikelihoods()
    {
        var test = Of(0.05);

        Assert.Equal(5.4929463, test.Likelihood, 5e-8);
        Assert.Equal(0.1820517, test.P, 5e-8);
        Assert.Equal(0.4732915, Of(0.015).Likelihood, 5e-8);
        Assert.Equal(1, Of(0.015).P);
        Assert.Equal(1, Of(double.NaN).Likelihood);

        static MixtureTest Of(double difference) => MixtureTest.Of(new Effect(difference, Math.Sqrt(2.0 / 5000), 9998, 10_000), 0.0025);
    }

    /// <summary>From tables: Abramowitz, Stegun, table 26.10, and the limit, where the two ways of computing meet.</summary>
    [Theory]
    [InlineData(1, 0.975, 12.7062047)]
    [InlineData(10, 0.975, 2.2281389)]
    [InlineData(30, 0.95, 1.6972609)]
    [InlineData(120, 0.995, 2.6174212)]
    [InlineData(1999, 0.975, 1.9611514)]
    [InlineData(2000, 0.975, 1.9611508)]
    [InlineData(1e7, 0.975, 1.9599642)]
    public void StudentsT_Quantiles_AreThoseOfTables(double freedom, double p, double t)
    {
        Assert.Equal(t, StudentsT.Quantile(p, freedom), 0.0000006);
        Assert.Equal(2 * (1 - p), StudentsT.TwoSided(t, freedom), 1e-7);
        Assert.Equal(1 - p, StudentsT.Upper(t, freedom), 1e-7);
        Assert.Equal(p, StudentsT.Upper(-t, freedom), 1e-7);
    }
}
