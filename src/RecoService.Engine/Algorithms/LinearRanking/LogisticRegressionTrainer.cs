using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>
/// Orders the candidates of a first stage by the chance that the user takes them: logistic regression, fitted by Newton's method (iteratively reweighted
/// least squares). Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", 2nd edition, section 4.4.1. What the first stage does not know is unknown.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the first stage.</param>
public sealed class LogisticRegressionTrainer(LinearRankingOptions options, TrainerRegistry registry) : ITrainer
{
    private const int MaxSteps = 50;
    private const float SmallStep = 1e-5f;

    public IScorer Train(InteractionDataset dataset, TrainingContext context) =>
        new TwoStageTraining(options, registry, options.Feedback).Train(dataset, context, (_, lists, part) => RankingPairs.Learn(lists, pairs => Fit(pairs, lists.EqualWeights(), options.Regularization, part)));

    /// <summary>Minimises sum over the pairs of v ln(1 + exp(-y w.x)) + lambda / 2 |w|^2, v being the weight of the pair.</summary>
    internal static float[] Fit(RankingPairs pairs, float[] pairWeights, float regularization, TrainingContext context)
    {
        var weights = new float[RankingPairs.Width];
        for (var step = 0; step < MaxSteps; step++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var change = NewtonStep(pairs, pairWeights, weights, regularization);
            VectorMath.AddScaled(weights, 1, change);
            if (VectorMath.Norm(change) < SmallStep)
                break;
        }

        return weights;
    }

    private static float[] NewtonStep(RankingPairs pairs, float[] pairWeights, float[] weights, float regularization)
    {
        const int Width = RankingPairs.Width;
        var gradient = new double[Width];
        var hessian = new double[Width * Width];
        for (var pair = 0; pair < pairs.Count; pair++)
        {
            var row = pairs[pair];
            var chance = 1 / (1 + Math.Exp(-VectorMath.Dot(weights, row)));
            for (var i = 0; i < Width; i++)
            {
                gradient[i] += pairWeights[pair] * ((pairs.Taken[pair] ? 1 : 0) - chance) * row[i];
                for (var j = i; j < Width; j++)
                    hessian[(i * Width) + j] += pairWeights[pair] * chance * (1 - chance) * row[i] * row[j];
            }
        }

        for (var i = 0; i < Width; i++)
        {
            gradient[i] -= regularization * weights[i];
            hessian[(i * Width) + i] += regularization;
        }

        var change = Array.ConvertAll(gradient, value => (float)value);
        return CholeskySolver.TrySolve(Array.ConvertAll(hessian, value => (float)value), Width, change)
            ? change
            : throw new TrainingException("The features cannot be told apart; raise Regularization.");
    }
}
