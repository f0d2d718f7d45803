using FsCheck.Xunit;
using MathNet.Numerics.Distributions;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Exploration;

namespace RecoService.Engine.Tests.Recommending.Exploration;

public sealed class BanditPolicyTests(ITestOutputHelper output)
{
    /// <summary>Ten arms, nine at 0.05 and one at 0.10, 10,000 rounds, the means of 20 seeds. Uniform choice loses 450; known are 405 for UCB1, 147 +- 31 for epsilon 0.1 and 107 +- 5 for Thompson sampling.</summary>
    [Fact]
    public void Regret_OfTenArms_IsAsKnown()
    {
        var (thompson, normal, ucb, uniform) = (RegretOf(new ThompsonSampling()), RegretOf(new NormalThompsonSampling()), RegretOf(new Ucb1()), RegretOf(new EpsilonGreedy(1)));
        // The known figure is of means that begin at 0; a prior of 1/2 makes the policy try every arm and lose half as much.
        Arm[] unknown = [.. Rates.Select(_ => new Arm(0, 0, 1e-6, 1e-6))];
        var (greedy, hopeful) = (RegretOf(new EpsilonGreedy(0.1), unknown), RegretOf(new EpsilonGreedy(0.1)));

        output.WriteLine(FormattableString.Invariant($"regret: Thompson {thompson:0}, with normal beliefs {normal:0}, epsilon 0.1 {greedy:0} ({hopeful:0} from a prior of 1/2), Boltzmann 0.01 {RegretOf(new Boltzmann(0.01)):0}, UCB1 {ucb:0}, uniform {uniform:0}"));
        Assert.InRange(thompson, 80, 130);
        Assert.InRange(normal, 60, 130);
        Assert.InRange(greedy, 100, 200);
        Assert.Equal(405, ucb, 10.0);
        Assert.Equal(450, uniform, 5.0);
    }

