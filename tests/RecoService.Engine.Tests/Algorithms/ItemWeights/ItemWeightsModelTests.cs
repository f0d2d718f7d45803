using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ItemWeights;

public sealed class ItemWeightsModelTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([1]);
    private static readonly KeyMap Items = KeyMap.FromAscending([10, 20, 30, 40]);

    /// <summary>10 -> 20: 0.5, 10 -> 30: 0.25, 20 -> 30: 2. Nothing leads to 10 or 40.</summary>
    private static readonly SparseMatrix Weights = SparseMatrix.FromEntries(4, 4, [0, 0, 1], [1, 2, 2], [0.5f, 0.25f, 2f]);

    [Theory]
    [InlineData(HistoryScale.Binary, 1, 1, 0.5, 2.25)] // 1 x 0.5; 1 x 0.25 + 1 x 2
    [InlineData(HistoryScale.Linear, 2, 3, 1.0, 6.5)] // 2 x 0.5; 2 x 0.25 + 3 x 2
    [InlineData(HistoryScale.Binary, 2, -3, 0.5, -1.75)] // a dislike counts against: 0.25 - 2
    [InlineData(HistoryScale.Log, 1, 0, 0.3465736, 0.1732868)] // ln 2 = 0.6931472, halved and quartered
    public void Score_TwoItemsInTheHistory_SumsTheirRows(HistoryScale scale, float first, float second, double expectedTwenty, double expectedThirty)
    {
        var model = new ItemWeightsModel(Users, Items, Weights, new HistoryWeighting(scale));
        var scores = new float[4];

        model.Score(new UserHistory(-1, [0, 1], [first, second], [0, 0], [float.NaN, float.NaN]), [0, 1, 2, 3], scores);

        Assert.Equal(expectedTwenty, scores[1], 1e-6);
        Assert.Equal(expectedThirty, scores[2], 1e-6);
        Assert.True(float.IsNaN(scores[0]));
        Assert.True(float.IsNaN(scores[3]));
    }

    [Fact]
    public void Activate_Decay_HalvesWithEveryNewerMomentAndNotWithinOne()
    {
        // Times 5, 9, 9, 1: the two of moment 9 count in full, the next comes third in line (0.5 ^ 2), the oldest fourth (0.5 ^ 3).
        var activations = new float[4];

        new HistoryWeighting(HistoryScale.Binary, 0.5f).Activate(new UserHistory(0, [0, 1, 2, 3], [1, 1, 1, 1], [5, 9, 9, 1], new float[4]), activations);

        Assert.Equal([0.25f, 1, 1, 0.125f], activations);
    }

    [Fact]
    public void Activate_DecayZero_OnlyTheNewestCounts()
    {
        var activations = new float[3];

        new HistoryWeighting(HistoryScale.Linear, 0).Activate(new UserHistory(0, [0, 1, 2], [2, 3, 4], [5, 9, 1], new float[3]), activations);

        Assert.Equal([0f, 3, 0], activations);
    }

    [Fact]
    public void RetrieveSimilarItems_ItsRow_BestFirstWithoutTheBlocked()
    {
        var model = new ItemWeightsModel(Users, Items, Weights, default);
        var best = new TopK(4);
        var items = new int[4];

        model.RetrieveSimilarItems(0, [], best);
        Assert.Equal([1, 2], items[..best.Drain(items, new float[4])]);

        model.RetrieveSimilarItems(0, [0b10], best);
        Assert.Equal([2], items[..best.Drain(items, new float[4])]);
    }

    [Fact]
    public void Rebase_ItemGoneAndItemNew_KeepsTheRest()
    {
        var model = new ItemWeightsModel(Users, Items, Weights, default);

        var rebased = (ItemWeightsModel)model.Rebase(Users, KeyMap.FromAscending([5, 10, 30]));

        Assert.Equal([(1, 2, 0.25f)], rebased.Weights.Entries());
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var model = new ItemWeightsModel(Users, Items, Weights, new HistoryWeighting(HistoryScale.Log, 0.75f));
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;

        var read = (ItemWeightsModel)ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);

        var history = new UserHistory(0, [0, 1], [1, 2], [3, 4], new float[2]);
        var (expected, actual) = (new float[4], new float[4]);
        model.Score(history, [0, 1, 2, 3], expected);
        read.Score(history, [0, 1, 2, 3], actual);
        Assert.Equal(expected, actual);
        Assert.Equal(Weights.Entries(), read.Weights.Entries());
    }

    [Fact]
    public void IsSound_InfiniteWeight_False()
    {
        var weights = SparseMatrix.FromEntries(4, 4, [0], [1], [float.PositiveInfinity]);
        Assert.False(new ItemWeightsModel(Users, Items, weights, default).IsSound());
        Assert.True(new ItemWeightsModel(Users, Items, Weights, default).IsSound());
    }
}
