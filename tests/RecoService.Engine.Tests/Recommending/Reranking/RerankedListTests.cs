using RecoService.Engine.Models;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending.Reranking;

/// <summary>A list whose candidates are re-ranked: how many are collected, what becomes of the rest, and how rules and kept slots go on.</summary>
public sealed class RerankedListTests
{
    private static readonly IItemLikeness Nothing = new RerankerShop.Table(new float[0, 0]);

    [Fact]
    public void Recommend_RerankerThatWantsNothing_CollectsWhatTheListTakes()
    {
        var catalogue = Plain(40);
        var (plain, idle, wide) = (Source(40), Source(40), Source(40));

        var expected = RerankerShop.Pipeline(catalogue, [plain]).Recommend(default, 6);
        var unchanged = RerankerShop.Pipeline(catalogue, [idle], new DiversityReranker(0, Nothing)).Recommend(default, 6);
        var same = RerankerShop.Pipeline(catalogue, [wide], new DiversityReranker(0.5, Nothing)).Recommend(default, 6);

        Assert.Equal(expected, unchanged);
        Assert.Equal((6, 6, 22), (plain.LastCapacity, idle.LastCapacity, wide.LastCapacity));
        // Without likenesses relevance decides, so the list is the same one out of a larger pool.
        Assert.Equal(expected, same);
    }

    /// <summary>No filter has looked at it, and it has no bit.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(50)]
    public void Recommend_ItemThatArrivesWhileTheListIsMade_WaitsForTheNext(int limit)
    {
        var catalogue = Plain(20);
        var retrievers = new[] { new RerankerShop.Fixed("early", 4, 5_000, 5_001), new RerankerShop.Fixed("late", 5_002, 7, 8) };

        var plain = RerankerShop.Pipeline(catalogue, retrievers).Recommend(default, limit);
        var reranked = RerankerShop.Pipeline(catalogue, retrievers, new DiversityReranker(0.5, Nothing)).Recommend(default, limit);

        Assert.Equal(new[] { 4, 7, 8 }.Take(limit), plain.Select(candidate => candidate.ItemIndex).Where(item => item < 20));
        Assert.DoesNotContain(plain.Concat(reranked), candidate => candidate.ItemIndex >= 5_000);
        Assert.NotEmpty(reranked);
    }

    [Fact]
    public void Recommend_CandidatesOfThePool_KeepTheirScoresAndSources()
    {
        var catalogue = Plain(20);
        var list = RerankerShop.Pipeline(catalogue, [Source(3), new RerankerShop.Fixed("other", 10, 11, 12)], new Turned()).Recommend(default, 3);

        Assert.Equal([(12, 1, "other"), (11, 2, "other"), (10, 3, "other")], list.Select(entry => (entry.ItemIndex, entry.Score, entry.Source)));
    }

    [Fact]
    public void Recommend_CapBeyondThePool_GoesOnWithTheSources()
    {
        // A hundred items of one brand before two others; the pool of a list of three holds 15.
        var catalogue = RerankerShop.Catalogue(Enumerable.Range(0, 60).Select(item => Branded(item < 40 ? "a" : $"b{item}")));

        var list = RerankerShop.Pipeline(catalogue, [Source(60)], CapReranker.OfAttribute(catalogue, "brand", 1)).Recommend(default, 3);

        Assert.Equal([0, 40, 41], list.Select(entry => entry.ItemIndex));
    }

    [Fact]
    public void Recommend_CapOnAllThereIs_IsShortAfterFewPasses()
    {
        var catalogue = RerankerShop.Catalogue(Enumerable.Range(0, 2_000).Select(_ => Branded("a")));
        var source = Source(2_000);

        var list = RerankerShop.Pipeline(catalogue, [source], CapReranker.OfAttribute(catalogue, "brand", 2)).Recommend(default, 4);

        Assert.Equal([0, 1], list.Select(entry => entry.ItemIndex));
        Assert.InRange(source.Asked, 2, 12);
    }

    [Fact]
    public void Recommend_KeptSlots_AreFilledAfterTheOrderAndUnderTheCap()
    {
        var catalogue = RerankerShop.Catalogue(Enumerable.Range(0, 12).Select(item => Branded(item % 2 == 0 ? "a" : $"b{item}")));
        var pipeline = new Pipeline(
            [new CatalogueFilter(catalogue)], [Source(8)], () => [new OnePerGroup(catalogue), new ReservedSlots(new RerankerShop.Fixed("new", 8, 3, 9, 11), 0.5, () => true)], catalogue,
            [CapReranker.OfAttribute(catalogue, "brand", 1)]);

        var list = pipeline.Recommend(default, 4);

        // Two open places: 0, 1. The source of the kept ones has 8, of the brand of 0, then 3, which was in the pool, then 9.
        Assert.Equal([(0, "model"), (1, "model"), (3, "new"), (9, "new")], list.Select(entry => (entry.ItemIndex, entry.Source)));
    }

