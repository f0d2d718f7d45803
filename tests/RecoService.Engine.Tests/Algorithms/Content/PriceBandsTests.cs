using RecoService.Engine.Algorithms.Content;

namespace RecoService.Engine.Tests.Algorithms.Content;

public sealed class PriceBandsTests
{
    [Fact]
    public void BandOf_PricesOfTheCatalogue_HaveAsManyItemsEach()
    {
        var bands = new PriceBands([8, 1, 4, 2, 5, 3, null, 7, 6, float.NaN], 4);
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3], Enumerable.Range(1, 8).Select(price => bands.BandOf(price)!.Value));
        Assert.Equal((0, 3, 1), (bands.BandOf(0), bands.BandOf(1000), bands.BandOf(4.5f)));
    }

    [Fact]
    public void BandOf_NoPrice_IsNull()
    {
        var bands = new PriceBands([1, 2], 2);
        Assert.All(new float?[] { null, float.NaN, float.PositiveInfinity, -1 }, price => Assert.Null(bands.BandOf(price)));
    }

    [Fact]
    public void BandOf_ManyItemsOfOnePrice_ShareABand()
    {
        var bands = new PriceBands([5, 5, 5, 5, 5, 9], 3);
        Assert.NotEqual(bands.BandOf(5), bands.BandOf(1));
        Assert.Equal(bands.BandOf(5), bands.BandOf(9));
        Assert.Equal(0, new PriceBands([], 3).BandOf(5));
    }
}
