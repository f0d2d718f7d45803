using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class FeatureRankerTests
{
    private const int Items = 6;

    /// <summary>Scores of the first stage; the user of index 0 has item 0 in their history.</summary>
    private static readonly float[] FirstScores = [9, 8, 6, 4, 2, 1];

    /// <summary>What the second stage goes by: users per item, as ln(1 + n).</summary>
    private static readonly float[] LogUsers = [0, 1, 3, 2, 5, 4];

    [Fact]
    public void Score_LinearFunction_IsTheSumOverTheListsOwnStandardisation()
    {
        // Of 3 candidates the list is the items 1, 2, 3: ln(1 + n) 1, 3, 2 has mean 2 and variance 2 / 3; scores 8, 6, 4 have mean 6 and variance 8 / 3.
        var model = Model(candidates: 3, popularity: 1, first: 0.5f);
        var (deviation, firstDeviation) = (Math.Sqrt(2 / 3.0), Math.Sqrt(8 / 3.0));

        var scores = new float[Items];
        model.Score(History, [0, 1, 2, 3, 4, 5], scores);

        for (var item = 0; item < Items; item++)
            Assert.Equal(((LogUsers[item] - 2) / deviation) + (0.5 * (FirstScores[item] - 6) / firstDeviation), scores[item], 1e-5);
    }

    [Fact]
    public void Retrieve_HistoryBlocked_OrdersTheCandidatesAlone()
    {
        var (items, scores) = Retrieve(Model(candidates: 3, popularity: 1, first: 0), limit: 2, blocked: 0b000001);

        Assert.Equal([2, 3], items);
        Assert.Equal([(float)(1 / Math.Sqrt(2 / 3.0)), 0], scores);
    }

    [Fact]
    public void Retrieve_AFilterToo_KeepsTheScoresOfTheUnfilteredList()
    {
        var model = Model(candidates: 3, popularity: 1, first: 0.25f);

        var (items, scores) = Retrieve(model, limit: 3, blocked: 0b000101);

        var expected = new float[items.Length];
        model.Score(History, items, expected);
        Assert.Equal([4, 3, 1], items);
        Assert.Equal(expected, scores);
    }

    [Fact]
    public void Retrieve_MoreAskedForThanCandidates_OrdersAsManyByTheSameStandardisation()
    {
        var model = Model(candidates: 3, popularity: 1, first: 0.5f);

        var (items, scores) = Retrieve(model, limit: 5, blocked: 0b000001);

        Assert.Equal(5, items.Length);
        var expected = new float[items.Length];
        model.Score(History, items, expected);
        Assert.Equal(expected, scores);
    }

    [Fact]
    public void Score_EverythingInTheHistory_IsTheFirstStages()
    {
        var model = Model(candidates: 3, popularity: 1, first: 0);
        var scores = new float[Items];

        model.Score(new UserHistory(0, [0, 1, 2, 3, 4, 5], [1, 1, 1, 1, 1, 1], new long[6], new float[6]), [0, 1, 2, 3, 4, 5], scores);

        Assert.Equal(FirstScores, scores);
    }

    [Fact]
    public void Score_UnknownToTheFirstStage_StaysUnknownWhateverTheRankerSays()
    {
        var model = Model(candidates: 3, popularity: 1, first: 0, itemFactors: [9, 8, 6, 4, float.NaN, 1]);
        var scores = new float[2];

        model.Score(History, [3, 4], scores);

        Assert.Equal([true, false], scores.Select(float.IsFinite));
    }

    [Fact]
    public void Read_LinearFunction_IsTheSame()
    {
        var read = Assert.IsType<LinearRankingFunction>(Stored.Reread(new LinearRankingFunction([1, 2, 3, 4, 5], 6)));

        Assert.Equal([1f, 2, 3, 4, 5], read.Weights);
        Assert.Equal(6, read.Bias);
    }

    [Fact]
    public void IsSound_RankerAstray_IsNot() => Assert.False(Model(candidates: 3, popularity: float.NaN, first: 1).IsSound());

    [Fact]
    public void Read_EarlierVersion_IsRefusedWithWhatToDo()
    {
        using var stream = new MemoryStream();
        ModelSerializer.Write(Model(candidates: 3, popularity: 1, first: 1), stream);
        var bytes = stream.ToArray();
        // Behind magic, frame version, the length of the name and its eight letters.
        const int version = 8 + 4 + 4 + (4 * 8);
        Assert.Equal(1, BitConverter.ToInt32(bytes, version));
        bytes[version] = 0;

        var exception = Assert.Throws<InvalidDataException>(() => ModelSerializer.Read(new MemoryStream(bytes), BuiltInTrainers.Registry.Formats));

        Assert.Contains("version 0 of the format 'composed'", exception.Message, StringComparison.Ordinal);
    }

    private static UserHistory History => new(0, [0], [1], [0], [float.NaN]);

    internal static ComposedModel Model(IRankingFunction function, int candidates = 3, float[]? itemFactors = null)
    {
        var (users, items) = (KeyMap.FromAscending([7]), KeyMap.FromAscending([.. Enumerable.Range(0, Items)]));
        var stage = new FactorModel(users, items, new FactorMatrix(1, 1, [1]), new FactorMatrix(Items, 1, itemFactors ?? FirstScores));
        var unknown = Enumerable.Repeat(float.NaN, Items).ToArray();
        return new ComposedModel(
            [new ModelPart("stage", stage)], [], new FeatureRanker(new UserItemFeatures(LogUsers, unknown, unknown, 0, SparseMatrix.Empty(Items, 0)), function), candidates);
    }

    private static ComposedModel Model(int candidates, float popularity, float first, float[]? itemFactors = null) =>
        Model(new LinearRankingFunction([popularity, 0, 0, first, 0], 0), candidates, itemFactors);

    private static (int[] Items, float[] Scores) Retrieve(ComposedModel model, int limit, ulong blocked)
    {
        var best = new TopK(limit);
        model.Retrieve(History, [blocked], best);
        var (items, scores) = (new int[best.Count], new float[best.Count]);
        best.Drain(items, scores);
        return (items, scores);
    }
}
