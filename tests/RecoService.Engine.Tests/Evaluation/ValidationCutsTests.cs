using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Evaluating;

namespace RecoService.Engine.Tests.Evaluation;

/// <summary>A validation part is cut as the test part was.</summary>
public sealed class ValidationCutsTests
{
    /// <summary>Ten users with ten items each, one a day; user u begins on day u.</summary>
    private static readonly InteractionDataset All = Datasets.Of([
        .. Enumerable.Range(0, 10).SelectMany(user => Enumerable.Range(0, 10).Select(item => (user, item, Datasets.Purchase, 0f, (long)(user + item) * 86_400_000)))]);

    [Fact]
    public void LikeParts_AllThatIsNewest_IsCutByTime()
    {
        var (name, cut) = ValidationCuts.LikeParts(All.SplitByTime(0.2), hasTimes: true, isOrdered: false);
        var train = All.SplitByTime(0.2).Train;
        var validation = cut(train, 1);

        Assert.Equal("time", name);
        Assert.True(NewestOf(validation.Train) <= OldestOf(validation.Holdout));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void LikeParts_TheLastItemOfEach_IsLeftOut(bool hasTimes, bool isOrdered)
    {
        var split = Splits.LeaveLastOut(All);

        var (name, cut) = ValidationCuts.LikeParts(new DataSplit(split.TrainAndValidation, split.Test), hasTimes, isOrdered);
        var validation = cut(split.TrainAndValidation, 1);

        Assert.Equal("leave-last-out", name);
        Assert.All(Enumerable.Range(0, 10), user => Assert.Equal(8, validation.Holdout.UserItemIndexes(user).ToArray().Single()));
    }

    /// <summary>Without an order a single held-out item says nothing of when it came.</summary>
    [Fact]
    public void LikeParts_OneItemOfEachWithoutOrder_IsRandom()
    {
        var split = Splits.LeaveLastOut(All);

        Assert.Equal("random", ValidationCuts.LikeParts(new DataSplit(split.TrainAndValidation, split.Test), hasTimes: false, isOrdered: false).Name);
    }

    [Fact]
    public void LikeParts_APartOfEachByChance_IsRandomAndAsLarge()
    {
        var split = Splits.RandomPerUser(All, 0.3, seed: 5);

        var (name, cut) = ValidationCuts.LikeParts(split, hasTimes: true, isOrdered: false);
        var validation = cut(split.Train, 1);

        Assert.Equal("random", name);
        Assert.Equal(20, validation.Holdout.Count);
    }

    [Theory]
    [InlineData("leave-last-out", 10)]
    [InlineData("last-basket", 10)]
    [InlineData("random=0.2", 16)]
    [InlineData("folds=5", 16)]
    public void LikeSplit_CutsAsTheOptionDoes(string how, int heldOut)
    {
        var split = EvaluationInput.SplitOf(All, how, seed: 3, hasTimes: true)[0];

        Assert.InRange(ValidationCuts.LikeSplit(how, split)(split.Train, 4).Holdout.Count, heldOut - 4, heldOut + 4);
    }

    [Theory]
    [InlineData("time=0.2")]
    [InlineData("time=1970-01-14")]
    public void LikeSplit_Time_HoldsTheNewestOut(string how)
    {
        var split = EvaluationInput.SplitOf(All, how, seed: 3, hasTimes: true)[0];
        var validation = ValidationCuts.LikeSplit(how, split)(split.Train, 4);

        Assert.True(validation.Holdout.Count > 0);
        Assert.True(NewestOf(validation.Train) <= OldestOf(validation.Holdout));
    }

    private static long NewestOf(InteractionDataset dataset) => Enumerable.Range(0, 10).Where(user => dataset.UserCount(user) > 0).Max(user => dataset.UserTimes(user)[^1]);

    private static long OldestOf(InteractionDataset dataset) => Enumerable.Range(0, 10).Where(user => dataset.UserCount(user) > 0).Min(user => dataset.UserTimes(user)[0]);
}
