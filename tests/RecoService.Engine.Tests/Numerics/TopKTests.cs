using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class TopKTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(10, 3)]
    [InlineData(10, 10)]
    [InlineData(10, 1000)]
    [InlineData(100, 1000)]
    public void Drain_ManyTies_EqualsSortAndTake(int capacity, int count)
    {
        var random = new SeededRandom(capacity, count);
        var offers = Enumerable.Range(0, count).Select(index => (Index: index, Score: (float)random.Next(20))).ToArray();
        random.Shuffle<(int, float)>(offers);
        var best = new TopK(capacity);

        foreach (var (index, score) in offers)
            best.Offer(index, score);

        var expected = offers.OrderByDescending(offer => offer.Score).ThenBy(offer => offer.Index).Take(capacity).ToArray();
        var indexes = new int[capacity];
        var scores = new float[capacity];
        var kept = best.Drain(indexes, scores);
        Assert.Equal(expected, indexes.Zip(scores).Take(kept));
        Assert.Equal(0, best.Count);
    }

    [Fact]
    public void Offer_NaN_IsNeverKept()
    {
        var best = new TopK(2);
        best.Offer(1, float.NaN);
        best.Offer(2, float.NegativeInfinity);
        Assert.Equal(1, best.Count);
    }

    [Fact]
    public void Threshold_OnceFull_IsTheWorstKeptScore()
    {
        var best = new TopK(2);
        best.Offer(0, 3);
        Assert.Equal(float.NegativeInfinity, best.Threshold);
        best.Offer(1, 1);
        Assert.Equal(1, best.Threshold);
        best.Offer(2, 2);
        Assert.Equal(2, best.Threshold);
        best.Clear();
        Assert.Equal(float.NegativeInfinity, best.Threshold);
    }

    [Fact]
    public void Capacity_Negative_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new TopK(-1));
}
