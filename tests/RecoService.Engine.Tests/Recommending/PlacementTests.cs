using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>The placements of every shop, over seven items that came one a day: item 0 on day 0, item 6 on day 6. Items 2 and 3 are variants; item 5 is not available; when item 4 came is not known.</summary>
public sealed class PlacementTests
{
    private const long Day = 24 * 60 * 60 * 1000;
    private const long Now = 10 * Day;

    [Fact]
    public void Recommend_NewArrivals_TheNewestFirstWithTheirAgeInDays()
    {
        var list = Shop().Recommend(new RecommendationQuery(10) { Placement = "new-arrivals", Now = Now });

        // Of the variants the newer one stands for both.
        Assert.Equal([(6, -4f), (3, -7f), (1, -9f), (0, -10f)], list.Select(candidate => (candidate.ItemIndex, candidate.Score)));
        Assert.All(list, candidate => Assert.Equal("new-arrivals", candidate.Source));
    }

    [Fact]
    public void Recommend_NewArrivals_FollowTheCatalogue()
    {
        var state = Shop();
        state.Apply(Item(6, addedAt: 6 * Day, isAvailable: false, revision: 2));
        state.Apply(Item(7, addedAt: 9 * Day));

        Assert.Equal([7, 3], Show(state, "new-arrivals", limit: 2));
    }

    [Fact]
    public void Recommend_Popular_ByUsersWithoutWhatTheUserConsumed()
    {
        var state = Shop();

        Assert.Equal([0, 1, 2, 4, 6], Show(state, "popular"));
        Assert.Equal([2, 4, 6], Show(state, "popular", "u1"));
        Assert.Equal([0, 1, 2, 4, 6], Show(state, "popular", "u1", allowsConsumed: true));
    }

    [Fact]
    public void Recommend_RecentlyViewed_TheLatestFirstWithWhatWasBought()
    {
        var state = Shop();

        // User 1 bought item 0 on day 1 and item 1 on day 2.
        Assert.Equal([1, 0], Show(state, "recently-viewed", "u1"));
        state.Apply([new ServedInteraction(1, "u1", 0, "i0", Datasets.View, 0, 9 * Day), new ServedInteraction(1, "u1", 5, "i5", Datasets.View, 0, 9 * Day)]);
        Assert.Equal([0, 1], Show(state, "recently-viewed", "u1"));
        Assert.Equal(-1, state.Recommend(new RecommendationQuery(1) { Placement = "recently-viewed", UserId = "u1", Now = Now })[0].Score, 1e-6);
        Assert.Equal([1], Show(state, "recently-viewed", "u1", limit: 1, excluded: ["i0"]));
        Assert.DoesNotContain(1, Show(state, "recently-viewed", "u1", allowsConsumed: false));
        Assert.Empty(Show(state, "recently-viewed", "nobody"));
    }

    [Fact]
    public void Recommend_RecentlyViewed_OfAVisit()
    {
        SessionInteraction[] visit = [new("i2", Datasets.View, 0, Now - 2), new("i6", Datasets.View, 0, Now - 1), new("unheard of", Datasets.View, 0, Now)];

        Assert.Equal([6, 2], Shop().Recommend(new RecommendationQuery(10) { Placement = "recently-viewed", Events = visit, Now = Now }).Select(candidate => candidate.ItemIndex));
    }

    [Fact]
    public void Recommend_Similar_NeedsAnItemOfTheCatalogue()
    {
        var state = Shop();

        Assert.Throws<KeyNotFoundException>(() => state.Recommend(new RecommendationQuery(10) { Placement = "similar" }));
        Assert.Throws<KeyNotFoundException>(() => state.Recommend(new RecommendationQuery(10) { Placement = "similar", ItemId = "unheard of" }));
        Assert.Throws<KeyNotFoundException>(() => state.Recommend(new RecommendationQuery(10) { Placement = "nowhere" }));
        // There is no model that says what is alike.
        Assert.Empty(state.Recommend(new RecommendationQuery(10) { Placement = "similar", ItemId = "i0" }));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("popular")]
    [InlineData("trending")]
    [InlineData("new-arrivals")]
    [InlineData("recently-viewed")]
    public void Recommend_Excluded_IsInNoListAndMakesRoom(string placement)
    {
        var state = Shop();
        state.Apply([.. Enumerable.Range(0, 7).Select(item => new ServedInteraction(9, "u9", item, $"i{item}", Datasets.View, 0, item))]);
        var all = Show(state, placement, "u9");

        for (var taken = 0; taken < all.Count; taken++)
        {
            // A variant takes the place of the one that is left out.
            var others = Show(state, placement, "u9", excluded: [$"i{all[taken]}", "unheard of"]);
            Assert.DoesNotContain(all[taken], others);
            Assert.Equal(all.Where(item => item != all[taken] && item is not (2 or 3)), others.Where(item => item is not (2 or 3)));
        }

        Assert.Empty(Show(state, placement, "u9", excluded: [.. Enumerable.Range(0, 7).Select(item => $"i{item}")]));
    }

