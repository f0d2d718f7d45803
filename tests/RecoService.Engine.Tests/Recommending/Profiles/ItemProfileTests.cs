using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Engine.Tests.Recommending.Profiles;

using static ProfileShop;

public sealed class ItemProfileTests
{
    /// <summary>Of the pan: 1 views and buys, 2 buys and then views, 3 views twice, 4 buys on two days, 5 buys twice on one day, 6 dislikes it, 7 rates it twice.</summary>
    private static readonly ServedInteraction[] Story =
    [
        Did(1, 0, Datasets.View, 5), Did(1, 0, Datasets.Purchase, 4), Did(2, 0, Datasets.Purchase, 4), Did(2, 0, Datasets.View, 3),
        Did(3, 0, Datasets.View, 3), Did(3, 0, Datasets.View, 2), Did(4, 0, Datasets.Purchase, 20), Did(4, 0, Datasets.Purchase, 10),
        Did(5, 0, Datasets.Purchase, 2), Did(5, 0, Datasets.Purchase, 2.1), Did(6, 0, Datasets.Dislike, 1), Did(7, 0, Datasets.Rating, 2, 5), Did(7, 0, Datasets.Rating, 1, 4),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_HandComputed_IsTheAudience(bool isBuilt)
    {
        var state = Built(7, isBuilt ? Story : []);
        if (!isBuilt)
            state.Apply(Story);

        var profile = state.ItemProfile(0);

        Assert.Equal((7, 6, 4, 1), (profile.Users, profile.Supporters, profile.Buyers, profile.ReturningBuyers));
        Assert.Equal(
            [new KindAudience(Datasets.View, 3, 4), new KindAudience(Datasets.Purchase, 4, 6), new KindAudience(Datasets.Rating, 1, 1), new KindAudience(Datasets.Dislike, 1, 1)], profile.Kinds);
        // Of users 1, 2 and 3, who viewed it, 1 bought it afterwards.
        Assert.Equal((1, 3), (profile.Conversion!.Count, profile.Conversion.Of));
        Assert.NotNull(profile.Repurchase);
        Assert.True(profile.IsAvailable);
        // It is the only priced item of its category.
        Assert.Equal(new ItemPrice(10, null, "EUR", "Home > Kitchen > Pans", 1, 1), profile.Price);
    }

    [Fact]
    public void Of_NobodyCame_IsEmptyAndNotUnknown()
    {
        var profile = Built(1, []).ItemProfile(4);

        Assert.Equal((0, 0, 0, 0), (profile.Users, profile.Supporters, profile.Buyers, profile.ReturningBuyers));
        Assert.Empty(profile.Kinds);
        Assert.Null(profile.Conversion);
        Assert.Null(profile.Repurchase);
        Assert.Equal(new ItemTrend(1, 0, 0), profile.Trend);
        Assert.False(profile.IsAvailable);
    }

    [Fact]
    public void Of_PriceAndGroup_AreThoseOfTheRecordAndStandAmongTheCategory()
    {
        var state = Built(1, []);

        // Under Home > Kitchen lie the pan at 10 and the pot at 20.
        Assert.Equal(new ItemPrice(20, 15, "EUR", "Home>Kitchen", 2, 1), state.ItemProfile(1).Price);
        Assert.Equal("pots", state.ItemProfile(1).GroupId);
        Assert.Equal(new ItemPrice(80, null, "EUR", null, null, null), state.ItemProfile(3).Price);

        state.Apply(new ServedItem(0, "pan", Items[0].Item with { Price = 30, Revision = 2 }));
        Assert.Equal(0.5, state.ItemProfile(1).Price!.CategoryShare);
        state.Apply(new ServedItem(0, "pan", Items[0].Item with { Currency = "USD", Revision = 3 }));
        Assert.Equal((1, 1d), (state.ItemProfile(1).Price!.CategoryItems, state.ItemProfile(1).Price!.CategoryShare));
        state.Apply(new ServedItem(0, "pan", Items[0].Item with { Price = null, Revision = 4 }));
        Assert.Null(state.ItemProfile(0).Price);
    }

    [Fact]
    public void Of_ItemThatArrived_IsCountedFromItsFirstUser()
    {
        var state = Built(1, Story.Where(one => one.UserKey == 1));

        state.Apply([new(9, "u9", 50, "new", Datasets.View, 0, Now), new(9, "u9", 50, "new", Datasets.Purchase, 0, Now)]);

        Assert.True(state.TryGetItem("new", out var item));
        var profile = state.ItemProfile(item);
        Assert.Equal((1, 1, 1d), (profile.Users, profile.Buyers, profile.Conversion!.Share));
    }

    [Fact]
    public void Of_ViewAndPurchaseOfOneMoment_IsAConversion() =>
        Assert.Equal(1, Built(1, [Did(1, 0, Datasets.Purchase, 1), Did(1, 0, Datasets.View, 1)]).ItemProfile(0).Conversion!.Count);

    [Theory]
    [InlineData("click")]
    [InlineData("glance")]
    public void Of_AnotherKindIsTheView_CountsIt(string viewKind)
    {
        var click = InteractionKinds.Default.TryGetIndex("click", out var index) ? index : default;
        var options = new ServingOptions { Profiles = new ProfileOptions { ViewKind = viewKind } };

        var profile = Built(2, [Did(1, 0, click, 2), Did(1, 0, Datasets.Purchase, 1), Did(2, 0, Datasets.View, 1)], options).ItemProfile(0);

        Assert.Equal(viewKind == "click" ? 1 : null, profile.Conversion?.Of);
    }

    [Fact]
    public void Of_Trend_IsThatOfTheTrendingList()
    {
        // Each day ten users come for the rake; for the pan one, and ten of late.
        var user = 0;
        var story = Enumerable.Range(0, 60).SelectMany(day => Enumerable.Range(0, 20)
            .Where(one => one < 10 || one == 10 || day < 3).Select(one => Did(++user, one < 10 ? 2 : 0, Datasets.View, day))).ToList();
        var state = Built(user, story);

        var (pan, rake) = (state.ItemProfile(0).Trend, state.ItemProfile(2).Trend);

        Assert.InRange(pan.Growth, 1.8f, 4);
        Assert.InRange(rake.Growth, 0.6f, 1);
        Assert.Equal((pan.Users + 3) / (pan.ExpectedUsers + 3), pan.Growth, 1e-5f);
        var best = state.Recommend(new RecommendationQuery(1) { Placement = "trending", Now = Now });
        Assert.Equal((0, pan.Growth), (Assert.Single(best).ItemIndex, best[0].Score));
    }

    [Fact]
    public void EraseUser_LeavesEveryAudience()
    {
        var state = Built(7, Story.Take(6));
        state.Apply([.. Story.Skip(6)]);

        foreach (var user in new[] { 1, 4, 5, 7 })
            state.EraseUser(user);
        // A write of an erased user that was overtaken on its way.
        state.Apply([Did(4, 0, Datasets.Purchase, 0)]);

        var profile = state.ItemProfile(0);
        Assert.Equal((3, 1, 0), (profile.Users, profile.Buyers, profile.ReturningBuyers));
        Assert.Equal((0, 2), (profile.Conversion!.Count, profile.Conversion.Of));
        Assert.Equal([Datasets.View, Datasets.Purchase, Datasets.Dislike], profile.Kinds.Select(kind => kind.KindIndex));
    }
}
