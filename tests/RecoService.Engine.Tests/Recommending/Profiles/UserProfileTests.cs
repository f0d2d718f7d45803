using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Engine.Tests.Recommending.Profiles;

using static ProfileShop;

public sealed class UserProfileTests
{
    /// <summary>
    /// Weights with a half-life of 90 days: the pan 8 / 2 + 1 = 5, the pot 8, the rake 1 / 2, the card 1; the tub is disliked. Of 13.5 with items that have categories, 13 lie under Home.
    /// </summary>
    private static readonly ServedInteraction[] Story =
    [
        Did(1, 0, Datasets.Purchase, 90), Did(1, 2, Datasets.View, 90), Did(1, 4, Datasets.Dislike, 10),
        Did(1, 0, Datasets.View, 0), Did(1, 1, Datasets.Purchase, 0), Did(1, 3, Datasets.View, 0),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_HandComputed_IsThePortrait(bool isBuilt)
    {
        var state = Built(1, isBuilt ? Story : []);
        if (!isBuilt)
            state.Apply(Story);

        var profile = state.UserProfile(1);

        Assert.Equal((Now, 5, 3), (profile.LastSeen, profile.Items, profile.ConsumedItems));
        Assert.Equal(new UserActivity(Events: 6, LastWeek: 3, LastMonth: 4, LastQuarter: 4, Days: 3, FirstSeen: Now - (90 * Day), IsComplete: true), profile.Activity);
        Assert.Equal(
            [new KindActivity(Datasets.View, 3, Now), new KindActivity(Datasets.Purchase, 2, Now), new KindActivity(Datasets.Dislike, 1, Now - (10 * Day))], profile.Kinds);
        Assert.Equal(
            [("Home", 0.963, Now), ("Home > Kitchen", 0.963, Now), ("Gifts", 0.5926, Now), ("Home > Kitchen > Pans", 0.3704, Now), ("Garden", 0.037, Now - (90 * Day))],
            Rounded(profile.Categories));
        var brand = Assert.Single(profile.Attributes);
        Assert.Equal("brand", brand.Name);
        Assert.Equal([("Oak", 0.963, Now), ("Elm", 0.037, Now - (90 * Day))], Rounded(brand.Values));
        // Weights 9, 8, 1, 1 at 10, 20, 40, 80: a tenth of 19 lies at 10, half at 20, nine tenths at 40. Two of five items of the catalogue cost 20 or less.
        Assert.Equal(new UserPrices("EUR", 10, 20, 40, 4, 0.4), profile.Prices);
        var active = Assert.Single(profile.Segments);
        Assert.Equal((Segments.Active, 0d), (active.Name, active.Evidence["daysSinceLast"]));
    }

    [Fact]
    public void Of_ShorterHalfLife_TurnsToTheNew()
    {
        var state = Built(1, Story, new ServingOptions { Profiles = new ProfileOptions { HalfLife = TimeSpan.FromDays(9) } });

        // After ten half-lives the purchase of the pan counts 8 / 1024, and the view of the rake 1 / 1024.
        var gifts = state.UserProfile(1).Categories.Single(category => category.Value == "Gifts");
        Assert.Equal(8 / (8 + 1 + (9 / 1024.0)), gifts.Share, 9);
    }

    [Fact]
    public void Of_SeveralAttributes_HasEachInItsOrderAndListsByTheirTexts()
    {
        var options = new ServingOptions { Profiles = new ProfileOptions { Attributes = ["size", "brand", "nothing"], MostValues = 2 } };

        var profile = Built(1, [Did(1, 4, Datasets.View, 0), Did(1, 2, Datasets.View, 0)], options).UserProfile(1);

        Assert.Equal(["size", "brand", "nothing"], profile.Attributes.Select(attribute => attribute.Name));
        Assert.Empty(profile.Attributes[0].Values);
        // Two brands of the tub and one of the rake, each of half the weight; the first two by name.
        Assert.Equal([("Elm", 0.5, Now), ("Fir", 0.5, Now)], Rounded(profile.Attributes[1].Values));
        Assert.Equal([("Garden", 0.5, Now), ("Home", 0.5, Now)], Rounded(profile.Categories));
    }

    [Fact]
    public void Of_SomebodyWhoDidNothing_IsEmpty()
    {
        var profile = Built(1, []).UserProfile(1);

        Assert.Null(profile.LastSeen);
        Assert.Equal(new UserActivity(0, 0, 0, 0, 0, null, true), profile.Activity);
        Assert.Equal((0, 0), (profile.Items, profile.ConsumedItems));
        Assert.Empty(profile.Kinds);
        Assert.Empty(profile.Categories);
        Assert.Empty(Assert.Single(profile.Attributes).Values);
        Assert.Null(profile.Prices);
        Assert.Empty(profile.Segments);
    }

    [Fact]
    public void Of_OnlyDisliked_HasNoTasteAndNoPrices()
    {
        var profile = Built(1, [Did(1, 0, Datasets.Dislike, 1), Did(1, 1, Datasets.Dislike, 1), Did(1, 2, Datasets.Dislike, 1)]).UserProfile(1);

        Assert.Empty(profile.Categories);
        Assert.Null(profile.Prices);
        Assert.Equal(3, profile.Activity!.Events);
    }

    [Fact]
    public void Of_MoreThanTheLimit_LooksAtTheNewestAndSaysSo()
    {
        var story = Enumerable.Range(0, 10).Select(day => Did(1, day % 5, Datasets.View, day)).ToList();
        var options = new ServingOptions { LiveHistoryLimit = 4 };
        var live = Built(1, [], options);
        live.Apply(story);

        foreach (var state in new[] { Built(1, story, options), live })
        {
            var activity = state.UserProfile(1).Activity!;
            Assert.Equal((4, 4, false), (activity.Events, activity.Days, activity.IsComplete));
            Assert.Equal(Now - (3 * Day), activity.FirstSeen);
            Assert.DoesNotContain(state.UserProfile(1).Segments, segment => segment.Name == Segments.New);
        }
    }

    [Fact]
    public void Of_SumsOnly_SaysWhatTheyTellAndLeavesTheRestUnknown()
    {
        // Without the placement buy-again nothing needs the single interactions.
        var options = new ServingOptions { Placements = [new Placement(Placement.HomeName, PlacementSource.Popular), new Placement(Placement.PopularName, PlacementSource.Popular)] };
        var state = Built(1, [], options);
        state.Apply(Story);

        var profile = state.UserProfile(1);

        Assert.Null(profile.Activity);
        Assert.Empty(profile.Kinds);
        Assert.Equal((Now, 5, 3), (profile.LastSeen, profile.Items, profile.ConsumedItems));
        // The pan's 9 are all of its last time: 9 + 8 of 17.5.
        Assert.Equal(17 / 17.5, profile.Categories[0].Share, 9);
        Assert.Equal([Segments.Active], profile.Segments.Select(segment => segment.Name));
        Assert.NotNull(profile.Prices);
    }

    [Fact]
    public void Of_ReturnedPurchase_IsAsIfItHadNeverBeen()
    {
        var state = Built(1, [Did(1, 2, Datasets.Purchase, 3)]);
        state.Apply([Did(1, 1, Datasets.Purchase, 2), Did(1, 2, Return, 1)]);

        var profile = state.UserProfile(1);

        Assert.Equal([new KindActivity(Datasets.Purchase, 1, Now - (2 * Day))], profile.Kinds);
        Assert.DoesNotContain(profile.Categories, category => category.Value == "Garden");
    }

    [Fact]
    public void Of_DeletedItem_HasNoCategoryAndNoPriceAnyMore()
    {
        var state = Built(1, Story);

        state.Apply(new ServedItem(1, "pot", Items[1].Item with { Deleted = true, Revision = 2 }));

        Assert.DoesNotContain(state.UserProfile(1).Categories, category => category.Value == "Gifts");
        Assert.Equal(3, state.UserProfile(1).Prices!.Items);
    }

    private static List<(string, double, long)> Rounded(IReadOnlyList<ValueShare> shares) => [.. shares.Select(share => (share.Value, Math.Round(share.Share, 4), share.Last))];
}
