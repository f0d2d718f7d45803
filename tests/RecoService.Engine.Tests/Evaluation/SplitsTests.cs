using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class SplitsTests
{
    /// <summary>User 0 takes 10 items, user 1 four, user 2 one, user 3 two; a millisecond apart.</summary>
    private static readonly InteractionDataset All = Datasets.OfPurchases(
    [
        .. Enumerable.Range(0, 10).Select(item => (0, item)), .. Enumerable.Range(0, 4).Select(item => (1, item)), (2, 7), (3, 8), (3, 1),
    ]);

    [Fact]
    public void Folds_Five_HoldOutEverythingOnce()
    {
        var folds = Splits.Folds(All, 5, seed: 1).ToList();

        Assert.Equal(5, folds.Count);
        Assert.Equal([4, 4, 3, 3, 3], folds.Select(fold => fold.Holdout.Count));
        Assert.All(folds, fold => Assert.Equal(Pairs(All), Pairs(fold.Train).Concat(Pairs(fold.Holdout)).Order()));
        Assert.Equal(Pairs(All), folds.SelectMany(fold => Pairs(fold.Holdout)).Order());
        Assert.All(folds, fold => Assert.Same(All.Items, fold.Train.Items));
    }

    [Fact]
    public void Folds_SameSeedAndAnother_AreTheSameAndOthers()
    {
        Assert.Equal(Held(1), Held(1));
        Assert.NotEqual(Held(1), Held(2));

        static List<(int, int)> Held(int seed) => Pairs(Splits.Folds(All, 3, seed).First().Holdout);
    }

    [Fact]
    public void RandomPerUser_Fifth_TakesSoManyOfEachAndLeavesOne()
    {
        var split = Splits.RandomPerUser(All, 0.2, seed: 1);

        // 10 * 0.2 = 2, 4 * 0.2 = 0.8 -> 1, 1 * 0.2 -> 0, 2 * 0.2 = 0.4 -> 0.
        Assert.Equal([2, 1, 0, 0], Enumerable.Range(0, 4).Select(split.Holdout.UserCount));
        Assert.Equal(Pairs(All), Pairs(split.Train).Concat(Pairs(split.Holdout)).Order());
        Assert.Equal(Pairs(split.Holdout), Pairs(Splits.RandomPerUser(All, 0.2, seed: 1).Holdout));

        // All but one at most.
        Assert.Equal([9, 3, 0, 1], Enumerable.Range(0, 4).Select(Splits.RandomPerUser(All, 0.99, seed: 1).Holdout.UserCount));
    }

    [Fact]
    public void LeaveLastOut_Histories_LastTestsAndTheOneBeforeValidates()
    {
        var split = Splits.LeaveLastOut(All);

        Assert.Equal([(0, 9), (1, 3), (3, 1)], Pairs(split.Test));
        Assert.Equal([(0, 8), (1, 2)], Pairs(split.Validation));
        Assert.Equal([8, 2, 1, 1], Enumerable.Range(0, 4).Select(split.Train.UserCount));
        Assert.Equal(Pairs(All), Pairs(split.TrainAndValidation).Concat(Pairs(split.Test)).Order());
    }

    [Fact]
    public void AtTime_Cut_GoesToTheHoldout()
    {
        var split = Splits.AtTime(All, 9);
        Assert.Equal((9, 8, 9L), (split.Train.Count, split.Holdout.Count, split.CutTime));
        Assert.Equal(9, split.Holdout.UserItemIndexes(0)[0]);
    }

    [Fact]
    public void Any_BadArgument_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Folds(All, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.RandomPerUser(All, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.RandomPerUser(All, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => All.Where([true]));
    }

    [Fact]
    public void Any_EmptyDataset_GivesEmptyParts()
    {
        Assert.All(Splits.Folds(Datasets.Empty, 2, 0), fold => Assert.Equal((0, 0), (fold.Train.Count, fold.Holdout.Count)));
        Assert.Equal(0, Splits.LeaveLastOut(Datasets.Empty).Test.Count);
        Assert.Equal(0, Splits.RandomPerUser(Datasets.Empty, 0.5, 0).Train.Count);
    }

    private static List<(int User, int Item)> Pairs(InteractionDataset dataset) =>
        [.. Enumerable.Range(0, dataset.Users.Count).SelectMany(user => dataset.UserItemIndexes(user).ToArray().Order().Select(item => (user, dataset.Items[item])))];
}
