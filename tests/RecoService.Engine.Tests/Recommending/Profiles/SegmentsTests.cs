using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Engine.Tests.Recommending.Profiles;

using static ProfileShop;

public sealed class SegmentsTests
{
    private static Dictionary<string, IReadOnlyDictionary<string, double>> Of(params ServedInteraction[] story) =>
        Built(1, story).UserProfile(1).Segments.ToDictionary(segment => segment.Name, segment => segment.Evidence);

    [Fact]
    public void Of_FirstSeenLately_IsNewAndActive()
    {
        var segments = Of(Did(1, 0, Datasets.View, 29.5));

        Assert.Equal([Segments.Active, Segments.New], segments.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(29.5, segments[Segments.New]["daysSinceFirst"]);
        Assert.Empty(Of(Did(1, 0, Datasets.View, 30.5)));
    }

    /// <summary>Days 40, 30 and 20 are ten days apart, so they are missed when 20 days are over.</summary>
    [Theory]
    [InlineData(0, Segments.Active)]
    [InlineData(0.5, Segments.Lapsing)]
    [InlineData(160, Segments.Lapsing)]
    [InlineData(160.5, Segments.Dormant)]
    public void Of_OwnInterval_SaysWhoIsMissed(double later, string expected)
    {
        var segments = Of(Did(1, 0, Datasets.View, 40 + later), Did(1, 1, Datasets.View, 30 + later), Did(1, 2, Datasets.View, 20 + later));

        Assert.Equal(expected, Assert.Single(segments.Keys, name => name is Segments.Active or Segments.Lapsing or Segments.Dormant));
        Assert.Equal(20 + later, segments[expected]["daysSinceLast"]);
        if (expected == Segments.Lapsing)
            Assert.Equal(10, segments[expected]["ownIntervalDays"]);
    }

    [Theory]
    [InlineData(6, Segments.Active)]
    [InlineData(7.5, Segments.Lapsing)]
    public void Of_DailyVisitor_IsNotMissedWithinAWeek(double away, string expected) =>
        Assert.Contains(expected, Of(Did(1, 0, Datasets.View, away + 2), Did(1, 0, Datasets.View, away + 1), Did(1, 0, Datasets.View, away)).Keys);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Of_PurchasesOnSeveralDays_AreLoyal(int days, bool isLoyal)
    {
        // Two purchases of one day are one.
        var segments = Of([Did(1, 2, Datasets.Purchase, 1.1), .. Enumerable.Range(1, days).Select(day => Did(1, 2, Datasets.Purchase, day))]);

        Assert.Equal(isLoyal, segments.ContainsKey(Segments.Loyal));
        if (isLoyal)
            Assert.Equal((3, 1), (segments[Segments.Loyal]["purchaseDays"], segments[Segments.Loyal]["daysSincePurchase"]));
    }

    [Fact]
    public void Of_LoyalLongAgo_IsDormantAndLoyalNoMore()
    {
        var segments = Of(Did(1, 2, Datasets.Purchase, 400), Did(1, 2, Datasets.Purchase, 300), Did(1, 2, Datasets.Purchase, 200));

        Assert.Equal([Segments.Dormant], segments.Keys);
    }

    [Fact]
    public void Of_HalfOfThePurchasesOnSale_IsABargainHunter()
    {
        // Only the pot is on sale.
        var two = Of(Did(1, 1, Datasets.Purchase, 3), Did(1, 1, Datasets.Purchase, 2), Did(1, 0, Datasets.Purchase, 1), Did(1, 2, Datasets.Purchase, 1));
        var one = Of(Did(1, 1, Datasets.Purchase, 3), Did(1, 2, Datasets.Purchase, 2), Did(1, 0, Datasets.Purchase, 1));
        var few = Of(Did(1, 1, Datasets.Purchase, 3), Did(1, 1, Datasets.Purchase, 2));

        Assert.Equal((4, 0.5), (two[Segments.BargainHunter]["purchases"], two[Segments.BargainHunter]["onSaleShare"]));
        Assert.DoesNotContain(Segments.BargainHunter, one.Keys);
        Assert.DoesNotContain(Segments.BargainHunter, few.Keys);
    }

    [Fact]
    public void Of_DearItems_IsABigSpender()
    {
        var dear = Of(Did(1, 2, Datasets.View, 1), Did(1, 3, Datasets.Purchase, 1), Did(1, 4, Datasets.View, 1));
        var cheap = Of(Did(1, 0, Datasets.View, 1), Did(1, 1, Datasets.Purchase, 1), Did(1, 2, Datasets.View, 1));

        // Four of five items cost 80 or less.
        Assert.Equal(0.8, dear[Segments.BigSpender]["catalogueShare"]);
        Assert.DoesNotContain(Segments.BigSpender, cheap.Keys);
    }

    [Fact]
    public void Of_OtherThresholds_AreThoseThatCount()
    {
        var rules = new SegmentRules { NewFor = TimeSpan.FromDays(2), ActiveWithin = TimeSpan.FromDays(2), DormantAfter = TimeSpan.FromDays(4), LoyalDays = 1, BargainShare = 0.3, BigSpenderShare = 0.1 };
        var options = new ServingOptions { Profiles = new ProfileOptions { Segments = rules } };
        var state = Built(2, [Did(1, 0, Datasets.View, 3), Did(1, 1, Datasets.Purchase, 3), Did(1, 2, Datasets.Purchase, 3), Did(1, 3, Datasets.Purchase, 3), Did(2, 0, Datasets.View, 5)], options);

        Assert.Equal([Segments.Loyal, Segments.BargainHunter, Segments.BigSpender], state.UserProfile(1).Segments.Select(segment => segment.Name));
        Assert.Equal([Segments.Dormant], state.UserProfile(2).Segments.Select(segment => segment.Name));
    }

    [Fact]
    public void Of_NothingKnown_NamesNone() => Assert.Empty(Segments.Of(default, new SegmentRules()));
}
