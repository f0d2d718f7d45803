using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.SimpleX;

/// <summary>
/// Places items on a sphere so that each lies in the direction of what its users have beside it ("simplex"), by the cosine contrastive loss: of a user with n items it is the sum over their items of
/// 1 - cos(the sum of the others, the item), plus min(n w, c |I|) / |N| times the sum over drawn items of max(0, cos(the sum of all, the drawn item) - margin).
/// Mao, Zhu, Wang, Dai, Dong, Xiao, He, "SimpleX: A Simple and Strong Baseline for Collaborative Filtering", CIKM 2021, in its inductive form: a user is what they have (the paper's g = 0, mean pooling,
/// V the identity) and has no vector of their own. An item is withheld from its user's sum while it is predicted, which the paper does not do; nor does it bound
/// by c what one of the |I| items weighs that a user does not have, without which no w suits both a small catalogue with long histories and a large one with short ones.
/// All users of a batch share the drawn items, so that their cosines are a product of matrices; an item that a user has is passed over for them.
/// Steps are those of <see cref="ItemDirections"/>, and the learning rate falls evenly to 0, so that nothing has to be stopped early.
/// What has a positive weight is an item of the user; how large it is does not matter. The score is a cosine. The result does not depend on the thread count.
/// Users and items without a positive weight are unknown; users of one item train nothing.
/// </summary>
public sealed class SimpleXTrainer(SimpleXOptions options) : ITrainer
{
    private const int UsersPerBlock = 1024;
    private const int StepsPerReport = 32;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var interactions = new PositiveInteractions(dataset.UserItems, binary: true);
        context.Memory?.Claim(sizeof(float) * (long)options.Factors * (interactions.ItemIndexes.Length + dataset.Items.Count + dataset.Users.Count));
        var directions = new ItemDirections(interactions.ItemIndexes.Length, options.Factors, context.Seed);
        Descend(interactions.UserItems, directions, context);
        context.Report("training", 1);
        return ModelOf(dataset, Placed(directions.Vectors, interactions.ItemIndexes, dataset.Items.Count), context);
    }

    private void Descend(SparseMatrix userItems, ItemDirections directions, TrainingContext context)
    {
        var users = Enumerable.Range(0, userItems.RowCount).Where(user => userItems.RowLength(user) > 1).ToArray();
        var drawn = new DrawnItems(userItems.ColumnCount, options.Negatives, options.Factors);
        var batch = new SimpleXBatch(userItems, directions, drawn, options.Margin, options.NegativeWeight, options.UnseenWeight);
        var step = 0;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var random = new SeededRandom(context.Seed, epoch);
            random.Shuffle<int>(users);
            for (var first = 0; first < users.Length;)
            {
                var done = (epoch + ((double)first / users.Length)) / options.Epochs;
                if (step++ % StepsPerReport == 0)
                    context.Report("training", done);
                var count = CountOf(userItems, users.AsSpan(first));
                drawn.Draw(ref random, directions.Vectors);
                batch.Step(users.AsSpan(first, count), (float)(options.LearningRate * (1 - done)), context);
                first += count;
            }
        }
    }

    /// <summary>How many users it takes until a batch is full.</summary>
    private int CountOf(SparseMatrix userItems, ReadOnlySpan<int> users)
    {
        var count = 0;
        for (var pairs = 0L; count < users.Length && pairs < options.BatchSize; count++)
            pairs += userItems.RowLength(users[count]);
        return count;
    }

    private FactorModel ModelOf(InteractionDataset dataset, FactorMatrix items, TrainingContext context)
    {
        var users = new FactorMatrix(dataset.Users.Count, items.Factors);
        context.ForEachBlock((users.RowCount + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            for (var user = block * UsersPerBlock; user < Math.Min((block + 1) * UsersPerBlock, users.RowCount); user++)
                SimpleXFoldIn.Aggregate(dataset.UserItems.RowColumns(user), dataset.UserItems.RowValues(user), items, users.Row(user));
        });
        return new FactorModel(dataset.Users, dataset.Items, users, items, foldIn: new SimpleXFoldIn()).TrainedOn(dataset, context, options.ColdStart);
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
