using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Popularity;

public sealed class PopularityTrainerTests : TrainerContract
{
    private const long Day = TimeSpan.MillisecondsPerDay;

    // A list that ignores taste holds about a third of the right items.
    protected override double QualityFloor => 0.1;

    protected override bool KnowsEveryUser => true;

    protected override ITrainer CreateTrainer() => new PopularityTrainer(new PopularityOptions());

    [Fact]
    public void Train_SeveralKinds_SumsWeightsAndNeverFallsBelowZero()
    {
        // Item 1: purchase 8 + dislike -4 = 4. Item 2: view 1 + view 1 = 2. Item 3: view 1 + dislike -4, at least 0.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 1), (2, 1, Datasets.Dislike, 0, 2),
            (1, 2, Datasets.View, 0, 3), (1, 2, Datasets.View, 0, 4),
            (1, 3, Datasets.View, 0, 5), (2, 3, Datasets.Dislike, 0, 6));

        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Weights });

        Assert.Equal([4f, 2, 0], ScoresOf(trainer.Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_OneUserTenThousandPurchases_DoesNotPutTheItemFirst()
    {
        var dataset = Datasets.Of(
        [
            .. Enumerable.Range(0, 10_000).Select(time => (1, 1, Datasets.Purchase, 0f, (long)time)),
            (2, 2, Datasets.View, 0, 1), (3, 2, Datasets.View, 0, 2),
        ]);

        Assert.Equal([1f, 2], ScoresOf(CreateTrainer().Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_HalfLife_OlderCountsLess()
    {
        // Two half-lives old: 8 / 4 = 2. One: 8 / 2 = 4. Now: 8.
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 0), (1, 2, Datasets.Purchase, 0, 7 * Day), (1, 3, Datasets.Purchase, 0, 14 * Day));
        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Weights, HalfLifeDays = 7 });

        Assert.Equal([2f, 4, 8], ScoresOf(trainer.Train(dataset, new TrainingContext()), 0));
    }

    [Fact]
    public void Train_CountUsers_CountsEachUserOnceAndNotHimWhoIsAgainst()
    {
        // The default. Item 1: user 1 twice, user 2 once: 2 users. Item 2: user 1 looked (1), then disliked (-4): none. Item 3: user 2 bought (8) and disliked (-4): still for it.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 1), (1, 1, Datasets.View, 0, 2), (2, 1, Datasets.View, 0, 3),
            (1, 2, Datasets.View, 0, 4), (1, 2, Datasets.Dislike, 0, 5),
            (2, 3, Datasets.Purchase, 0, 6), (2, 3, Datasets.Dislike, 0, 7));

        Assert.Equal([2f, 0, 1], ScoresOf(CreateTrainer().Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_CountUsersWithHalfLife_TheLastInteractionOfAUserCounts()
    {
        // Item 1: user 1's last is 7 of 14 days old: 1/2; user 2's is 14 old: 1/4. Item 2: now, 1.
        var dataset = Datasets.Of(
            (1, 1, Datasets.View, 0, 0), (1, 1, Datasets.View, 0, 7 * Day), (2, 1, Datasets.Purchase, 0, 0), (2, 2, Datasets.View, 0, 14 * Day));
        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Users, HalfLifeDays = 7 });

        Assert.Equal([0.75f, 1], ScoresOf(trainer.Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_TrendDays_ScoresTheSurpriseOfTheLastDays()
    {
        // The last 7 days begin after day 28, the baseline is the 28 days before: a quarter of it is expected. All weights are 8, which cancels out of the score.
        // Item 1: x = 3, b = 12, e = 3: (3 - 3) / sqrt(3 + 1) = 0. Item 2: x = 3, b = 0: 3 / sqrt(0 + 1) = 3.
        // Item 3: x = 0, b = 12: -3 / sqrt(3 + 1) = -1.5. Item 4: bought before the baseline alone: 0.
        var dataset = Datasets.Of(
        [
            .. Bought(item: 1, count: 3, day: 35), .. Bought(item: 1, count: 12, day: 10),
            .. Bought(item: 2, count: 3, day: 30),
            .. Bought(item: 3, count: 12, day: 28),
            .. Bought(item: 4, count: 5, day: 0),
        ]);
        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Weights, TrendDays = 7, TrendBaselineDays = 28 });

        Assert.Equal([0f, 3, -1.5f, 0], ScoresOf(trainer.Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_TrendOfSeveralWeights_VarianceIsOfTheWeights()
    {
        // The baseline is one day and the trend one: e = b. Item 1: x = 8 + 1 = 9, b = 1 + 1 = 2, squares 1 + 1 = 2.
        // The squares of all five counts are 64 + 1 + 1 + 1 + 1 = 68, their mean 13.6. (9 - 2) / sqrt(2 + 13.6) = 1.7723.
        // Item 2: b = 1: -1 / sqrt(1 + 13.6) = -0.2617.
        var dataset = Datasets.Of(
            (1, 1, Datasets.Purchase, 0, 2 * Day), (2, 1, Datasets.View, 0, 2 * Day),
            (1, 1, Datasets.View, 0, 1 * Day), (2, 1, Datasets.View, 0, 1 * Day), (3, 2, Datasets.View, 0, 1 * Day), (3, 3, Datasets.View, 0, 0));
        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Weights, TrendDays = 1, TrendBaselineDays = 1 });

        var scores = ScoresOf(trainer.Train(dataset, new TrainingContext()), -1);

        Assert.Equal(1.7723f, scores[0], 1e-4f);
        Assert.Equal(-0.2617f, scores[1], 1e-4f);
        Assert.Equal(0, scores[2]);
    }

    [Fact]
    public void Train_TrendOfAYoungShop_BaselineIsAsLongAsTheDataReachBack()
    {
        // Day 3 is the newest, the trend one day, so the baseline reaches from day 0 to day 2: 2 days, not 28. Two users in them let expect one.
        // Item 1: x = 1, e = 1: 0. Item 2: x = 2, b = 0: 2 / sqrt(0 + 1) = 2.
        var dataset = Datasets.Of(
            (1, 1, Datasets.View, 0, 0), (2, 1, Datasets.View, 0, 1 * Day), (3, 1, Datasets.Purchase, 0, 3 * Day),
            (4, 2, Datasets.View, 0, 3 * Day), (5, 2, Datasets.Purchase, 0, 3 * Day));
        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Users, TrendDays = 1 });

        Assert.Equal([0f, 2], ScoresOf(trainer.Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_TrendWithoutAnythingBefore_IsPopularity()
    {
        // Nothing is expected, and m = 64: 8 n / sqrt(64) = n.
        var dataset = Datasets.OfPurchases((1, 1), (2, 1), (3, 1), (1, 2));
        var trainer = new PopularityTrainer(new PopularityOptions { Count = PopularityCount.Weights, TrendDays = 7 });

        Assert.Equal([3f, 1], ScoresOf(trainer.Train(dataset, new TrainingContext()), -1));
    }

    [Fact]
    public void Train_HalfLifeAndTrend_SaysToUnsetOne()
    {
        var trainer = new PopularityTrainer(new PopularityOptions { HalfLifeDays = 7, TrendDays = 7 });
        Assert.Throws<TrainingException>(() => trainer.Train(Datasets.OfPurchases((1, 1)), new TrainingContext()));
    }

    [Fact]
    public void Retrieve_EqualScores_LowerIndexFirst()
    {
        var model = new PopularityModel(KeyMap.Empty, KeyMap.FromAscending([1, 2, 3, 4]), [1, 2, 1, 2]);
        Assert.Equal([1, 3, 0], Retrieved(model, -1, [], 3));
    }

    /// <summary>Purchases of an item by as many users.</summary>
    private static IEnumerable<(int User, int Item, byte Kind, float Value, long Time)> Bought(int item, int count, int day) =>
        Enumerable.Range(100 * day, count).Select(user => (user, item, Datasets.Purchase, 0f, day * Day));
}
