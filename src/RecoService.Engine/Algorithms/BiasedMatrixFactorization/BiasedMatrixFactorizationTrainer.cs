using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>
/// Predicts ratings ("biased-mf"): r = mean + b_u + b_i + p_u . q_i, by stochastic gradient descent on the squared error.
/// Koren, Bell, Volinsky, "Matrix Factorization Techniques for Recommender Systems", IEEE Computer 42(8), 2009.
/// The result does not depend on the thread count. Users and items without a rating are unknown.
/// </summary>
public sealed class BiasedMatrixFactorizationTrainer(BiasedMatrixFactorizationOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var ratings = dataset.Ratings;
        if (ratings.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'implicit-als' for this shop.");

        var strata = new RatingStrata(ratings);
        var users = new BiasedRows(strata.Users, options.Factors, context.Seed, firstStream: -ratings.RowCount);
        var items = new BiasedRows(strata.Items, options.Factors, context.Seed, firstStream: -ratings.RowCount - (long)ratings.ColumnCount);
        var mean = MeanOf(ratings);
        var order = Enumerable.Range(0, strata.Grid).ToArray();
        var rate = options.LearningRate;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            context.Report("training", (double)epoch / options.Epochs);
            new SeededRandom(context.Seed, epoch).Shuffle<int>(order);
            var step = new GradientStep(users, items, mean, rate, options);
            strata.ForEachBlock(order, context, (stratum, block) => step.Train(strata.Block(stratum, block)));
            rate *= options.LearningRateDecay;
        }

        if (!users.AreFinite || !items.AreFinite)
            throw new TrainingException("Training diverged: factors or biases are not finite. Lower LearningRate.");
        context.Report("training", 1);
        return new FactorModel(
            dataset.Users, dataset.Items, users.ToFactors(), items.ToFactors(), mean, users.ToBiases(), items.ToBiases(),
            new RatingFoldIn(options.Regularization, options.BiasRegularization, isNonNegative: false)).TrainedOn(dataset, context, options.ColdStart);
    }

    private static float MeanOf(SparseMatrix ratings)
    {
        var sum = 0.0;
        for (var user = 0; user < ratings.RowCount; user++)
        {
            foreach (var value in ratings.RowValues(user))
                sum += value;
        }

        return ratings.NonZeroCount == 0 ? 0 : (float)(sum / ratings.NonZeroCount);
    }

    /// <summary>One step down the gradient for each rating of a block.</summary>
    private sealed class GradientStep(BiasedRows users, BiasedRows items, float mean, float rate, BiasedMatrixFactorizationOptions options)
    {
        private readonly float shrink = 1 - (rate * options.Regularization);
        private readonly float biasShrink = 1 - (rate * options.BiasRegularization);

        public void Train(ReadOnlySpan<RatingStrata.Entry> entries)
        {
            foreach (var (user, item, value) in entries)
            {
                var p = users.Row(user);
                var q = items.Row(item);
                ref var userBias = ref users.Bias(user);
                ref var itemBias = ref items.Bias(item);
                var step = rate * (value - (mean + userBias + itemBias + VectorMath.DotOfPair(p, q)));
                userBias = (userBias * biasShrink) + step;
                itemBias = (itemBias * biasShrink) + step;
                VectorMath.StepPair(p, q, shrink, step);
            }
        }
    }
}
