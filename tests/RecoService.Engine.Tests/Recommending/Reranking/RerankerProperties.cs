using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending.Reranking;

/// <summary>What holds of re-rankers for any catalogue, candidates and strengths. A failure names the seed, which <c>Replay</c> repeats.</summary>
[Properties(MaxTest = 200, QuietOnSuccess = true, Arbitrary = [typeof(Shops)])]
public sealed class RerankerProperties
{
    private const long Now = 100_000_000_000;

    /// <summary>An item for each of the drawn records, and candidates among them with scores that fall.</summary>
    public sealed record Shop(CatalogueItem[] Records, Candidate[] Candidates, int Limit, double Strength, int Most)
    {
        public LiveCatalogue Catalogue { get; } = RerankerShop.Catalogue(Records);

        internal IReadOnlyList<IReranker> Values => [new FreshnessReranker(TimeSpan.FromDays(3), Strength, Catalogue), new PriceAffinityReranker(Strength, Catalogue)];

        internal IReadOnlyList<IReranker> All => [.. Values, new DiversityReranker(Strength, new CategoryLikeness(Catalogue)), CapReranker.OfCategories(Catalogue, Most)];
    }

    [Property]
    public void Rerank_Anything_IsAPermutationOfAtMostTheCandidates(Shop shop)
    {
        foreach (var reranker in shop.All)
        {
            var pool = Run(shop, reranker);
            var left = pool.Candidates.ToArray();
            Assert.Equal(left.Length, left.Distinct().Count());
            Assert.All(left, candidate => Assert.Contains(candidate, shop.Candidates));
            if (reranker is not CapReranker)
                Assert.Equal(shop.Candidates.Length, left.Length);
            for (var position = 1; position < left.Length && reranker is not CapReranker; position++)
                Assert.True(pool.Values[position] <= pool.Values[position - 1]);
        }
    }

    [Property]
    public void Rerank_Twice_GivesTheSame(Shop shop)
    {
        foreach (var reranker in shop.All)
            Assert.Equal(Run(shop, reranker).Candidates.ToArray(), Run(shop, reranker).Candidates.ToArray());
    }

    [Property]
    public void Rerank_NoStrength_ChangesNothing(Shop shop)
    {
        var idle = shop with { Strength = 0 };
        foreach (var reranker in idle.All.Where(reranker => reranker is not CapReranker))
        {
            Assert.Equal(shop.Candidates, Run(idle, reranker).Candidates.ToArray());
            Assert.Equal(0, reranker.PoolOf(default, shop.Limit));
        }
    }

    /// <summary>The sum that is maximized, computed the slow way over every list that could have been.</summary>
    [Property]
    public void Diversity_EachPlace_HasTheMostMarginalRelevance(Shop shop)
    {
        var likeness = new CategoryLikeness(shop.Catalogue);
        var values = RerankerShop.PoolOf(shop.Candidates).Values.ToArray();
        var list = Run(shop, new DiversityReranker(shop.Strength, likeness)).Candidates.ToArray();

        for (var place = 0; place < Math.Min(shop.Limit, list.Length); place++)
        {
            var chosen = Marginal(list[place].ItemIndex, place);
            Assert.All(list[place..], other => Assert.True(Marginal(other.ItemIndex, place) <= chosen + 1e-5));
        }

        double Marginal(int item, int places)
        {
            var row = new float[1];
            var nearest = 0f;
            foreach (var placed in list[..places])
            {
                likeness.LikenessOf(placed.ItemIndex, [item], row);
                nearest = Math.Max(nearest, float.IsNaN(row[0]) ? 0 : row[0]);
            }

            return ((1 - shop.Strength) * values[Array.FindIndex(shop.Candidates, candidate => candidate.ItemIndex == item)]) - (shop.Strength * nearest);
        }
    }

    [Property]
    public void Cap_AnyList_HoldsNoValueTooOftenAndLeavesOutNothingElse(Shop shop)
    {
        var left = Run(shop, CapReranker.OfCategories(shop.Catalogue, shop.Most)).Candidates.ToArray();
        var counts = new Dictionary<string, int>();
        var next = 0;
        foreach (var candidate in shop.Candidates)
        {
            var categories = shop.Records[candidate.ItemIndex].Categories.Distinct().ToArray();
            var hasRoom = categories.All(category => counts.GetValueOrDefault(category) < shop.Most);
            Assert.Equal(hasRoom, next < left.Length && left[next] == candidate);
            if (!hasRoom)
                continue;
            next++;
            foreach (var category in categories)
                counts[category] = counts.GetValueOrDefault(category) + 1;
        }

        Assert.Equal(left.Length, next);
    }

    [Property]
    public void Recommend_UnderAll_IsAsLongAsTheRulesLetItBe(Shop shop)
    {
        var items = shop.Candidates.Select(candidate => candidate.ItemIndex).ToArray();
        var list = RerankerShop.Pipeline(shop.Catalogue, [new RerankerShop.Fixed("model", items)], shop.All).Recommend(Context(), shop.Limit);

        Assert.Equal(list.Count, list.Select(entry => entry.ItemIndex).Distinct().Count());
        Assert.InRange(list.Count, 0, Math.Min(shop.Limit, items.Length));
        var counts = list.SelectMany(entry => shop.Records[entry.ItemIndex].Categories.Distinct()).CountBy(category => category).ToDictionary();
        Assert.All(counts.Values, count => Assert.InRange(count, 1, shop.Most));
        // Whatever is not in a list that is short has no room in it.
        if (list.Count < shop.Limit)
            Assert.All(items.Except(list.Select(entry => entry.ItemIndex)), item => Assert.Contains(shop.Records[item].Categories, category => counts.GetValueOrDefault(category) >= shop.Most));
    }

    private static CandidatePool Run(Shop shop, IReranker reranker)
    {
        var pool = RerankerShop.PoolOf(shop.Candidates);
        reranker.Rerank(Context(), pool, shop.Limit);
        return pool;
    }

    private static RequestContext Context() => RerankerShop.User(0, (0, 1), (1, 4), (2, 8), (3, 2)).In(Now);

    private static class Shops
    {
        public static Arbitrary<Shop> Shop() => (
            from records in Record().ArrayOf().Where(records => records.Length >= 4)
            from scores in ArbMap.Default.GeneratorFor<short>().ListOf(records.Length)
            from source in Gen.Choose(0, records.Length)
            from order in Gen.Shuffle(Enumerable.Range(0, records.Length).ToArray())
            from limit in Gen.Choose(1, 12)
            from strength in Gen.Choose(0, 10)
            from most in Gen.Choose(1, 3)
            select new Shop(
                records,
                [.. order.Zip(scores.OrderDescending(), (item, score) => (item, score)).Select((pair, place) => new Candidate(pair.item, pair.score / 100f, place < source ? "model" : "catalogue"))],
                limit, strength / 10.0, most)).ToArbitrary();

        private static Gen<CatalogueItem> Record() =>
            from categories in Gen.Elements("a", "b", "c", "d").ListOf().Resize(3)
            from price in Gen.Choose(-1, 50)
            from age in Gen.Choose(-1, 20)
            select RerankerShop.Record with { Categories = [.. categories], Price = price < 0 ? null : price, AddedAt = age < 0 ? null : Now - (age * 86_400_000L) };
    }
}
