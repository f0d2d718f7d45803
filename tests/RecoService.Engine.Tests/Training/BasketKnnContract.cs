using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

/// <summary>What a trainer whose model scores by the baskets of a user and of those like them must keep beside <see cref="CollaborativeTrainerContract"/>.</summary>
public abstract class BasketKnnContract : CollaborativeTrainerContract
{
    protected override bool UsesSeed => false;

    protected override double QualityFloor => 0.4;

    [Fact]
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        Assert.All(ScoresOf(model.Rebase(dataset.Users, dataset.Items), dataset, 0), score => Assert.True(float.IsNaN(score)));

        // It knows what the histories say that it is given, over other keys as well.
        var users = KeyMap.FromAscending([dataset.Users[0], dataset.Users[3], 1_000_000]);
        var histories = dataset.Over(users, dataset.Items);
        var rebased = model.Rebase(users, dataset.Items).WithHistories(histories);
        Assert.Equal(AllScores(Train(histories, new TrainingContext()), histories), AllScores(rebased, histories));
        Assert.Contains(ScoresOf(rebased, histories, 0), float.IsFinite);
        Assert.All(ScoresOf(rebased, histories, 2), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Needs_OfTheModel_AreTheSingleEvents() =>
        Assert.Equal(HistoryNeeds.Order | HistoryNeeds.Repeats, CreateTrainer().Train(Datasets.Empty, new TrainingContext()).Needs());

    [Fact]
    public void Score_StrangerWithAHistory_IsServedLikeItsOwner()
    {
        // The second of two users of the same baskets stands in for the first, who is the stranger's neighbour as the stranger is his.
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Purchase, 0, 1), (2, 1, Datasets.Purchase, 0, 0), (2, 2, Datasets.Purchase, 0, 1), (3, 2, Datasets.Purchase, 0, 0), (3, 3, Datasets.Purchase, 0, 0));
        var model = Train(dataset, new TrainingContext());
        var alone = Train(dataset.Where([false, false, true, true, true, true]), new TrainingContext());
        var history = dataset.HistoryOf(0);
        var scores = new float[3];

        alone.Score(new UserHistory(-1, history.Items, history.Weights, history.Times, history.Ratings, history.Events), [0, 1, 2], scores);

        Assert.Equal(ScoresOf(model, dataset, 0), scores);
    }

    [Fact]
    public void Score_ADislike_IsNoEvidence()
    {
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 0), (2, 1, Datasets.Purchase, 0, 0), (2, 2, Datasets.Dislike, 0, 0), (3, 2, Datasets.Dislike, 0, 0), (3, 3, Datasets.Purchase, 0, 0));

        var scores = ScoresOf(Train(dataset, new TrainingContext()), dataset, 0);

        Assert.Equal([true, false], scores[..2].Select(float.IsFinite));
    }
}
