using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>Items that only interactions have named: anybody who calls the service can make them up.</summary>
public sealed class UnlistedItemsTests
{
    private const int Junk = 99;

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(null, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public void Recommend_TrainedUnlistedItem_FollowsTheSettingAndTheCatalogue(bool? setting, bool hasCatalogue, bool isShown)
    {
        var state = State(new ServingOptions { RecommendUnlistedItems = setting }, trained: [1], items: hasCatalogue ? [Unlisted(1), Listed(2)] : [Unlisted(1)], users: 3);

        Assert.Equal(isShown, Ids(state).Contains("i1"));
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 3, false)]
    [InlineData(3, 3, true)]
    [InlineData(9, 10, false)]
    [InlineData(10, 10, true)]
    public void Recommend_UnlistedItem_NeedsSoManyUsersInTraining(int users, int needed, bool isShown)
    {
        var state = State(new ServingOptions { UnlistedItemMinUsers = needed }, trained: [1], items: [Unlisted(1)], users);

        Assert.Equal(isShown, Ids(state).Contains("i1"));
    }

    [Fact]
    public void Recommend_UnlistedItemOfNoTraining_IsNotShownHoweverManyUsersItHas()
    {
        Assert.Empty(Ids(State(new ServingOptions(), trained: [2], items: [Unlisted(1)], users: 50)));
        Assert.Empty(Ids(State(new ServingOptions(), trained: null, items: [Unlisted(1)], users: 50)));
    }

    [Fact]
    public void Recommend_UnlistedItemThatUsersAreAgainst_IsNotShown()
    {
        var state = State(new ServingOptions(), trained: [1], items: [Unlisted(1)], users: 5, kind: Datasets.Dislike);

        Assert.Empty(Ids(state));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Apply_JunkFromAnyNumberOfUsers_IsInNobodysList(bool hasCatalogue)
    {
        var options = new ServingOptions { RecommendUnlistedItems = true, NewItemShare = 1 };
        var state = State(options, trained: [1], items: hasCatalogue ? [Unlisted(1), Listed(2)] : [Unlisted(1)], users: 3);

        for (var user = 100; user < 150; user++)
            state.Apply([new ServedInteraction(user, $"u{user}", Junk, "junk", Datasets.Purchase, 0, user), new ServedInteraction(user, $"u{user}", 1000 + user, $"junk{user}", Datasets.View, 0, user)]);

        Assert.DoesNotContain(Ids(state), itemId => itemId.StartsWith("junk", StringComparison.Ordinal));
        Assert.DoesNotContain(Ids(state, "u100"), itemId => itemId.StartsWith("junk", StringComparison.Ordinal));
        Assert.True(state.TryGetSimilarItems("i1", 20, out var similar));
        Assert.DoesNotContain(similar, candidate => state.Items[candidate.ItemIndex].StartsWith("junk", StringComparison.Ordinal));
    }

    [Fact]
    public void Apply_JunkWhereItIsShownAtOnce_NeverHasTheNewPlaces()
    {
        var state = State(new ServingOptions { RecommendUnlistedItems = true, UnlistedItemMinUsers = 0, NewItemShare = 1 }, trained: [1], items: [Listed(1)], users: 3);

        state.Apply([new ServedInteraction(7, "u7", Junk, "junk", Datasets.Purchase, 0, 7)]);
        state.Apply(Listed(100));

        Assert.Equal(["new", "popularity", "catalogue"], state.Recommend("nobody", 20).Select(candidate => candidate.Source));
        Assert.Equal(["i100", "i1", "junk"], Ids(state));
    }

    [Fact]
    public void Apply_FirstItemOfACatalogue_TakesTheUnlistedOnesAwayAndTheEndOfTheLastBringsThemBack()
    {
        var state = State(new ServingOptions(), trained: [1], items: [Unlisted(1)], users: 3);
        Assert.Equal(["i1"], Ids(state));

        state.Apply(Listed(2));
        Assert.Equal(["i2"], Ids(state));

        state.Apply(new ServedItem(2, "i2", new CatalogueItem(Listed: true, Available: false, Hidden: false, Deleted: true, GroupId: null) { Revision = 9 }));
        Assert.Equal(["i1"], Ids(state));

        state.Apply(Listed(1));
        Assert.Equal(["i1"], Ids(state));
    }

    [Fact]
    public void Apply_TenThousandPurchasesByOneUser_DoNotPutAnItemFirst()
    {
        var state = State(new ServingOptions(), trained: null, items: [Listed(1), Listed(2)], users: 0);
        state.Apply([.. Enumerable.Range(0, 10_000).Select(time => new ServedInteraction(7, "busy", 2, "i2", Datasets.Purchase, 0, time))]);
        Assert.Equal(["i2", "i1"], Ids(state));

        state.Apply([new ServedInteraction(8, "a", 1, "i1", Datasets.View, 0, 1), new ServedInteraction(9, "b", 1, "i1", Datasets.View, 0, 1)]);

        Assert.Equal(["i1", "i2"], Ids(state));
    }

    private static List<string> Ids(ServingState state, string userId = "nobody") => state.Recommend(userId, 200).ConvertAll(candidate => state.Items[candidate.ItemIndex]);

    /// <param name="options">What the shop decides.</param>
    /// <param name="trained">Keys that popularity was trained on; null for no model.</param>
    /// <param name="items">Ascending keys.</param>
    /// <param name="users">How many have done something with item 1.</param>
    /// <param name="kind">What they did.</param>
    private static ServingState State(ServingOptions options, int[]? trained, ServedItem[] items, int users, byte? kind = null)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var item in items)
            builder.AddItem(item.Key);
        for (var user = 1; user <= users; user++)
            builder.Add(user, 1, kind ?? Datasets.View, 0, user);
        ServedModel[] models = trained is null ? [] : [new ServedModel("popularity", 1, new PopularityModel(KeyMap.Empty, KeyMap.FromAscending(trained), [.. trained.Select(_ => 1f)]), ModelRoles.Recommender)];
        return new ServingState(models, [.. Enumerable.Range(1, users).Select(user => (user, $"u{user}"))], CatalogueBuilder.Of(items), builder.Build(), options);
    }

    private static ServedItem Unlisted(int key) => new(key, $"i{key}", CatalogueItem.Unlisted);

    private static ServedItem Listed(int key) => new(key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = 1 });
}
