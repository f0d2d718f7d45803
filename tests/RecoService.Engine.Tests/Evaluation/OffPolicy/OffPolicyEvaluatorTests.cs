using RecoService.Engine.Evaluation.OffPolicy;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Evaluation.OffPolicy;

public sealed class OffPolicyEvaluatorTests
{
    /// <summary>Four rounds of an even coin over two actions; the policy shows the first with 0.8. Weights 1.6, 1.6, 0.4, 0.4.</summary>
    private static LoggedRounds FourRounds(TargetPolicy? target = null) => new(
        2, [0, 0, 1, 1], [1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], target ?? TargetPolicy.OfRows(2, [0.8, 0.2], [0, 0, 0, 0]));

    [Fact]
    public void Evaluate_FourRounds_EqualsTheArithmetic()
    {
        var result = OffPolicyEvaluator.Evaluate(FourRounds());

        // (1.6 + 0.4) / 4, (1.6 + 0.4) / (1.6 + 1.6 + 0.4 + 0.4), 4^2 / (2 * 1.6^2 + 2 * 0.4^2).
        Assert.Equal(0.5, result[OffPolicyEvaluator.Ips]!.Value, 1e-12);
        Assert.Equal(0.5, result[OffPolicyEvaluator.Snips]!.Value, 1e-12);
        Assert.Equal(16 / 5.44, result.EffectiveSampleSize, 1e-12);
        Assert.Equal((1.0, 1.6), (result.MeanWeight, result.LargestWeight));
        // Of 1.6, 0, 0, 0.4: squares of deviations 1.21 + 0.25 + 0.25 + 0.01, over 3, over 4.
        Assert.Equal(Math.Sqrt(1.72 / 12), result[OffPolicyEvaluator.Ips]!.StandardError, 1e-12);
        // Linearised: 0.5 + 1.6 * 0.5, 0.5 - 1.6 * 0.5, 0.5 - 0.4 * 0.5, 0.5 + 0.4 * 0.5.
        Assert.Equal(Math.Sqrt(((2 * 0.64) + (2 * 0.04)) / 12), result[OffPolicyEvaluator.Snips]!.StandardError, 1e-12);
        Assert.Equal((0.5, 0.0), (result.Logged.Value, result.Logged.Difference));
    }

    [Fact]
    public void Evaluate_OfThePolicyThatLogged_IsWhatWasLogged()
    {
        var rounds = new SimulatedLog(actionCount: 4, sharpness: 1).Rounds(500, 0);
        var same = new LoggedRounds(4, rounds.Actions.ToArray(), rounds.Rewards.ToArray(), [.. Enumerable.Repeat(0.25, 500)], TargetPolicy.OfLoggedActions([.. Enumerable.Repeat(0.25, 500)]));

        var result = OffPolicyEvaluator.Evaluate(same);

        Assert.Equal(result.Logged.Value, result[OffPolicyEvaluator.Ips]!.Value, 1e-12);
        Assert.Equal(0, result[OffPolicyEvaluator.Snips]!.Difference, 1e-12);
        Assert.Equal(500, result.EffectiveSampleSize, 1e-9);
        // Without the other actions' probabilities no model can be asked.
        Assert.Equal([OffPolicyEvaluator.Ips, OffPolicyEvaluator.Snips], result.Values.Select(value => value.Estimator));
        Assert.Null(result.SwitchAt);
    }

    [Fact]
    public void Evaluate_Twice_IsTheSame()
    {
        var rounds = new SimulatedLog(actionCount: 4, sharpness: 2).Rounds(500, 0);

        Assert.Equal(OffPolicyEvaluator.Evaluate(rounds).Values, OffPolicyEvaluator.Evaluate(rounds).Values);
    }

    /// <summary>A reward that the model knows exactly leaves nothing to weigh, so DR and DM agree and vary with the contexts alone.</summary>
    [Fact]
    public void Evaluate_OfARewardThatIsLinear_NeedsNoWeights()
    {
        var random = new SeededRandom(5, 0);
        const int count = 2000;
        var (actions, rewards, features) = (new int[count], new double[count], new double[count]);
        for (var round = 0; round < count; round++)
        {
            (actions[round], features[round]) = (random.Next(3), random.NextDouble());
            rewards[round] = actions[round] + (features[round] * (1 + actions[round]));
        }

        var target = TargetPolicy.OfRows(3, [0, 0.02, 0.98], new int[count]);
        var result = OffPolicyEvaluator.Evaluate(
            new LoggedRounds(3, actions, rewards, [.. Enumerable.Repeat(1.0 / 3, count)], target, features), new OffPolicyOptions(Regularization: 1e-6));

        // 0.02 (1 + 2 x) + 0.98 (2 + 3 x).
        var truth = 0.02 + (0.98 * 2) + ((0.04 + 2.94) * features.Average());
        Assert.Equal(truth, result[OffPolicyEvaluator.Direct]!.Value, 1e-6);
        Assert.Equal(truth, result[OffPolicyEvaluator.DoublyRobust]!.Value, 1e-6);
        Assert.Equal(truth, result[OffPolicyEvaluator.SwitchDoublyRobust]!.Value, 1e-6);
        Assert.InRange(result[OffPolicyEvaluator.DoublyRobust]!.StandardError, 0, result[OffPolicyEvaluator.Snips]!.StandardError);
    }

