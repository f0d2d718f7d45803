using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Engine.Tests.Recommending.Prediction;

public sealed class ResponsePredictionsTests
{
    private const int Lists = 6_000;

    private static readonly int[] AllItems = [.. Enumerable.Range(0, SimulatedResponses.Items)];

    [Fact]
    public void Learn_KnownProbabilities_FindsThemWhateverThePositions()
    {
        var shop = new SimulatedResponses();
        var state = shop.State();

        var learned = state.Responses.Learn(shop.Show(Lists), new ResponseOptions());
        shop.Live.Current = learned.Predictor;

        Assert.Equal(Lists * 10, learned.ShownItems);
        Assert.InRange(learned.Predictor!.Clicks.Metrics.CalibrationError, 0, 0.01);
        Assert.True(learned.Predictor.Clicks.Metrics.AreaUnderCurve > 0.65);
        Assert.True(learned.Predictor.Clicks.Metrics.LogLoss < learned.Predictor.Clicks.Metrics.ConstantLogLoss);
        Assert.InRange(learned.Predictor.Purchases!.Metrics.CalibrationError, 0, 0.01);
        var (clickError, spread, purchaseError) = (0.0, 0.0, 0.0);
        const int asked = 40;
        for (var user = 0; user < asked; user++)
        {
            var (clicks, purchases) = Predict(state, $"u{user}", byPhone: user % 3 == 0);
            foreach (var item in AllItems)
            {
                var truth = SimulatedResponses.ClickProbability(user, item, user % 3 == 0);
                clickError += Math.Abs(clicks[item] - truth) / (asked * AllItems.Length);
                spread += Math.Abs(truth - 0.13) / (asked * AllItems.Length);
                purchaseError += Math.Abs(purchases[item] - SimulatedResponses.PurchaseProbability(user, item, user % 3 == 0)) / (asked * AllItems.Length);
            }
        }

        // The truth runs from 0.01 to 0.4; one number for everybody is wrong by 0.07.
        Assert.InRange(spread, 0.06, 0.1);
        Assert.InRange(clickError, 0, 0.03);
        Assert.InRange(purchaseError, 0, 0.015);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Learn_ClicksByChanceThatAreInTheHistories_FindsNothing(bool isBuiltFromThem)
    {
        // What users click is in their histories and in the popularity of the items by the time of the training, and must not give the answers away.
        var shop = new SimulatedResponses();
        var outcomes = shop.Show(3_000, (_, _, _) => 0.2);
        var clicked = outcomes.SelectMany(list => list.ItemIds.Select((itemId, at) => (list, itemId, at))).Where(one => one.list.Clicked[one.at])
            .Select(one => new ServedInteraction(int.Parse(one.list.UserId[1..]), one.list.UserId, int.Parse(one.itemId[1..]), one.itemId, Datasets.View, 0, one.list.ShownAt + 60_000)).ToList();
        var state = shop.State(done: isBuiltFromThem ? clicked : []);
        if (!isBuiltFromThem)
            state.Apply(clicked);

        var learned = state.Responses.Learn(outcomes, new ResponseOptions());

        // The positions tell; neither the items nor the users do.
        shop.Live.Current = learned.Predictor;
        var (clicks, _) = Predict(state, "u1", byPhone: false);
        Assert.InRange(clicks.Max() - clicks.Min(), 0, 0.09);
        Assert.InRange(clicks.Average(), 0.16, 0.24);
        Assert.InRange(learned.Predictor!.Clicks.Metrics.AreaUnderCurve!.Value, 0.55, 0.69);
        Assert.True(learned.Predictor.Clicks.Metrics.LogLoss < learned.Predictor.Clicks.Metrics.ConstantLogLoss);
    }

    [Fact]
    public void TryPredict_ReferencePosition_LowersTheProbabilities()
    {
        var shop = new SimulatedResponses();
        var state = shop.State();
        var outcomes = shop.Show(Lists);
        shop.Live.Current = state.Responses.Learn(outcomes, new ResponseOptions()).Predictor;
        var first = Predict(state, "u3", byPhone: false).Clicks.Average();
        shop.Live.Current = state.Responses.Learn(outcomes, new ResponseOptions(ReferencePosition: 7)).Predictor;

        // The users look at positions 6 to 10 as at 0.26 of the first.
        Assert.InRange(Predict(state, "u3", byPhone: false).Clicks.Average() / first, 0.2, 0.36);
    }

    [Fact]
    public void TryPredict_UsersAndItemsThatNobodyKnows_HaveProbabilities()
    {
        var shop = new SimulatedResponses();
        var state = shop.State();
        shop.Live.Current = state.Responses.Learn(shop.Show(Lists), new ResponseOptions()).Predictor;
        state.Apply(new ServedItem(SimulatedResponses.Items, "new", SimulatedResponses.Record(3)));

        var (clicks, purchases) = (new float[2], new float[2]);
        Assert.True(state.Responses.TryPredict(Query("nobody"), [3, SimulatedResponses.Items], clicks, purchases));

        Assert.All(clicks.Concat(purchases), probability => Assert.InRange(probability, 1e-6, 0.5));
        Assert.All(clicks.Zip(purchases), pair => Assert.True(pair.Second < pair.First));
        Assert.True(state.Responses.TryPredict(Query(null), [], [], []));
    }

    [Fact]
    public void Learn_TooLittle_SaysHowMuchThereIsAndPredictsNothing()
    {
        var shop = new SimulatedResponses();
        var state = shop.State();
        var outcomes = shop.Show(150);
        var clicked = outcomes.Sum(list => list.Clicked.Count(yes => yes));
        var bought = outcomes.Sum(list => list.Bought.Count(yes => yes));
        var nothing = new ResponseLearning(1_500, clicked, bought, null, null);

        Assert.Equal(new ResponseLearning(0, 0, 0, null, null), state.Responses.Learn([], new ResponseOptions()));
        Assert.Equal(nothing, WithoutBounds(state.Responses.Learn(outcomes, new ResponseOptions(MinShownItems: 1_501))));
        Assert.Equal(nothing, WithoutBounds(state.Responses.Learn(outcomes, new ResponseOptions(MinClicks: clicked + 1))));
        // One list cannot both teach and judge.
        var single = outcomes.Aggregate((one, other) => one with { ItemIds = [.. one.ItemIds, .. other.ItemIds], Clicked = [.. one.Clicked, .. other.Clicked], Bought = [.. one.Bought, .. other.Bought] });
        Assert.Equal(nothing, WithoutBounds(state.Responses.Learn([single], new ResponseOptions(MinClicks: 1))));
        Assert.False(state.Responses.TryPredict(Query("u1"), [1], new float[1], new float[1]));
        var onlyClicks = state.Responses.Learn(outcomes, new ResponseOptions(MinClicks: clicked, MinPurchases: bought + 1)).Predictor!;
        Assert.Null(onlyClicks.Purchases);
        shop.Live.Current = onlyClicks;
        Assert.All(Predict(state, "u1", byPhone: true).Purchases, probability => Assert.True(float.IsNaN(probability)));
        Assert.NotNull(state.Responses.Learn(outcomes, new ResponseOptions(MinClicks: clicked, MinPurchases: bought)).Predictor!.Purchases);
        Assert.Throws<OperationCanceledException>(() => state.Responses.Learn(outcomes, new ResponseOptions(MinClicks: 1), new CancellationToken(canceled: true)));

        // What says how unsure it is of itself takes no least number.
        static ResponseLearning WithoutBounds(ResponseLearning learned)
        {
            Assert.NotNull(learned.Bounds);
            return learned with { Bounds = null };
        }
    }

    [Fact]
    public void Learn_ItemsThatTheStateHasNeverHeardOf_AreNoHindrance()
    {
        var shop = new SimulatedResponses();
        var outcomes = shop.Show(500).ConvertAll(list => list with { ItemIds = [.. list.ItemIds.Select(itemId => itemId == "i5" ? "gone" : itemId)], UserId = list.UserId == "u1" ? "gone" : list.UserId });

        Assert.NotNull(shop.State().Responses.Learn(outcomes, new ResponseOptions()).Predictor);
    }

    [Theory]
    [InlineData(ListObjective.Clicks)]
    [InlineData(ListObjective.Purchases)]
    [InlineData(ListObjective.Revenue)]
    [InlineData(ListObjective.Margin)]
    public void Recommend_WithAnObjective_OrdersByItsExpectedValue(ListObjective objective)
    {
        var shop = new SimulatedResponses();
        var state = shop.State([.. Placement.BuiltIn(0), new Placement("earning", PlacementSource.Popular) { Order = new ListOrder { Objective = objective }, ShowsConsumed = true }]);
        var query = Query("u2") with { Placement = "earning", Limit = 8 };
        var before = state.Recommend(query).ConvertAll(candidate => candidate.ItemIndex);
        shop.Live.Current = state.Responses.Learn(shop.Show(Lists), new ResponseOptions()).Predictor;

        var after = state.Recommend(query).ConvertAll(candidate => candidate.ItemIndex);

        var (clicks, purchases) = Predict(state, "u2", byPhone: false);
        double ValueOf(int item) => objective switch { ListObjective.Clicks => clicks[item], ListObjective.Purchases => purchases[item], ListObjective.Revenue => purchases[item] * (10.0 + item), _ => purchases[item] * Math.Max(0, 10.0 + item - (SimulatedResponses.CostOf(item) ?? 1_000)) };
        Assert.Equal(8, after.Count);
        for (var at = 1; at < after.Count; at++)
            Assert.True(ValueOf(after[at]) <= ValueOf(after[at - 1]) + 1e-6);
        Assert.True(after.Sum(ValueOf) > before.Sum(ValueOf));
        Assert.NotEqual(before, after);
    }

    /// <summary>No item has a number as that attribute, so no margin is known and the order is that of the source.</summary>
    [Fact]
    public void Recommend_ByMarginWithoutCosts_LeavesTheOrder()
    {
        var shop = new SimulatedResponses();
        var state = shop.State([.. Placement.BuiltIn(0), new Placement("earning", PlacementSource.Popular) { Order = new ListOrder { Objective = ListObjective.Margin }, ShowsConsumed = true }], costAttribute: "expense");
        var query = Query("u2") with { Placement = "earning", Limit = 8 };
        var before = state.Recommend(query);
        shop.Live.Current = state.Responses.Learn(shop.Show(Lists), new ResponseOptions()).Predictor;

        Assert.Equal(before, state.Recommend(query));
        var last = before[^1].ItemIndex;
        state.Apply(new ServedItem(last, $"i{last}", SimulatedResponses.Record(last) with { Revision = 2, Attributes = [ItemAttribute.Of("expense", 1)] }));
        // From the write on, and of that item alone.
        Assert.Equal(last, state.Recommend(query)[0].ItemIndex);
    }

    [Fact]
    public void Rank_WithAnObjective_OrdersTheGivenItems()
    {
        var shop = new SimulatedResponses();
        var state = shop.State([.. Placement.BuiltIn(0).Select(placement => placement.Name == Placement.RankName ? placement with { Order = new ListOrder { Objective = ListObjective.Clicks } } : placement)]);
        shop.Live.Current = state.Responses.Learn(shop.Show(Lists), new ResponseOptions()).Predictor;
        var (clicks, _) = Predict(state, "u2", byPhone: false);

        var ranked = state.Recommend(Query("u2") with { ItemIds = ["i0", "i9", "i18", "i4"] }).ConvertAll(candidate => candidate.ItemIndex);

        Assert.Equal(new[] { 0, 9, 18, 4 }.OrderByDescending(item => clicks[item]), ranked);
        Assert.Equal(18, ranked[0]);
    }

    private static RecommendationQuery Query(string? userId) => new(10)
    {
        UserId = userId,
        Placement = Placement.RankName,
        Now = SimulatedResponses.Start + (50 * SimulatedResponses.Day),
        Context = SimulatedResponses.Context(byPhone: false),
    };

    private static (float[] Clicks, float[] Purchases) Predict(ServingState state, string? userId, bool byPhone)
    {
        var (clicks, purchases) = (new float[AllItems.Length], new float[AllItems.Length]);
        Assert.True(state.Responses.TryPredict(Query(userId) with { Context = SimulatedResponses.Context(byPhone) }, AllItems, clicks, purchases));
        return (clicks, purchases);
    }
}
