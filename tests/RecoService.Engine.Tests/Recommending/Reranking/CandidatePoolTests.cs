using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Reranking;

public sealed class CandidatePoolTests
{
    [Fact]
    public void Begin_OneSource_ScalesScoresToZeroToOne()
    {
        var pool = RerankerShop.Pool(7, 5, 4, 3);

        // (7 - 3) / 4, (5 - 3) / 4, (4 - 3) / 4, 0.
        Assert.Equal([1, 0.5f, 0.25f, 0], pool.Values.ToArray());
        Assert.Equal([7, 5, 4, 3], pool.Candidates.ToArray().Select(candidate => candidate.Score));
    }

    [Fact]
    public void Begin_TwoSources_ShareTheScaleByTheirNumbers()
    {
        var pool = RerankerShop.PoolOf([new(0, 0.9f, "model"), new(1, 0.5f, "model"), new(2, 0.1f, "model"), new(3, 500, "catalogue")]);

        // Three of four have 1 to 0.25: 0.25 + 0.75 * 0.5 in the middle. The last has the top of 0.25 to 0.
        Assert.Equal([1, 0.625f, 0.25f, 0.25f], pool.Values.ToArray().Select(value => MathF.Round(value, 5)));
    }

    [Fact]
    public void Begin_EqualScores_HaveTheTopOfTheirShare() =>
        Assert.Equal([1, 1, 1f / 3], RerankerShop.PoolOf([new(0, 2, "a"), new(1, 2, "a"), new(2, 2, "b")]).Values.ToArray().Select(value => MathF.Round(value, 5)), Approximately(1e-5f));

    [Fact]
    public void Begin_Nothing_IsEmpty()
    {
        var pool = RerankerShop.Pool(3, 2);
        pool.Begin([]);

        Assert.Equal(0, pool.Count);
        Assert.Empty(pool.Candidates.ToArray());
    }

    [Fact]
    public void Sort_ChangedValues_PutsTheHighestFirstAndKeepsTheOrderOfEqualOnes()
    {
        var pool = RerankerShop.Pool(4, 3, 2, 1);
        new[] { 0.5f, -0f, 0.7f, 0f }.CopyTo(pool.Values);

        pool.Sort();

        Assert.Equal([2, 0, 1, 3], RerankerShop.Items(pool));
        Assert.Equal([0.7f, 0.5f, 0, 0], pool.Values.ToArray());
    }

    [Fact]
    public void Take_SomePositions_LeavesTheOthersOut()
    {
        var pool = RerankerShop.Pool(4, 3, 2, 1);
        (pool.Order[0], pool.Order[1]) = (3, 0);

        pool.Take(2);

        Assert.Equal([3, 0], RerankerShop.Items(pool));
        Assert.Equal([0, 1], pool.Values.ToArray());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 5)]
    [InlineData(3, 15)]
    [InlineData(4, 18)]
    [InlineData(10, 30)]
    [InlineData(40, 90)]
    [InlineData(95, 200)]
    [InlineData(100, 200)]
    [InlineData(500, 500)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void SizeFor_Limit_IsTwiceItAndTenUpTo200(int limit, int expected) => Assert.Equal(expected, CandidatePool.SizeFor(limit));

    private static IEqualityComparer<float> Approximately(float tolerance) => EqualityComparer<float>.Create((left, right) => MathF.Abs(left - right) <= tolerance, _ => 0);
}