    /// <summary>One round in fifty is shown by a propensity that is far too small; the bound cuts it off.</summary>
    [Fact]
    public void Evaluate_WithWildWeights_SwitchesToTheModel()
    {
        var random = new SeededRandom(6, 0);
        const int count = 1000;
        var (actions, rewards, propensities) = (new int[count], new double[count], new double[count]);
        for (var round = 0; round < count; round++)
        {
            (actions[round], propensities[round]) = (random.Next(2), round % 50 == 0 ? 0.001 : 0.5);
            rewards[round] = random.NextDouble() < 0.3 ? 1 : 0;
        }

        var result = OffPolicyEvaluator.Evaluate(new LoggedRounds(2, actions, rewards, propensities, TargetPolicy.OfRows(2, [0.5, 0.5], new int[count])));

        Assert.Equal((500.0, 1.0), (result.LargestWeight, result.SwitchAt));
        Assert.InRange(
            result[OffPolicyEvaluator.SwitchDoublyRobust]!.StandardError, 0, result[OffPolicyEvaluator.DoublyRobust]!.StandardError / 10);
        Assert.Equal(0.3, result[OffPolicyEvaluator.SwitchDoublyRobust]!.Value, 0.05);
    }

    [Fact]
    public void Evaluate_APolicyThatShowsNothingOfTheLog_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => OffPolicyEvaluator.Evaluate(FourRounds(TargetPolicy.OfLoggedActions([0, 0, 0, 0]))));

    [Fact]
    public void Evaluate_Cancelled_Throws() =>
        Assert.Throws<OperationCanceledException>(() => OffPolicyEvaluator.Evaluate(FourRounds(), cancellationToken: new CancellationToken(canceled: true)));

    [Fact]
    public void Rounds_OutOfBounds_AreNamed()
    {
        var target = TargetPolicy.OfLoggedActions([0.5]);

        Assert.Contains("Round 0 shows action 2", Refusal(2, 1, 0.5), StringComparison.Ordinal);
        Assert.Contains("propensity 0", Refusal(0, 1, 0), StringComparison.Ordinal);
        Assert.Contains("propensity 1.5", Refusal(0, 1, 1.5), StringComparison.Ordinal);
        Assert.Contains("reward NaN", Refusal(0, double.NaN, 0.5), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LoggedRounds(2, [], [], [], TargetPolicy.OfLoggedActions([])));
        Assert.Throws<ArgumentException>(() => new LoggedRounds(2, [0], [1], [0.5], TargetPolicy.OfRows(3, [1, 0, 0], [0])));
        Assert.Throws<ArgumentException>(() => new LoggedRounds(2, [0], [1], [0.5], target, [double.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => new LoggedRounds(2, [0], [1], [0.5], target, new double[LoggedRounds.MostFeatures + 1]));
        Assert.Throws<ArgumentException>(() => TargetPolicy.OfLoggedActions([1.1]));
        Assert.Throws<ArgumentException>(() => TargetPolicy.OfRows(2, [0.5, 0.4], [0]));
        Assert.Throws<ArgumentException>(() => TargetPolicy.OfRows(2, [0.5, 0.5], [1]));

        string Refusal(int action, double reward, double propensity) =>
            Assert.Throws<ArgumentException>(() => new LoggedRounds(2, [action], [reward], [propensity], target)).Message;
    }

    /// <summary>Of numbers that lie evenly about their mean the interval is the plain one; a tail to the right moves both ends to the right.</summary>
    [Fact]
    public void SkewedMean_ReachesToTheSideOfTheTail()
    {
        var even = SkewedMean.Of([-2, -1, 0, 1, 2]);
        var tail = SkewedMean.Of([.. Enumerable.Repeat(0.0, 95), .. Enumerable.Repeat(10.0, 5)]);

        // Student's t of four degrees of freedom.
        Assert.Equal(2.7764451 * Math.Sqrt(0.5), even.Interval.High, 1e-6);
        Assert.Equal(-even.Interval.High, even.Interval.Low, 1e-12);
        Assert.Equal(0.5, tail.Mean, 1e-12);
        Assert.InRange(tail.Interval.High, 0.5 + (2.2 * tail.StandardError), 2);
        Assert.InRange(tail.Interval.Low, 0.5 - (1.7 * tail.StandardError), 0.5);
        Assert.Equal(double.PositiveInfinity, SkewedMean.Of([1]).Interval.High);
        Assert.Equal((3.0, 0.0), (SkewedMean.Of([3, 3]).Mean, SkewedMean.Of([3, 3]).StandardError));
    }
}
