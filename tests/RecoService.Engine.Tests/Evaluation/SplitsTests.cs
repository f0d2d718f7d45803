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
    public void LastBasket_OfEachWithTwo_IsHeldOutAsAWhole()
    {
        // User 0: {1, 2}, {3}, {1, 4}; user 1: {5, 6} alone; user 2: {7}, {7}; item 0 is there too.
        var baskets = Datasets.Of(
            (0, 1, Datasets.Purchase, 0, 10), (0, 2, Datasets.Purchase, 0, 10), (0, 3, Datasets.Purchase, 0, 20), (0, 1, Datasets.Purchase, 0, 30), (0, 4, Datasets.View, 0, 30),
            (1, 5, Datasets.Purchase, 0, 10), (1, 6, Datasets.Purchase, 0, 10), (2, 7, Datasets.Purchase, 0, 10), (2, 7, Datasets.Purchase, 0, 40), (3, 0, Datasets.Purchase, 0, 1));

        var split = Splits.LastBasket(baskets);

        Assert.Equal([(0, 1), (0, 4), (2, 7)], Pairs(split.Holdout));
        Assert.Equal([(0, 1), (0, 2), (0, 3), (1, 5), (1, 6), (2, 7), (3, 0)], Pairs(split.Train));
        Assert.Equal([(0, 3)], Pairs(Splits.LastBasket(split.Train).Holdout));
        Assert.Equal(0, Splits.LastBasket(Datasets.Empty).Holdout.Count);
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

    /// <summary>What came first in the file would otherwise be known, and what came last be looked for.</summary>
    [Fact]
    public void LeaveLastOut_InteractionsOfOneTime_AreOrderedByChanceAndSeed()
    {
        var all = Datasets.Of([.. Enumerable.Range(0, 300).SelectMany(user => new[] { (user, 0, Datasets.Purchase, 0f, 1L), (user, 1, Datasets.Purchase, 0f, 2L), (user, 2, Datasets.Purchase, 0f, 2L) })]);

        var lasts = Splits.LeaveLastOut(all, seed: 5).Test;
        var ofTwo = Enumerable.Range(0, 300).Count(user => lasts.UserItemIndexes(user)[0] == 2);

        Assert.InRange(ofTwo, 110, 190);
        Assert.All(Enumerable.Range(0, 300), user => Assert.NotEqual(0, lasts.UserItemIndexes(user)[0]));
        Assert.Equal(Pairs(lasts), Pairs(Splits.LeaveLastOut(all, seed: 5).Test));
        Assert.NotEqual(Pairs(lasts), Pairs(Splits.LeaveLastOut(all, seed: 6).Test));
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
