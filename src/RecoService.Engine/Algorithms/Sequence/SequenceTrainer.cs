using System.Buffers;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Sequence;

/// <summary>
/// A linear item-item model of what comes next: the ridge regression of the items of each moment of a history on what came before it, the older the
/// weaker. With S the faded inputs, Y the targets, X the histories without order and a the order-free share, in closed form
/// B = (G + lambda I)^-1 R, G = (1 - a) S^T S + a X^T X, R = (1 - a) S^T Y + a X^T X. After Choi, Kim, Lee, Shim, Lee, "Session-aware Linear
/// Item-Item Models for Session-based Recommendation", WWW 2021, which blends the same two losses (SLIST).
/// Users and items without a positive weight are unknown. A user has each item once, where they met it last.
/// Beyond <see cref="SequenceOptions.MaxItems"/> an item is regressed on those that lead to it most, and itself (<see cref="RestrictedRegression"/>).
/// </summary>
public sealed class SequenceTrainer(SequenceOptions options) : ITrainer
{
    private const int ItemsPerBlock = 64;
    private const double ShareOfGram = 0.1;
    private const double ShareOfInverse = 0.6;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var interactions = new PositiveInteractions(dataset.UserItems, binary: true);
        var moments = new HistoryMoments(dataset, interactions, options.Decay);
        var weights = interactions.ItemIndexes.Length <= options.MaxItems
            ? WeightsOfAll(interactions, moments, dataset.Items.Count, context)
            : RestrictedRegression.Ridge<SequenceProducts, int>(
                interactions, new SequenceProducts(moments, options.OrderFreeShare), options.Regularization,
                new Restriction("sequence", options.MaxItems, options.RestrictedNeighbours, options.Neighbours), dataset.Items.Count, context, includesTarget: true);
        context.Report("training", 1);
        return new ItemWeightsModel(dataset.Users, dataset.Items, weights, new HistoryWeighting(HistoryScale.Binary, options.Decay));
    }

    private SparseMatrix WeightsOfAll(PositiveInteractions interactions, HistoryMoments moments, int itemCount, TrainingContext context)
    {
        new EaseTrainer(new EaseOptions { Neighbours = options.Neighbours }).RequireMemory(interactions.ItemIndexes.Length, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var matrix = InputGram(interactions, moments, context);
        matrix.AddToDiagonal(options.Regularization);
        if (!SymmetricInverse.TryInvert(matrix, context, done => context.Report("training", ShareOfGram + (ShareOfInverse * done))))
            throw new TrainingException("The items' regression cannot be solved in single precision: raise Regularization.");

        var targets = TargetRows(interactions, moments, context);
        context.Report("training", ShareOfGram + ShareOfInverse);
        return LargestWeights(matrix, targets, interactions.ItemIndexes.ToArray(), itemCount, context);
    }

    /// <summary>G.</summary>
    private SymmetricMatrix InputGram(PositiveInteractions interactions, HistoryMoments moments, TrainingContext context)
    {
        var products = new SequenceProducts(moments, options.OrderFreeShare);
        context.Memory?.Claim(SymmetricMatrix.BytesFor(interactions.ItemIndexes.Length));
        var gram = new SymmetricMatrix(interactions.ItemIndexes.Length);
        context.ForEachBlock(gram.StripCount, strip =>
        {
            for (var item = strip * SymmetricMatrix.StripRows; item < Math.Min((strip + 1) * SymmetricMatrix.StripRows, gram.Order); item++)
                AddPairs(interactions, item, gram.Row(item), (own, other) => products.OfInputs(own, other));
        });
        return gram;
    }

    /// <summary>R transposed: row j holds what leads to item j.</summary>
    private SparseMatrix TargetRows(PositiveInteractions interactions, HistoryMoments moments, TrainingContext context)
    {
        var products = new SequenceProducts(moments, options.OrderFreeShare);
        var count = interactions.ItemIndexes.Length;
        var rows = new (int[] Columns, float[] Values)[count];
        context.ForEachBlock((count + ItemsPerBlock - 1) / ItemsPerBlock, block =>
        {
            var sums = new float[count];
            for (var item = block * ItemsPerBlock; item < Math.Min((block + 1) * ItemsPerBlock, count); item++)
            {
                sums.AsSpan().Clear();
                AddPairs(interactions, item, sums, (own, other) => products.OfTarget(other, own));
                rows[item] = NonZero(sums);
            }
        });
        return SparseMatrix.Join(count, rows);
    }

    /// <summary>Adds to a row the value of every pair that the item makes with another, or itself, in some user's history.</summary>
    /// <param name="interactions">X.</param>
    /// <param name="item">The row.</param>
    /// <param name="row">Its first columns; what lies beyond is left out.</param>
    /// <param name="valueOf">The value of two entries of one row of X, that of the item first.</param>
    private static void AddPairs(PositiveInteractions interactions, int item, Span<float> row, Func<int, int, float> valueOf)
    {
        foreach (var user in interactions.ItemUsers.RowColumns(item))
        {
            var columns = interactions.UserItems.RowColumns(user);
            var rowStart = (int)interactions.UserItems.RowStart(user);
            var own = rowStart + columns.BinarySearch(item);
            for (var position = 0; position < columns.Length && columns[position] < row.Length; position++)
                row[columns[position]] += valueOf(own, rowStart + position);
        }
    }

    private static (int[] Columns, float[] Values) NonZero(float[] row)
    {
        int[] columns = [.. Enumerable.Range(0, row.Length).Where(column => row[column] != 0)];
        return (columns, Array.ConvertAll(columns, column => row[column]));
    }

    /// <summary>B = P R, 32 rows at a time, of which the largest entries are kept. An item does not lead to itself.</summary>
    private SparseMatrix LargestWeights(SymmetricMatrix inverse, SparseMatrix targets, int[] itemIndexes, int itemCount, TrainingContext context)
    {
        var rows = new (int[] Columns, float[] Values)[itemCount];
        Array.Fill(rows, ([], []));
        context.ForEachBlock(inverse.StripCount, strip =>
        {
            var rented = ArrayPool<float>.Shared.Rent(SymmetricMatrix.StripRows * inverse.Order);
            var product = rented.AsSpan(0, SymmetricMatrix.StripRows * inverse.Order);
            MultiplyStrip(inverse, strip, targets, product);
            var first = strip * SymmetricMatrix.StripRows;
            var largest = new LargestEntries(options.Neighbours == 0 ? inverse.Order : options.Neighbours);
            for (var item = first; item < Math.Min(first + SymmetricMatrix.StripRows, inverse.Order); item++)
            {
                var row = product.Slice((item - first) * inverse.Order, inverse.Order);
                row[item] = 0;
                rows[itemIndexes[item]] = largest.Of(row, itemIndexes);
            }

            ArrayPool<float>.Shared.Return(rented);
        });
        return SparseMatrix.Join(itemCount, rows);
    }

    private static void MultiplyStrip(SymmetricMatrix inverse, int strip, SparseMatrix targets, Span<float> product)
    {
        var (rentedColumns, rentedSums) = (ArrayPool<float>.Shared.Rent(product.Length), ArrayPool<float>.Shared.Rent(product.Length));
        var columns = rentedColumns.AsSpan(0, product.Length);
        var sums = rentedSums.AsSpan(0, product.Length);

        // Turned on its side, so that an entry of R meets 32 neighbours in memory.
        inverse.CopyFullRows(strip, product);
        Transpose(product, inverse.Order, columns);
        for (var item = 0; item < inverse.Order; item++)
            TileKernel.SumRows(targets.RowColumns(item), targets.RowValues(item), columns, sums.Slice(item * TileKernel.Width, TileKernel.Width));
        Transpose(sums, SymmetricMatrix.StripRows, product);
        ArrayPool<float>.Shared.Return(rentedColumns);
        ArrayPool<float>.Shared.Return(rentedSums);
    }

    private static void Transpose(ReadOnlySpan<float> source, int columnCount, Span<float> target)
    {
        var rowCount = source.Length / columnCount;
        for (var row = 0; row < rowCount; row++)
        {
            for (var column = 0; column < columnCount; column++)
                target[(column * rowCount) + row] = source[(row * columnCount) + column];
        }
    }
}
