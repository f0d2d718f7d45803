using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Slim;

/// <summary>
/// A sparse linear item-item model: the elastic-net regression of every item on all others. Ning, Karypis, "SLIM: Sparse Linear Methods for
/// Top-N Recommender Systems", ICDM 2011. The result does not depend on the thread count. Users and items without a positive weight are unknown.
/// Beyond <see cref="SlimOptions.MaxItems"/> an item is regressed on those most like it (<see cref="RestrictedRegression"/>), and how often any two meet is kept nowhere.
/// </summary>
public sealed class SlimTrainer(SlimOptions options) : ITrainer
{
    private const int ItemsPerBlock = 16;
    private const int Steps = 20;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var interactions = new PositiveInteractions(dataset.UserItems, options.Binary, options.UserDiscount);
        var weights = interactions.ItemIndexes.Length <= options.MaxItems
            ? RegressEveryItem(ItemGram.Sparse(interactions.UserItems, interactions.ItemUsers, context), interactions.ItemIndexes.ToArray(), dataset.Items.Count, context)
            : RegressOnNeighbours(interactions, dataset.Items.Count, context);
        context.Report("training", 1);
        return new ItemWeightsModel(dataset.Users, dataset.Items, weights, new HistoryWeighting(options.Binary ? HistoryScale.Binary : HistoryScale.Linear));
    }

    private SparseMatrix RegressOnNeighbours(PositiveInteractions interactions, int itemCount, TrainingContext context)
    {
        var restriction = new Restriction("slim", options.MaxItems, options.RestrictedNeighbours, options.Neighbours);
        var shared = new RestrictedInputs(interactions);
        context.Memory?.Claim(context.Threads * RestrictedEquations<ValueProducts, float>.BytesFor(interactions, restriction.Neighbours));
        return RestrictedRegression.OfEveryItem(
            interactions, restriction, itemCount, context,
            () => (Regression: new RestrictedElasticNet(interactions, shared, options), Largest: restriction.NewLargest()),
            (workspace, item) =>
            {
                workspace.Regression.Solve(item);
                return workspace.Largest.Of(workspace.Regression.Weights, workspace.Regression.Candidates);
            });
    }

    private SparseMatrix RegressEveryItem(SparseMatrix gram, int[] itemIndexes, int itemCount, TrainingContext context)
    {
        var columns = new (int[] Items, float[] Weights)[itemCount];
        Array.Fill(columns, ([], []));
        var blocks = (gram.RowCount + ItemsPerBlock - 1) / ItemsPerBlock;
        var blocksPerStep = Math.Max(1, (blocks + Steps - 1) / Steps);
        for (var firstBlock = 0; firstBlock < blocks; firstBlock += blocksPerStep)
        {
            context.Report("training", (double)firstBlock / blocks);
            var first = firstBlock * ItemsPerBlock;
            context.ForEachBlock(Math.Min(blocksPerStep, blocks - firstBlock), block => RegressBlock(gram, itemIndexes, first + (block * ItemsPerBlock), columns));
        }

        return SparseMatrix.Join(itemCount, columns).Transpose();
    }

    private void RegressBlock(SparseMatrix gram, int[] itemIndexes, int first, (int[] Items, float[] Weights)[] columns)
    {
        var regression = new ElasticNet(gram, options.L1Regularization, options.L2Regularization, options.PositiveOnly, options.Epochs, options.Tolerance);
        var largest = new LargestEntries(options.Neighbours == 0 ? gram.RowCount : options.Neighbours);
        for (var item = first; item < Math.Min(first + ItemsPerBlock, gram.RowCount); item++)
        {
            regression.Solve(item);
            var (items, weights) = largest.Of(regression.Weights, regression.Candidates);
            columns[itemIndexes[item]] = (Array.ConvertAll(items, other => itemIndexes[other]), weights);
        }
    }
}
