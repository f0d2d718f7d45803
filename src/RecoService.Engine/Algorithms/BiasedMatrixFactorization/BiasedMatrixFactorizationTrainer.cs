using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>
/// Predicts ratings ("squared"): r = mean + b_u + b_i + p_u . q_i, by stochastic gradient descent on the squared error.
/// Koren, Bell, Volinsky, "Matrix Factorization Techniques for Recommender Systems", IEEE Computer 42(8), 2009.
/// The result does not depend on the thread count. Users and items without a rating are unknown.
/// </summary>
public sealed class BiasedMatrixFactorizationTrainer(BiasedMatrixFactorizationOptions options) : ITrainer
{
    private const float InitialScale = 0.1f;
    private const int RatingsBetweenChecks = 16_384;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var ratings = dataset.Ratings;
        if (ratings.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'one-class' for this shop.");

        var byItem = ratings.Transpose();
        var model = new Parameters(ratings, byItem, options.Factors, context.Seed);
        var strata = new RatingStrata(ratings, byItem);
        var order = Enumerable.Range(0, strata.Grid).ToArray();
        var rate = options.LearningRate;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            new SeededRandom(context.Seed, StreamOf(epoch, strata.Grid, 0)).Shuffle<int>(order);
            for (var step = 0; step < order.Length; step++)
            {
                context.Report("training", (epoch + ((double)step / order.Length)) / options.Epochs);
                var stratum = order[step];
                var stepRate = rate;
                context.ForEachBlock(strata.Grid, block =>
                {
                    var entries = strata.Block(stratum, block);
                    new SeededRandom(context.Seed, StreamOf(epoch, stratum, block)).Shuffle(entries);
                    TrainBlock(model, entries, stepRate, context.CancellationToken);
                });
            }

            rate *= options.LearningRateDecay;
        }

        context.Report("training", 1);
        return model.ToModel(dataset, ratings, byItem);
    }

    private void TrainBlock(Parameters model, ReadOnlySpan<RatingStrata.Entry> entries, float rate, CancellationToken cancellationToken)
    {
        var shrink = 1 - (rate * options.Regularization);
        var biasShrink = 1 - (rate * options.BiasRegularization);
        for (var place = 0; place < entries.Length; place++)
        {
            if (place % RatingsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();

            var (user, item, value) = entries[place];
            var userRow = model.UserFactors.Row(user);
            var itemRow = model.ItemFactors.Row(item);
            ref var userBias = ref model.UserBiases[user];
            ref var itemBias = ref model.ItemBiases[item];
            var step = rate * (value - (model.Mean + userBias + itemBias + VectorMath.Dot(userRow, itemRow)));
            userBias = (userBias * biasShrink) + step;
            itemBias = (itemBias * biasShrink) + step;
            VectorMath.StepPair(userRow, itemRow, shrink, step);
        }
    }

    /// <summary>Streams 0 and below are the initial rows'; each (epoch, stratum, block) has its own above.</summary>
    private static long StreamOf(int epoch, int stratum, int block) => 1 + ((((long)epoch << 8) + stratum) << 8) + block;

    private sealed class Parameters
    {
        public Parameters(SparseMatrix ratings, SparseMatrix byItem, int factors, int seed)
        {
            UserFactors = InitialFactors(ratings.RowCount, factors, seed, offset: 0);
            ItemFactors = InitialFactors(byItem.RowCount, factors, seed, offset: ratings.RowCount);
            UserBiases = new float[ratings.RowCount];
            ItemBiases = new float[byItem.RowCount];
            Mean = MeanOf(ratings);
        }

        public FactorMatrix UserFactors { get; }

        public FactorMatrix ItemFactors { get; }

        public float[] UserBiases { get; }

        public float[] ItemBiases { get; }

        public float Mean { get; }

        public FactorModel ToModel(InteractionDataset dataset, SparseMatrix ratings, SparseMatrix byItem)
        {
            if (!VectorMath.AllFinite(UserFactors.Values) || !VectorMath.AllFinite(ItemFactors.Values)
                || !VectorMath.AllFinite(UserBiases) || !VectorMath.AllFinite(ItemBiases))
                throw new TrainingException("Training diverged: factors or biases are not finite. Lower LearningRate.");

            ForgetRowsWithoutRatings(ratings, UserFactors, UserBiases);
            ForgetRowsWithoutRatings(byItem, ItemFactors, ItemBiases);
            return new FactorModel(dataset.Users, dataset.Items, UserFactors, ItemFactors, Mean, UserBiases, ItemBiases);
        }

        private static FactorMatrix InitialFactors(int count, int factors, int seed, int offset)
        {
            var matrix = new FactorMatrix(count, factors);
            for (var row = 0; row < count; row++)
            {
                var random = new SeededRandom(seed, -(offset + (long)row));
                foreach (ref var value in matrix.Row(row))
                    value = random.NextGaussian() * InitialScale;
            }

            return matrix;
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

        private static void ForgetRowsWithoutRatings(SparseMatrix ratings, FactorMatrix factors, float[] biases)
        {
            for (var row = 0; row < factors.RowCount; row++)
            {
                if (ratings.RowLength(row) > 0)
                    continue;
                factors.Row(row).Fill(float.NaN);
                biases[row] = float.NaN;
            }
        }
    }
}
