using RecoService.Api.Serving;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

public sealed class ShadowListsTests
{
    private static readonly Impression Shown = new(Guid.CreateVersion7(), "u", "home", "e/shadow", null, "c", DateTimeOffset.UnixEpoch, ["i0", "i1"]);

    /// <summary>Every look at the clock takes 10 ms, so a list takes as long: of a second a tenth is enough for ten lists, and a longer pause saves nothing up.</summary>
    [Theory]
    [InlineData(0.1, 1_000, 10)]
    [InlineData(0.1, 60_000, 10)]
    [InlineData(0.1, 200, 2)]
    [InlineData(1, 100, 10)]
    [InlineData(0, 1_000, 0)]
    public void Add_ManyLists_StopsWhereTheTimeEnds(double share, int pause, int made)
    {
        var clock = new SteppingTime();
        var shadows = new ShadowLists(share, clock);
        var (state, query) = StateAndQuery();
        clock.Advance(pause - 10);

        shadows.Begin();
        var impressions = Enumerable.Range(0, 50).Select(_ => shadows.Add(Shown, state, query)).ToList();

        Assert.Equal(made, impressions.Count(impression => impression.ShadowItemIds.Count > 0));
        Assert.All(impressions[..made], impression => Assert.Equal(["i1", "i0"], impression.ShadowItemIds));
        Assert.All(impressions[made..], impression => Assert.Same(Shown, impression));
    }

    [Fact]
    public void Add_ForAnItemThatIsGone_KeepsWhatWasShown()
    {
        var clock = new SteppingTime();
        var shadows = new ShadowLists(1, clock);
        var (state, query) = StateAndQuery();
        clock.Advance(1_000);
        shadows.Begin();
        var similar = query with { ItemId = "gone", Assigned = query.Assigned! with { Shadow = state.Placements[Placement.SimilarName] } };

        Assert.Same(Shown, shadows.Add(Shown, state, similar));
    }

    private static (ServingState State, RecommendationQuery Query) StateAndQuery()
    {
        var histories = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var key = 0; key < 2; key++)
            histories.AddItem(key);
        var items = CatalogueBuilder.Of([.. Enumerable.Range(0, 2).Select(key =>
            new ServedItem(key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1, AddedAt = key * 1_000 }))]);
        var state = new ServingState([], [], items, histories.Build(), new ServingOptions());
        var newest = new ExperimentVariant("new", 1) { Change = placement => placement with { Sources = [PlacementSource.NewArrivals] } };
        var experiment = new PlacementExperiment("e", "own e", 0, 1, [new ExperimentVariant("control", 1), newest]) { IsShadow = true };
        return (state, state.Assign(new RecommendationQuery(2) { UserId = "u", Now = 10_000 }, new ExperimentSet([experiment])));
    }

    private sealed class SteppingTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1_000;

        public void Advance(int milliseconds) => now += milliseconds;

        public override long GetTimestamp() => now += 10;
    }
}