    /// <summary>A prior that ranks the arms as they are, worth fifty rounds, costs less to begin with.</summary>
    [Fact]
    public void Thompson_WithAPriorFromAModel_LosesLess()
    {
        double[] rates = [.. Rates];
        Arm[] informed = [.. rates.Select(rate => new Arm(0, 0, rate, 50))];

        Assert.InRange(RegretOf(new ThompsonSampling(), informed), 0, 0.7 * RegretOf(new ThompsonSampling()));
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.3, 0.2 }, 1)]
    [InlineData(new[] { 0.0, 0, 0 }, 0)]
    [InlineData(new[] { -2.0, -1, -1 }, 1)]
    public void HighestBound_IsTheFirstOfTheBest(double[] bounds, int expected)
    {
        Arm[] arms = [.. bounds.Select((bound, arm) => new Arm(arm, 0) { Bound = bound })];
        var propensities = new double[3];
        new WithEpsilon(new HighestBound(), 0.3).WritePropensities(arms, propensities);

        Assert.Equal(expected, new HighestBound().Choose(arms, 1, 2));
        Assert.Equal(Enumerable.Range(0, 3).Select(arm => arm == expected ? 0.8 : 0.1), propensities.Select(propensity => Math.Round(propensity, 12)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WithEpsilon(new HighestBound(), 0));
    }

    [Theory]
    [InlineData("thompson")]
    [InlineData("normal")]
    [InlineData("epsilon")]
    [InlineData("boltzmann")]
    [InlineData("ucb1")]
    [InlineData("ucb1 with epsilon")]
    [InlineData("bounds with epsilon")]
    public void Propensities_AreHowOftenArmsAreChosen(string policy)
    {
        Arm[] arms = [new(20, 4), new(50, 12), new(3, 1, 0.1, 5), new(400, 90), new(0, 0, 0.02, 3)];
        var bandit = Of(policy);
        var propensities = new double[arms.Length];
        bandit.WritePropensities(arms, propensities);

        const int rounds = 100_000;
        var chosen = new int[arms.Length];
        for (var round = 0; round < rounds; round++)
            chosen[bandit.Choose(arms, 7, round)]++;

        Assert.Equal(1, propensities.Sum(), 1e-6);
        for (var arm = 0; arm < arms.Length; arm++)
            Assert.Equal(propensities[arm], (double)chosen[arm] / rounds, 0.005);
    }

    /// <summary>Beliefs as sharp as 10,000 rounds beside ones that know nothing, and beliefs that are nearly all at 0.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ThompsonPropensities_OfBeliefsOfAnyWidth_AreExact(int seed)
    {
        var random = new SeededRandom(seed, 0);
        var arms = new Arm[12];
        foreach (ref var arm in arms.AsSpan())
        {
            var count = (int)Math.Pow(10, 4.0 * random.NextDouble());
            arm = new Arm(count, random.Next((count / 10) + 1), 0.02 + (0.2 * random.NextDouble()), 2);
        }

        var propensities = new double[arms.Length];
        BestArmProbabilities.Write(arms, propensities);
        var chosen = new int[arms.Length];
        for (var round = 0; round < 50_000; round++)
            chosen[new ThompsonSampling().Choose(arms, seed, round)]++;

        for (var arm = 0; arm < arms.Length; arm++)
            Assert.Equal(chosen[arm] / 50_000.0, propensities[arm], 0.008);
    }

    [Fact]
    public void ThompsonPropensities_OfEqualArms_AreEqual()
    {
        foreach (var count in (int[])[1, 2, 7, 100])
        {
            var propensities = new double[count];
            BestArmProbabilities.Write([.. Enumerable.Repeat(new Arm(1000, 50), count)], propensities);
            Assert.All(propensities, propensity => Assert.Equal(1.0 / count, propensity, 1e-9));
        }
    }

    /// <summary>
    /// P(X > Y) for Beta(a, 1) and Beta(b, 1), where F(y) = y^b, is a / (a + b): also for beliefs that are nearly all at 0, and for a sharp one against one that knows nothing.
    /// </summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(0.04, 0.02)]
    [InlineData(0.01, 3)]
    [InlineData(5000, 1)]
    public void ThompsonPropensities_OfTwoArms_AreTheIntegral(double a, double b)
    {
        var propensities = new double[2];
        BestArmProbabilities.Write([Believed(a), Believed(b)], propensities);

        Assert.Equal(a / (a + b), propensities[0], 0.001);

        static Arm Believed(double alpha) => new(0, 0, alpha / (alpha + 1), alpha + 1);
    }

    /// <summary>P(X > Y) of two normal beliefs is F((m - n) / sqrt(s^2 + t^2)): of the cube root of the odds of Beta(a, b) these are as Wilson and Hilferty have them. A belief is at least a tenth as wide as the widest.</summary>
    [Theory]
    [InlineData(20, 4, 50, 12)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(3, 1, 400, 90)]
    [InlineData(3, 1, 1_000_000, 200_000)]
    [InlineData(10_000, 400, 10_000, 500)]
    [InlineData(2, 2, 5_000, 3)]
    public void NormalThompsonPropensities_OfTwoArms_AreTheFormula(int count, int rewards, int otherCount, int otherRewards)
    {
        Arm[] arms = [new(count, rewards), new(otherCount, otherRewards)];
        var propensities = new double[2];

        new NormalThompsonSampling().WritePropensities(arms, propensities);

        var beliefs = arms.Select(arm => CubeRootOf(arm.Alpha, arm.Beta)).ToList();
        var widest = beliefs.Max(belief => belief.Variance);
        var variance = beliefs.Sum(belief => Math.Max(belief.Variance, 0.01 * widest));
        var expected = Normal.CDF(0, Math.Sqrt(variance), beliefs[0].Mean - beliefs[1].Mean);
        Assert.Equal(Math.Clamp(expected, 1e-9, 1), propensities[0], 1e-5);
        Assert.Equal(1, propensities.Sum(), 1e-6);

        static (double Mean, double Variance) CubeRootOf(double a, double b)
        {
            var mean = (1 - (1 / (9 * a))) / (1 - (1 / (9 * b)));
            return (Math.Cbrt(a / b) * mean, Math.Pow(a / b, 2.0 / 3) * ((1 / (9 * a)) + (mean * mean / (9 * b))) / Math.Pow(1 - (1 / (9 * b)), 2));
        }
    }

    /// <summary>How far propensities are from those of beta beliefs, on average over ten items that were shown up to so often: hardly, where rates are as a shop has them.</summary>
    [Theory]
    [InlineData(0.01, 0)]
    [InlineData(0.01, 100)]
    [InlineData(0.03, 100)]
    [InlineData(0.03, 3_000)]
    [InlineData(0.1, 3_000)]
    public void NormalThompsonPropensities_OfRatesOfAShop_AreNearlyThoseOfBetaBeliefs(double rate, int most)
    {
        var random = new SeededRandom(1, 0);
        var arms = new Arm[10];
        var (beta, normal) = (new double[10], new double[10]);
        var error = 0.0;
        for (var round = 0; round < 50; round++)
        {
            foreach (ref var arm in arms.AsSpan())
            {
                var (count, rewards) = (random.Next(most + 1), 0);
                for (var shown = 0; shown < count; shown++)
                    rewards += random.NextDouble() < rate ? 1 : 0;
                arm = new Arm(count, rewards, rate * (0.5 + random.NextDouble()), 20);
            }

            BestArmProbabilities.Write(arms, beta);
            new NormalThompsonSampling().WritePropensities(arms, normal);
            error += beta.Zip(normal, (one, other) => Math.Abs(one - other)).Average() / 50;
        }

        output.WriteLine(FormattableString.Invariant($"rate {rate}, shown up to {most} times: mean difference {error:0.0000}"));
        Assert.InRange(error, 0, 0.006);
    }

    /// <summary>Of the table that it is read from, and beyond its ends.</summary>
    [Fact]
    public void NormalTable_AnyNumber_IsTheDistributionFunction()
    {
        for (var x = -9.0; x < 9; x += 0.00371)
            Assert.Equal(Normal.CDF(0, 1, x), NormalTable.Distribution(x), 2e-7);
        Assert.Equal((0, 1, 0), (NormalTable.Distribution(-1e300), NormalTable.Distribution(1e300), NormalTable.Distribution(double.NaN)));
    }

    /// <summary>Ten beliefs of any width: what a finer sum says, and shares of draws.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void NormalThompsonPropensities_OfBeliefsOfAnyWidth_AreHowOftenTheyAreDrawn(int seed)
    {
        var random = new SeededRandom(seed, 0);
        var arms = new Arm[10];
        foreach (ref var arm in arms.AsSpan())
        {
            var count = (int)Math.Pow(10, 4.0 * random.NextDouble());
            arm = new Arm(count, random.Next((count / 10) + 1), 0.02 + (0.2 * random.NextDouble()), 2);
        }

        var policy = new NormalThompsonSampling();
        var (propensities, chosen) = (new double[10], new int[10]);
        policy.WritePropensities(arms, propensities);
        for (var round = 0; round < 50_000; round++)
            chosen[policy.Choose(arms, seed, round)]++;

        Assert.Equal(1, propensities.Sum(), 1e-6);
        for (var arm = 0; arm < arms.Length; arm++)
            Assert.Equal(chosen[arm] / 50_000.0, propensities[arm], 0.008);
    }

    [Property]
    public bool Propensities_SumToOneAndAreAboveZero(byte[] counts)
    {
        if (counts is not { Length: > 0 })
            return true;
        Arm[] arms = [.. counts.Take(12).Select((count, nth) => new Arm(count, count / (2 + (nth % 3)), 0.05, 1 + nth))];
        var propensities = new double[arms.Length];
        foreach (var policy in (IBanditPolicy[])[new ThompsonSampling(), new NormalThompsonSampling(), new EpsilonGreedy(0.2), new Boltzmann(0.1)])
        {
            policy.WritePropensities(arms, propensities);
            if (Math.Abs(propensities.Sum() - 1) > 1e-6 || policy.Choose(arms, 1, 1, out var propensity) != policy.Choose(arms, 1, 1) || propensity != propensities[policy.Choose(arms, 1, 1)] || !propensities.All(propensity => propensity is > 0 and <= 1) || policy.Choose(arms, 1, 1) != policy.Choose(arms, 1, 1))
                return false;
        }

        return true;
    }

    [Fact]
    public void Policies_OutOfBounds_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EpsilonGreedy(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Boltzmann(0));
    }

    [Fact]
    public void Beta_Draws_HaveTheMomentsOfTheDistribution()
    {
        foreach (var (a, b) in ((double, double)[])[(0.3, 0.7), (2, 5), (80, 20)])
        {
            var random = new SeededRandom(4, 0);
            var draws = new double[50_000];
            foreach (ref var draw in draws.AsSpan())
                draw = BetaDraws.Next(ref random, a, b);

            var mean = draws.Average();
            Assert.Equal(a / (a + b), mean, 0.005);
            Assert.Equal(a * b / ((a + b) * (a + b) * (a + b + 1)), draws.Average(draw => (draw - mean) * (draw - mean)), 0.005);
        }
    }

    private static IEnumerable<double> Rates => Enumerable.Range(0, 10).Select(arm => arm == 3 ? 0.10 : 0.05);

    private static IBanditPolicy Of(string name) => name switch
    {
        "thompson" => new ThompsonSampling(),
        "normal" => new NormalThompsonSampling(),
        "epsilon" => new EpsilonGreedy(0.3),
        "boltzmann" => new Boltzmann(0.05),
        "ucb1 with epsilon" => new WithEpsilon(new Ucb1(), 0.3),
        "bounds with epsilon" => new WithEpsilon(new HighestBound(), 1),
        _ => new Ucb1(),
    };

    private static double RegretOf(IBanditPolicy policy, Arm[]? priors = null)
    {
        double[] rates = [.. Rates];
        var regret = 0.0;
        for (var seed = 0; seed < 20; seed++)
        {
            Arm[] arms = priors is null ? [.. rates.Select(_ => new Arm(0, 0))] : [.. priors];
            var clicks = new SeededRandom(seed, -1);
            for (var round = 0; round < 10_000; round++)
            {
                var arm = policy.Choose(arms, seed, round);
                arms[arm] = arms[arm].With(clicks.NextDouble() < rates[arm] ? 1 : 0);
                regret += (0.10 - rates[arm]) / 20;
            }
        }

        return regret;
    }
}
