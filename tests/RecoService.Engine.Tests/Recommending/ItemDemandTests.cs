using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending;

public sealed class ItemDemandTests
{
    private const long Day = 24 * 60 * 60 * 1000;

    /// <summary>Item 0 wins 20 users a day for 60 days and goes on so; item 1 wins one a day and then ten a day for the last three days; item 2 wins five a day and stops.</summary>
    [Fact]
    public void Collect_GrowthAndNotVolume_Decides()
    {
        var demand = new ItemDemand(History(60, (day, item) => item switch { 0 => 20, 1 => day < 57 ? 1 : 10, _ => day < 57 ? 5 : 0 }));

        var trending = Collect(demand, 60 * Day);

        Assert.Equal([1], trending.Select(entry => entry.Item));
        Assert.InRange(trending[0].Score, 2, 4);
    }

    [Fact]
    public void Collect_EverythingGrowsAlike_NothingIsTrending()
    {
        // A sale: all items win three times as many.
        var demand = new ItemDemand(History(60, (day, item) => (item + 1) * (day < 57 ? 2 : 6)));

        Assert.All(Collect(demand, 60 * Day), entry => Assert.InRange(entry.Score, 1, 1.02));
    }

    [Fact]
    public void Collect_HandComputed_IsTheRatioOfWhatCameToWhatWouldHaveCome()
    {
        // One user each: of item 0 on day 0, of item 1 on day 30. Late: 2^-10 and 1; long: 1/2 and 1. So item 1 has share (1 + 2^-10) / 1.5 of its long sum.
        var demand = new ItemDemand(Datasets.Of([(1, 0, Datasets.View, 0f, 0L), (2, 1, Datasets.View, 0f, 30 * Day)]));
        var share = (1 + Math.Pow(2, -10)) / 1.5;

        var only = Assert.Single(Collect(demand, 30 * Day));
        Assert.Equal(1, only.Item);
        Assert.Equal((float)(4 / (share + 3)), only.Score, 1e-5f);
        // A half-life later everything counts half, and the prior weighs the more.
        Assert.Equal((float)(3.5 / ((share / 2) + 3)), Assert.Single(Collect(demand, 33 * Day)).Score, 1e-5f);
    }

    [Fact]
    public void Add_ComesToWhatBuildingComesTo()
    {
        static int Users(int day, int item) => ((day * 7) + (item * 13)) % 5;
        var built = new ItemDemand(History(40, Users));
        var live = new ItemDemand(History(20, Users));
        for (var day = 20; day < 40; day++)
        {
            for (var item = 0; item < 3; item++)
            {
                for (var user = 0; user < Users(day, item); user++)
                    live.Add(item, day * Day);
            }
        }

        var (expected, actual) = (Collect(built, 40 * Day), Collect(live, 40 * Day));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(entry => entry.Item), actual.Select(entry => entry.Item));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-3f));
    }

    [Fact]
    public void Add_ANewItem_MakesRoomForItself()
    {
        var demand = new ItemDemand(History(30, (_, _) => 3));

        for (var user = 0; user < 30; user++)
            demand.Add(1_000, 30 * Day);

        Assert.Equal(1_000, Collect(demand, 30 * Day, items: 1_024)[0].Item);
        Assert.DoesNotContain(1_000, Collect(demand, 30 * Day, items: 64).Select(entry => entry.Item));
    }

    [Fact]
    public void Collect_NothingKnownOrFarAway_OffersNothingThatIsNotFinite()
    {
        Assert.Empty(Collect(new ItemDemand(Datasets.Empty), Day));
        var demand = new ItemDemand(History(10, (day, item) => item == 0 ? day : 1));
        foreach (var now in new[] { 0, 1_000_000 * Day, -1_000_000 * Day })
            Assert.All(Collect(demand, now), entry => Assert.True(float.IsFinite(entry.Score)));
        demand.Add(0, 1_000_000 * Day);
        demand.Add(0, -1_000_000 * Day);
        Assert.All(Collect(demand, 10 * Day), entry => Assert.True(float.IsFinite(entry.Score)));
    }

    /// <summary>One user who comes back a hundred times is one user; what is disliked wins nobody.</summary>
    [Fact]
    public void Recommend_Trending_CountsUsersAndFollowsTheWrites()
    {
        const long now = 40 * Day;
        var histories = History(40, (_, _) => 4);
        var state = new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of([.. Enumerable.Range(0, 3).Select(key => new ServedItem(key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1 }))]),
            histories, new ServingOptions());
        List<(int, string)> Show() => [.. state.Recommend(new RecommendationQuery(3) { Placement = "trending", Now = now }).Select(candidate => (candidate.ItemIndex, candidate.Source))];
        Assert.Equal([0, 1, 2], Show().Select(entry => entry.Item1).Order());

        state.Apply([.. Enumerable.Range(0, 100).Select(time => new ServedInteraction(90_000, "eager", 0, "i0", Datasets.View, 0, now - time))]);
        state.Apply([.. Enumerable.Range(0, 50).Select(user => new ServedInteraction(91_000 + user, $"new-{user}", 2, "i2", Datasets.View, 0, now - user))]);
        state.Apply([.. Enumerable.Range(0, 50).Select(user => new ServedInteraction(92_000 + user, $"cross-{user}", 1, "i1", Datasets.Dislike, 0, now - user))]);

        Assert.Equal((2, "trending"), Show()[0]);
        Assert.All(Show().Skip(1), entry => Assert.Equal("catalogue", entry.Item2));
        var before = state.Recommend(new RecommendationQuery(1) { Placement = "trending", Now = now })[0].Score;
        // The same once more changes nothing.
        state.Apply([.. Enumerable.Range(0, 50).Select(user => new ServedInteraction(91_000 + user, $"new-{user}", 2, "i2", Datasets.View, 0, now - user))]);
        Assert.Equal(before, state.Recommend(new RecommendationQuery(1) { Placement = "trending", Now = now })[0].Score);
    }

    /// <summary>Three items; every user is for one of them.</summary>
    private static InteractionDataset History(int days, Func<int, int, int> usersOf)
    {
        var user = 0;
        return Datasets.Of([
            .. Enumerable.Range(0, days).SelectMany(day => Enumerable.Range(0, 3).SelectMany(item => Enumerable.Range(0, usersOf(day, item)).Select(_ => (++user, item, Datasets.View, 0f, day * Day)))),
        ]);
    }

    private static List<(int Item, float Score)> Collect(ItemDemand demand, long now, int items = 64)
    {
        var best = new TopK(10);
        demand.Collect(now, new ulong[items / 64], best);
        var (indexes, scores) = (new int[10], new float[10]);
        var count = best.Drain(indexes, scores);
        return [.. Enumerable.Range(0, count).Select(position => (indexes[position], scores[position]))];
    }
}
