using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class SeededRandomTests
{
    [Fact]
    public void Next_SameSeedAndStream_SameNumbers()
    {
        var first = new SeededRandom(7, 3);
        var second = new SeededRandom(7, 3);
        for (var draw = 0; draw < 100; draw++)
            Assert.Equal(first.Next(), second.Next());
    }

    [Fact]
    public void Next_ManySeedsAndStreams_AllBeginDifferently()
    {
        var firsts = from seed in Enumerable.Range(-20, 40) from stream in Enumerable.Range(-20, 40) select new SeededRandom(seed, stream).Next();
        Assert.Equal(1600, firsts.Distinct().Count());
    }

    [Fact]
    public void NextBound_ManyDraws_CoversTheRangeEvenly()
    {
        var random = new SeededRandom(1, 1);
        var counts = new int[7];
        for (var draw = 0; draw < 70_000; draw++)
            counts[random.Next(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void NextGaussian_ManyDraws_HasMean0AndVariance1()
    {
        var values = Datasets.Floats(50_000, seed: 5);
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, values.Average(value => value * value), 0.03);
    }

    [Fact]
    public void Shuffle_Values_KeepsThemAll()
    {
        var values = Enumerable.Range(0, 100).ToArray();
        new SeededRandom(1, 1).Shuffle<int>(values);
        Assert.NotEqual(Enumerable.Range(0, 100), values);
        Assert.Equal(Enumerable.Range(0, 100), values.Order());
    }
}
