using RecoService.Engine.Algorithms.PolicyGradient;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.PolicyGradient;

public sealed class SlatePolicyTests
{
    private const int Width = UserItemFeatures.Count;

    [Theory]
    [InlineData(0.5, 1, 1)]
    // 3 (1 - 0.5)^2
    [InlineData(0.5, 3, 0.75)]
    // 2 (1 - 0.9)
    [InlineData(0.9, 2, 0.2)]
    [InlineData(0, 7, 7)]
    [InlineData(1, 7, 0)]
    public void Multiplier_OfTheTopK_IsThatOfThePaper(double probability, int listLength, double expected) =>
        Assert.Equal(expected, SlatePolicy.Multiplier(probability, listLength), 1e-12);

    [Fact]
    public void Value_TwoCandidates_IsWhatTheFormulaGives()
    {
        // Scores 0 and ln 3, so the policy draws the second with 3/4. K = 2: 1 - (1/4)^2 = 15/16 and 1 - (3/4)^2 = 7/16.
        // The first round drew the second (beta 1/2) and it was touched: a = 15/16 / 0.5 = 1.875; the other drew the first (beta 1/4): a = 7/16 / 0.25 = 1.75. J = 1.875 / 3.625.
        var rounds = Rounds([0, MathF.Log(3)], new PolicyRound(1, [], 0.5f, 1), new PolicyRound(0, [], 0.25f, 0));
        var gradient = new double[Width];

        var value = new SlatePolicy(2, 100).Value(First(1), rounds, gradient);

        Assert.Equal(1.875 / 3.625, value, 1e-6);
        // The slope of a for the score of the second: 2 (1/4) 3/4 (1 - 3/4) / 0.5 = 0.1875 of the first round, -2 (3/4) 1/4 (3/4) / 0.25 = -1.125 of the other; times the feature, ln 3.
        // The gradient of J is ((1 - J) 0.1875 + J 1.125) ln 3 / 3.625.
        Assert.Equal((((1 - value) * 0.1875) + (value * 1.125)) * Math.Log(3) / 3.625, gradient[0], 1e-6);
        Assert.All(gradient[1..], slope => Assert.Equal(0, slope));
        Assert.Equal([0.75, 0.25], SlatePolicy.Probabilities(First(1), rounds).Select(probability => Math.Round(probability, 6)));
    }

    /// <summary>What stood above cannot be drawn: the second of three has the whole.</summary>
    [Fact]
    public void Probabilities_ItemsAbove_AreOutOfTheChoice()
    {
        var rounds = Rounds([1, 2, 40], new PolicyRound(0, [2], 0.5f, 1), new PolicyRound(1, [0, 2], 0.5f, 1), new PolicyRound(0, [], 0.5f, 1));

        var probabilities = SlatePolicy.Probabilities(First(1), rounds);

        // The third weighs e^38 times as much as the others, and still nothing of these is lost when it is taken away.
        Assert.Equal(1 / (1 + Math.E), probabilities[0], 1e-9);
        Assert.Equal(1, probabilities[1], 1e-9);
        Assert.Equal(Math.Exp(-39), probabilities[2], 1e-20);
    }

    [Fact]
    public void Value_WeightsBeyondTheLimit_CountNoMore()
    {
        // pi = 1/2 of each; beta 1/10 gives a weight of 5, of which 2 count; beta 1/2 gives 1. K = 1: a is the weight. J = 2 / 3.
        var rounds = Rounds([0, 0], new PolicyRound(0, [], 0.1f, 1), new PolicyRound(1, [], 0.5f, 0));

        Assert.Equal(2 / 3.0, new SlatePolicy(1, 2).Value(First(1), rounds, new double[Width]), 1e-6);
        Assert.Equal(5 / 6.0, new SlatePolicy(1, 100).Value(First(1), rounds, new double[Width]), 1e-6);
    }

    [Fact]
    public void Value_NothingShown_IsNought()
    {
        var gradient = new double[] { 1, 1, 1, 1, 1 };
        Assert.Equal(0, new SlatePolicy(3, 10).Value(First(1), new PolicyRounds([]), gradient));
        Assert.All(gradient, slope => Assert.Equal(0, slope));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 2)]
    [InlineData(4, 3)]
    public void Value_AnyLog_HasTheGradientOfFiniteDifferences(int listLength, int seed)
    {
        var random = new SeededRandom(seed, 0);
        var users = new List<PolicyUser>();
        for (var user = 0; user < 8; user++)
        {
            var features = new float[12 * Width];
            foreach (ref var feature in features.AsSpan())
                feature = random.NextGaussian();
            var rounds = new List<PolicyRound>();
            for (var round = 0; round < 5; round++)
                rounds.Add(new PolicyRound(random.Next(6), [6 + random.Next(3), 9 + random.Next(3)], 0.05f + (0.9f * (float)random.NextDouble()), random.Next(2)));
            users.Add(new PolicyUser(features, rounds));
        }

        var log = new PolicyRounds(users);
        var policy = new SlatePolicy(listLength, weightLimit: 1e9);
        var (gradient, ignored) = (new double[Width], new double[Width]);
        double[] weights = [0.3, -0.7, 0.2, 1, -0.1];
        policy.Value(weights, log, gradient);
        for (var feature = 0; feature < Width; feature++)
        {
            const double Step = 1e-5;
            var (up, down) = ((double[])weights.Clone(), (double[])weights.Clone());
            up[feature] += Step;
            down[feature] -= Step;
            var slope = (policy.Value(up, log, ignored) - policy.Value(down, log, ignored)) / (2 * Step);
            Assert.InRange(Math.Abs(slope), 1e-4, 10);
            Assert.Equal(slope, gradient[feature], 1e-7);
        }
    }

    private static double[] First(double weight) => [weight, 0, 0, 0, 0];

    /// <summary>Candidates of one user with these values of the first feature.</summary>
    private static PolicyRounds Rounds(float[] values, params PolicyRound[] rounds) => new([new PolicyUser([.. values.SelectMany(value => new[] { value, 0, 0, 0, 0 })], rounds)]);
}
