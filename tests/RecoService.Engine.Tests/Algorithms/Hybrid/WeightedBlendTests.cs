using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Hybrid;

public sealed class WeightedBlendTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([1]);
    private static readonly KeyMap Items = KeyMap.FromAscending([10, 20, 30, 40, 50]);

    /// <summary>
    /// A user who has item 0. By items: item 1 scores 2, item 2 scores 4, so 0.5 and 1 on their scale. By popularity (item 0 is their own, left out): 1, 5 and 3 for
    /// the items 1, 2 and 3, so 0.2, 1 and 0.6. The fallback knows items 3 and 4 too.
    /// </summary>
    private static readonly ComposedModel Model = new(
        [
            new("items", new ItemWeightsModel(Users, Items, SparseMatrix.FromEntries(5, 5, [0, 0], [1, 2], [2, 4]), default)),
            new("popular", Popular(100, 1, 5, 3, float.NaN)),
        ],
        [new("fallback", Popular(100, 1, 5, 3, 2))], new WeightedBlend([0.75f, 0.25f]), depth: 5);

    private static UserHistory History => new(0, [0], [1], [0], [float.NaN]);

    [Fact]
    public void Score_KnownToSome_BlendsOnTheUsersScale()
    {
        var scores = new float[5];

        Model.Score(History, [0, 1, 2, 3, 4], scores);

        Assert.Equal(5, scores[0], 1e-5f); // 0.25 x 100 / 5: their own item lies beyond the scale
        Assert.Equal(0.425f, scores[1], 1e-6f); // 0.75 x 0.5 + 0.25 x 0.2
        Assert.Equal(1, scores[2], 1e-6f); // 0.75 x 1 + 0.25 x 1
        Assert.Equal(0.15f, scores[3], 1e-6f); // the first does not know it: 0.25 x 0.6
        Assert.Equal(-1 + (5f / 6), scores[4], 1e-6f); // only the fallback knows it: -1 + (1 + 2 / (1 + 2)) / 2
    }

    [Fact]
    public void Score_FewAsked_IsTheSame()
    {
        var scores = new float[2];
        Model.Score(History, [3, 1], scores);
        Assert.Equal([0.15f, 0.425f], scores.Select(score => MathF.Round(score, 6)));
    }

    [Fact]
    public void Retrieve_SomeBlocked_PutsTheFallbackLast()
    {
        var best = new TopK(5);
        var items = new int[5];

        Model.Retrieve(History, [0b1], best);

        Assert.Equal([2, 1, 3, 4], items[..best.Drain(items, new float[5])]);
    }

    /// <summary>A list that is longer than the depth is found all the same, and a short one is the start of it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Retrieve_ShortList_IsTheStartOfTheLongOne(int depth)
    {
        var model = new ComposedModel(Model.Retrieving, Model.Fallbacks, Model.Ranker, depth);
        foreach (var length in new[] { 1, 2, 3, 4 })
        {
            var (best, items) = (new TopK(length), new int[length]);
            model.Retrieve(History, [0b1], best);
            Assert.Equal(new[] { 2, 1, 3, 4 }.Take(length), items[..best.Drain(items, new float[length])]);
        }
    }

    /// <summary>A user who knows more than the depth: their own items come back, and set no scale.</summary>
    [Fact]
    public void Retrieve_NothingBlocked_FindsTheOwnItemsToo()
    {
        var (best, items, scores) = (new TopK(2), new int[2], new float[2]);

        Model.Retrieve(History, [], best);

        Assert.Equal([0, 2], items[..best.Drain(items, scores)]);
        Assert.Equal([5f, 1], scores);
    }

    [Fact]
    public async Task Retrieve_FromManyThreads_GivesEachTheSame()
    {
        var lists = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var (best, items) = (new TopK(4), new int[4]);
            for (var round = 0; round < 500; round++)
            {
                Model.Retrieve(History, [0b1], best);
                if (!items[..best.Drain(items, new float[4])].SequenceEqual([2, 1, 3, 4]))
                    return false;
            }

            return true;
        })));

        Assert.All(lists, Assert.True);
    }

    [Fact]
    public void ForServing_FactorComponents_GetTheirFastPath()
    {
        var factors = new FactorModel(Users, Items, new FactorMatrix(1, 8), new FactorMatrix(5, 8));
        var model = new ComposedModel([new ModelPart("factors", factors)], [], new WeightedBlend([1]), depth: 5);

        var served = Assert.IsType<ComposedModel>(model.ForServing());

        Assert.Equal(PackedDots.IsHardwareAccelerated, !ReferenceEquals(factors, served.Parts[0]));
        Assert.Same(factors, model.Parts[0]);
    }

    [Fact]
    public void Read_WhatWasWritten_HasTheSameComponents()
    {
        using var stream = new MemoryStream();
        ModelSerializer.Write(Model, stream);
        stream.Position = 0;

        var read = (ComposedModel)ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);

        Assert.Equal(["items", "popular"], read.Retrieving.Select(part => part.Name));
        Assert.Equal(["fallback"], read.Fallbacks.Select(part => part.Name));
        Assert.Equal([0.75f, 0.25f], ((WeightedBlend)read.Ranker).Weights);
        Assert.Equal(5, read.Depth);
        var (expected, actual) = (new float[5], new float[5]);
        Model.Score(History, [0, 1, 2, 3, 4], expected);
        read.Score(History, [0, 1, 2, 3, 4], actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Constructor_PartsThatDoNotFit_Throws()
    {
        var other = new ModelPart("other", new PopularityModel(Users, KeyMap.Empty, []));

        Assert.ThrowsAny<ArgumentException>(() => new ComposedModel(Model.Retrieving, [other], Model.Ranker, depth: 5));
        Assert.ThrowsAny<ArgumentException>(() => new ComposedModel(Model.Retrieving, [], new WeightedBlend([1]), depth: 5));
        Assert.ThrowsAny<ArgumentException>(() => new ComposedModel([], [], new WeightedBlend([]), depth: 5));
        Assert.ThrowsAny<ArgumentException>(() => new ComposedModel(Model.Retrieving, [], Model.Ranker, depth: 0));
    }

    [Fact]
    public void IsSound_WeightAstray_IsNot() => Assert.False(new ComposedModel(Model.Retrieving, [], new WeightedBlend([1, float.NaN]), depth: 5).IsSound());

    private static PopularityModel Popular(params float[] scores) => new(Users, Items, scores);
}
