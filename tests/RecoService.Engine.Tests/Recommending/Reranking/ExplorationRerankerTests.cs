using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Reranking;

public sealed class ExplorationRerankerTests
{
    private const int Items = 30;
    private const int Length = 10;

    /// <summary>Over many users each item stands at an explored place as often as its propensity there says.</summary>
    [Theory]
    [InlineData("thompson")]
    [InlineData("epsilon")]
    public void Rerank_OverManyUsers_ShowsItemsAsOftenAsTheirPropensities(string policy)
    {
        const int users = 5_000;
        var reranker = Reranker(0.2, Of(policy));
        var (shown, propensities) = (new int[Items], new double[Items]);
        for (var user = 0; user < users; user++)
        {
            var pool = Listed(reranker, user, seed: 1);
            var fifth = pool.Candidates[4];
            shown[fifth.ItemIndex]++;
            propensities[fifth.ItemIndex] = fifth.Propensity;
        }

        // Above the fifth place nothing was drawn, so the fifth has the same choices for everybody: the best five that are left, and of the others those that were shown 20 times.
        int[] choices = [4, 5, 6, 7, 8, 12, 16, 20, 24, 28];
        Assert.All(Enumerable.Range(0, Items).Except(choices), item => Assert.Equal(0, shown[item]));
        Assert.Equal(1, propensities.Sum(), 0.01);
        foreach (var item in choices)
            Assert.Equal(propensities[item], (double)shown[item] / users, 0.024);
    }

    [Fact]
    public void Rerank_ExploresTheShareOfPlacesAndLosesNothing()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var pool = Listed(Reranker(0.2, new EpsilonGreedy(1)), user: 3, seed);
            var items = pool.Candidates.ToArray().Select(candidate => candidate.ItemIndex).ToList();

