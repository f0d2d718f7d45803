using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.ItemKnn;

/// <summary>
/// Item-based nearest neighbours for top-N lists: score(u, j) = sum over the items i of the history that are among the k most like j of sim(i, j).
/// Sarwar, Karypis, Konstan, Riedl, "Item-Based Collaborative Filtering Recommendation Algorithms", WWW 2001; the shrinkage and weightings as in Ferrari
/// Dacrema, Boglio, Cremonesi, Jannach, "A Troubling Analysis of Reproducibility and Progress in Recommender Systems Research", ACM TOIS 39(2), 2021.
/// A dislike makes no items alike; in a history it counts against. Items that share no user with any of a history are unknown to it.
/// </summary>
public sealed class ItemKnnTrainer(ItemKnnOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        if (options is { Scale: HistoryScale.Binary, Similarity: Similarity.AdjustedCosine or Similarity.Pearson })
            throw new TrainingException($"{options.Similarity} compares weights by their difference from a mean, and with Scale Binary there is none; set Scale to Linear or Log, or Similarity to Cosine.");

        var neighbours = new SimilarRows(Weighted(dataset), options.Similarity, options.Shrinkage, dataset.UserItems).Nearest(options.Neighbours, context);
        if (options.Normalize)
            neighbours = neighbours.WithUnitRowSums();
        context.Report("neighbours", 1);
        return new ItemWeightsModel(dataset.Users, dataset.Items, neighbours.Transpose(), new HistoryWeighting(options.Scale));
    }

    /// <summary>|I| x |U|, scaled on the way: the unscaled matrix would be as large again.</summary>
    private SparseMatrix Weighted(InteractionDataset dataset)
    {
        var itemUsers = dataset.UserItems.Transpose(new HistoryWeighting(options.Scale).Scaled);
        return new RowWeighting(itemUsers, options.Similarity, HistoryScale.Linear, options.Weighting).Apply(itemUsers);
    }
}
