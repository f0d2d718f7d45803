using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Reranking;

/// <summary>Re-rankers that change values: by age and by price.</summary>
public sealed class ValueRerankersTests
{
    private const long Day = 86_400_000;
    private const long Now = 1_000 * Day;

    [Fact]
    public void Freshness_HalfStrength_AddsHalfOfTheNewness()
    {
        // Added now, 10 days ago, 30 days ago, at no known time, and tomorrow.
        var catalogue = RerankerShop.Catalogue(new long?[] { Now - (30 * Day), Now - (10 * Day), null, Now, Now + Day }.Select(time => RerankerShop.Record with { AddedAt = time }));
        var pool = RerankerShop.Pool(4, 3, 2, 1, 0);

        new FreshnessReranker(TimeSpan.FromDays(10), 0.5, catalogue).Rerank(In(Now), pool, 5);

        // Values 1, 0.75, 0.5, 0.25, 0; newness 1/8, 1/2, 0, 1, 1.
        Assert.Equal([1, 3, 0, 4, 2], RerankerShop.Items(pool));
        Assert.Equal([0.625f, 0.625f, 0.5625f, 0.5f, 0.25f], pool.Values.ToArray());
        Assert.Equal([3, 1, 4, 0, 2], pool.Candidates.ToArray().Select(candidate => candidate.Score));
    }

    [Fact]
    public void Freshness_FullStrength_OrdersByAge()
    {
        var catalogue = RerankerShop.Catalogue(new long?[] { 5 * Day, null, 900 * Day, 7 * Day }.Select(time => RerankerShop.Record with { AddedAt = time }));

        Assert.Equal([2, 3, 0, 1], new FreshnessReranker(TimeSpan.FromDays(100), 1, catalogue).Order(RerankerShop.Pool(4, 3, 2, 1), 4, In(Now)));
    }

    [Fact]
    public void Freshness_NoStrengthOrNoPresent_ChangesNothing()
    {
        var catalogue = RerankerShop.Catalogue(RerankerShop.Record, RerankerShop.Record with { AddedAt = Now });

        Assert.Equal([0, 1], new FreshnessReranker(TimeSpan.FromDays(1), 0, catalogue).Order(RerankerShop.Pool(2, 1), 2, In(Now)));
        Assert.Equal([0, 1], new FreshnessReranker(TimeSpan.FromDays(1), 1, catalogue).Order(RerankerShop.Pool(2, 1), 2));
        Assert.Equal(0, new FreshnessReranker(TimeSpan.FromDays(1), 0, catalogue).PoolOf(default, 7));
    }

    [Fact]
    public void Constructors_ValuesOutsideOfTheirRanges_Throw()
    {
        var catalogue = RerankerShop.Catalogue();
        Assert.Throws<ArgumentOutOfRangeException>("halfLife", () => new FreshnessReranker(TimeSpan.Zero, 0.5, catalogue));
        Assert.Throws<ArgumentOutOfRangeException>("strength", () => new FreshnessReranker(TimeSpan.FromDays(1), 1.5, catalogue));
        Assert.Throws<ArgumentOutOfRangeException>("strength", () => new PriceAffinityReranker(-1, catalogue));
    }

    [Fact]
    public void PriceBand_WeightedHistory_IsTheWeightedMedianAndSpread()
    {
        // e^1 with weight 1, e^2 with 8, e^3 with 4, and e^9 with what speaks against it.
        var catalogue = RerankerShop.Catalogue(new[] { 1, 2, 3, 9 }.Select(log => RerankerShop.Record with { Price = Math.Exp(log) }));

        Assert.True(PriceBand.TryOf(RerankerShop.User(0, (0, 1), (1, 8), (2, 4), (3, -4)).User, catalogue.Columns, out var band));

        // Half of 13 lies at or below 2. Distances 1, 0, 1 with 1, 8, 4: their median is 0, so the least spread.
        Assert.Equal(2, band.Centre, 9);
        Assert.Equal(PriceBand.LeastSpread, band.Spread);
        Assert.Equal(1, band.ClosenessOf(Math.Exp(2)), 9);
        // Two spreads away: exp(-2).
        Assert.Equal(Math.Exp(-2), band.ClosenessOf(Math.Exp(2.4)), 9);
    }

