using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.NeuMf;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Tests.Algorithms.NeuMf;

/// <summary>A network over pairs, with weights that a person can follow, and as a model that is moved and stored.</summary>
public sealed class NeuMfModelTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([10, 20]);
    private static readonly KeyMap Items = KeyMap.FromAscending([1, 2, 3]);

    /// <summary>
    /// d = 2. The product part: p = (1, 2), q = (3, 4), h = (1, 10): 3 + 80 = 83. The layers: p' = (5, 6), q' = (7, 8); the first layer has 5 - 7 + 1 = -1, which the rectifier drops, and 6 + 8 = 14; the
    /// second 2 * 14 - 8 = 20, times 3 is 60; and the bias 0.5. With q' = (0, 8) the first layer has 6, too, and the second 100 * 6 more: 3 * 620.
    /// </summary>
    [Fact]
    public void Score_OnePair_IsAsByHand()
    {
        var model = Model([1, 2, 5, 6, float.NaN, float.NaN, float.NaN, float.NaN], [3, 4, 7, 8, 3, 4, 0, 8, float.NaN, float.NaN, float.NaN, float.NaN]);

        Assert.Equal([143.5f, 83 + (3 * 620) + 0.5f, float.NaN], ScoresOf(model, new UserHistory(0)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Score_UnknownUser_IsUnknown(int user)
    {
        var model = Model([1, 2, 5, 6, float.NaN, float.NaN, float.NaN, float.NaN], new float[12]);
        var best = new TopK(3);

        model.Retrieve(new UserHistory(user), [], best);

        Assert.Equal(0, best.Count);
        Assert.All(ScoresOf(model, new UserHistory(user)), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Retrieve_SomeBlocked_GivesTheBestOfTheOthers()
    {
        var model = Random(out var scores);
        var best = new TopK(2);

        model.Retrieve(new UserHistory(0), [1UL << Array.IndexOf(scores, scores.Max())], best);

        var (items, found) = (new int[2], new float[2]);
        best.Drain(items, found);
        Assert.Equal(scores.Order().Reverse().Skip(1), found);
        Assert.Equal(found, items.Select(item => scores[item]));
    }

    [Fact]
    public void Retrieve_Warm_AllocatesNothing()
    {
        var model = Random(out _);
        var best = new TopK(2);
        for (var warming = 0; warming < 3; warming++)
            model.Retrieve(new UserHistory(0), [], best);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 10; time++)
            model.Retrieve(new UserHistory(0), [], best);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void RebaseAndSerialize_Model_ScoresAsBefore()
    {
        var model = Random(out var scores);
        var rebased = model.Rebase(KeyMap.FromAscending([10, 30]), KeyMap.FromAscending([2, 3, 4]));
        using var stream = new MemoryStream();
        ModelSerializer.Write(rebased, stream);
        stream.Position = 0;

        var read = Assert.IsType<NeuMfModel>(ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats));

        Assert.Equal([scores[1], scores[2], float.NaN], ScoresOf(read, new UserHistory(0)));
        Assert.All(ScoresOf(read, new UserHistory(1)), score => Assert.True(float.IsNaN(score)));
        Assert.True(read.IsSound());
    }

    [Fact]
    public void RetrieveSimilarItems_LikeRows_AreFound()
    {
        var model = Model(new float[8], [1, 0, 0, 0, 0, 1, 0, 0, 2, 0.1f, 0, 0]);
        var best = new TopK(1);

        model.RetrieveSimilarItems(0, [], best);

        var items = new int[1];
        best.Drain(items, new float[1]);
        Assert.Equal([2], items);
    }

    [Fact]
    public void IsSound_InfiniteRow_IsFalse() => Assert.False(Model(new float[8], [float.PositiveInfinity, .. new float[11]]).IsSound());

    [Theory]
    [InlineData(2, 16, "17 belong there")]
    [InlineData(3, 17, "an even number of 2 to 4096")]
    [InlineData(0, 17, "an even number of 2 to 4096")]
    public void Network_PartsThatDoNotFit_AreRefused(int factors, int weights, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new NeuMfNetwork(factors, new float[weights])).Message, StringComparison.Ordinal);

    [Fact]
    public void Network_WeightsThatAreNotFinite_AreRefused() =>
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => new NeuMfNetwork(2, [.. new float[16], float.NaN])).Message, StringComparison.Ordinal);

    private static NeuMfModel Random(out float[] scores)
    {
        var model = Model(Datasets.Floats(8, 1), Datasets.Floats(12, 2));
        scores = ScoresOf(model, new UserHistory(0));
        return model;
    }

    /// <summary>The first layer has p'_0 - q'_0 + 1 and p'_1 + q'_1; the second 100 times the one, twice the other, and -8.</summary>
    private static NeuMfModel Model(float[] userRows, float[] itemRows) => new(
        Users, Items, new FactorMatrix(2, 4, userRows), new FactorMatrix(3, 4, itemRows), [1, 0, -1, 0, 0, 1, 0, 1, 1, 0, 100, 2, -8, 1, 10, 3, 0.5f]);

    private static float[] ScoresOf(IScorer model, in UserHistory user)
    {
        var scores = new float[3];
        model.Score(user, [0, 1, 2], scores);
        return scores;
    }
}
