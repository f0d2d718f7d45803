using System.Numerics.Tensors;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Rp3Beta;

/// <summary>
/// Random walks of three steps over the graph of users and items: W[i, j] = sum over users u of p(u | i)^alpha p(j | u)^alpha / popularity(j)^beta,
/// so that score(u, j) is how likely a walk from the user's history ends at j, popular items held back.
/// Paudel, Christoffel, Newell, Bernstein, "Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive Applications", ACM TiiS 7(1), 2017;
/// without the penalty P3alpha: Cooper, Lee, Radinsky, Ziv, WWW 2014 Companion. A walk passes no dislike. Items no walk reaches are unknown.
/// </summary>
public sealed class Rp3BetaTrainer(Rp3BetaOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var fromUser = new RowWeighting(dataset.UserItems, Similarity.Cosine, options.Scale, Weighting.None).Apply(dataset.UserItems, ToProbabilities);
        var itemUsers = fromUser.Transpose();
        var fromItem = Powers(itemUsers, -options.Alpha);
        var penalties = Powers(itemUsers, -options.Beta);

        var weights = TopRows.Build(itemUsers.RowCount, itemUsers.RowCount, options.Neighbours, context, (item, scores) =>
        {
            scores.Clear();
            foreach (var user in itemUsers.RowColumns(item))
                SparseMath.AddScaled(scores, fromItem[item], fromUser.RowColumns(user), fromUser.RowValues(user));
            TensorPrimitives.Multiply(scores, penalties, scores);
            scores[item] = 0;
        });
        context.Report("neighbours", 1);
        return new ItemWeightsModel(dataset.Users, dataset.Items, options.Normalize ? weights.WithUnitRowSums() : weights, new HistoryWeighting(options.Scale));
    }

    /// <summary>p(j | u)^alpha out of the weights of a user's entries.</summary>
    private void ToProbabilities(Span<float> weights)
    {
        if (weights.IsEmpty)
            return;
        TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
        TensorPrimitives.Pow(weights, options.Alpha, weights);
    }

    /// <summary>A power of the number of entries of each row; 0 for a row that has none.</summary>
    private static float[] Powers(SparseMatrix matrix, float exponent)
    {
        var powers = new float[matrix.RowCount];
        for (var row = 0; row < powers.Length; row++)
            powers[row] = matrix.RowLength(row) == 0 ? 0 : MathF.Pow(matrix.RowLength(row), exponent);
        return powers;
    }
}
