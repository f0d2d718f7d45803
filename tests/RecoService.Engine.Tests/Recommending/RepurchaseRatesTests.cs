using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending;

public sealed class RepurchaseRatesTests
{
    private const long Day = 24 * 60 * 60 * 1000;

    /// <summary>Item 0 is bought by two users every ten days, three times; item 1 once by each of two; item 2 is only viewed.</summary>
    private static readonly RepurchaseRates Rates = new(Datasets.Of([
        .. new[] { 1, 2 }.SelectMany(user => new[] { 0, 10, 20 }.Select(day => (user, 0, Datasets.Purchase, 0f, day * Day))),
        (1, 0, Datasets.Purchase, 0f, (20 * Day) + 1000), (1, 1, Datasets.Purchase, 0f, 3 * Day), (2, 1, Datasets.Purchase, 0f, 9 * Day),
        (3, 2, Datasets.View, 0f, Day), (3, 2, Datasets.View, 0f, 5 * Day)]));

    [Fact]
    public void Learned_HandComputed_IsDrawnTowardsTheShop()
    {
        // Two of four buyers came back: (2 + 1) / (4 + 2). All four gaps are ten days; the second purchase of one day is no gap.
        const double shop = 0.5;
        Assert.Equal((2 + (5 * shop)) / (2 + 5), Rates.RepeatShare(0), 1e-6);
        Assert.Equal((0 + (5 * shop)) / (2 + 5), Rates.RepeatShare(1), 1e-6);
        Assert.Equal(shop, Rates.RepeatShare(2), 1e-6);
        Assert.Equal(shop, Rates.RepeatShare(99), 1e-6);
        Assert.All(new[] { 0, 1, 2, 99 }, item => Assert.Equal(10, Rates.IntervalDays(item), 1e-5));
    }

    [Fact]
    public void DueScore_HandComputed()
    {
        // Bought on three days over twenty: (10 + 20) / 3 is every ten days. Ten days ago: 2 * 10 / (10 + 20).
        Assert.Equal(Rates.RepeatShare(0) * 2.5 * Math.Sqrt(20.0 / 30), Rates.DueScore(0, count: 3, weight: 2.5, first: 30, last: 10), 1e-6);
        Assert.Equal(0, Rates.DueScore(0, count: 3, weight: 3, first: 20, last: 0));
        // Bought once: the item's own interval.
        Assert.Equal(Rates.RepeatShare(1) * Math.Sqrt(10 / 20.0), Rates.DueScore(1, count: 1, weight: 1, first: 5, last: 5), 1e-6);
    }

    [Fact]
    public void WeightOf_APurchase_HalvesInThreeHundredDays() =>
        Assert.Equal([1, 0.5, 0.25], new[] { 0.0, 300, 600 }.Select(RepurchaseRates.WeightOf));

    [Fact]
    public void DueScore_GrowsWithTheDaysSinceAndWithHowOftenTheUserBuys()
    {
        double[] byDays = [.. Enumerable.Range(0, 60).Select(days => Rates.DueScore(0, count: 5, weight: 4, first: days + 40, last: days))];
        Assert.Equal(byDays.Order(), byDays);
        Assert.All(byDays, score => Assert.InRange(score, 0, Rates.RepeatShare(0) * 4));

        double[] byCount = [.. Enumerable.Range(1, 10).Select(count => Rates.DueScore(0, count, weight: count, first: 40, last: 10))];
        Assert.Equal(byCount.Order(), byCount);
    }

    [Fact]
    public void Learned_NobodyCameBack_IsAGuess()
    {
        var rates = new RepurchaseRates(Datasets.Of([(1, 0, Datasets.Purchase, 0f, 0L), (2, 0, Datasets.Purchase, 0f, 0L)]));

        Assert.Equal(30, rates.IntervalDays(0), 1e-5);
        Assert.Equal((0 + (5 * 0.25)) / 7, rates.RepeatShare(0), 1e-6);
    }
}
