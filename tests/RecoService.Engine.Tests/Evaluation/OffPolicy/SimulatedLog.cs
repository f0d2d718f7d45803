using RecoService.Engine.Evaluation.OffPolicy;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Evaluation.OffPolicy;

/// <summary>
/// A shop whose truth is known: visitors with three features, actions that are clicked with a probability that is no linear function of them, one policy that logs and a sharper one that is evaluated.
/// Both choose by a softmax of a score of their own, so the evaluated one likes what the log seldom shows.
/// </summary>
/// <param name="actionCount">How many actions there are.</param>
/// <param name="sharpness">How far the evaluated policy is from an even one; the larger, the heavier the tail of the weights.</param>
internal sealed class SimulatedLog(int actionCount, double sharpness)
{
    private const int FeatureCount = 3;

    private readonly double[] tastes = Draws(actionCount * FeatureCount, stream: 1);
    private readonly double[] leanings = Draws(actionCount * FeatureCount, stream: 2);

    /// <summary>What the evaluated policy earns per round, over many visitors and without the noise of clicks.</summary>
    public double Truth(int visitors)
    {
        var random = new SeededRandom(1, 3);
        var (x, target, sum) = (new double[FeatureCount], new double[actionCount], 0.0);
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            Visit(ref random, x);
            Softmax(x, tastes, sharpness, target);
            for (var action = 0; action < actionCount; action++)
                sum += target[action] * ClickProbability(x, action) / visitors;
        }

        return sum;
    }

    /// <summary>A log of its own for every number.</summary>
    public LoggedRounds Rounds(int count, int number)
    {
        var random = new SeededRandom(2, number);
        var (actions, rewards, propensities) = (new int[count], new double[count], new double[count]);
        var (features, targets) = (new double[count * FeatureCount], new double[count * actionCount]);
        var logging = new double[actionCount];
        for (var round = 0; round < count; round++)
        {
            var x = features.AsSpan(round * FeatureCount, FeatureCount);
            Visit(ref random, x);
            Softmax(x, leanings, 0.7, logging);
            Softmax(x, tastes, sharpness, targets.AsSpan(round * actionCount, actionCount));
            var draw = random.NextDouble();
            var action = 0;
            while (action < actionCount - 1 && draw >= logging[action])
                draw -= logging[action++];
            (actions[round], propensities[round]) = (action, logging[action]);
            rewards[round] = random.NextDouble() < ClickProbability(x, action) ? 1 : 0;
        }

        return new LoggedRounds(actionCount, actions, rewards, propensities, TargetPolicy.OfRows(actionCount, targets, [.. Enumerable.Range(0, count)]), features);
    }

    private static void Visit(ref SeededRandom random, Span<double> x)
    {
        foreach (ref var value in x)
            value = (2 * random.NextDouble()) - 1;
    }

    private double ClickProbability(ReadOnlySpan<double> x, int action) => 1 / (1 + Math.Exp(2.2 - (1.5 * Score(x, tastes, action)) - (x[0] * x[1])));

    private void Softmax(ReadOnlySpan<double> x, double[] weights, double scale, Span<double> probabilities)
    {
        var sum = 0.0;
        for (var action = 0; action < actionCount; action++)
            sum += probabilities[action] = Math.Exp(scale * Score(x, weights, action));
        foreach (ref var probability in probabilities)
            probability /= sum;
    }

    private static double Score(ReadOnlySpan<double> x, double[] weights, int action)
    {
        var sum = 0.0;
        for (var feature = 0; feature < FeatureCount; feature++)
            sum += weights[(action * FeatureCount) + feature] * x[feature];
        return sum;
    }

    private static double[] Draws(int count, long stream)
    {
        var random = new SeededRandom(3, stream);
        var draws = new double[count];
        foreach (ref var draw in draws.AsSpan())
            draw = random.NextGaussian();
        return draws;
    }
}
