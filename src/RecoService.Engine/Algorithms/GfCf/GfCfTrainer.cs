using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.GfCf;

/// <summary>
/// Graph filtering in closed form. With the normalised interactions A = D_U^-1/2 R D_I^-1/2 and V its k leading right singular vectors, the weights that lead from item i to item j are
/// A^T A + alpha D_I^-1/2 V V^T D_I^1/2: a linear low-pass filter of the graph of items and an ideal one. Of each item the largest weights are kept, so that a list costs what it does with the other
/// item-to-item models; the paper keeps the ideal filter whole. Shen et al., "How Powerful is Graph Convolution for Recommendation?", CIKM 2021.
/// The result does not depend on the thread count. Items and users without a positive weight are unknown.
/// </summary>
public sealed class GfCfTrainer(GfCfOptions options) : ITrainer
{
    private const int Oversampling = 10;
    private const double DecomposingShare = 0.3;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var interactions = new PositiveInteractions(dataset.UserItems, binary: true);
        var roots = Roots(interactions.ItemUsers);
        var normalised = Normalised(interactions.UserItems, roots);
        var transposed = normalised.Transpose();
        var vectors = options.Alpha > 0
            ? RandomizedSvd.RightVectors(normalised, transposed, options.Factors, Oversampling, options.PowerIterations, context, done => context.Report("decomposing", DecomposingShare * done))
            : new FactorMatrix(normalised.ColumnCount, 0);

        var itemIndexes = interactions.ItemIndexes.ToArray();
        var columns = TopRows.Build(transposed.RowCount, transposed.RowCount, options.Neighbours, context.Part("filtering", DecomposingShare, 1), (item, scores) =>
        {
            var ideal = options.Alpha / roots[item];
            for (var other = 0; other < scores.Length; other++)
                scores[other] = options.Alpha > 0 ? ideal * roots[other] * VectorMath.Dot(vectors[item], vectors[other]) : 0;
            var users = transposed.RowColumns(item);
            var values = transposed.RowValues(item);
            for (var position = 0; position < users.Length; position++)
                SparseMath.AddScaled(scores, values[position], normalised.RowColumns(users[position]), normalised.RowValues(users[position]));
            scores[item] = 0;
        });
        context.Report("training", 1);
        return new ItemWeightsModel(dataset.Users, dataset.Items, Placed(columns, itemIndexes, dataset.Items.Count), new HistoryWeighting(HistoryScale.Binary));
    }

    private static float[] Roots(SparseMatrix matrix)
    {
        var roots = new float[matrix.RowCount];
        for (var row = 0; row < roots.Length; row++)
            roots[row] = MathF.Sqrt(matrix.RowLength(row));
        return roots;
    }

    private static SparseMatrix Normalised(SparseMatrix userItems, float[] itemRoots) => userItems.WithValues(values =>
    {
        var normalised = values.ToArray();
        for (var user = 0; user < userItems.RowCount; user++)
        {
            var columns = userItems.RowColumns(user);
            var row = normalised.AsSpan((int)userItems.RowStart(user), columns.Length);
            for (var position = 0; position < columns.Length; position++)
                row[position] = 1 / (MathF.Sqrt(columns.Length) * itemRoots[columns[position]]);
        }

        return normalised;
    });

    /// <summary>Rows and columns of the items with interactions as those of all items.</summary>
    private static SparseMatrix Placed(SparseMatrix weights, int[] itemIndexes, int itemCount)
    {
        var rows = new (int[] Columns, float[] Values)[itemCount];
        Array.Fill(rows, ([], []));
        for (var row = 0; row < weights.RowCount; row++)
            rows[itemIndexes[row]] = (Array.ConvertAll(weights.RowColumns(row).ToArray(), column => itemIndexes[column]), weights.RowValues(row).ToArray());
        return SparseMatrix.Join(itemCount, rows);
    }
}
