using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.BiasedMatrixFactorization;

/// <summary>Biased matrix factorization as the paper has it: one thread, all ratings in a new random order in every epoch. The reference for the parallel trainer's quality.</summary>
internal static class SequentialSgd
{
    public static FactorModel Train(InteractionDataset dataset, BiasedMatrixFactorizationOptions options, int seed)
    {
        var random = new SeededRandom(seed, 0);
        var ratings = Enumerable.Range(0, dataset.Users.Count)
            .SelectMany(user => dataset.Ratings.RowColumns(user).ToArray().Zip(dataset.Ratings.RowValues(user).ToArray(), (item, value) => (User: user, Item: item, Value: value)))
            .ToArray();
        var mean = (float)ratings.Average(rating => (double)rating.Value);
        var (users, items) = (Drawn(dataset.Users.Count, options.Factors, ref random), Drawn(dataset.Items.Count, options.Factors, ref random));
        var (userBiases, itemBiases) = (new float[users.RowCount], new float[items.RowCount]);
        var rate = options.LearningRate;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle<(int, int, float)>(ratings);
            foreach (var (user, item, value) in ratings)
            {
                var (p, q) = (users.Row(user).ToArray(), items.Row(item).ToArray());
                var error = value - (mean + userBiases[user] + itemBiases[item] + VectorMath.Dot(p, q));
                userBiases[user] += rate * (error - (options.BiasRegularization * userBiases[user]));
                itemBiases[item] += rate * (error - (options.BiasRegularization * itemBiases[item]));
                for (var factor = 0; factor < p.Length; factor++)
                {
                    users.Row(user)[factor] += rate * ((error * q[factor]) - (options.Regularization * p[factor]));
                    items.Row(item)[factor] += rate * ((error * p[factor]) - (options.Regularization * q[factor]));
                }
            }

            rate *= options.LearningRateDecay;
        }

        return new FactorModel(dataset.Users, dataset.Items, users, items, mean, userBiases, itemBiases);
    }

    private static FactorMatrix Drawn(int count, int factors, ref SeededRandom random)
    {
        var matrix = new FactorMatrix(count, factors);
        foreach (ref var value in matrix.Values.AsSpan())
            value = random.NextGaussian() * 0.1f;
        return matrix;
    }
}
