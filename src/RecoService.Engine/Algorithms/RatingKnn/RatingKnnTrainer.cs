using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingKnn;

/// <summary>
/// Predicts ratings from the user's own ratings of the items most like the asked one ("k-NN baseline"): r(u, i) = b(u, i) + sum of s(i, j) (r(u, j) - b(u, j)) /
/// sum of s(i, j). Koren, "Factor in the Neighbors: Scalable and Accurate Collaborative Filtering", ACM TKDD 4(1), 2010, equation 3.
/// Neighbours are items: a model needs no ratings but those of the asked user, which come with the request.
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
        var biases = RatingBiases.Of(byUser, byItem, options.Epochs, options.UserRegularization, options.ItemRegularization);
        var deviations = ComparedBy(byItem, biases).Deviations(byUser);
        var similar = new SimilarRatings(deviations.Transpose(), deviations, options.Similarity, options.Shrinkage);
        var similarities = similar.Nearest(options.StoredNeighbours, context);
        context.Report("neighbours", 1);
        return new RatingKnnModel(
            dataset.Users, dataset.Items, similarities, AveragedBy(byItem, biases), Scales(byItem), new RatingKnnSettings(options.Neighbours, options.MinNeighbours));
    }

    private RatingCentre ComparedBy(SparseMatrix byItem, RatingBiases biases) => options.Similarity switch
    {
        RatingSimilarity.Pearson => RatingCentre.ItemMeans(byItem, biases.Mean),
        RatingSimilarity.AdjustedCosine => RatingCentre.UserMeans(byItem, biases.Mean),
        RatingSimilarity.PearsonBaseline => RatingCentre.Baseline(byItem, biases, options.UserRegularization),
        _ => RatingCentre.None(byItem, biases.Mean),
    };

    private RatingCentre AveragedBy(SparseMatrix byItem, RatingBiases biases) => options.Centering switch
    {
        RatingCentering.None => RatingCentre.None(byItem, biases.Mean),
        RatingCentering.Baseline => RatingCentre.Baseline(byItem, biases, options.UserRegularization),
        _ => RatingCentre.ItemMeans(byItem, biases.Mean),
    };

    /// <summary>|I|: what the deviations from each item's mean are divided by.</summary>
    private float[] Scales(SparseMatrix byItem)
    {
        var scales = new float[byItem.RowCount];
        for (var item = 0; item < scales.Length; item++)
            scales[item] = options.Centering == RatingCentering.ZScore ? MeanRating.ScaleOf(byItem.RowValues(item)) : 1;
        return scales;
    }
}
