using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending;

public sealed class CoPurchasesTests
{
    private const long Day = 24 * 60 * 60 * 1000;

    [Fact]
    public void Of_HandComputed_IsTheCosineShrunkByTheBaskets()
    {
        // Ten baskets hold both, and two more of each hold item 2. Of two items each, so that a basket counts 1: w0 = w1 = 12, w2 = 4.
        var together = new CoPurchases(Datasets.Of([.. Pairs(10, 0, 1), .. Pairs(2, 0, 2, firstUser: 20), .. Pairs(2, 1, 2, firstUser: 30)]));
        const float often = (float)(10.0 / 12 * 10 / 20);
        var seldom = (float)(2 / Math.Sqrt(12 * 4) * 2 / 12);

        Assert.Equal([new CoPurchases.Companion(1, often), new CoPurchases.Companion(2, seldom)], together.Of(0));
        Assert.Equal([new CoPurchases.Companion(0, often), new CoPurchases.Companion(2, seldom)], together.Of(1));
        Assert.Equal([new CoPurchases.Companion(0, seldom), new CoPurchases.Companion(1, seldom)], together.Of(2));
        Assert.Equal(together.Of(0), together.Of(0));
        Assert.Equal([12, 4, 0, 0], new[] { 0, 2, -1, 99 }.Select(together.WeightOf));
    }

    [Fact]
    public void Of_ABasketOfMany_SaysLessOfEachPair()
    {
        // Items 0 and 1 alone, once; items 0, 2, 3, 4 and 5 together, twice: such a basket counts a quarter. w0 = 1 + 2/4, w1 = 1, w2 = 2/4.
        var together = new CoPurchases(Datasets.Of([.. Pairs(1, 0, 1), .. Enumerable.Range(10, 2).SelectMany(user => new[] { 0, 2, 3, 4, 5 }.Select(item => (user, item, Datasets.Purchase, 0f, Day)))]));

        var companions = together.Of(0).ToDictionary(companion => companion.ItemIndex, companion => companion.Score);
        Assert.Equal(1 / Math.Sqrt(1.5 * 1) * 1 / 11, companions[1], 1e-6);
        Assert.Equal(0.5 / Math.Sqrt(1.5 * 0.5) * 2 / 12, companions[2], 1e-6);
        Assert.Equal([1, 2, 3, 4, 5], companions.Keys.Order());
    }

    [Fact]
    public void Of_ABasket_IsOneUsersDay()
    {
        var together = new CoPurchases(Datasets.Of([
            // Item 1 a second before midnight, and item 2 a second after it.
            .. Enumerable.Range(1, 20).SelectMany(user => new[]
            {
                (user, 0, Datasets.Purchase, 0f, (3 * Day) - 2000), (user, 1, Datasets.Purchase, 0f, (3 * Day) - 1000), (user, 2, Datasets.Purchase, 0f, (3 * Day) + 1000),
            }),
            // What different users buy on one day is no basket, and a view is no purchase.
            .. Enumerable.Range(40, 20).SelectMany(user => new[] { (user, 3, Datasets.Purchase, 0f, 5 * Day), (user + 100, 4, Datasets.Purchase, 0f, 5 * Day), (user, 5, Datasets.View, 0f, 5 * Day) }),
        ]));

        Assert.Equal([1], together.Of(0).Select(companion => companion.ItemIndex));
        Assert.Equal([0], together.Of(1).Select(companion => companion.ItemIndex));
        Assert.All(new[] { 2, 3, 4, 5, -1, 99 }, item => Assert.Empty(together.Of(item)));
    }

    [Fact]
    public void Of_WhatEverybodyBuys_StandsFarBehindWhatBelongsTogether()
    {
        // Item 9 is in every basket; items 0 and 1 are in the same ten of a hundred.
        var together = new CoPurchases(Datasets.Of([
            .. Enumerable.Range(1, 100).SelectMany(user => new[] { (user, 9, Datasets.Purchase, 0f, Day), (user, user <= 10 ? 0 : 2 + (user % 7), Datasets.Purchase, 0f, Day) }),
            .. Enumerable.Range(1, 10).Select(user => (user, 1, Datasets.Purchase, 0f, Day)),
        ]));

        var companions = together.Of(0);
        Assert.Equal([1, 9], companions.Select(companion => companion.ItemIndex));
        // Both meet item 0 in the same ten baskets of three items, which count a half: w1 = 5, and w9 = 5 + 90.
        Assert.Equal(Math.Sqrt(95 / 5.0), companions[0].Score / companions[1].Score, 1e-4);
    }

    [Fact]
    public void Of_ABasketAsLargeAsAShelf_SaysNothing()
    {
        var together = new CoPurchases(Datasets.Of([.. Enumerable.Range(1, 20).SelectMany(user => Enumerable.Range(0, 101).Select(item => (user, item, Datasets.Purchase, 0f, Day)))]));

        Assert.Empty(together.Of(0));
        Assert.Empty(new CoPurchases(Datasets.Empty).Of(0));
    }

