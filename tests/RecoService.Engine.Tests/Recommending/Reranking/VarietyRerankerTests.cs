using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Reranking;

/// <summary>Chance that can be repeated: the seed, the user and the item decide.</summary>
public sealed class VarietyRerankerTests
{
    private const int Items = 50;

    [Fact]
    public void Rerank_SameSeedAndUser_GivesTheSameOrderAndOthersAnother()
    {
        var order = Order(0.5, user: 3, seed: 7);

        Assert.Equal(order, Order(0.5, user: 3, seed: 7));
        Assert.NotEqual(order, Order(0.5, user: 3, seed: 8));
        Assert.NotEqual(order, Order(0.5, user: 4, seed: 7));
        Assert.NotEqual(order, Order(0.5, user: -1, seed: 7));
        Assert.Equal(Enumerable.Range(0, Items), order.Order());
    }

    /// <summary>Two replicas have other indexes of the same items and users.</summary>
    [Fact]
    public void Rerank_OtherIndexesOfTheSameKeys_GivesTheSameItems()
    {
        var pool = RerankerShop.Pool(3, 3, 3, 3, 3);
        var shifted = RerankerShop.PoolOf([.. Enumerable.Range(0, 5).Select(item => new Engine.Recommending.Retrieval.Candidate(item + 100, 3, "model"))]);

        var here = new VarietyReranker(1, item => item + 1000, user => user + 50).Order(pool, 5, Context(1, 7));
        var there = new VarietyReranker(1, item => item + 900, user => user + 40).Order(shifted, 5, Context(11, 7));

        Assert.Equal(here, there.Select(item => item - 100));
    }

    [Fact]
    public void Rerank_StrengthZero_ChangesNothingAndAsksForNoPool()
    {
        Assert.Equal(Enumerable.Range(0, Items), Order(0, user: 3, seed: 7));
        Assert.Equal(0, Reranker(0).PoolOf(Context(3, 7), 10));
        Assert.Equal(30, Reranker(0.1).PoolOf(Context(3, 7), 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reranker(1.1));
    }

    /// <summary>Values fall from 1 to 0 by steps of 1/49, and chance adds at most 0.1 of its share: an item cannot fall behind one that is a ninth of the range below.</summary>
    [Fact]
    public void Rerank_LowStrength_MovesOnlyWhatIsAboutAsGood()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var order = Order(0.1, user: 3, seed);
            for (var place = 0; place < Items; place++)
                Assert.InRange(Math.Abs(order[place] - place), 0, 6);
        }
    }

    /// <summary>By chance alone each item is first for about one seed in fifty.</summary>
    [Fact]
    public void Rerank_StrengthOne_IsUniform()
    {
        var firsts = new int[Items];
        for (var seed = 0; seed < 5_000; seed++)
            firsts[Order(1, user: 3, seed)[0]]++;

        Assert.All(firsts, count => Assert.InRange(count, 60, 145));
    }

    private static VarietyReranker Reranker(double strength) => new(strength, item => item, user => user);

    private static int[] Order(double strength, int user, int seed) =>
        Reranker(strength).Order(RerankerShop.Pool([.. Enumerable.Range(0, Items).Select(item => (float)(Items - item))]), Items, Context(user, seed));

    private static RequestContext Context(int user, int seed) => RerankerShop.User(user).In(0, seed: seed);
}
