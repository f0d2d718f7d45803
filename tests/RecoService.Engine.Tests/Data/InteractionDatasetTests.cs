using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class InteractionDatasetTests
{
    [Fact]
    public void UserItems_SeveralInteractions_SumsTheirWeights()
    {
        // purchase 8 + view 1 = 9; dislike -4; a rating of 2 on a scale up to 5 with weight 5 = 2.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 1), (1, 1, Datasets.View, 0, 2), (1, 2, Datasets.Dislike, 0, 3), (2, 1, Datasets.Rating, 2, 4));

        Assert.Equal([(0, 0, 9f), (0, 1, -4f), (1, 0, 2f)], dataset.UserItems.Entries());
        Assert.Equal([(0, 0, 9f), (0, 1, 2f), (1, 0, -4f)], dataset.ItemUsers.Entries());
    }

    [Fact]
    public void Ratings_RatedAgain_TheLastCounts()
    {
        var dataset = Datasets.Of(
            (1, 1, Datasets.Rating, 5, 20), (1, 1, Datasets.Rating, 2, 10), (1, 2, Datasets.Rating, 3, 5), (1, 2, Datasets.Rating, 4, 5), (1, 3, Datasets.View, 0, 9));

        Assert.Equal([(0, 0, 5f), (0, 1, 4f)], dataset.Ratings.Entries());
    }

    [Fact]
    public void SplitByTime_DistinctTimes_HoldsOutTheNewestFraction()
    {
        var dataset = Datasets.Of([.. Enumerable.Range(0, 10).Select(time => (time % 3, time, Datasets.View, 0f, (long)time))]);

        var split = dataset.SplitByTime(0.2);

        Assert.Equal((8, 2, 8L), (split.Train.Count, split.Holdout.Count, split.CutTime));
        Assert.Same(dataset.Items, split.Train.Items);
        Assert.Same(dataset.Users, split.Holdout.Users);
        Assert.Equal([(2, 8, 1f)], split.Holdout.UserItems.Entries().Where(entry => entry.Column == 8));
    }

    [Fact]
    public void SplitByTime_TiesAtTheCut_AllGoToTheHoldout()
    {
        var dataset = Datasets.Of(
            (1, 1, Datasets.View, 0, 1), (1, 2, Datasets.View, 0, 2), (1, 3, Datasets.View, 0, 5), (1, 4, Datasets.View, 0, 5), (1, 5, Datasets.View, 0, 5));

        var split = dataset.SplitByTime(0.2);

        Assert.Equal((2, 3, 5L), (split.Train.Count, split.Holdout.Count, split.CutTime));
    }

    [Fact]
    public void SplitByTime_OldestTimeDominates_TrainsOnItAll()
    {
        var dataset = Datasets.Of(
            (1, 1, Datasets.View, 0, 1), (1, 2, Datasets.View, 0, 1), (1, 3, Datasets.View, 0, 1), (1, 4, Datasets.View, 0, 9));

        var split = dataset.SplitByTime(0.5);

        Assert.Equal((3, 1, 9L), (split.Train.Count, split.Holdout.Count, split.CutTime));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void SplitByTime_NoSpreadInTime_HoldoutIsEmpty(int count)
    {
        var dataset = Datasets.Of([.. Enumerable.Range(0, count).Select(item => (1, item, Datasets.View, 0f, 7L))]);

        var split = dataset.SplitByTime(0.2);

        Assert.Equal((count, 0), (split.Train.Count, split.Holdout.Count));
    }

    [Fact]
    public void SplitByTime_TinyFraction_HoldsOutTheNewest()
    {
        var dataset = Datasets.Of((1, 1, Datasets.View, 0, 1), (1, 2, Datasets.View, 0, 2));
        Assert.Equal(1, dataset.SplitByTime(1e-300).Holdout.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void SplitByTime_FractionOutOfRange_Throws(double fraction) =>
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => Datasets.Empty.SplitByTime(fraction));

    [Fact]
    public void Where_SomeTimes_KeepsKeysAndOrder()
    {
        var dataset = Datasets.Of((1, 1, Datasets.View, 0, 1), (1, 2, Datasets.Rating, 3, 2), (2, 1, Datasets.View, 0, 3));

        var part = dataset.Where(time => time == 2);

        Assert.Equal(1, part.Count);
        Assert.Equal([1], part.UserItemIndexes(0));
        Assert.Equal([3f], part.UserValues(0));
        Assert.Equal(0, part.UserCount(1));
        Assert.Equal(3, dataset.Count);
    }
}
