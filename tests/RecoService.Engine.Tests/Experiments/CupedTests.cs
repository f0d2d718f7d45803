using RecoService.Engine.Experiments;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Experiments;

public sealed class CupedTests
{
    /// <summary>The case of gbstats, whose last digit is one off.</summary>
    [Fact]
    public void OfMeans_AlwaysValid_EqualsGbstats()
    {
        var cuped = Cuped.OfMeans(
            new JointMoments(3000, [1396.87, 16.87], [52377.9767, 1, 1, 527.9767]),
            new JointMoments(3461, [2422.7, 22.7], [134698.29, 1, 1, 1348.29]));

        Assert.Equal(-0.011403, cuped.Theta, 5e-7);
        var test = Effect.Relative(cuped.Control, cuped.Variant).AlwaysValid();
        Assert.Equal(0.50338, test.Estimate, 0.000015);
        Assert.Equal(-0.50969, test.Low, 0.000015);
        Assert.Equal(1.51646, test.High, 0.000015);
    }

    /// <summary>Half of the variance is the user's own, so the past, which holds the same half and as much noise, explains a quarter: rho = 1/2.</summary>
    [Fact]
    public void OfMeans_OfAPastThatExplainsAQuarter_TakesAQuarterOfTheVariance()
    {
        var random = new SeededRandom(7, 0);
        var (control, variant) = (new double[40_000], new double[40_000]);
        foreach (var (rows, lift) in new[] { (control, 0.0), (variant, 0.1) })
        {
            for (var start = 0; start < rows.Length; start += 2)
            {
                var user = random.NextGaussian();
                (rows[start], rows[start + 1]) = (3 + user + random.NextGaussian() + lift, 5 + user + random.NextGaussian());
            }
        }

        var (first, second) = (JointMoments.Of(2, control), JointMoments.Of(2, variant));
        var cuped = Cuped.OfMeans(first, second);
        var plain = Effect.Absolute(ArmEstimate.Mean(first[0]), ArmEstimate.Mean(second[0]));
        var effect = Effect.Absolute(cuped.Control, cuped.Variant);

        Assert.Equal(0.75, effect.StandardError * effect.StandardError / (plain.StandardError * plain.StandardError), 0.02);
        Assert.InRange(0.1, effect.FixedHorizon().Low, effect.FixedHorizon().High);
        Assert.Equal(first.Mean(0), cuped.Control.Value);
    }

    [Fact]
    public void OfMeans_OfAPastThatNeverVaries_ChangesNothing()
    {
        var (control, variant) = (JointMoments.Of(2, [1, 0, 2, 0]), JointMoments.Of(2, [2, 0, 5, 0]));
        var cuped = Cuped.OfMeans(control, variant);

        Assert.Equal(new Cuped(ArmEstimate.Mean(control[0]), ArmEstimate.Mean(variant[0]), 0), cuped);
    }

    /// <summary>Ratios over ones are means, so both ways have to agree.</summary>
    [Fact]
    public void OfRatios_OverOnes_AreThoseOfMeans()
    {
        double[] control = [1, 2, 4, 3, 2, 2, 0, 1, 5, 4];
        double[] variant = [2, 2, 4, 1, 3, 2, 6, 7, 1, 0];
        var means = Cuped.OfMeans(JointMoments.Of(2, control), JointMoments.Of(2, variant));

        var ratios = Cuped.OfRatios(JointMoments.Of(4, WithOnes(control)), JointMoments.Of(4, WithOnes(variant)));

        Assert.Equal(means.Theta, ratios.Theta, 1e-12);
        Assert.Equal(means.Control.Value, ratios.Control.Value, 1e-12);
        Assert.Equal(means.Variant.Value, ratios.Variant.Value, 1e-12);
        Assert.Equal(means.Variant.Variance, ratios.Variant.Variance, 1e-12);
    }

    /// <summary>Users click at a rate of their own, before and during the experiment. The interval of the adjusted click rate is narrower and holds the truth as often.</summary>
    [Fact]
    public void OfRatios_OfUsersWithRatesOfTheirOwn_NarrowTheIntervalAndKeepIt()
    {
        const int runs = 300;
        var (held, narrower) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            var random = new SeededRandom(11, run);
            var (control, variant) = (Clicks(ref random, 500), Clicks(ref random, 500));
            var cuped = Cuped.OfRatios(control, variant);
            var effect = Effect.Absolute(cuped.Control, cuped.Variant);
            var plain = Effect.Absolute(ArmEstimate.Ratio(control, 0, 1, out _), ArmEstimate.Ratio(variant, 0, 1, out _));
            held += effect.FixedHorizon().ExcludesZero ? 0 : 1;
            narrower += effect.StandardError < 0.9 * plain.StandardError ? 1 : 0;
        }

        Assert.InRange(held, 0.92 * runs, 0.98 * runs);
        Assert.Equal(runs, narrower);
    }

    [Fact]
    public void Of_OtherNumbersPerUser_IsRefused()
    {
        var two = JointMoments.Of(2, [1, 2, 3, 4]);

        Assert.Throws<ArgumentException>(() => Cuped.OfRatios(two, two));
        Assert.Throws<ArgumentException>(() => Cuped.OfMeans(two, JointMoments.Of(1, [1, 2])));
    }

    private static JointMoments Clicks(ref SeededRandom random, int users)
    {
        var rows = new double[users * 4];
        for (var user = 0; user < users; user++)
        {
            var rate = 0.6 * random.NextDouble();
            for (var period = 0; period < 4; period += 2)
            {
                var views = 10 + random.Next(20);
                rows[(user * 4) + period + 1] = views;
                for (var view = 0; view < views; view++)
                    rows[(user * 4) + period] += random.NextDouble() < rate ? 1 : 0;
            }
        }

        return JointMoments.Of(4, rows);
    }

    private static double[] WithOnes(double[] pairs) => [.. pairs.Chunk(2).SelectMany(pair => new[] { pair[0], 1, pair[1], 1 })];
}
