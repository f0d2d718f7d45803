using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>
/// Orders the candidates of a first stage by their side of, and distance from, the plane that parts what users took from what they left: a linear support
/// vector machine by dual coordinate descent. Hsieh, Chang, Lin, Keerthi, Sundararajan, ICML 2008, algorithm 1 with the hinge loss. What the first stage does not know is unknown.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the first stage.</param>
public sealed class LinearSvmTrainer(LinearRankingOptions options, TrainerRegistry registry) : ITrainer
{
    private const int MaxRounds = 200;
    private const double SmallViolation = 1e-3;

    public IScorer Train(InteractionDataset dataset, TrainingContext context) =>
        new TwoStageTraining(options, registry, options.Feedback).Train(dataset, context, (_, lists, part) => RankingPairs.Learn(lists, pairs => Fit(pairs, options.Regularization, part, lists.Weights)));

    /// <summary>
    /// Minimises sum over the pairs of c max(0, 1 - y w.x) + lambda / 2 |w|^2; in the paper's letters C = c / lambda. What was left has cost c = 1, what was taken so much more
    /// as it is rarer: at equal costs the few that were taken can be given up for a plane that calls everything left, and such a plane puts nothing in order. Where pairs have
    /// weights, costs and rarity are by these.
    /// </summary>
    internal static float[] Fit(RankingPairs pairs, float regularization, TrainingContext context, float[]? pairWeights = null)
    {
        var weights = new float[RankingPairs.Width];
        var alphas = new double[pairs.Count];
        var order = Enumerable.Range(0, pairs.Count).ToArray();
        var (taken, left) = (0.0, 0.0);
        for (var pair = 0; pair < pairs.Count; pair++)
        {
            if (pairs.Taken[pair])
                taken += pairWeights?[pair] ?? 1;
            else
                left += pairWeights?[pair] ?? 1;
        }

        var largestLeft = 1.0 / regularization;
        var largestTaken = largestLeft * Math.Max(1, left) / Math.Max(1, taken);
        for (var round = 0; round < MaxRounds; round++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            new SeededRandom(context.Seed, round).Shuffle(order.AsSpan());
            var violation = 0.0;
            foreach (var pair in order)
            {
                var (side, largest) = pairs.Taken[pair] ? (1, largestTaken) : (-1, largestLeft);
                violation = Math.Max(violation, Improve(pairs[pair], side, largest * (pairWeights?[pair] ?? 1), ref alphas[pair], weights));
            }

            if (violation < SmallViolation)
                break;
        }

        return weights;
    }

    /// <summary>Solves the dual problem in one variable.</summary>
    /// <returns>How far the variable was from its best.</returns>
    private static double Improve(ReadOnlySpan<float> row, int side, double largest, ref double alpha, float[] weights)
    {
        var gradient = (side * (double)VectorMath.Dot(weights, row)) - 1;
        var improved = Math.Clamp(alpha - (gradient / VectorMath.Dot(row, row)), 0, largest);
        VectorMath.AddScaled(weights, (float)((improved - alpha) * side), row);
        var projected = alpha <= 0 ? Math.Min(gradient, 0) : alpha >= largest ? Math.Max(gradient, 0) : gradient;
        alpha = improved;
        return Math.Abs(projected);
    }
}
