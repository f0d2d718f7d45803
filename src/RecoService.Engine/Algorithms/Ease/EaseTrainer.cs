using System.Buffers;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Ease;

/// <summary>
/// A linear item-item model without hidden layer ("embarrassingly shallow autoencoder"): the ridge regression of every item on all others, in
/// closed form. With P = (X^T X + lambda I)^-1, B = I - P / diag(P), so B_ij = -P_ij / P_jj off the diagonal; of each row the largest are stored.
/// Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019. Users and items without a positive weight are unknown.
/// Beyond <see cref="EaseOptions.MaxItems"/> an item is regressed on those most like it (<see cref="RestrictedRegression"/>): the same weights where those are all others.
/// </summary>
public sealed class EaseTrainer(EaseOptions options) : ITrainer
{
    private const double ShareOfInverse = 0.8;
    private const double ShareOfGram = 0.1;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var interactions = new PositiveInteractions(dataset.UserItems, options.Binary, options.UserDiscount);
        var weights = interactions.ItemIndexes.Length <= options.MaxItems
            ? WeightsOfAll(interactions, dataset.Items.Count, context)
            : RestrictedRegression.Ridge<ValueProducts, float>(
                interactions, new ValueProducts(interactions.UserItems), options.Regularization,
                new Restriction("ease", options.MaxItems, options.RestrictedNeighbours, options.Neighbours), dataset.Items.Count, context);
        context.Report("training", 1);
        return new ItemWeightsModel(dataset.Users, dataset.Items, weights, new HistoryWeighting(options.Binary ? HistoryScale.Binary : HistoryScale.Linear));
    }

    private SparseMatrix WeightsOfAll(PositiveInteractions interactions, int itemCount, TrainingContext context)
    {
        RequireMemory(interactions.ItemIndexes.Length, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var matrix = ItemGram.Dense(interactions.UserItems, interactions.ItemUsers, context);
        matrix.AddToDiagonal(options.Regularization);
        if (!SymmetricInverse.TryInvert(matrix, context, done => context.Report("training", ShareOfGram + (ShareOfInverse * done))))
            throw new TrainingException("The items' regression cannot be solved in single precision: raise Regularization, or set Binary.");
        return LargestWeights(matrix, interactions.ItemIndexes.ToArray(), itemCount, context);
    }

    /// <exception cref="TrainingException">Training with so many items needs more than this.</exception>
    internal void RequireMemory(int itemCount, long availableBytes)
    {
        var kept = options.Neighbours == 0 ? itemCount : Math.Min(options.Neighbours, itemCount);
        var entries = (long)itemCount * kept;
        // The weights stand twice for a moment: as rows, and joined.
        var needed = SymmetricMatrix.BytesFor(itemCount) + (2 * entries * (sizeof(int) + sizeof(float)));
        if (needed > availableBytes || entries > Array.MaxLength)
        {
            throw new TrainingException(FormattableString.Invariant(
                $"The weights of {itemCount:N0} items need {needed / 1e9:F1} GB of {availableBytes / 1e9:F1} GB; lower MaxItems or Neighbours."));
        }
    }

    private SparseMatrix LargestWeights(SymmetricMatrix inverse, int[] itemIndexes, int itemCount, TrainingContext context)
    {
        var rows = new (int[] Columns, float[] Values)[itemCount];
        Array.Fill(rows, ([], []));
        var negativeDiagonal = new float[inverse.Order];
        for (var item = 0; item < inverse.Order; item++)
            negativeDiagonal[item] = -inverse[item, item];

        context.ForEachBlock(inverse.StripCount, strip =>
        {
            var full = ArrayPool<float>.Shared.Rent(SymmetricMatrix.StripRows * inverse.Order);
            inverse.CopyFullRows(strip, full);
            var first = strip * SymmetricMatrix.StripRows;
            var largest = new LargestEntries(options.Neighbours == 0 ? inverse.Order : options.Neighbours);
            for (var item = first; item < Math.Min(first + SymmetricMatrix.StripRows, inverse.Order); item++)
            {
                var row = full.AsSpan((item - first) * inverse.Order, inverse.Order);
                VectorMath.Divide(row, negativeDiagonal);
                row[item] = 0;
                rows[itemIndexes[item]] = largest.Of(row, itemIndexes);
            }

            ArrayPool<float>.Shared.Return(full);
        });
        return SparseMatrix.Join(itemCount, rows);
    }
}
