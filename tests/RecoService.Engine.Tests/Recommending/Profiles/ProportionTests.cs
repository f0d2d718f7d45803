using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Engine.Tests.Recommending.Profiles;

public sealed class ProportionTests
{
    /// <summary>With z = 1.96: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).</summary>
    [Theory]
    [InlineData(10, 100, 0.0552, 0.1744)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(1, 1, 0.2065, 1)]
    [InlineData(50, 100, 0.4038, 0.5962)]
    public void From_KnownValues_HasTheIntervalOfWilson(int count, int of, double low, double high)
    {
        var proportion = Proportion.From(count, of);

        Assert.Equal((low, high), (Math.Round(proportion.Low, 4), Math.Round(proportion.High, 4)));
        Assert.Equal(count / (double)of, proportion.Share);
    }

    [Fact]
    public void From_AnyCounts_HoldsTheShareAndIsSymmetric()
    {
        for (var of = 1; of <= 40; of++)
        {
            for (var count = 0; count <= of; count++)
            {
                var (proportion, other) = (Proportion.From(count, of), Proportion.From(of - count, of));
                Assert.InRange(proportion.Share, proportion.Low, proportion.High);
                Assert.InRange(proportion.Low, 0, 1);
                Assert.InRange(proportion.High, 0, 1);
                Assert.Equal(proportion.Low, 1 - other.High, 12);
            }
        }
    }

    [Fact]
    public void From_NoCases_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>("of", () => Proportion.From(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Proportion.From(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Proportion.From(-1, 1));
    }
}
