using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.SlopeOne;

/// <summary>
/// Predicts ratings: an item is liked as much more than another as it is on average by those who rated both.
/// Lemire, Maclachlan, "Slope One Predictors for Online Rating-Based Collaborative Filtering", SDM 2005; weighted by default.
/// Users without a rating in their history, and items that nobody rated together with another, are unknown.
/// </summary>
public sealed class SlopeOneTrainer(SlopeOneOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var byUser = dataset.Ratings;
        if (byUser.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'item-knn' for this shop.");

        var byItem = byUser.Transpose();
        var counts = TopRows.Build(byItem.RowCount, byItem.RowCount, options.Neighbours, context, (item, scores) =>
        {
            scores.Clear();
            foreach (var user in byItem.RowColumns(item))
                SparseMath.Count(scores, byUser.RowColumns(user));
            scores[item] = 0;
        });
        var deviations = Deviations(byUser, byItem, counts, context);
        context.Report("neighbours", 1);
        return new SlopeOneModel(dataset.Users, dataset.Items, deviations, options.Weighted ? counts : counts.WithValues(Ones), MeanRating.Of(byUser));
    }

    /// <summary>In the cell of items i and j the mean of r(i) - r(j) over the users who rated both.</summary>
    private static SparseMatrix Deviations(SparseMatrix byUser, SparseMatrix byItem, SparseMatrix counts, TrainingContext context)
    {
        const int RowsPerBlock = 32;
        var deviations = new float[counts.NonZeroCount];
        context.ForEachBlock((counts.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var sums = new float[counts.RowCount];
            for (var item = block * RowsPerBlock; item < Math.Min((block + 1) * RowsPerBlock, counts.RowCount); item++)
            {
                Array.Clear(sums);
                var users = byItem.RowColumns(item);
                for (var position = 0; position < users.Length; position++)
                    SparseMath.AddDifferences(sums, byItem.RowValues(item)[position], byUser.RowColumns(users[position]), byUser.RowValues(users[position]));
                var kept = counts.RowColumns(item);
                for (var position = 0; position < kept.Length; position++)
                    deviations[counts.RowStart(item) + position] = sums[kept[position]] / counts.RowValues(item)[position];
            }
        });
        return counts.WithValues(_ => deviations);
    }

    private static float[] Ones(ReadOnlySpan<float> values)
    {
        var ones = new float[values.Length];
        Array.Fill(ones, 1);
        return ones;
    }
}
