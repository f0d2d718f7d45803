using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Tests.Composition;

namespace RecoService.Engine.Tests.Recommending.Reranking;

public sealed class DiversityRerankerTests
{
    /// <summary>Items 0, 1 and 2 are nearly the same; 3 and 4 are other things.</summary>
    private static readonly RerankerShop.Table Likeness = new(new[,]
    {
        { 1, 0.9f, 0.8f, 0.1f, 0 },
        { 0.9f, 1, 0.9f, 0.2f, 0 },
        { 0.8f, 0.9f, 1, 0, 0 },
        { 0.1f, 0.2f, 0, 1, 0.5f },
        { 0, 0, 0, 0.5f, 1 },
    });

    [Fact]
    public void Rerank_HalfStrength_TakesTheMostMarginalRelevance()
    {
        // Values 1, 0.9, 0.8, 0.5, 0.
        var pool = RerankerShop.Pool(10, 9, 8, 5, 0);

        // First: 0.5 * 1. Second: 1: 0.45 - 0.45 = 0; 2: 0.4 - 0.4 = 0; 3: 0.25 - 0.05 = 0.2; 4: 0. So 3.
        // Third: 1: 0 still; 2: 0; 4: 0 - 0.25. Of 1 and 2 the earlier, whose 0.45 - 0.45 is 0 exactly. The rest in its order.
        Assert.Equal([0, 3, 1, 2, 4], new DiversityReranker(0.5, Likeness).Order(pool, limit: 3));
        Assert.Equal([10, 5, 9, 8, 0], pool.Candidates.ToArray().Select(candidate => candidate.Score));
        Assert.Equal([1, 0.8f, 0.6f, 0.4f, 0.2f], pool.Values.ToArray().Select(value => MathF.Round(value, 5)));
    }

    [Fact]
    public void Rerank_FullStrength_LooksAtLikenessAlone()
    {
        // After 0 comes what is least like it: 4; then 3 (0.5), for 2 has 0.8; then 2, for 1 has 0.9.
        Assert.Equal([0, 4, 3, 2, 1], new DiversityReranker(1, Likeness).Order(RerankerShop.Pool(10, 9, 8, 5, 0), limit: 5));
    }

    [Fact]
    public void Rerank_NoStrength_ChangesNothingAndWantsNoPool()
    {
        var reranker = new DiversityReranker(0, Likeness);
        var pool = RerankerShop.Pool(10, 9, 8, 5, 0);

        Assert.Equal([0, 1, 2, 3, 4], reranker.Order(pool, limit: 3));
        Assert.Equal(0, reranker.PoolOf(default, 10));
        Assert.Equal(30, ((IReranker)new DiversityReranker(0.1, Likeness)).PoolOf(default, 10));
    }

    [Fact]
    public void Rerank_PairTheModelDoesNotKnow_IsAskedOfTheOther()
    {
        // The model knows items 0 and 1, which have nothing in common; the categories of all others are those of item 0.
        var model = new RerankerShop.Table(new[,] { { 1, 0f }, { 0, 1f } });
        var catalogue = RerankerShop.Catalogue(
            Enumerable.Range(0, 4).Select(item => RerankerShop.Record with { Categories = item == 3 ? ["b"] : ["a"] }));

        // 1 - 0 at 0.4 each way: item 1 is first after 0 by the model, though its category is the same; then 3, then 2.
        Assert.Equal([0, 1, 3, 2], new DiversityReranker(0.6, model, new CategoryLikeness(catalogue)).Order(RerankerShop.Pool(4, 3, 2, 1), limit: 4));
        // Without categories nothing is known of 2 and 3, so relevance decides.
        Assert.Equal([0, 1, 2, 3], new DiversityReranker(0.6, model).Order(RerankerShop.Pool(4, 3, 2, 1), limit: 4));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Constructor_StrengthOutsideOfItsRange_Throws(double strength) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiversityReranker(strength, Likeness));

    [Fact]
    public void LikenessOf_Categories_AreSharedOnesOfAll()
    {
        var catalogue = RerankerShop.Catalogue(
            RerankerShop.Record with { Categories = ["a", "b"] }, RerankerShop.Record with { Categories = ["b", "c", "d"] },
            RerankerShop.Record, RerankerShop.Record with { Categories = ["x"] });
        var likeness = new float[5];

        new CategoryLikeness(catalogue).LikenessOf(0, [0, 1, 2, 3, 99], likeness);

        // {a, b} and {b, c, d}: one of four.
        Assert.Equal([1, 0.25f, float.NaN, 0, float.NaN], likeness);
        new CategoryLikeness(catalogue).LikenessOf(2, [0, 1, 2, 3, 99], likeness);
        Assert.All(likeness, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void LikenessOf_FactorModel_IsTheCosineOfItsItems()
    {
        var (users, items) = (KeyMap.FromAscending([1]), KeyMap.FromAscending([1, 2, 3, 4]));
        IItemLikeness model = new FactorModel(users, items, new FactorMatrix(1, 2), new FactorMatrix(4, 2, [3, 4, 4, 3, -3, -4, float.NaN, float.NaN]));
        var likeness = new float[5];

        model.LikenessOf(0, [0, 1, 2, 3, 4], likeness);

        // (3 * 4 + 4 * 3) / 25.
        Assert.Equal([1, 0.96f, -1, float.NaN, float.NaN], likeness);
        model.LikenessOf(4, [0], likeness);
        Assert.True(float.IsNaN(likeness[0]));
    }

    [Fact]
    public void LikenessOf_ContentModel_IsTheCosineOfItsTerms()
    {
        var data = Samples.Data("random", isDescribed: true);
        var model = (ContentModel)Samples.Part("content", data).Model;
        var likeness = new float[data.Items.Count + 1];
        var (best, indexes, scores) = (new TopK(data.Items.Count), new int[data.Items.Count], new float[data.Items.Count]);

        ((IItemLikeness)model).LikenessOf(2, [.. Enumerable.Range(0, likeness.Length)], likeness);
        model.RetrieveSimilarItems(2, [], best);

        Assert.Equal(1, likeness[2], 5);
        Assert.True(float.IsNaN(likeness[^1]));
        var count = best.Drain(indexes, scores);
        Assert.True(count > 0);
        for (var position = 0; position < count; position++)
            Assert.Equal(scores[position], likeness[indexes[position]], 5);
    }

    [Fact]
    public void LikenessOf_Models_IsThatOfTheFirstThatHasOne()
    {
        var data = Samples.Data("random");
        var (popularity, factors) = (Samples.Part("popularity", data).Model, Samples.Part("implicit-als", data).Model);

        Assert.Same(factors, DiversityReranker.LikenessOf([new("popularity", 1, popularity, ModelRoles.Recommender), new("implicit-als", 2, factors, ModelRoles.Fallback)]));
        Assert.Null(DiversityReranker.LikenessOf([new("popularity", 1, popularity, ModelRoles.Recommender)]));
    }
}
