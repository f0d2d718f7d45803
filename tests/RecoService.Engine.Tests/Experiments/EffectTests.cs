using RecoService.Engine.Experiments;

namespace RecoService.Engine.Tests.Experiments;

/// <summary>The cases of the test suites of GrowthBook's gbstats and Spotify's confidence, to the digits that they show.</summary>
public sealed class EffectTests
{
    private static readonly ArmEstimate Control = ArmEstimate.Mean(new Moments(3407, 1396.87, 52377.9767));
    private static readonly ArmEstimate SmallControl = ArmEstimate.Mean(new Moments(3000, 1396.87, 52377.9767));
    private static readonly ArmEstimate Variant = ArmEstimate.Mean(new Moments(3461, 2422.7, 134698.29));

    [Fact]
    public void FixedHorizon_RelativeMeans_EqualsGbstats()
    {
        var effect = Effect.Relative(Control, Variant);

        Assert.Equal(0.37879, effect.StandardError, 0.000005);
        Check(effect.FixedHorizon(), 0.70732, -0.03526, 1.44989, 0.06191);
    }

    [Fact]
    public void FixedHorizon_AbsoluteMeans_EqualsGbstats()
    {
        var effect = Effect.Absolute(Control, Variant);

        Assert.Equal(0.12478, effect.StandardError, 0.000005);
        Check(effect.FixedHorizon(), 0.29, 0.04538, 0.53462, 0.02016);
    }

    [Fact]
    public void FixedHorizon_RelativeProportions_EqualsGbstats()
    {
        var effect = Effect.Relative(ArmEstimate.Proportion(14, 28), ArmEstimate.Proportion(16, 30));

        Assert.Equal(0.2717, effect.StandardError, 0.000005);
        Check(effect.FixedHorizon(), 0.06667, -0.47767, 0.61101, 0.80707);
    }

    [Fact]
    public void AlwaysValid_RelativeMeans_EqualsGbstats()
    {
        var effect = Effect.Relative(SmallControl, Variant);

        Assert.Equal(0.33341, effect.StandardError, 0.000005);
        Check(effect.AlwaysValid(tunedFor: 1000), 0.50336, -0.55844, 1.56516, 1);
    }

    [Fact]
    public void AlwaysValid_RelativeProportions_EqualsGbstats() =>
        Check(Effect.Relative(ArmEstimate.Proportion(1396, 3000), ArmEstimate.Proportion(2422, 3461)).AlwaysValid(), 0.50386, 0.40098, 0.60675, 0);

    [Fact]
    public void AlwaysValid_AbsoluteMeans_EqualsGbstats() => Check(Effect.Absolute(SmallControl, Variant).AlwaysValid(), 0.23438, -0.16012, 0.62887, 0.76013);

    [Fact]
    public void OneSided_AbsoluteMeans_EqualsGbstats()
    {
        var test = Effect.Absolute(SmallControl, Variant).OneSided();

        Assert.Equal(0.020791, test.Low, 0.0000005);
        Assert.Equal(double.PositiveInfinity, test.High);
        Assert.Equal(0.035543, test.P, 0.0000005);
    }

    [Fact]
    public void OneSided_OfALoss_HasALargeP() => Assert.Equal(1 - 0.035543, Effect.Absolute(Variant, SmallControl).OneSided().P, 0.0000005);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Tests_OfTooFewUsers_KnowNothing(int users)
    {
        var effect = Effect.Absolute(ArmEstimate.Mean(new Moments(users, 3, 9)), Variant);

        foreach (var test in (EffectInterval[])[effect.FixedHorizon(), effect.AlwaysValid(), effect.OneSided()])
        {
            Assert.Equal((double.NegativeInfinity, double.PositiveInfinity, 1.0), (test.Low, test.High, test.P));
            Assert.False(test.ExcludesZero);
        }
    }

    [Fact]
    public void Relative_ToAControlOfZero_IsUnknown() =>
        Assert.Equal(1, Effect.Relative(ArmEstimate.Proportion(0, 100), ArmEstimate.Proportion(5, 100)).AlwaysValid().P);

    [Fact]
    public void Tests_WithoutVariance_AreCertain()
    {
        var same = Effect.Absolute(ArmEstimate.Proportion(0, 100), ArmEstimate.Proportion(0, 100));
        var other = Effect.Absolute(ArmEstimate.Proportion(0, 100), ArmEstimate.Proportion(100, 100));

        Assert.Equal(new EffectInterval(0, 0, 0, 1), same.FixedHorizon());
        Assert.Equal(new EffectInterval(0, 0, 0, 1), same.AlwaysValid());
        Assert.Equal(new EffectInterval(1, 1, 1, 0), other.FixedHorizon());
        Assert.Equal(new EffectInterval(1, 1, 1, 0), other.AlwaysValid());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Tests_OfNoAlpha_AreRefused(double alpha)
    {
        var effect = Effect.Absolute(Control, Variant);

        Assert.Throws<ArgumentOutOfRangeException>(() => effect.FixedHorizon(alpha));
        Assert.Throws<ArgumentOutOfRangeException>(() => effect.OneSided(alpha));
        Assert.Throws<ArgumentOutOfRangeException>(() => effect.AlwaysValid(alpha: alpha));
    }

    private static void Check(EffectInterval test, double estimate, double low, double high, double p)
    {
        Assert.Equal(estimate, test.Estimate, 0.000005);
        Assert.Equal(low, test.Low, 0.000005);
        Assert.Equal(high, test.High, 0.000005);
        Assert.Equal(p, test.P, 0.000005);
    }
}
