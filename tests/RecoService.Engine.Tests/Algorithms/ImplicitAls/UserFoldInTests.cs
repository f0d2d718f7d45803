using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ImplicitAls;

public sealed class UserFoldInTests
{
    private static readonly ImplicitAlsOptions Options = new() { Factors = 4, Epochs = 3 };

    /// <summary>Item 99 is known only from a time after training.</summary>
    private static readonly InteractionDataset Dataset = Datasets.Of(
        [.. from user in Enumerable.Range(0, 30) from step in Enumerable.Range(0, 1 + (user % 5)) select (user, (user + (step * step)) % 12, Datasets.Purchase, 0f, 0L),
         (0, 99, Datasets.Purchase, 0, 1)]).Where(time => time == 0);

    [Fact]
    public void TrySolve_TrainedHistory_GivesTheTrainedFactors()
    {
        // Through the stored form, because that is what serving folds into.
        using var stream = new MemoryStream();
        ModelSerializer.Write(new ImplicitAlsTrainer(Options).Train(Dataset, new TrainingContext()), stream);
        stream.Position = 0;
        var model = (FactorModel)ModelSerializer.Read(stream);
        var foldIn = new UserFoldIn(model, Options);

        for (var user = 0; user < Dataset.Users.Count; user++)
        {
            var factors = new float[Options.Factors];
            Assert.True(foldIn.TrySolve(Dataset.UserItems.RowColumns(user), Dataset.UserItems.RowValues(user), factors));
            Assert.Equal(model.UserFactors[user], factors);
        }
    }

    [Fact]
    public void TrySolve_NothingKnownForTheUser_IsFalse()
    {
        var model = Train();
        var foldIn = new UserFoldIn(model, Options);
        var factors = new float[Options.Factors];
        Assert.True(Dataset.Items.TryGetIndex(99, out var unknown));

        Assert.False(foldIn.TrySolve([], [], factors));
        Assert.False(foldIn.TrySolve([unknown], [8], factors));
        Assert.False(foldIn.TrySolve([0], [-8], factors));
    }

    [Fact]
    public void Retrieve_FoldedInUser_EqualsScores()
    {
        var model = Train();
        var factors = new float[Options.Factors];
        Assert.True(new UserFoldIn(model, Options).TrySolve([2, 3], [8, 1], factors));
        var scores = new float[model.Items.Count];
        model.Score(factors, [.. Enumerable.Range(0, scores.Length)], scores);
        var best = new TopK(3);
        model.Retrieve(factors, [], best);

        var items = new int[3];
        best.Drain(items, new float[3]);

        Assert.Equal(Enumerable.Range(0, scores.Length).Where(item => !float.IsNaN(scores[item])).OrderByDescending(item => scores[item]).Take(3), items);
    }

    private static FactorModel Train() => (FactorModel)new ImplicitAlsTrainer(Options).Train(Dataset, new TrainingContext());
}