            Assert.Equal(Enumerable.Range(0, Items), items.Order());
            // The first four are the best four, and the other places hold the best that is left.
            Assert.Equal([0, 1, 2, 3], items.Take(4));
            Assert.Equal(Enumerable.Range(4, Items - 4).Where(item => item != items[4]).Take(4), items.Skip(5).Take(4));
            Assert.Equal(
                [1, 1, 1, 1, 0.1f, 1, 1, 1, 1, 0.1f], pool.Candidates[..Length].ToArray().Select(candidate => candidate.Propensity));
        }
    }

    [Fact]
    public void Rerank_SameSeedAndUser_GivesTheSameListAndOthersAnother()
    {
        var reranker = Reranker(0.5, new EpsilonGreedy(1));

        Assert.Equal(ItemsOf(reranker, 3, 7), ItemsOf(reranker, 3, 7));
        Assert.NotEqual(ItemsOf(reranker, 3, 7), ItemsOf(reranker, 4, 7));
        Assert.NotEqual(ItemsOf(reranker, 3, 7), ItemsOf(reranker, 3, 8));
        Assert.NotEqual(ItemsOf(reranker, 3, 7), ItemsOf(reranker, -1, 7));
    }

    [Fact]
    public void Rerank_OfARequestThatDrawsNothing_ChangesNothingAndAsksForNoPool()
    {
        var reranker = Reranker(1, new EpsilonGreedy(1));
        var pool = RerankerShop.Pool(3, 2, 1);
        reranker.Rerank(RerankerShop.User(1).In(0, seed: 7), pool, Length);

        Assert.Equal([0, 1, 2], pool.Candidates.ToArray().Select(candidate => candidate.ItemIndex));
        Assert.All(pool.Candidates.ToArray(), candidate => Assert.Equal(1, candidate.Propensity));
        Assert.Equal(0, reranker.PoolOf(RerankerShop.User(1).In(0, seed: 7), Length));
    }

    /// <summary>What the user has seen too often steps back, and exploring must not bring it up again.</summary>
    [Fact]
    public void Rerank_CandidatesThatStepBack_AreNotDrawn()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var pool = RerankerShop.Pool(6, 5, 4, 3, 2, 1);
            for (var position = 3; position < 6; position++)
                pool.Values[position] -= 2;
            Reranker(0.5, new EpsilonGreedy(1)).Rerank(Context(1, seed), pool, 4);

            var items = pool.Candidates.ToArray();
            Assert.Equal([0, 1, 2], items[..3].Select(candidate => candidate.ItemIndex).Order());
            // The second place has two to choose from, and the fourth one that steps back and nothing else.
            Assert.Equal([1, 0.5f, 1, 1], items[..4].Select(candidate => candidate.Propensity));
            Assert.Equal([3, 4, 5], items[3..].Select(candidate => candidate.ItemIndex));
        }
    }

    /// <summary>A log tells by the propensity which places were drawn, however sure the draw was.</summary>
    [Fact]
    public void Rerank_OfASureChoice_HasAPropensityBelowOne()
    {
        var reranker = new ExplorationReranker(1, new EpsilonGreedy(0), (item, _) => new Arm(1000, item == 0 ? 900 : 1), user => user);
        var pool = RerankerShop.Pool(3, 2, 1);
        reranker.Rerank(Context(1, 1), pool, 1);

        Assert.Equal(MathF.BitDecrement(1), pool.Candidates[0].Propensity);
    }

    [Fact]
    public void Rerank_OfFewCandidates_HasThemAll()
    {
        var pool = RerankerShop.Pool(3, 2, 1);
        Reranker(1, new EpsilonGreedy(1)).Rerank(Context(1, 1), pool, Length);

        Assert.Equal([0, 1, 2], pool.Candidates.ToArray().Select(candidate => candidate.ItemIndex).Order());
        // A third, a half of what is left, and the last one for certain.
        Assert.Equal([1f / 3, 0.5f, 1], pool.Candidates.ToArray().Select(candidate => candidate.Propensity));
    }

    [Fact]
    public void Rerank_WithoutAPlaceToExplore_ChangesNothingAndAsksForNoPool()
    {
        Assert.Equal(0, Reranker(0, new ThompsonSampling()).PoolOf(Context(1, 1), Length));
        Assert.Equal(0, Reranker(0.2, new ThompsonSampling()).PoolOf(Context(1, 1), 4));
        Assert.Equal(30, Reranker(0.2, new ThompsonSampling()).PoolOf(Context(1, 1), Length));
        Assert.Equal(Enumerable.Range(0, Items), ItemsOf(Reranker(0, new EpsilonGreedy(1)), 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reranker(1.1, new ThompsonSampling()));
    }

    /// <summary>An item that nobody knows yet, far down the candidates of its place, gets its chance; one that was shown a thousand times in vain hardly any.</summary>
    [Fact]
    public void Rerank_ByThompsonSampling_ShowsWhatIsUnknownAndNotWhatIsKnownToBeBad()
    {
        var reranker = new ExplorationReranker(
            0.2, new ThompsonSampling(), (item, _) => item == 12 ? new Arm(0, 0, 0.05, 2) : new Arm(1000, item == 13 ? 0 : 50, 0.05, 2), user => user);
        var (unknown, bad) = (0, 0);
        for (var user = 0; user < 2000; user++)
        {
            var fifth = Listed(reranker, user, seed: 1).Candidates[4];
            unknown += fifth.ItemIndex == 12 ? 1 : 0;
            bad += fifth.ItemIndex == 13 ? 1 : 0;
        }

        // One of ten would be 200.
        Assert.InRange(unknown, 250, 800);
        Assert.Equal(0, bad);
    }

    /// <summary>Of the candidates behind the best five those are choices that were shown the least, wherever they stand; of equally many times the better ones.</summary>
    [Theory]
    [InlineData(new int[0], new[] { 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 })]
    [InlineData(new[] { 29 }, new[] { 4, 5, 6, 7, 8, 9, 10, 11, 12, 29 })]
    [InlineData(new[] { 6, 20, 14 }, new[] { 4, 5, 6, 7, 8, 9, 10, 11, 14, 20 })]
    [InlineData(new[] { 14, 16, 18, 20, 22, 24 }, new[] { 4, 5, 6, 7, 8, 14, 16, 18, 20, 22 })]
    public void Rerank_CandidatesThatWereShownLess_AreAmongTheChoices(int[] shownLess, int[] choices)
    {
        var reranker = new ExplorationReranker(0.2, new EpsilonGreedy(1), (item, _) => new Arm(shownLess.Contains(item) ? 3 : 50, 1), user => user);

        var fifths = Enumerable.Range(0, 400).Select(user => Listed(reranker, user, seed: 1)).Select(pool => pool.Candidates[4]).ToList();

        Assert.Equal(choices, fifths.Select(fifth => fifth.ItemIndex).Distinct().Order());
        Assert.All(fifths, fifth => Assert.Equal(0.1f, fifth.Propensity));
    }

    private static IBanditPolicy Of(string name) => name == "thompson" ? new ThompsonSampling() : new EpsilonGreedy(0.3);

    private static ExplorationReranker Reranker(double share, IBanditPolicy policy) => new(share, policy, (item, _) => new Arm(20 + (10 * (item % 4)), item % 5, 0.05, 2), user => user + 50);

    private static CandidatePool Listed(ExplorationReranker reranker, int user, int seed)
    {
        var pool = RerankerShop.Pool([.. Enumerable.Range(0, Items).Select(item => (float)(Items - item))]);
        reranker.Rerank(Context(user, seed), pool, Length);
        return pool;
    }

    private static int[] ItemsOf(ExplorationReranker reranker, int user, int seed) => [.. Listed(reranker, user, seed).Candidates.ToArray().Select(candidate => candidate.ItemIndex)];

    private static RequestContext Context(int user, int seed) => RerankerShop.User(user).In(0, explorationSeed: seed);
}