    [Fact]
    public void Recommend_KeptSlotsThatStayEmpty_GoToTheRestOfThePool()
    {
        var catalogue = Plain(20);
        var pipeline = new Pipeline(
            [new CatalogueFilter(catalogue)], [Source(20)], () => [new ReservedSlots(new RerankerShop.Fixed("new"), 0.5, () => true)], catalogue, [new Turned()]);

        // Two open places, so a pool of ten: 9, 8 first, and then on in the same order.
        Assert.Equal([9, 8, 7, 6], pipeline.Recommend(default, 4).Select(entry => entry.ItemIndex));
    }

    [Fact]
    public void Recommend_VariantOfWhatTheCapLeavesOut_StaysOut()
    {
        string?[] groups = [null, "g", "g", null];
        var catalogue = RerankerShop.Catalogue(groups.Select((group, item) => Branded(item < 2 ? "a" : "b") with { GroupId = group }));

        // 1 stands for its group in the pool, and is left out by the cap; 2 was never in the pool, and 3 follows.
        Assert.Equal([0, 3], RerankerShop.Pipeline(catalogue, [Source(4)], CapReranker.OfAttribute(catalogue, "brand", 1)).Recommend(default, 4).Select(entry => entry.ItemIndex));
    }

    [Fact]
    public void RecommendMany_Reranked_GivesTheListsOfRecommend()
    {
        var data = Composition.Samples.Data("random");
        var history = new LiveHistory(data, 2000);
        var catalogue = RerankerShop.Catalogue(Enumerable.Range(0, data.Items.Count).Select(item => RerankerShop.Record with { Categories = [$"c{item % 3}"] }));
        var model = Composition.Samples.Part("implicit-als", data).Model;
        var pipeline = new Pipeline(
            [new CatalogueFilter(catalogue)], [new Engine.Recommending.Retrieval.ModelRetriever("als", model), Source(data.Items.Count)], () => [], catalogue,
            [new DiversityReranker(0.4, (IItemLikeness)model), CapReranker.OfCategories(catalogue, 2)]);
        int[] users = [0, 3, -1, 7, 8, 9, 10, 11, 12, 13];
        var lists = new List<Candidate>[users.Length];

        pipeline.RecommendMany(users, 5, user => history.ContextOf(user).In(0), lists);

        for (var position = 0; position < users.Length; position++)
        {
            Assert.Equal(pipeline.Recommend(history.ContextOf(users[position]), 5), lists[position]);
            Assert.Equal(5, lists[position].Count);
        }
    }

    [Fact]
    public void Recommend_Warm_AllocatesTheListAlone()
    {
        var catalogue = RerankerShop.Catalogue(Enumerable.Range(0, 300).Select(item => Branded($"b{item % 50}") with { Categories = [$"c{item % 7}"], Price = 1 + item, AddedAt = item }));
        var pipeline = RerankerShop.Pipeline(
            catalogue, [Source(300)], new FreshnessReranker(TimeSpan.FromDays(1), 0.2, catalogue), new PriceAffinityReranker(0.3, catalogue),
            new DiversityReranker(0.4, new CategoryLikeness(catalogue)), CapReranker.OfAttribute(catalogue, "brand", 1));
        var plain = RerankerShop.Pipeline(catalogue, [Source(300)]);
        (int, float)[] history = [(0, 1), (1, 1), (2, 1), (3, 1)];

        Assert.Equal(LeastAllocated(plain), LeastAllocated(pipeline));

        long LeastAllocated(Pipeline asked)
        {
            var context = RerankerShop.User(0, history).In(500);
            var least = long.MaxValue;
            for (var round = 0; round < 8; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                asked.Recommend(context, 20);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }
    }

    private static LiveCatalogue Plain(int items) => RerankerShop.Catalogue(Enumerable.Repeat(RerankerShop.Record, items));

    private static CatalogueItem Branded(string brand) => RerankerShop.Record with { Attributes = [ItemAttribute.Of("brand", brand)] };

    private static RerankerShop.Fixed Source(int items) => new("model", [.. Enumerable.Range(0, items)]);

    /// <summary>The last first.</summary>
    private sealed class Turned : IReranker
    {
        public void Rerank(in RequestContext context, CandidatePool pool, int limit)
        {
            for (var position = 0; position < pool.Count; position++)
                pool.Order[position] = pool.Count - 1 - position;
            pool.Take(pool.Count);
        }
    }
}
