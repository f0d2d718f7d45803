using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class FieldRankingFunctionTests
{
    private const int Factors = 2;
    private const int Items = 6;
    private static readonly int FieldCount = RankingFields.Names.Count;

    /// <summary>One user, feature 0; items 1 and 2 as features 1 and 2; items 1 and 2 share category 3, item 2 also has 4; then five numbers.</summary>
    private static RankingFields Fields => new(
        [0, 1, 1, 1, 1, 3, 5, 5, 5, 10], [0], Enumerable.Repeat(-1, Items).ToArray(), Enumerable.Repeat(-1, 31).ToArray(),
        SparseMatrix.FromEntries(Items, 10, [1, 1, 2, 2, 2], [1, 3, 2, 3, 4], [1, 1, 1, 0.5f, 0.5f]));

    [Fact]
    public void Score_ByHand_IsWeightsAndMeetings()
    {
        var (linear, latent) = (new float[10], new float[10 * FieldCount * Factors]);
        (linear[0], linear[1], linear[3], linear[8]) = (1, 2, 4, 10);
        Set(latent, feature: 0, towards: 4, 1, 2); // the user towards items
        Set(latent, feature: 1, towards: 0, 3, 1); // item 1 towards users
        Set(latent, feature: 1, towards: 5, 1, 1); // item 1 towards categories
        Set(latent, feature: 3, towards: 4, 2, 5); // the category towards items
        Set(latent, feature: 3, towards: 0, 7, 7); // towards users, who have nothing towards categories
        var scores = new float[1];

        new FieldRankingFunction(Fields, linear, latent, Factors).Score(new RankedList(new UserHistory(0), [1], [0, 0, 0, 0.5f, 0]), scores);

        // 1 + 2 + 4 + 0.5 x 10, the user with the item 1 x 3 + 2 x 1, the item with its category 1 x 2 + 1 x 5.
        Assert.Equal(12f + 5 + 7, scores[0]);
    }

    [Fact]
    public void Score_TwoFeaturesOfOneField_MeetEachOtherOnceAndThemselvesNever()
    {
        var latent = new float[10 * FieldCount * Factors];
        Set(latent, feature: 3, towards: 5, 2, 0);
        Set(latent, feature: 4, towards: 5, 6, 1);
        var scores = new float[1];

        new FieldRankingFunction(Fields, new float[10], latent, Factors).Score(new RankedList(new UserHistory(-1), [2], new float[5]), scores);

        Assert.Equal(0.5f * 0.5f * 12, scores[0]);
    }

    [Fact]
    public void Score_RandomMachine_IsTheSumOverAllPairs()
    {
        var random = new SeededRandom(3, 0);
        float[] linear = [.. Enumerable.Range(0, 10).Select(_ => (float)random.NextDouble())];
        float[] latent = [.. Enumerable.Range(0, 10 * FieldCount * Factors).Select(_ => (float)random.NextDouble() - 0.5f)];
        FieldEntry[] entries = [new(0, 1), new(2, 1), new(3, 0.5f), new(4, 0.5f), new(5, 1), new(6, 2), new(7, -1), new(8, 3), new(9, 0.1f)];
        var expected = entries.Sum(entry => (double)linear[entry.Feature] * entry.Value);
        for (var left = 0; left < entries.Length; left++)
        {
            for (var right = left + 1; right < entries.Length; right++)
            {
                var (a, b) = (VectorOf(latent, entries[left].Feature, FieldOf(entries[right].Feature)), VectorOf(latent, entries[right].Feature, FieldOf(entries[left].Feature)));
                expected += entries[left].Value * entries[right].Value * ((a[0] * b[0]) + (a[1] * b[1]));
            }
        }

        var ranker = new FieldRankingFunction(Fields, linear, latent, Factors);
        var listed = new float[2];
        ranker.Score(new RankedList(new UserHistory(0), [1, 2], [9, 9, 9, 9, 9, 1, 2, -1, 3, 0.1f]), listed);

        Assert.Equal(expected, ranker.Score(entries), 1e-4);
        Assert.Equal(expected, listed[1], 1e-4);
    }

    [Fact]
    public void Read_WhatWasWritten_ScoresTheSame()
    {
        var ranker = Random();
        var (before, after) = (new float[3], new float[3]);
        var rows = Enumerable.Range(0, 15).Select(value => value / 7f).ToArray();

        ranker.Score(new RankedList(new UserHistory(0), [0, 1, 2], rows), before);
        Stored.Reread(ranker).Score(new RankedList(new UserHistory(0), [0, 1, 2], rows), after);

        Assert.Equal(before, after);
        Assert.Equal(3, before.Distinct().Count());
    }

    [Fact]
    public void Rebase_OtherKeys_FollowsUsersAndItems()
    {
        var ranker = Random();
        var items = KeyMap.FromAscending([.. Enumerable.Range(0, Items)]);
        var rebased = ranker.Rebase(KeyMap.FromAscending([7]), KeyMap.FromAscending([3, 7]), items, KeyMap.FromAscending([2, 9]));
        var (before, after) = (new float[1], new float[2]);

        ranker.Score(new RankedList(new UserHistory(0), [2], new float[5]), before);
        rebased.Score(new RankedList(new UserHistory(1), [0, 1], new float[10]), after);

        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[0], after[1]);
    }

    [Fact]
    public void Constructor_OtherLengths_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldRankingFunction(Fields, new float[9], new float[10 * FieldCount], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldRankingFunction(Fields, new float[10], new float[10 * FieldCount], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldRankingFunction(Fields, new float[10], [], 0));
    }

    [Fact]
    public void IsSound_NaN_IsNot()
    {
        Assert.True(Random().IsSound());
        Assert.False(new FieldRankingFunction(Fields, [.. Enumerable.Repeat(float.NaN, 10)], new float[10 * FieldCount], 1).IsSound());
        Assert.False(new FieldRankingFunction(Fields, new float[10], [.. Enumerable.Repeat(float.PositiveInfinity, 10 * FieldCount)], 1).IsSound());
    }

    private static FieldRankingFunction Random()
    {
        var random = new SeededRandom(4, 0);
        return new FieldRankingFunction(
            Fields, [.. Enumerable.Range(0, 10).Select(_ => (float)random.NextDouble())], [.. Enumerable.Range(0, 10 * FieldCount * Factors).Select(_ => (float)random.NextDouble())], Factors);
    }

    private static int FieldOf(int feature) => Enumerable.Range(0, FieldCount).Last(field => Fields.Starts[field] <= feature && Fields.Starts[field + 1] > Fields.Starts[field]);

    private static float[] VectorOf(float[] latent, int feature, int towards) => latent.AsSpan(((feature * FieldCount) + towards) * Factors, Factors).ToArray();

    private static void Set(float[] latent, int feature, int towards, float first, float second) =>
        (latent[((feature * FieldCount) + towards) * Factors], latent[(((feature * FieldCount) + towards) * Factors) + 1]) = (first, second);
}
