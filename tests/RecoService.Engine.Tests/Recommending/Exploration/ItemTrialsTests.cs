using RecoService.Engine.Recommending.Exploration;

namespace RecoService.Engine.Tests.Recommending.Exploration;

public sealed class ItemTrialsTests
{
    [Fact]
    public void ArmOf_KnownItem_HasItsCountsAndAPriorFromItsValue()
    {
        var trials = new ItemTrials();
        trials.Replace([new("home", 7, 100, 9), new("home", 3, 60, 0), new("other", 7, 1, 1)]);
        var home = trials.Of("home");

        // Nine clicks of 160 and one of twenty before anything was shown.
        Assert.Equal(10.0 / 180, home.Rate, 1e-12);
        Assert.Equal(new Arm(100, 9, 1.5 * home.Rate, 20), home.ArmOf(7, 1, 20));
        Assert.Equal(new Arm(60, 0, home.Rate, 5), home.ArmOf(3, 0.5f, 5));
        Assert.Equal(new Arm(0, 0, 0.5 * home.Rate, 20), home.ArmOf(4, 0, 20));
        Assert.Equal(new Arm(1, 1, trials.Of("other").Rate, 20), trials.Of("other").ArmOf(7, 0.5f, 20));
        Assert.Equal(3, trials.EntryCount);
    }

    [Theory]
    [InlineData(-2, 0)]
    [InlineData(7, 1)]
    public void ArmOf_ValueOutOfRange_CountsAsTheEndOfTheRange(float value, float end) => Assert.Equal(PlacementTrials.None.ArmOf(1, end, 20), PlacementTrials.None.ArmOf(1, value, 20));

    [Fact]
    public void Of_UnknownPlacement_KnowsNothing()
    {
        Assert.Same(PlacementTrials.None, new ItemTrials().Of("home"));
        Assert.Equal(0.05, PlacementTrials.None.Rate);
    }

    /// <summary>A rate of 0 or 1 leaves beliefs that can still change.</summary>
    [Fact]
    public void ArmOf_ExtremeRates_KeepsBeliefsBetweenNeverAndAlways()
    {
        var trials = new ItemTrials();
        trials.Replace([new("never", 1, 100_000_000, 0), new("always", 1, 100_000_000, 100_000_000)]);

        foreach (var placement in new[] { "never", "always" })
        {
            foreach (var value in new float[] { 0, 0.5f, 1 })
            {
                var arm = trials.Of(placement).ArmOf(2, value, 20);
                Assert.InRange(arm.PriorMean, 1e-4, 1 - 1e-4);
                Assert.True(arm is { Alpha: > 0, Beta: > 0 });
            }
        }
    }

    /// <summary>Erasures take what was shown and what came of it away at different times.</summary>
    [Fact]
    public void ArmOf_MoreRewardsThanTimesShown_StaysABelief()
    {
        var trials = new ItemTrials();
        trials.Replace([new("home", 1, 2, 5), new("home", 2, -1, 0)]);

        Assert.Equal((5, 5), (trials.Of("home").ArmOf(1, 1, 20).Count, trials.Of("home").ArmOf(1, 1, 20).Rewards));
        Assert.Equal(0, trials.Of("home").ArmOf(2, 1, 20).Count);
        Assert.True(trials.Of("home").ArmOf(1, 1, 20).Beta > 0);
    }

    [Fact]
    public void Replace_WhileReading_LeavesWhatAReaderFound()
    {
        var trials = new ItemTrials();
        trials.Replace([new("home", 1, 10, 1)]);
        var before = trials.Of("home");
        trials.Replace([new("home", 1, 20, 2)]);

        Assert.Equal(10, before.ArmOf(1, 1, 20).Count);
        Assert.Equal(20, trials.Of("home").ArmOf(1, 1, 20).Count);
    }
}
