using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.PureSvd;

/// <summary>
/// The truncated singular value decomposition of the interactions, pairs never seen counted as 0: item i has row q_i of the right singular
/// vectors Q, user u has r_u Q, so the score is r_u Q q_i. Cremonesi, Koren, Turrin, "Performance of Recommender Algorithms on Top-N
/// Recommendation Tasks", RecSys 2010. Q is made of the positive weights; in r_u negative ones count too. Users and items without a positive weight are unknown.
/// </summary>
public sealed class PureSvdTrainer(PureSvdOptions options) : ITrainer
{
    private const int RowsPerBlock = 256;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var interactions = new PositiveInteractions(dataset.UserItems, options.Binary);
        var vectors = RandomizedSvd.RightVectors(
            interactions.UserItems, interactions.ItemUsers, options.Factors, options.Oversampling, options.PowerIterations,
            context, done => context.Report("training", done));

        var foldIn = new PureSvdFoldIn(options.Binary);
        var items = Placed(vectors, interactions.ItemIndexes, dataset.Items.Count);
        var users = new FactorMatrix(dataset.Users.Count, items.Factors);
        context.ForEachBlock((users.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            for (var user = block * RowsPerBlock; user < Math.Min((block + 1) * RowsPerBlock, users.RowCount); user++)
                foldIn.Project(dataset.UserItems.RowColumns(user), dataset.UserItems.RowValues(user), items, users.Row(user));
        });
        context.Report("training", 1);
        return new FactorModel(dataset.Users, dataset.Items, users, items, foldIn: foldIn).TrainedOn(dataset, context, options.ColdStart);
    }

    private static FactorMatrix Placed(FactorMatrix vectors, ReadOnlySpan<int> itemIndexes, int itemCount)
    {
        var placed = new FactorMatrix(itemCount, vectors.Factors);
        placed.Values.AsSpan().Fill(float.NaN);
        for (var row = 0; row < itemIndexes.Length; row++)
            vectors[row].CopyTo(placed.Row(itemIndexes[row]));
        return placed;
    }
}
