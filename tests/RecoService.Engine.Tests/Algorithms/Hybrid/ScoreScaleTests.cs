using RecoService.Engine.Algorithms.Hybrid;

namespace RecoService.Engine.Tests.Algorithms.Hybrid;

public sealed class ScoreScaleTests
{
    [Fact]
    public void Of_SomeInTheHistory_LeavesThemOut()
    {
        // Items 0 and 3 are the user's own; of 2, 4 and 10 the lowest becomes 0, the highest 1, and 4 (4 - 2) / (10 - 2).
        var scale = ScoreScale.Of([99, 2, 4, -99, 10, float.NaN], [0, 3]);

        Assert.Equal(new ScoreScale(2, 10), scale);
        Assert.Equal([0f, 0.25f, 1], new[] { 2f, 4, 10 }.Select(scale.Scaled));
        Assert.Equal(12.125f, scale.Scaled(99));
        Assert.True(float.IsNaN(scale.Scaled(float.NaN)));
    }

    [Fact]
    public void Of_NothingButTheHistory_TakesIt() => Assert.Equal(new ScoreScale(3, 5), ScoreScale.Of([3, float.NaN, 5], [0, 2]));

    [Fact]
    public void Of_AllEqual_IsOne() => Assert.Equal(1, ScoreScale.Of([3, 3], []).Scaled(3));

    [Fact]
    public void Of_NothingKnown_IsNotKnown()
    {
        Assert.False(ScoreScale.Of([float.NaN], [0]).IsKnown);
        Assert.False(ScoreScale.Of([], []).IsKnown);
    }
}
