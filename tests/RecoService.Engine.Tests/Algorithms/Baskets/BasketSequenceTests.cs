using FsCheck.Xunit;
using RecoService.Engine.Algorithms.Baskets;
using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Algorithms.Baskets;

public sealed class BasketSequenceTests
{
    private const long Day = TimeSpan.MillisecondsPerDay;

    /// <summary>Item 0 in all of three baskets, twice in the newest; item 1 in the oldest; item 2 in the middle one, and disliked since.</summary>
    private static readonly InteractionDataset Dataset = Datasets.Of(
        (1, 0, Datasets.Purchase, 0, 0), (1, 1, Datasets.Purchase, 0, 0),
        (1, 0, Datasets.Purchase, 0, Day - 1), (1, 2, Datasets.View, 0, Day - 1),
        (1, 0, Datasets.Purchase, 0, Day), (1, 0, Datasets.View, 0, Day), (1, 2, Datasets.Dislike, 0, Day));

    [Fact]
    public void Sum_Moments_CountsAnItemOncePerBasketItStandsIn()
    {
        using var baskets = new BasketSequence(Dataset.HistoryOf(0), BasketUnit.Moment);
        var sums = new float[3];
        baskets.Sum([100, 10, 1], sums);

        Assert.Equal((3, Day, Day - 1, 0), (baskets.Count, baskets.TimeOf(0), baskets.TimeOf(1), baskets.TimeOf(2)));
        Assert.Equal([111, 1, 0], sums);
    }

    [Fact]
    public void Sum_Days_PutsADayTogether()
    {
        using var baskets = new BasketSequence(Dataset.HistoryOf(0), BasketUnit.Day);
        var sums = new float[3];
        baskets.Sum([10, 1], sums);

        // The first two moments are of one day, whose newest time is that of the second.
        Assert.Equal((2, Day, Day - 1), (baskets.Count, baskets.TimeOf(0), baskets.TimeOf(1)));
        Assert.Equal([11, 1, 0], sums);
    }

    [Fact]
    public void Count_DaysBefore1970_AreDaysToo()
    {
        using var baskets = new BasketSequence(Datasets.Of((1, 0, Datasets.View, 0, -1), (1, 1, Datasets.View, 0, 1), (1, 2, Datasets.View, 0, -Day)).HistoryOf(0), BasketUnit.Day);

        Assert.Equal(2, baskets.Count);
    }

    [Fact]
    public void Sum_WithoutEvents_TakesTheItemsAtTheirLastTimes()
    {
        using var baskets = new BasketSequence(new UserHistory(-1, [3, 5, 8], [1, 1, 1], [7, 2, 7], [0, 0, 0]), BasketUnit.Moment);
        var sums = new float[3];
        baskets.Sum([10, 1], sums);

        Assert.Equal([10, 1, 10], sums);
    }

    [Fact]
    public void Sum_ItemsOutsideTheHistory_AreLeftOut()
    {
        // The model does not know item 9, which stands among the events.
        var history = new UserHistory(0, [2], [1], [4], [float.NaN], new UserEvents([2, 9], [0, 0], [0, 0], [4, 5]));
        using var baskets = new BasketSequence(history, BasketUnit.Moment);
        var sums = new float[1];
        baskets.Sum([10, 1], sums);

        Assert.Equal([1], sums);
    }

    [Fact]
    public void Count_NothingDone_IsNone()
    {
        using var baskets = new BasketSequence(new UserHistory(-1), BasketUnit.Day);
        baskets.Sum([], []);

        Assert.Equal(0, baskets.Count);
    }

    [Property]
    public void Sum_OfOnes_IsTheNumberOfDistinctTimesOfEachItem((byte Item, byte Time)[] events)
    {
        var dataset = Datasets.Of([.. events.Select(one => (1, one.Item % 10, Datasets.View, 0f, (long)(one.Time % 20)))]);
        if (dataset.Users.Count == 0)
            return;
        var history = dataset.HistoryOf(0);
        using var baskets = new BasketSequence(history, BasketUnit.Moment);
        var weights = Enumerable.Repeat(1f, baskets.Count).ToArray();
        var sums = new float[history.Items.Length];
        baskets.Sum(weights, sums);

        Assert.Equal(events.Select(one => one.Time % 20).Distinct().Count(), baskets.Count);
        Assert.Equal(events.GroupBy(one => one.Item % 10).OrderBy(group => group.Key).Select(group => (float)group.Select(one => one.Time % 20).Distinct().Count()), sums);
    }
}
