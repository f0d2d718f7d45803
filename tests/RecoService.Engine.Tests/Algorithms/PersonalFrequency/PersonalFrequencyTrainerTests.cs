using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Algorithms.PersonalFrequency;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.PersonalFrequency;

public sealed class PersonalFrequencyTrainerTests : TrainerContract
{
    private const long Day = TimeSpan.MillisecondsPerDay;

    // User 1: item 0 on days 0, 2 and 8, item 1 on day 0, item 2 on day 8. Users 2 to 4 have 3; 2 and 3 have 4; 2 has 0.
    private static readonly InteractionDataset Baskets = Datasets.Of(
        (1, 0, Datasets.Purchase, 0, 0), (1, 1, Datasets.Purchase, 0, 0), (1, 0, Datasets.Purchase, 0, 2 * Day), (1, 0, Datasets.Purchase, 0, 8 * Day), (1, 2, Datasets.Purchase, 0, 8 * Day),
        (2, 3, Datasets.Purchase, 0, 0), (3, 3, Datasets.Purchase, 0, 0), (4, 3, Datasets.Purchase, 0, 0), (2, 4, Datasets.Purchase, 0, 0), (3, 4, Datasets.Purchase, 0, 0), (2, 0, Datasets.Purchase, 0, 0));

    // A list that ignores taste holds about a third of the right items.
    protected override double QualityFloor => 0.1;

    protected override bool KnowsEveryUser => true;

    protected override ITrainer CreateTrainer() => new PersonalFrequencyTrainer(new PersonalFrequencyOptions());

    [Theory]
    [InlineData(BasketFading.Baskets, 1 + 1.75f, 1 + 0.25f)]
    [InlineData(BasketFading.Days, 1 + 1 + (1f / 64) + (1f / 256), 1 + (1f / 256))]
    public void Score_Fading_EqualsHandComputed(BasketFading fading, float ofThree, float ofTheOldest)
    {
        var options = new PersonalFrequencyOptions { Fading = fading, Decay = 0.5f, PopularityWeight = 0, HalfLifeDays = null };

        var scores = ScoresOf(new PersonalFrequencyTrainer(options).Train(Baskets, new TrainingContext()), Baskets, 0);

        // Item 3 is the most popular, with 3 users; item 4 has 2.
        Assert.Equal([ofThree, ofTheOldest, 2, PersonalFrequencyModel.Highest, PersonalFrequencyModel.Highest * 2 / 3], scores, Near);
    }

    [Fact]
    public void Score_PopularityWeight_OrdersOwnItemsTakenAsOften()
    {
        var dataset = Datasets.OfPurchases((1, 0), (1, 1), (2, 1), (3, 1), (3, 0), (4, 1));
        var model = new PersonalFrequencyTrainer(new PersonalFrequencyOptions { PopularityWeight = 0.5f, HalfLifeDays = null }).Train(dataset, new TrainingContext());

        // Item 1 has 4 users, item 0 two.
        Assert.Equal([1, 0], Retrieved(model, dataset, 0, [], 2));
        Assert.Equal(0.25f * PersonalFrequencyModel.Highest, ScoresOf(model, dataset, 0)[1] - ScoresOf(model, dataset, 0)[0], 1e-6f);
    }

    [Fact]
    public void Retrieve_OwnItemsFadedToNothing_StandBeforeAllOthers()
    {
        var model = new PersonalFrequencyTrainer(new PersonalFrequencyOptions { Decay = 0, PopularityWeight = 0, HalfLifeDays = null }).Train(Baskets, new TrainingContext());

        Assert.Equal([0, 2, 1, 3, 4], Retrieved(model, Baskets, 0, [], 5));
        Assert.Equal([3, 0, 4, 1, 2], Retrieved(model, Baskets, -1, [], 5));
    }

    [Fact]
    public void Retrieve_HalfLife_PutsWhatIsBoughtNowBehindTheUsersOwn()
    {
        var dataset = Datasets.Of(
            (1, 0, Datasets.Purchase, 0, 100 * Day), (2, 1, Datasets.Purchase, 0, 0), (3, 1, Datasets.Purchase, 0, 0), (4, 2, Datasets.Purchase, 0, 100 * Day));

        Assert.Equal([0, 1, 2], Retrieved(new PersonalFrequencyTrainer(new PersonalFrequencyOptions { HalfLifeDays = null }).Train(dataset, new TrainingContext()), dataset, 0, [], 3));
        Assert.Equal([0, 2, 1], Retrieved(new PersonalFrequencyTrainer(new PersonalFrequencyOptions { HalfLifeDays = 5 }).Train(dataset, new TrainingContext()), dataset, 0, [], 3));
    }

    [Fact]
    public void Recommend_PurchaseThatDoesNotConsume_MovesTheItemUpAtOnce()
    {
        var kinds = new InteractionKinds([.. Enumerable.Range(0, InteractionKinds.Default.Count).Select(index => InteractionKinds.Default[index] with { Consumes = false })]);
        var builder = new InteractionDatasetBuilder(kinds);
        builder.Add(10, 1, Datasets.Purchase, 0, Day);
        builder.Add(10, 2, Datasets.Purchase, 0, 2 * Day);
        builder.Add(10, 2, Datasets.Purchase, 0, 3 * Day);
        var dataset = builder.Build();
        var item = new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null);
        var state = new ServingState(
            [new ServedModel("own", 1, new PersonalFrequencyTrainer(new PersonalFrequencyOptions { Decay = 1 }).Train(dataset, new TrainingContext()), ModelRoles.Recommender)], [(10, "u")],
            CatalogueBuilder.Of([new ServedItem(1, "a", item), new ServedItem(2, "b", item)]), dataset, new ServingOptions());

        Assert.Equal(["b", "a"], List());
        state.Apply([new ServedInteraction(10, "u", 1, "a", Datasets.Purchase, 0, 4 * Day), new ServedInteraction(10, "u", 1, "a", Datasets.Purchase, 0, 5 * Day)]);
        Assert.Equal(["a", "b"], List());

        List<string> List() => state.Recommend(new RecommendationQuery(2) { UserId = "u", Now = 6 * Day }).ConvertAll(candidate => state.Items[candidate.ItemIndex]);
    }

    [Fact]
    public void Needs_OfTheModel_AreTheSingleEvents() =>
        Assert.Equal(HistoryNeeds.Order | HistoryNeeds.Repeats, CreateTrainer().Train(Datasets.Empty, new TrainingContext()).Needs());

    private static bool Near(float left, float right) => left.Equals(right) || Math.Abs(left - right) < 1e-5;
}
