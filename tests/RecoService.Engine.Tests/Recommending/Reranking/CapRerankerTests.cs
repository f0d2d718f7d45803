using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending.Reranking;

public sealed class CapRerankerTests
{
    [Fact]
    public void Rerank_OneBrandManyTimes_KeepsTheFirstOfIt()
    {
        var catalogue = RerankerShop.Catalogue(new[] { "a", "a", null, "a", "b", null, "b", "a" }.Select(Branded));

        Assert.Equal([0, 1, 2, 4, 5, 6], CapReranker.OfAttribute(catalogue, "brand", 2).Order(RerankerShop.Pool(8, 7, 6, 5, 4, 3, 2, 1), limit: 4));
        Assert.Equal([0, 2, 4, 5], CapReranker.OfAttribute(catalogue, "brand", 1).Order(RerankerShop.Pool(8, 7, 6, 5, 4, 3, 2, 1), limit: 4));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], CapReranker.OfAttribute(catalogue, "no such thing", 1).Order(RerankerShop.Pool(8, 7, 6, 5, 4, 3, 2, 1), limit: 4));
    }

    [Fact]
    public void Rerank_SeveralCategories_CountForEach()
    {
        var catalogue = RerankerShop.Catalogue(new[] { ["x", "y"], ["y", "z"], ["z"], ["x"], Array.Empty<string>() }.Select(categories => RerankerShop.Record with { Categories = categories }));

        // 1 finds y taken, and so takes no z; 2 has z; 3 finds x taken.
        Assert.Equal([0, 2, 4], CapReranker.OfCategories(catalogue, 1).Order(RerankerShop.Pool(5, 4, 3, 2, 1), limit: 5));
    }

    [Fact]
    public void Rerank_ValuesOfOtherTypes_AreOthers()
    {
        ItemAttribute[] values = [ItemAttribute.Of("v", 1), ItemAttribute.Of("v", "1"), ItemAttribute.Of("v", true), ItemAttribute.Of("v", ["1"]), ItemAttribute.Of("v", 1), ItemAttribute.Of("v", "1"), ItemAttribute.Of("v", true), ItemAttribute.Of("v", 1.5)];
        var catalogue = RerankerShop.Catalogue(values.Select(value => RerankerShop.Record with { Attributes = [value] }));

        Assert.Equal([0, 1, 2, 3, 7], CapReranker.OfAttribute(catalogue, "v", 1).Order(RerankerShop.Pool(8, 7, 6, 5, 4, 3, 2, 1), limit: 8));
    }

    [Fact]
    public void Admits_ListWithItsValueOften_RefusesOneMore()
    {
        var catalogue = RerankerShop.Catalogue(new[] { "a", "a", "b", null }.Select(Branded));
        var cap = CapReranker.OfAttribute(catalogue, "brand", 1);
        Candidate[] list = [new(0, 1, "model"), new(3, 1, "model")];

        Assert.False(cap.Admits(default, list, 1));
        Assert.True(cap.Admits(default, list, 2));
        Assert.True(cap.Admits(default, list, 3));
        Assert.True(CapReranker.OfAttribute(catalogue, "brand", 2).Admits(default, list, 1));
    }

    [Fact]
    public void OfCategories_NotEvenOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => CapReranker.OfCategories(RerankerShop.Catalogue(), 0));

    private static CatalogueItem Branded(string? brand) => RerankerShop.Record with { Attributes = brand is null ? [] : [ItemAttribute.Of("brand", brand)] };
}
