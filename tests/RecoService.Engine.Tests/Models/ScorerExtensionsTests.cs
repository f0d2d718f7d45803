using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Composition;

namespace RecoService.Engine.Tests.Models;

/// <summary>What is asked of a model reaches all it is made of, however deep, and nothing else.</summary>
public sealed class ScorerExtensionsTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([1, 2]);
    private static readonly KeyMap Items = KeyMap.FromAscending([10, 20, 30]);
    private static readonly FactorModel Factors = new(Users, Items, new FactorMatrix(2, 1, [1, 2]), new FactorMatrix(3, 1, [1, 2, 3]));
    private static readonly ItemWeightsModel Weights = new(Users, Items, SparseMatrix.FromEntries(3, 3, [0], [1], [2]), default);
    private static readonly PopularityModel Popular = new(Users, Items, [3, 2, 1]);

    /// <summary>A blend within a blend, whose fallback is one of the inner parts.</summary>
    private static readonly ComposedModel Model = Blend([Blend([Weights, Popular], []), Factors], [Popular]);

    [Fact]
    public void Find_PartsOfParts_ComeInTheirOrder()
    {
        Assert.Equal([Weights, (ISimilarItems)Factors], Model.Find<ISimilarItems>());
        Assert.Equal([Factors], Model.Find<ISimilarUsers>());
        Assert.Equal([Factors], Factors.Find<ISimilarUsers>());
        Assert.Empty(Popular.Find<ISimilarItems>());
    }

    [Fact]
    public void Apply_NothingToChange_GivesTheModelItself() => Assert.Same(Model, new LeafMap(leaf => leaf).Apply(Model));

    [Fact]
    public void Apply_PartInTwoPlaces_IsChangedOnceAndStaysOne()
    {
        var changed = new List<IScorer>();
        var map = new LeafMap(leaf =>
        {
            changed.Add(leaf);
            return leaf.Rebase(Users, Items);
        });

        var other = (ComposedModel)map.Apply(Model);
        var alone = map.Apply(Popular);

        Assert.Equal([Weights, Popular, Factors], changed);
        Assert.Same(alone, other.Parts[2]);
        Assert.Same(alone, ((ComposedModel)other.Parts[0]).Parts[1]);
        Assert.NotSame(Popular, alone);
        Assert.Same(other.Ranker, Model.Ranker);
    }

    [Fact]
    public void Over_SameKeys_GivesTheModelItself()
    {
        var data = Samples.Data("random");
        var model = new ComposedModel([Samples.Part("popularity", data), Samples.Part("item-knn", data)], [], new WeightedBlend([1, 1]), depth: 5);

        Assert.Same(model, model.Over(data));
    }

    [Fact]
    public void Over_OtherKeys_LaysEveryPartOverThemAndGivesThemTheHistories()
    {
        var data = Samples.Data("random");
        var model = new ComposedModel([Samples.Part("popularity", data)], [Samples.Part("user-knn", data)], new WeightedBlend([1]), depth: 5);
        var later = Datasets.OfPurchases([(0, 1), (0, 2), (31, 3), (31, 61)]);

        var over = (ComposedModel)model.Over(later);

        Assert.All(over.Parts, part => Assert.Same(later.Items, part.Items));
        Assert.Same(later.Users, over.Users);
        Assert.Single(over.Find<IHistoryScorer>());
    }

    [Fact]
    public void WithHistories_PartThatScoresByThem_KnowsThem()
    {
        var data = Samples.Data("checkerboard");
        var without = (IScorer)Samples.Part("user-knn", data).Model.Rebase(data.Users, KeyMap.FromAscending(data.Items.Keys.ToArray()));
        var model = new ComposedModel([], [new ModelPart("user-knn", without)], new WeightedBlend([]), depth: 5);

        Assert.DoesNotContain(PlainLists.ScoresOf(model, data.HistoryOf(3)), float.IsFinite);
        Assert.Contains(PlainLists.ScoresOf(model.WithHistories(data), data.HistoryOf(3)), float.IsFinite);
    }

    [Fact]
    public void ForServing_PartsOfParts_AreServed()
    {
        var outer = Blend([Blend([Factors], [])], [Popular]);

        var served = (ComposedModel)outer.ForServing();

        Assert.Equal(PackedDots.IsHardwareAccelerated, !ReferenceEquals(Factors, served.Find<FactorModel>().Single()));
        Assert.Same(Popular, served.Parts[1]);
    }

    [Fact]
    public void IsSound_PartOfAPartAstray_IsNot()
    {
        Assert.True(Model.IsSound());
        Assert.False(Blend([Blend([new PopularityModel(Users, Items, [1, float.PositiveInfinity, 2])], [])], []).IsSound());
    }

    private static ComposedModel Blend(IScorer[] parts, IScorer[] fallbacks) => new(
        [.. parts.Select(part => new ModelPart("part", part))], [.. fallbacks.Select(part => new ModelPart("fallback", part))],
        new WeightedBlend([.. parts.Select(_ => 1f)]), depth: 5);
}
