using System.Numerics.Tensors;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.UserKnn;

/// <summary>
/// User-based nearest neighbours for top-N lists: score(u, i) = sum over u's neighbours v of sim(u, v) r(v, i), r what v's history says for i.
/// Resnick, Iacovou, Suchak, Bergstrom, Riedl, "GroupLens: An Open Architecture for Collaborative Filtering of Netnews", CSCW 1994; the shrinkage and
/// weightings as in Ferrari Dacrema, Boglio, Cremonesi, Jannach, ACM TOIS 39(2), 2021. A dislike makes no users alike, and adds to no score.
/// Items that none of a user's neighbours has are unknown to them.
/// </summary>
public sealed class UserKnnTrainer(UserKnnOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        if (options is { Scale: HistoryScale.Binary, Similarity: Similarity.AdjustedCosine or Similarity.Pearson })
            throw new TrainingException($"{options.Similarity} compares weights by their difference from a mean, and with Scale Binary there is none; set Scale to Linear or Log, or Similarity to Cosine.");

        var comparison = new UserComparison(options.Similarity, options.Scale, options.Weighting, options.Shrinkage, options.Neighbours);
        var histories = new UserNeighbourhood(dataset.UserItems, comparison);
        var nearest = histories.Nearest(context);
        context.Report("neighbours", 1);
        return options.Reverse
            ? new UserKnnModel(dataset.Users, dataset.Items, Reversed(nearest), LowestSimilarities(nearest), comparison, histories)
            : new UserKnnModel(dataset.Users, dataset.Items, nearest, [], comparison, histories);
    }

    /// <summary>In each row who has the user for a neighbour; where nobody has, their own neighbours.</summary>
    private static SparseMatrix Reversed(SparseMatrix nearest)
    {
        var reversed = nearest.Transpose();
        var rows = new (int[] Columns, float[] Values)[reversed.RowCount];
        for (var user = 0; user < rows.Length; user++)
        {
            var source = reversed.RowLength(user) > 0 ? reversed : nearest;
            rows[user] = (source.RowColumns(user).ToArray(), source.RowValues(user).ToArray());
        }

        return SparseMatrix.Join(reversed.ColumnCount, rows);
    }

    /// <summary>How like a user one must be to be among their neighbours; 0 for who has fewer than they could have.</summary>
    private float[] LowestSimilarities(SparseMatrix nearest)
    {
        var lowest = new float[nearest.RowCount];
        for (var user = 0; user < lowest.Length; user++)
        {
            if (nearest.RowLength(user) == options.Neighbours)
                lowest[user] = TensorPrimitives.Min(nearest.RowValues(user));
        }

        return lowest;
    }
}
