using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingKnn;

/// <summary>
/// Predicts ratings from the user's own ratings of the items most like the asked one ("k-NN baseline"): r(u, i) = b(u, i) + sum of s(i, j) (r(u, j) - b(u, j)) /
/// sum of s(i, j). Koren, "Factor in the Neighbors: Scalable and Accurate Collaborative Filtering", ACM TKDD 4(1), 2010, equation 3.
/// Neighbours are items and never users: a model holds no ratings, and those of the asked user come with the request.
/// Users without a rating in their history and items without a rating in training are unknown.
/// </summary>
public sealed class RatingKnnTrainer(RatingKnnOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var byUser = dataset.Ratings;
        if (byUser.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'item-knn' for this shop.");

        context.Report("biases", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var byItem = byUser.Transpose();
        var biases = RatingBiases.Of(byUser, byItem, options);
        var similarities = Similarities(ItemDeviations(byItem, biases), context);
        context.Report("neighbours", 1);
        return new RatingKnnModel(
            dataset.Users, dataset.Items, similarities, Offsets(byItem, biases), Scales(byItem),
            new RatingKnnSettings(
                biases.Mean, options.Centering != RatingCentering.None,
                options.Centering == RatingCentering.Baseline ? options.UserRegularization : float.NaN, options.Neighbours, options.MinNeighbours));
    }

    /// <summary>|I| x |I|: the most similar items of each, as far as their similarity is above 0.</summary>
    private SparseMatrix Similarities(SparseMatrix itemUsers, TrainingContext context)
    {
        var userItems = itemUsers.Transpose();
        var workspaces = new ConcurrentBag<Vector128<float>[]>();
        return TopRows.Build(itemUsers.RowCount, itemUsers.RowCount, options.StoredNeighbours, context, (item, scores) =>
        {
            if (!workspaces.TryTake(out var moments))
                moments = new Vector128<float>[scores.Length];
            Array.Clear(moments);
            var users = itemUsers.RowColumns(item);
            for (var place = 0; place < users.Length; place++)
                SparseMath.AddMoments(moments, itemUsers.RowValues(item)[place], userItems.RowColumns(users[place]), userItems.RowValues(users[place]));
            for (var other = 0; other < scores.Length; other++)
                scores[other] = SimilarityOf(moments[other]);
            scores[item] = 0;
            workspaces.Add(moments);
        });
    }

    /// <param name="moments">Of the users who rated both: their number, and the sums of x y, x x and y y.</param>
    private float SimilarityOf(Vector128<float> moments)
    {
        var (count, xy, xx, yy) = (moments[0], moments[1], moments[2], moments[3]);
        if (count < 2)
            return 0;
        var similarity = options.Similarity == RatingSimilarity.Msd ? 1 / (1 + ((xx + yy - (2 * xy)) / count)) : xy / MathF.Sqrt(xx * yy);
        return (count - 1) / (count - 1 + options.Shrinkage) * similarity;
    }

    /// <summary>|I| x |U|: the numbers that items are compared by.</summary>
    private SparseMatrix ItemDeviations(SparseMatrix byItem, RatingBiases biases)
    {
        if (options.Similarity is RatingSimilarity.Msd or RatingSimilarity.Cosine)
            return byItem;
        var deviations = new float[byItem.NonZeroCount];
        for (var item = 0; item < byItem.RowCount; item++)
        {
            var (mean, _) = MeanAndDeviation(byItem.RowValues(item));
            for (var place = 0; place < byItem.RowLength(item); place++)
            {
                var expected = options.Similarity == RatingSimilarity.Pearson ? mean : biases.Mean + biases.Items[item] + biases.Users[byItem.RowColumns(item)[place]];
                deviations[byItem.RowStart(item) + place] = byItem.RowValues(item)[place] - expected;
            }
        }

        return byItem.WithValues(_ => deviations);
    }

    /// <summary>|I|: what is taken from each item's ratings beside the user's bias; NaN for an item without.</summary>
    private float[] Offsets(SparseMatrix byItem, RatingBiases biases)
    {
        var offsets = new float[byItem.RowCount];
        for (var item = 0; item < offsets.Length; item++)
        {
            offsets[item] = byItem.RowLength(item) == 0 ? float.NaN : options.Centering switch
            {
                RatingCentering.None => 0,
                RatingCentering.Baseline => biases.Mean + biases.Items[item],
                _ => MeanAndDeviation(byItem.RowValues(item)).Mean,
            };
        }

        return offsets;
    }

    private float[] Scales(SparseMatrix byItem)
    {
        var scales = new float[byItem.RowCount];
        for (var item = 0; item < scales.Length; item++)
            scales[item] = options.Centering == RatingCentering.ZScore && MeanAndDeviation(byItem.RowValues(item)).Deviation is > 0 and var deviation ? deviation : 1;
        return scales;
    }

    private static (float Mean, float Deviation) MeanAndDeviation(ReadOnlySpan<float> ratings)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var rating in ratings)
        {
            sum += rating;
            squares += (double)rating * rating;
        }

        var mean = sum / ratings.Length;
        return ((float)mean, (float)Math.Sqrt(Math.Max(0, (squares / ratings.Length) - (mean * mean))));
    }
}
