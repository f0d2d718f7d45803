using FsCheck.Xunit;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class TreeRankingFunctionTests
{
    /// <summary>
    /// Two trees. The first asks for feature 0 at 0.5, and to the right for feature 3 at -1: leaves 1, 2, 4. The second, of half the weight, asks for feature 4 at 0: leaves 10 and 20.
    /// </summary>
    private static TreeRankingFunction Ranker => new([0, 2, 3], [0, 3, 4], [0.5f, -1, 0], [~0, ~1, ~0], [1, ~2, ~1], [1, 2, 4, 10, 20], [1, 0.5]);

    [Theory]
    [InlineData(0.5f, 0f, 0f, 1 + 5)]
    [InlineData(0.6f, -1f, 0.1f, 2 + 10)]
    [InlineData(0.6f, -0.9f, -1f, 4 + 5)]
    [InlineData(float.NaN, float.NaN, float.NaN, 4 + 10)]
    public void Score_ByHand_IsTheWeightedSumOfTheLeaves(float first, float fourth, float fifth, float expected) =>
        Assert.Equal(expected, Ranker.Score([first, 0, 0, fourth, fifth]));

    [Fact]
    public void Score_List_IsThatOfItsRows()
    {
        float[] rows = [0.5f, 0, 0, 0, 0, 0.6f, 0, 0, -0.9f, -1];
        var scores = new float[2];

        Ranker.Score(new RankedList(new UserHistory(-1), [7, 3], rows), scores);

        Assert.Equal([6f, 9], scores);
    }

    [Fact]
    public void Score_TreesOfOneLeafAndNone_AreConstants()
    {
        Assert.Equal(3, new TreeRankingFunction([0, 0], [], [], [], [], [3], [1]).Score(new float[UserItemFeatures.Count]));
        Assert.Equal(0, new TreeRankingFunction([0], [], [], [], [], [], []).Score(new float[UserItemFeatures.Count]));
    }

    /// <summary>A single comparison, on any row, with any threshold.</summary>
    [Property]
    public void Score_OneNode_IsAComparison(float value, float threshold) =>
        Assert.Equal(value <= threshold ? -1 : 1, new TreeRankingFunction([0, 1], [2], [threshold], [~0], [~1], [-1, 1], [1]).Score([0, 0, value, 0, 0]));

    [Fact]
    public void Constructor_ChildThatLeadsBack_Throws() => Assert.Throws<ArgumentException>(() => new TreeRankingFunction([0, 2], [0, 0], [0, 0], [1, 0], [~0, ~1], [1, 2, 3], [1]));

    [Theory]
    [InlineData(2, ~0, 0)] // the node after the last
    [InlineData(~2, ~0, 0)] // the leaf after the last
    [InlineData(~0, ~1, UserItemFeatures.Count)]
    [InlineData(~0, ~1, -1)]
    public void Constructor_WhatThereIsNot_Throws(int left, int right, int feature) =>
        Assert.Throws<ArgumentException>(() => new TreeRankingFunction([0, 1], [feature], [0], [left], [right], [1, 2], [1]));

    [Fact]
    public void Constructor_ArraysOfOtherLengths_Throws()
    {
        Assert.Throws<ArgumentException>(() => new TreeRankingFunction([0, 1], [0], [0, 1], [~0], [~1], [1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new TreeRankingFunction([0, 1], [0], [0], [~0], [~1], [1, 2, 3], [1]));
        Assert.Throws<ArgumentException>(() => new TreeRankingFunction([0, 2, 1], [0], [0], [~0], [~1], [1, 2, 3], [1, 1]));
        Assert.Throws<ArgumentException>(() => new TreeRankingFunction([1, 1], [0], [0], [~0], [~1], [1, 2], [1]));
    }

    [Fact]
    public void IsSound_ValuesThatAreNotFinite_IsNot()
    {
        Assert.True(Ranker.IsSound());
        Assert.False(new TreeRankingFunction([0, 0], [], [], [], [], [double.NaN], [1]).IsSound());
        Assert.False(new TreeRankingFunction([0, 0], [], [], [], [], [1], [double.PositiveInfinity]).IsSound());
        Assert.False(new TreeRankingFunction([0, 1], [0], [float.NaN], [~0], [~1], [1, 2], [1]).IsSound());
    }

    [Fact]
    public void Read_WhatWasWritten_ScoresTheSame()
    {
        var read = Assert.IsType<TreeRankingFunction>(Stored.Reread(Ranker));

        foreach (var row in new float[][] { [0.5f, 0, 0, 0, 0], [0.6f, 0, 0, -1, 0.1f], [0.6f, 0, 0, -0.9f, -1] })
            Assert.Equal(Ranker.Score(row), read.Score(row));
    }
}
