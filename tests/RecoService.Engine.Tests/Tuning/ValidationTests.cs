using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Tuning;

public sealed class ValidationTests
{
    [Fact]
    public void Measure_Fraction_TrainsAndJudgesOnThatPartOfTheUsers()
    {
        var validation = PlantedShop.Validation(90);
        var small = new Recorder();
        var large = new Recorder();

        var third = validation.Measure(small, 1.0 / 3, new TrainingContext());
        var whole = validation.Measure(large, 1, new TrainingContext());

        Assert.Equal((30, 90), (third.Lists!.UserCount, whole.Lists!.UserCount));
        Assert.Equal(30, small.Users.Count);
        Assert.Equal(third.Lists.Users.ToArray(), small.Users.Order());
        Assert.Subset(large.Users, small.Users);
        Assert.Equal(90, validation.UserCount);
    }

    [Fact]
    public void Measure_LargerFraction_HoldsTheSmaller()
    {
        var validation = PlantedShop.Validation(90);
        var (small, large) = (new Recorder(), new Recorder());
        validation.Measure(small, 1.0 / 9, new TrainingContext());
        validation.Measure(large, 1.0 / 3, new TrainingContext());

        Assert.Equal((10, 30), (small.Users.Count, large.Users.Count));
        Assert.Subset(large.Users, small.Users);
    }

    [Fact]
    public void Measure_Ratings_IsTheRootMeanSquaredError()
    {
        // Users 0..2 gave item 0 a 4 before, item 1 a 3, 4 and 5 after. Everything is predicted as 4: errors 1, 0, 1, so RMSE is sqrt(2/3).
        var all = Datasets.Of([.. Enumerable.Range(0, 3).SelectMany(user => new[]
        {
            (user, 0, Datasets.Rating, 4f, 0L), (user, 1, Datasets.Rating, 3f + user, 1L),
        })]);
        var validation = new Validation(all.SplitByTime(0.5), EvaluationProtocol.Ratings, seed: 1);

        var measured = validation.Measure(new Constant(4), 1, new TrainingContext());
        var worse = validation.Measure(new Constant(3), 1, new TrainingContext());

        Assert.Equal(("RMSE", TrainerTarget.Ratings, 3), (validation.MeasureName, validation.Target, validation.UserCount));
        Assert.Equal(Math.Sqrt(2 / 3.0), measured.Value, 6);
        Assert.True(measured.IsBetterThan(worse));
        Assert.Equal(measured.Value - worse.Value, validation.Compare(measured, worse).Mean, 6);
    }

    [Fact]
    public void Measure_ManyUsers_JudgesSomeAndTrainsOnAll()
    {
        var fold = EvaluationFold.OfLists(PlantedShop.Split(90));
        var validation = new Validation(fold, PlantedShop.TopTen, seed: 7, maxUsers: 20);
        var trained = new Recorder();

        var measured = validation.Measure(trained, 1, new TrainingContext());

        Assert.Equal((20, 20, 90), (validation.UserCount, measured.Lists!.UserCount, trained.Users.Count));
        Assert.Equal(measured.Lists.Users.ToArray(), new Validation(fold, PlantedShop.TopTen, seed: 7, maxUsers: 20).Measure(new Recorder(), 1, new TrainingContext()).Lists!.Users.ToArray());
    }

    /// <summary>What a protocol shows to the model and keeps from its training is shown here too, and not listed.</summary>
    [Fact]
    public void Measure_HistoryBeyondTheTraining_IsKnownAndNotRanked()
    {
        var (first, second, third) = (0, 1, 2);
        var all = Datasets.Of([.. Enumerable.Range(0, 4).SelectMany(user => new[] { first, second, third }.Select(item => (user, item, Datasets.Purchase, 0f, (long)item)))]);
        var split = Splits.LeaveLastOut(all);
        var fold = EvaluationFold.OfLists(new DataSplit(split.Train, split.Test)) with { History = split.TrainAndValidation };
        var validation = new Validation(fold, PlantedShop.TopTen, seed: 7);

        var measured = validation.Measure(new Constant(1), 1, new TrainingContext());
        var part = validation.Measure(new Constant(1), 0.5, new TrainingContext());

        // With all equal and the two known items left out, the third is all that there is to list.
        Assert.Equal((1.0, 1.0), (measured.Value, part.Value));
        Assert.Equal((4, 2), (measured.Lists!.UserCount, part.Lists!.UserCount));
    }

    [Fact]
    public void TimeOfList_IsTheMeanOverLists()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var validation = PlantedShop.Validation(90);
        var model = PlantedShop.Trainer(clock, 0, 1, listMicroseconds: 70).Train(validation.TrainPart(1), new TrainingContext());

        Assert.Equal(70, validation.TimeOfList(model, 1, clock)!.Value.TotalMicroseconds, 3);
    }

    [Fact]
    public void WindowsOf_DataCutByTime_EachEndsWhereTheNextBegins()
    {
        var all = Datasets.Of([.. Enumerable.Range(0, 10).SelectMany(user => Enumerable.Range(0, 8).Select(time => (user, (user + time) % 12, Datasets.Purchase, 0f, (long)time)))]);
        var cut = 8;
        Validation? Cut(InteractionDataset train) => --cut > 0 ? new Validation(Splits.AtTime(train, cut), PlantedShop.TopTen, seed: 1) : null;

        var windows = Validation.WindowsOf(all, Cut, count: 3).ToList();

        Assert.Equal([70, 60, 50], windows.Select(window => window.TrainPart(1).Count));
        Assert.All(windows, window => Assert.Equal(10, window.UserCount));
        cut = 3;
        Assert.Equal(2, Validation.WindowsOf(all, Cut, count: 5).Count());
        Assert.Empty(Validation.WindowsOf(Datasets.Empty, train => new Validation(new DataSplit(train, train), PlantedShop.TopTen, seed: 1)));
    }

    [Theory]
    [InlineData(1, 1_000)]
    [InlineData(30, 3_000)]
    [InlineData(300, 10_000)]
    public void MaxUsersWithin_AShortBudget_JudgesFewer(int seconds, int expected) => Assert.Equal(expected, Validation.MaxUsersWithin(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void MaxUsersWithin_NoBudget_JudgesTheMost() => Assert.Equal(Validation.DefaultMaxUsers, Validation.MaxUsersWithin(null));

    [Fact]
    public void Measure_UnsoundModel_Throws() =>
        Assert.Throws<TrainingException>(() => PlantedShop.Validation(10).Measure(new Unsound(), 1, new TrainingContext()));

    private sealed class Recorder : ITrainer
    {
        public HashSet<int> Users { get; } = [];

        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            Users.UnionWith(Enumerable.Range(0, dataset.Users.Count).Where(user => dataset.UserCount(user) > 0));
            return new PopularityTrainer(new PopularityOptions()).Train(dataset, context);
        }
    }

    private sealed class Constant(float rating) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context) => new FixedScorer(dataset.Users, dataset.Items, (_, _) => rating);
    }

    private sealed class Unsound : ITrainer, IScorer
    {
        public KeyMap Users => KeyMap.Empty;

        public KeyMap Items => KeyMap.Empty;

        public IScorer Train(InteractionDataset dataset, TrainingContext context) => this;

        public bool IsSound() => false;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores) => throw new NotSupportedException();

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best) => throw new NotSupportedException();

        public IScorer Rebase(KeyMap users, KeyMap items) => throw new NotSupportedException();
    }
}