    [Fact]
    public void Recommend_BoughtTogether_NeedsAnItemAndLeavesItOut()
    {
        var state = State();
        List<int> Show(RecommendationQuery query) => [.. state.Recommend(query).Select(candidate => candidate.ItemIndex)];

        Assert.Equal([1], Show(new RecommendationQuery(10) { Placement = "bought-together", ItemId = "i0" }));
        Assert.Empty(Show(new RecommendationQuery(10) { Placement = "bought-together", ItemId = "i2" }));
        // Bought by the user themselves; shown all the same, unless that is not wanted.
        Assert.Equal([1], Show(new RecommendationQuery(10) { Placement = "bought-together", ItemId = "i0", UserId = "u1" }));
        Assert.Empty(Show(new RecommendationQuery(10) { Placement = "bought-together", ItemId = "i0", UserId = "u1", AllowsConsumed = false }));
        Assert.Throws<KeyNotFoundException>(() => Show(new RecommendationQuery(10) { Placement = "bought-together" }));
        state.Apply(Item(1, isAvailable: false, revision: 2));
        Assert.Empty(Show(new RecommendationQuery(10) { Placement = "bought-together", ItemId = "i0" }));
    }

    [Fact]
    public void Recommend_Basket_SumsOverItsItemsAndFillsUp()
    {
        var state = State();
        List<(int Item, string Source)> Show(params string[] itemIds) =>
            [.. state.Recommend(new RecommendationQuery(10) { Placement = "basket", ItemIds = itemIds }).Select(candidate => (candidate.ItemIndex, candidate.Source))];

        Assert.Equal((1, "bought-together"), Show("i0")[0]);
        Assert.Equal((2, "catalogue"), Show("i0")[1]);
        Assert.Equal((6, "bought-together"), Show("i0", "i1", "unheard of")[0]);
        Assert.Empty(Show("i0", "i1").Select(entry => entry.Item).Intersect([0, 1]));
        Assert.NotEmpty(Show("unheard of"));
        Assert.All(Show("unheard of"), entry => Assert.Equal("catalogue", entry.Source));
    }

    [Fact]
    public void Recommend_Basket_HandComputed_LevelsTheSums()
    {
        // Items 0 and 1 were bought with 2 ten times each, and item 0 with 3 ten times. Item 2 counts 20, item 3 counts 10, item 0 20 and item 1 10.
        var histories = Datasets.Of([.. Pairs(10, 0, 2), .. Pairs(10, 1, 2, firstUser: 20), .. Pairs(10, 0, 3, firstUser: 40)]);
        var state = new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))], CatalogueBuilder.Of([.. Enumerable.Range(0, 4).Select(key => Item(key))]), histories, new ServingOptions());

        var list = state.Recommend(new RecommendationQuery(2) { Placement = "basket", ItemIds = ["i0", "i1"] });

        Assert.Equal([2, 3], list.Select(candidate => candidate.ItemIndex));
        Assert.Equal(((10 / Math.Sqrt(20 * 20)) + (10 / Math.Sqrt(10 * 20))) * 0.5 / Math.Pow(20, 0.2), list[0].Score, 1e-5);
        Assert.Equal(10 / Math.Sqrt(20 * 10) * 0.5 / Math.Pow(10, 0.2), list[1].Score, 1e-5);
    }

    private static IEnumerable<(int, int, byte, float, long)> Pairs(int users, int first, int second, int firstUser = 1) =>
        Enumerable.Range(firstUser, users).SelectMany(user => new[] { (user, first, Datasets.Purchase, 0f, Day), (user, second, Datasets.Purchase, 0f, Day) });

    private static ServedItem Item(int key, bool isAvailable = true, long revision = 1) =>
        new(key, $"i{key}", new CatalogueItem(Listed: true, Available: isAvailable, Hidden: false, Deleted: false, null) { Revision = revision });

    /// <summary>Items 0 and 1 belong together, and items 1 and 6; items 3, 4 and 5 met once; all bought item 2 on another day.</summary>
    private static ServingState State()
    {
        var histories = Datasets.Of([
            .. Pairs(10, 0, 1), .. Pairs(40, 1, 6, firstUser: 20), .. Pairs(1, 3, 4, firstUser: 70), .. Pairs(1, 5, 4, firstUser: 71),
            .. Enumerable.Range(1, 71).Select(user => (user, 2, Datasets.Purchase, 0f, 5 * Day)),
        ]);
        return new ServingState(
            [], [.. histories.Users.Keys.ToArray().Select(key => (key, $"u{key}"))], CatalogueBuilder.Of([.. Enumerable.Range(0, 7).Select(key => Item(key))]), histories, new ServingOptions());
    }
}