    [Fact]
    public void PriceBandQuantiles_WeightedHistory_AreThePricesThemselves()
    {
        var catalogue = RerankerShop.Catalogue(new[] { 12.3, 7.7, 99.9, 1.1 }.Select(price => RerankerShop.Record with { Price = price }));
        Span<double> prices = stackalloc double[4];

        // Sorted: 7.7 with 5, 12.3 with 3, 99.9 with 2.
        var count = PriceBand.QuantilesOf(RerankerShop.User(0, (0, 3), (1, 5), (2, 2), (3, -9)).User, catalogue.Columns, [0, 0.5, 0.51, 1], prices, out var currency);

        Assert.Equal((3, -1), (count, currency));
        Assert.Equal([7.7, 7.7, 12.3, 99.9], prices.ToArray());
        Assert.Equal(0, PriceBand.QuantilesOf(RerankerShop.User(0, (0, 3), (1, 5), (3, -9)).User, catalogue.Columns, [0.5], prices, out _));
    }

    [Fact]
    public void PriceBand_WideHistory_HasItsSpread()
    {
        var catalogue = RerankerShop.Catalogue(new[] { 1, 2, 4 }.Select(log => RerankerShop.Record with { Price = Math.Exp(log) }));

        Assert.True(PriceBand.TryOf(RerankerShop.User(0, (0, 1), (1, 1), (2, 1)).User, catalogue.Columns, out var band));

        // Distances from 2: 1, 0, 2; their median is 1.
        Assert.Equal(1.4826, band.Spread, 9);
    }

    [Fact]
    public void PriceBand_TwoCurrencies_IsThatOfTheMostWeight()
    {
        string[] currencies = ["EUR", "USD", "USD", "USD", "EUR", "EUR"];
        var catalogue = RerankerShop.Catalogue(currencies.Select((currency, item) => RerankerShop.Record with { Currency = currency, Price = Math.Exp(item) }));

        Assert.True(PriceBand.TryOf(RerankerShop.User(0, (0, 4), (1, 1), (2, 2), (3, 1), (4, 4), (5, 1)).User, catalogue.Columns, out var band));

        Assert.Equal("EUR", catalogue.Columns.Currency.Texts[band.CurrencyCode]);
        // Weights 4, 4, 1 at 0, 4, 5.
        Assert.Equal(4, band.Centre, 9);
    }

    [Fact]
    public void PriceAffinity_HalfStrength_MovesTheBandUp()
    {
        // History at e^2; candidates 3: far, 4: no price, 5: in the band, 6: another currency.
        double?[] prices = [Math.Exp(2), Math.Exp(2), Math.Exp(2), Math.Exp(9), null, Math.Exp(2), Math.Exp(2)];
        var catalogue = RerankerShop.Catalogue(prices.Select((price, item) => RerankerShop.Record with { Price = price, Currency = item == 6 ? "USD" : null }));
        var pool = RerankerShop.PoolOf([new(3, 4, "model"), new(4, 3, "model"), new(5, 2, "model"), new(6, 1, "model")]);

        // Values 1, 2/3, 1/3, 0: 0.5 + 0, 2/3 as it was, 1/6 + 1/2, 0 as it was.
        Assert.Equal([4, 5, 3, 6], new PriceAffinityReranker(0.5, catalogue).Order(pool, 4, RerankerShop.User(0, (0, 1), (1, 1), (2, 1))));
        Assert.Equal([0.66667f, 0.66667f, 0.5f, 0], pool.Values.ToArray().Select(value => MathF.Round(value, 5)));
    }

    [Fact]
    public void PriceAffinity_TwoPricedItems_ChangesNothing()
    {
        double?[] prices = [1, 1, null, 99, 1];
        var catalogue = RerankerShop.Catalogue(prices.Select(price => RerankerShop.Record with { Price = price }));

        Assert.Equal([0, 1, 2, 3, 4], new PriceAffinityReranker(1, catalogue).Order(RerankerShop.Pool(5, 4, 3, 2, 1), 5, RerankerShop.User(0, (0, 1), (1, 1), (2, 1), (3, -1))));
        Assert.Equal([0, 1, 2, 3, 4], new PriceAffinityReranker(1, catalogue).Order(RerankerShop.Pool(5, 4, 3, 2, 1), 5));
    }

    private static RequestContext In(long now) => default(RequestContext).In(now);
}
