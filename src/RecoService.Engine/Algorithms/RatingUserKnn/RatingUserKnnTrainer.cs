using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RatingUserKnn;

/// <summary>
/// Predicts ratings from what the users most like the asked one gave the item: r(u, i) = b(u, i) + sum over u's neighbours v who rated i of
/// s(u, v) (r(v, i) - b(v, i)) / sum of s(u, v). Resnick, Iacovou, Suchak, Bergstrom, Riedl, "GroupLens: An Open Architecture for Collaborative Filtering of
/// Netnews", CSCW 1994; with baselines for means: Koren, ACM TKDD 4(1), 2010.
/// Users without a rating in their history and items without a rating in training are unknown.
/// </summary>
public sealed class RatingUserKnnTrainer(RatingUserKnnOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var byUser = dataset.Ratings;
        if (byUser.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'user-knn' for this shop.");

        context.Report("biases", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var byItem = byUser.Transpose();
        var biases = RatingBiases.Of(byUser, byItem, options.Epochs, options.UserRegularization, options.ItemRegularization);
        var averaging = new RatingAveraging(AveragedBy(byItem, biases), options.Centering == RatingCentering.ZScore, options.Neighbours, options.MinNeighbours);
        var comparison = new RatingUserComparison(ComparedBy(byItem, biases), options.Similarity, options.Shrinkage, options.StoredNeighbours);
        var histories = new RatingHistories(byUser, averaging, comparison);
        var neighbours = histories.Nearest(context);
        context.Report("neighbours", 1);
        return new RatingUserKnnModel(dataset.Users, dataset.Items, neighbours, averaging, comparison, histories);
    }

    private RatingCentre AveragedBy(SparseMatrix byItem, RatingBiases biases) => options.Centering switch
    {
        RatingCentering.None => RatingCentre.None(byItem, biases.Mean),
        RatingCentering.Baseline => RatingCentre.Baseline(byItem, biases, options.UserRegularization),
        _ => RatingCentre.UserMeans(byItem, biases.Mean),
    };

    private RatingCentre ComparedBy(SparseMatrix byItem, RatingBiases biases) => options.Similarity switch
    {
        RatingSimilarity.Pearson => RatingCentre.UserMeans(byItem, biases.Mean),
        RatingSimilarity.AdjustedCosine => RatingCentre.ItemMeans(byItem, biases.Mean),
        RatingSimilarity.PearsonBaseline => RatingCentre.Baseline(byItem, biases, options.UserRegularization),
        _ => RatingCentre.None(byItem, biases.Mean),
    };
}
