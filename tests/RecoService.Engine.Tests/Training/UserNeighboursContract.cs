using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

/// <summary>What a trainer whose model holds who is like whom, and looks up what they did, must keep beside <see cref="CollaborativeTrainerContract"/>.</summary>
public abstract class UserNeighboursContract : CollaborativeTrainerContract
{
    protected override bool UsesSeed => false;

    [Fact]
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        Assert.All(ScoresOf(model.Rebase(dataset.Users, dataset.Items), dataset, 0), score => Assert.True(float.IsNaN(score)));

        // Users 0, 3, 6, ... are of one taste: among them alone each keeps the neighbours he had there.
        var kept = Enumerable.Range(0, 30).Select(position => dataset.Users[3 * position]).ToArray();
        var rebased = model.Rebase(KeyMap.FromAscending([.. kept, 1_000_000]), dataset.Items);
        Assert.Equal(SimilarTo(model, 3).Where(user => user.User % 3 == 0).Select(user => dataset.Users[user.User]), SimilarTo(rebased, 1).Select(user => rebased.Users[user.User]));

        var histories = dataset.Over(rebased.Users, rebased.Items);
        var scorer = ((IHistoryScorer)rebased).WithHistories(histories);
        Assert.Contains(ScoresOf(scorer, histories, 1), float.IsFinite);
        Assert.All(ScoresOf(scorer, histories, 30), score => Assert.True(float.IsNaN(score)));
    }

    /// <summary>Everybody else as he was, and one user's neighbours forgotten.</summary>
    protected static IScorer Forgetting(IScorer model, int user, InteractionDataset histories)
    {
        var others = KeyMap.FromAscending([.. model.Users.Keys.ToArray().Where((_, other) => other != user)]);
        return ((IHistoryScorer)model.Rebase(others, model.Items).Rebase(model.Users, model.Items)).WithHistories(histories);
    }

    /// <summary>The most similar first.</summary>
    protected static (int User, float Similarity)[] SimilarTo(IScorer model, int user)
    {
        var best = new TopK(1000);
        ((ISimilarUsers)model).RetrieveSimilarUsers(user, best);
        var (users, similarities) = (new int[best.Count], new float[best.Count]);
        best.Drain(users, similarities);
        return [.. users.Zip(similarities)];
    }
}