    [Fact]
    public void Recommend_AFilterThatLeavesThreeOfAHundredThousand_GivesThoseThree()
    {
        const int items = 100_000;
        int[] wanted = [7, 50_000, 99_999];
        var histories = Datasets.Of([.. Enumerable.Range(0, items).Select(item => (item % 50, item, Datasets.View, 0f, 0L))]);
        var state = new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of(Enumerable.Range(0, items).Select(key => new ServedItem(
                key, $"i{key}", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = 1, AddedAt = key, Price = wanted.Contains(key) ? 5 : 50 }))),
            histories, new ServingOptions());
        var filter = state.Filters.Get("price < 10").Filter;
        Assert.NotNull(filter);

        foreach (var placement in new[] { "home", "popular", "trending", "new-arrivals" })
            Assert.Equal(wanted, state.Recommend(new RecommendationQuery(20) { Placement = placement, Filter = filter, Now = Now }).Select(candidate => candidate.ItemIndex).Order());
        Assert.Equal([7], state.Recommend(new RecommendationQuery(20) { Placement = "recently-viewed", UserId = "u7", Filter = filter, Now = Now }).Select(candidate => candidate.ItemIndex));
    }

    [Fact]
    public void Recommend_Filter_SpeaksOfTheCurrentItemAndFollowsTheCatalogue()
    {
        var state = Shop();
        foreach (var item in Enumerable.Range(0, 7).Where(item => item != 5))
            state.Apply(Item(item, addedAt: item, revision: 2, price: 10 * item));
        var cheaper = state.Filters.Get("price < current.price").Filter;
        List<int> Cheaper(string? itemId) => [.. state.Recommend(new RecommendationQuery(10) { Placement = "popular", ItemId = itemId, Filter = cheaper }).Select(candidate => candidate.ItemIndex)];

        Assert.Equal([0, 1, 2], Cheaper("i3"));
        state.Apply(Item(0, addedAt: 0, revision: 3, price: 99));
        Assert.Equal([1, 2], Cheaper("i3"));
        Assert.Empty(Cheaper("unheard of"));
        Assert.Empty(Cheaper(null));
    }

    /// <summary>Unavailable, consumed, variants of one another: what a page shows is not for the recommender to decide.</summary>
    [Fact]
    public void Recommend_Rank_OrdersExactlyTheGivenItems()
    {
        var state = Shop();
        List<int> Rank(string? userId, params string[] itemIds) => [.. state.Recommend(new RecommendationQuery(1) { Placement = "rank", UserId = userId, ItemIds = itemIds }).Select(candidate => candidate.ItemIndex)];

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Rank("u1", "i6", "i5", "i4", "i3", "i2", "i1", "i0"));
        Assert.Equal([1, 5], Rank(null, "i5", "unheard of", "i1", "i1"));
        Assert.Empty(Rank("u1", "unheard of"));
        Assert.Empty(Rank("u1"));
        state.Apply(new ServedItem(1, "i1", new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: true, null) { Revision = 2 }));
        Assert.Equal([5], Rank(null, "i5", "i1"));
    }

    [Fact]
    public void RecommendFilled_AShortList_IsFilledAsTheQuerySaysAndSaysSo()
    {
        var state = Shop();
        var some = state.Filters.Get("itemId in (\"i1\", \"i4\", \"i5\")").Filter;
        (string, ListFallback) Fill(ListFallback fallback, string placement = "recently-viewed", int limit = 3, string? itemId = null, params string[] excluded)
        {
            var (items, used) = state.RecommendFilled(new RecommendationQuery(limit) { Placement = placement, UserId = "u1", Filter = some, Fallback = fallback, ItemId = itemId, Excluded = excluded, Now = Now });
            return (string.Join(' ', items.Select(candidate => candidate.ItemIndex)), used);
        }

        // The user bought items 0 and 1; item 5 is not available.
        Assert.Equal(("1", ListFallback.None), Fill(ListFallback.None));
        Assert.Equal(("1 4", ListFallback.Popular), Fill(ListFallback.Popular));
        Assert.Equal(("1 0", ListFallback.Relax), Fill(ListFallback.Relax));
        Assert.Equal(("1", ListFallback.None), Fill(ListFallback.Relax, limit: 1));
        Assert.Equal(("1", ListFallback.None), Fill(ListFallback.Relax, excluded: "i0"));
        Assert.Equal(("4", ListFallback.Popular), Fill(ListFallback.Popular, "similar", itemId: "i0"));
    }

    [Fact]
    public void BuiltIn_Names_AreThoseOfTheDocumentation()
    {
        var placements = Placement.BuiltIn(0.1);

        Assert.Equal(["home", "similar", "bought-together", "basket", "rank", "popular", "trending", "new-arrivals", "recently-viewed", "buy-again", "on-sale"], placements.Select(placement => placement.Name));
        Assert.Equal([0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], placements.Select(placement => placement.NewItemShare));
        Assert.Equal("new-items=0.1", placements[0].ConfigurationVersion);
        Assert.Equal("new-items=0.25", (placements[0] with { NewItemShare = 0.25 }).ConfigurationVersion);
        Assert.Equal("mine", (placements[0] with { ConfigurationVersion = "mine", NewItemShare = 0.5 }).ConfigurationVersion);
        Assert.Equal("new-items=0", new Placement("p", PlacementSource.Popular).ConfigurationVersion);
        Assert.All(placements, placement => Assert.Equal(placement.Name is "similar" or "bought-together", placement.Subject == PlacementSubject.Item));
    }

    [Fact]
    public void Recommend_BuyAgain_WhatIsDueOfTheUsersOwnPurchasesFollowsTheWrites()
    {
        // Everybody buys item 0 every five days and item 1 every twenty; items 2 and 3 are bought once.
        var histories = Datasets.Of([
            .. Enumerable.Range(1, 10).SelectMany(user => new[] { 0, 5, 10, 15, 20 }.Select(day => (user, 0, Datasets.Purchase, 0f, day * Day))),
            .. Enumerable.Range(1, 10).SelectMany(user => new[] { 0, 20 }.Select(day => (user, 1, Datasets.Purchase, 0f, day * Day))),
            .. Enumerable.Range(1, 10).SelectMany(user => new[] { 2, 3 }.Select(item => (user, item, Datasets.Purchase, 0f, 10 * Day)))]);
        var state = new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))], CatalogueBuilder.Of([Item(0, 0), Item(1, 0), Item(2, 0), Item(3, 0, isAvailable: false)]), histories, new ServingOptions());
        List<int> DueOn(long day, string userId = "u1") => [.. state.Recommend(new RecommendationQuery(10) { Placement = "buy-again", UserId = userId, Now = day * Day }).Select(candidate => candidate.ItemIndex)];

        Assert.Equal([0, 1, 2], DueOn(25));
        Assert.Empty(DueOn(25, "nobody"));
        // Bought again a moment ago, so it is not due; a view is no purchase.
        state.Apply([new ServedInteraction(1, "u1", 0, "i0", Datasets.Purchase, 0, 40 * Day), new ServedInteraction(1, "u1", 1, "i1", Datasets.View, 0, 40 * Day)]);
        var due = state.Recommend(new RecommendationQuery(10) { Placement = "buy-again", UserId = "u1", Now = 40 * Day });
        Assert.Equal([1, 2, 0], due.Select(candidate => candidate.ItemIndex));
        Assert.All(due, candidate => Assert.Equal("buy-again", candidate.Source));
        // Who buys for the first time has it in the list at once.
        state.Apply([new ServedInteraction(77, "u77", 2, "i2", Datasets.Purchase, 0, 41 * Day)]);
        Assert.Equal([2], DueOn(45, "u77"));
        Assert.Equal([1], [.. state.Recommend(new RecommendationQuery(10) { Placement = "buy-again", UserId = "u1", Excluded = ["i0", "i2"], Now = 40 * Day }).Select(candidate => candidate.ItemIndex)]);
    }

    [Fact]
    public void Recommend_APlacementsOwnFilter_HoldsBesideTheRequests()
    {
        var state = Shop([.. Placement.BuiltIn(0), new Placement("cheap", PlacementSource.NewArrivals) { Filter = "price < 40" }, new Placement("odd", PlacementSource.NewArrivals) { Filter = "colour = \"red\"" }]);
        foreach (var item in new[] { 0, 1, 3, 6 })
            state.Apply(Item(item, addedAt: item * Day, revision: 2, price: 10 * (item + 1)));

        Assert.Equal([1, 0], Show(state, "cheap"));
        var dear = state.Filters.Get("price > 15").Filter;
        Assert.Equal([1], state.Recommend(new RecommendationQuery(10) { Placement = "cheap", Filter = dear, Excluded = ["i3"], Now = Now }).Select(candidate => candidate.ItemIndex));
        // No item has the attribute, so none is red.
        Assert.Empty(Show(state, "odd"));
    }

    [Fact]
    public void RecommendFilled_APlacementsOwnFallback_CountsWhereTheQuerySaysNothing()
    {
        var state = Shop([.. Placement.BuiltIn(0), new Placement("mine", PlacementSource.RecentItems) { ShowsConsumed = true, Fallback = ListFallback.Popular }]);
        (int, ListFallback) Fill(ListFallback? fallback) => state.RecommendFilled(new RecommendationQuery(4) { Placement = "mine", UserId = "u1", Fallback = fallback, Now = Now }) is var (items, used) ? (items.Count, used) : default;

        Assert.Equal((4, ListFallback.Popular), Fill(null));
        Assert.Equal((2, ListFallback.None), Fill(ListFallback.None));
    }

    /// <summary>Items of the first source are none, whatever it is; those of the sources behind it, and what fills the list up, are.</summary>
    [Fact]
    public void RecommendFilled_ItemsThatTheFirstSourceDoesNotHave_AreFallbacks()
    {
        var state = Shop([.. Placement.BuiltIn(0), new Placement("mine", PlacementSource.RecentItems, PlacementSource.NewArrivals) { ShowsConsumed = true, Fallback = ListFallback.Popular }]);
        string Show(string placement, string? filter = null) => string.Join(' ', state
            .RecommendFilled(new RecommendationQuery(7) { Placement = placement, UserId = "u1", Filter = filter is null ? null : state.Filters.Get(filter).Filter, Now = Now }).Items
            .Select(candidate => $"{candidate.ItemIndex}{(candidate.IsFallback ? "!" : "")}"));

        // The user bought items 0 and 1; when item 4 came is not known, so neither source has it.
        Assert.Equal("1 0 6! 3!", Show("mine", "itemId not in (\"i2\", \"i4\")"));
        Assert.Equal("6! 4!", Show("mine", "itemId in (\"i4\", \"i6\")"));
        Assert.Equal("2 4 6", Show("popular"));
        Assert.Equal("2! 4! 6!", Show("home"));
    }

    private static List<int> Show(ServingState state, string placement, string? userId = null, int limit = 10, bool? allowsConsumed = null, params string[] excluded) =>
        [.. state.Recommend(new RecommendationQuery(limit) { Placement = placement, UserId = userId, Excluded = excluded, AllowsConsumed = allowsConsumed, Now = Now }).Select(candidate => candidate.ItemIndex)];

    private static ServedItem Item(int key, long? addedAt, bool isAvailable = true, string? group = null, long revision = 1, double? price = null) =>
        new(key, $"i{key}", new CatalogueItem(Listed: true, Available: isAvailable, Hidden: false, Deleted: false, group) { Revision = revision, AddedAt = addedAt, Price = price });

    /// <summary>Item 0 has three buyers, item 1 two, items 2 and 4 one each.</summary>
    private static ServingState Shop(IReadOnlyList<Placement>? placements = null)
    {
        var histories = Datasets.Of([
            (1, 0, Datasets.Purchase, 0f, Day), (1, 1, Datasets.Purchase, 0f, 2 * Day), (2, 0, Datasets.Purchase, 0f, Day), (2, 1, Datasets.Purchase, 0f, Day), (3, 0, Datasets.Purchase, 0f, Day),
            (3, 2, Datasets.Purchase, 0f, Day), (4, 4, Datasets.Purchase, 0f, Day), (5, 6, Datasets.View, 0f, Day), (5, 3, Datasets.View, 0f, Day), (5, 5, Datasets.View, 0f, Day)]);
        return new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
            CatalogueBuilder.Of([
                Item(0, 0), Item(1, Day), Item(2, 2 * Day, group: "g"), Item(3, 3 * Day, group: "g"), Item(4, null), Item(5, 5 * Day, isAvailable: false), Item(6, 6 * Day)]),
            histories, new ServingOptions { Placements = placements });
    }
}
