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
    public void Offer_EdgesOfNumbers_StandInTheirOrder()
    {
        var best = new TopK(6);
        float[] scores = [0f, float.NegativeInfinity, -0f, float.MaxValue, -float.Epsilon, float.PositiveInfinity];
        for (var index = scores.Length - 1; index >= 0; index--)
            best.Offer(index, scores[index]);
        best.Offer(int.MaxValue, float.PositiveInfinity);

        Assert.Equal(-float.Epsilon, best.Threshold);
        var (indexes, drained) = (new int[6], new float[6]);
        best.Drain(indexes, drained);
        // Of equal scores the lower index stands first, and a zero is a zero.
        Assert.Equal([5, int.MaxValue, 3, 0, 2, 4], indexes);
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity, float.MaxValue, 0, 0, -float.Epsilon], drained);
    }

    [Fact]
    public void Resize_FewerOrMore_KeepsSoManyFromNowOn()
    {
        var best = new TopK(3);
        foreach (var capacity in new[] { 2, 0, 5, 4 })
        {
            best.Offer(99, 99);
            best.Resize(capacity);
            for (var index = 0; index < 10; index++)
                best.Offer(index, index);

            Assert.Equal(capacity, best.Capacity);
            Assert.Equal(capacity == 0 ? float.PositiveInfinity : 10 - capacity, best.Threshold);
            var indexes = new int[capacity];
            Assert.Equal(capacity, best.Drain(indexes, new float[capacity]));
            Assert.Equal(Enumerable.Range(0, capacity).Select(position => 9 - position), indexes);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => best.Resize(-1));
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

    /// <summary>What was saved goes on as if it had never been emptied.</summary>
    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(5, 3)]
    [InlineData(5, 40)]
    public void Restore_OfWhatWasSaved_GoesOnFromThere(int capacity, int count)
    {
        var random = new SeededRandom(capacity, count);
        var (kept, restored) = (new TopK(capacity), new TopK(capacity));
        for (var index = 0; index < count; index++)
            kept.Offer(index, random.Next(10));
        restored.Offer(1000, 1000);

        restored.Restore(kept.Save());

        Assert.Equal((kept.Count, kept.Threshold), (restored.Count, restored.Threshold));
        foreach (var best in (TopK[])[kept, restored])
            best.Offer(500, 7);
        Assert.Equal(DrainedOf(kept), DrainedOf(restored));

        static (int, float)[] DrainedOf(TopK best)
        {
            var (indexes, scores) = (new int[best.Capacity], new float[best.Capacity]);
            var found = best.Drain(indexes, scores);
            return [.. indexes.Zip(scores).Take(found)];
        }
    }
}
