using RecoService.Engine.Composition;

namespace RecoService.Engine.Tests.Composition;

public sealed class ScoreScaleTests
{
    [Fact]
    public void Of_SomeInTheHistory_LeavesThemOut()
    {
        // Best first. Items 0 and 3 are the user's own; of the others, 6 is a quarter on the way from -2 up to 30.
        var scale = ScoreScale.Of([0, 4, 2, 1, 3], [94, 30, 6, -2, -99], [0, 3], depth: 5);

        Assert.Equal(new ScoreScale(-2, 30), scale);
        Assert.Equal([0f, 0.25f, 1], new[] { -2f, 6, 30 }.Select(scale.Scaled));
        Assert.Equal(3, scale.Scaled(94));
        Assert.Equal(0, scale.Scaled(-99));
    }

    [Fact]
    public void Of_ScoresAboveNothing_KeepsNothingAsZero()
    {
        var scale = ScoreScale.Of([4, 2, 1], [10, 4, 2], [], depth: 5);

        Assert.Equal(new ScoreScale(0, 10), scale);
        Assert.Equal([0.2f, 0.4f, 1], new[] { 2f, 4, 10 }.Select(scale.Scaled));
    }

    [Fact]
    public void Of_MoreThanTheDepth_EndsThere()
    {
        // The history does not count towards the depth: 8 and -5 set the scale, and -9 is below it.
        var scale = ScoreScale.Of([7, 1, 2, 3], [9, 8, -5, -9], [7], depth: 2);

        Assert.Equal(new ScoreScale(-5, 8), scale);
        Assert.Equal(0, scale.Scaled(-9));
    }

    [Fact]
    public void Of_NothingButTheHistory_TakesIt() => Assert.Equal(new ScoreScale(0, 5), ScoreScale.Of([2, 0], [5, 3], [0, 2], depth: 9));

    [Fact]
    public void Of_AllEqual_IsOne() => Assert.Equal(1, ScoreScale.Of([0, 1], [3, 3], [], depth: 9).Scaled(3));

    [Fact]
    public void OfUnordered_OwnItemFirst_TakesTheBestOfTheOthers()
    {
        Assert.Equal(new ScoreScale(0, 4), ScoreScale.OfUnordered([2, 0, 3], [9, 0, 2, 4], [0]));
        Assert.Equal(new ScoreScale(0, 9), ScoreScale.OfUnordered([0], [9, 0, 2, 4], [0]));
        Assert.Equal(new ScoreScale(0, 0), ScoreScale.OfUnordered([], [9, 0, 2, 4], [0]));
    }

    [Fact]
    public void Scale_Unknown_IsNothing()
    {
        float[] scores = [8, float.NaN, -1, 2];
        new ScoreScale(0, 4).Scale(scores);
        Assert.Equal([2f, 0, 0, 0.5f], scores);
    }

    [Fact]
    public void Of_Nothing_IsAScaleForNobody() => Assert.Equal(new ScoreScale(0, 0), ScoreScale.Of([], [], [0], depth: 1));
}
