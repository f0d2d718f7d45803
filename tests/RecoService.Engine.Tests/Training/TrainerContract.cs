using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

/// <summary>What every trainer and its model must keep; a trainer's test class inherits it.</summary>
public abstract class TrainerContract
{
    private const int FutureTime = 1_000_000;

    protected abstract ITrainer CreateTrainer();

    /// <summary>nDCG@10 on planted tastes that the trainer must reach. A list of nothing but the right taste scores about 0.5: 6 of its 14 unseen items are held out.</summary>
    protected abstract double QualityFloor { get; }

    /// <summary>True for a model that has the same scores for users it never saw.</summary>
    protected virtual bool KnowsEveryUser => false;

    /// <summary>False for a model that cannot say anything of the only item there is, because it never scores an item by itself.</summary>
    protected virtual bool KnowsLonelyPair => true;

    /// <summary>True for a model that knows an item by something else than who touched it.</summary>
    protected virtual bool KnowsUntouchedItems => false;

    /// <summary>Adds an interaction that this trainer takes as "for".</summary>
    protected virtual void Like(InteractionDatasetBuilder builder, int user, int item, long time) =>
        builder.Add(user, item, Datasets.Purchase, 0, time);

    /// <summary>Adds what this trainer needs to learn "against"; nothing where silence says it.</summary>
    protected virtual void Ignore(InteractionDatasetBuilder builder, int user, int item, long time)
    {
    }

    [Fact]
    public void Train_SameSeed_SameScores()
    {
        var dataset = PlantedTastes().Train;
        Assert.Equal(AllScores(Train(dataset, new TrainingContext(seed: 5)), dataset), AllScores(Train(dataset, new TrainingContext(seed: 5)), dataset));
    }

    [Fact]
    public void Train_AlreadyCancelled_Throws()
    {
        var dataset = PlantedTastes().Train;
        Assert.ThrowsAny<OperationCanceledException>(() => CreateTrainer().Train(dataset, new TrainingContext(cancellationToken: new CancellationToken(canceled: true))));
    }

    [Fact]
    public void Train_CancelledOnTheWay_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Recorder(_ => cancellation.Cancel());
        var dataset = PlantedTastes().Train;
        Assert.ThrowsAny<OperationCanceledException>(() => CreateTrainer().Train(dataset, new TrainingContext(2, progress: progress, cancellationToken: cancellation.Token)));
    }

    [Fact]
    public void Train_ToTheEnd_ReportsRisingProgressUpToOne()
    {
        var progress = new Recorder(_ => { });
        CreateTrainer().Train(PlantedTastes().Train, new TrainingContext(progress: progress));
        Assert.Equal(progress.Fractions.Order(), progress.Fractions);
        Assert.InRange(progress.Fractions[0], 0, 1);
        Assert.Equal(1, progress.Fractions[^1]);
    }

    [Fact]
    public void Train_EmptyDataset_GivesAnEmptyModel()
    {
        var model = CreateTrainer().Train(Datasets.Empty, new TrainingContext());
        var best = new TopK(5);
        model.Retrieve(-1, [], best);
        Assert.Equal((0, 0, 0), (model.Users.Count, model.Items.Count, best.Count));
    }

    [Fact]
    public void Train_OneUserOneItem_ScoresThePair()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        Like(builder, 3, 4, 0);
        var dataset = builder.Build();
        var scores = ScoresOf(Train(dataset, new TrainingContext()), dataset, 0);
        Assert.Equal(KnowsLonelyPair, float.IsFinite(scores[0]));
    }

    [Fact]
    public void Train_AnyDataset_LeavesItAsItWas()
    {
        var dataset = PlantedTastes().Train;
        var before = ContentOf(dataset);
        CreateTrainer().Train(dataset, new TrainingContext(2));
        Assert.Equal(before, ContentOf(dataset));
    }

    [Fact]
    public void Score_EveryPair_IsFiniteOrNaN()
    {
        var dataset = WithUnseen();
        var scores = AllScores(Train(dataset, new TrainingContext()), dataset);
        Assert.All(scores, score => Assert.False(float.IsInfinity(score)));
        Assert.Contains(scores, float.IsFinite);
    }

    [Fact]
    public void Score_UserWithoutHistory_IsNaNUnlessEveryUserIsKnown()
    {
        var dataset = WithUnseen();
        var model = Train(dataset, new TrainingContext());
        Assert.True(dataset.Users.TryGetIndex(UnseenUser, out var unseen));

        foreach (var user in new[] { -1, unseen })
        {
            var best = new TopK(5);
            model.Retrieve(HistoryOf(dataset, user), [], best);
            Assert.Equal(KnowsEveryUser ? 5 : 0, best.Count);
            Assert.Equal(KnowsEveryUser, ScoresOf(model, dataset, user).Any(float.IsFinite));
        }
    }

    [Fact]
    public void Score_ItemUnseenInTraining_IsNaNAndNotRetrievedUnlessUntouchedItemsAreKnown()
    {
        var dataset = WithUnseen();
        var model = Train(dataset, new TrainingContext());
        Assert.True(dataset.Items.TryGetIndex(UnseenItem, out var unseen));

        var users = Enumerable.Range(-1, dataset.Users.Count + 1).ToArray();
        Assert.Equal(KnowsUntouchedItems, users.Any(user => !float.IsNaN(ScoresOf(model, dataset, user)[unseen])));
        Assert.Equal(KnowsUntouchedItems, users.Any(user => Retrieved(model, dataset, user, [], dataset.Items.Count).Contains(unseen)));
    }

    [Fact]
    public void Retrieve_SomeBlocked_EqualsSortedScoresOfTheRest()
    {
        var dataset = WithUnseen();
        var model = Train(dataset, new TrainingContext());
        var blocked = new ulong[Bits.WordsFor(7)];
        Bits.Set(blocked, 0);
        Bits.Set(blocked, 6);
        for (var user = 0; user < model.Users.Count; user++)
        {
            var scores = ScoresOf(model, dataset, user);
            var expected = Enumerable.Range(0, scores.Length).Where(item => item is not (0 or 6) && !float.IsNaN(scores[item])).OrderByDescending(item => scores[item]).Take(10);
            Assert.Equal(expected, Retrieved(model, dataset, user, blocked, 10));
        }
    }

    [Fact]
    public void Read_WhatWasWritten_ScoresTheSame()
    {
        var dataset = WithUnseen();
        var model = Train(dataset, new TrainingContext());
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;

        var read = ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats).WithHistories(dataset);

        Assert.Equal(model.Users.Keys, read.Users.Keys);
        Assert.Equal(model.Items.Keys, read.Items.Keys);
        Assert.Equal(AllScores(model, dataset), AllScores(read, dataset));
    }

    [Fact]
    public virtual void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        var kept = dataset.UserItemIndexes(8)[0];
        var (low, high) = (Math.Min(kept, 2), Math.Max(kept, 2) + (kept == 2 ? 1 : 0));
        var users = KeyMap.FromAscending([model.Users[3], model.Users[8], 1_000_000]);
        var items = KeyMap.FromAscending([-7, model.Items[low], model.Items[high]]);

        var rebased = model.Rebase(users, items);

        var expected = new float[2];
        model.Score(new UserHistory(8, [kept], [1], [0], [5]), [low, high], expected);
        var actual = new float[3];
        rebased.Score(new UserHistory(1, [kept == low ? 1 : 2], [1], [0], [5]), [0, 1, 2], actual);
        Assert.Equal([float.NaN, .. expected], actual);
        rebased.Score(new UserHistory(2), [0, 1, 2], actual);
        Assert.Equal(KnowsEveryUser, actual.Any(float.IsFinite));
    }

    /// <summary>What a shop may look like on its first day, or after a bad import.</summary>
    public static TheoryData<string> OddDatasets => ["one user", "one item", "equal ratings", "duplicates", "untouched item", "only dislikes", "nothing but an untouched item"];

    [Theory]
    [MemberData(nameof(OddDatasets))]
    public void Train_OddDataset_GivesNoOddScoresOrSaysWhyNot(string name)
    {
        var dataset = OddDataset(name);
        IScorer model;
        try
        {
            model = Train(dataset, new TrainingContext());
        }
        catch (TrainingException exception)
        {
            Assert.NotEmpty(exception.Message);
            return;
        }

        Assert.True(model.IsSound());
        for (var user = -1; user < dataset.Users.Count; user++)
        {
            Assert.All(ScoresOf(model, dataset, user), score => Assert.False(float.IsInfinity(score)));
            var best = new TopK(dataset.Items.Count);
            model.Retrieve(HistoryOf(dataset, user), [], best);
            var scores = new float[best.Count];
            best.Drain(new int[best.Count], scores);
            Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        }
    }

    [Fact]
    public void Train_PlantedTastes_ReachesTheQualityFloor()
    {
        var split = PlantedTastes();
        var model = Train(split.Train, new TrainingContext(2));
        var result = OfflineEvaluator.EvaluateRanking(model, split.Train, HoldoutItems.From(split.Train, split.Holdout).Relevant, new RankingOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(split.Train.Users.Count, result.UserCount);
        Assert.InRange(result.NdcgAtK, QualityFloor, 1);
    }

    protected static int[] Retrieved(IScorer model, int user, ReadOnlySpan<ulong> blocked, int count)
    {
        var best = new TopK(count);
        model.Retrieve(user, blocked, best);
        var items = new int[count];
        return items[..best.Drain(items, new float[count])];
    }

    protected const int UnseenUser = 7_777;
    protected const int UnseenItem = 8_888;

    /// <summary>Trains, and hands the model the histories if it is one that needs them.</summary>
    protected IScorer Train(InteractionDataset dataset, TrainingContext context) => CreateTrainer().Train(dataset, context).WithHistories(dataset);

    protected static float[] AllScores(IScorer model, InteractionDataset dataset) =>
        [.. Enumerable.Range(0, model.Users.Count).SelectMany(user => ScoresOf(model, dataset, user))];

    protected static float[] ScoresOf(IScorer model, InteractionDataset dataset, int user)
    {
        var scores = new float[model.Items.Count];
        model.Score(HistoryOf(dataset, user), [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    /// <summary>Every item's score for a user of whom the model is told his place alone.</summary>
    protected static float[] ScoresOf(IScorer model, int user)
    {
        var scores = new float[model.Items.Count];
        model.Score(user, [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    protected static UserHistory HistoryOf(InteractionDataset dataset, int user) => user < 0 ? new UserHistory(user) : dataset.HistoryOf(user);

    protected static int[] Retrieved(IScorer model, InteractionDataset dataset, int user, ReadOnlySpan<ulong> blocked, int count)
    {
        var best = new TopK(count);
        model.Retrieve(HistoryOf(dataset, user), blocked, best);
        var items = new int[count];
        return items[..best.Drain(items, new float[count])];
    }

    /// <summary>90 users of three tastes; each taste likes 20 of 60 items, some more often than others. Half of every user's likes are held out.</summary>
    protected TemporalSplit PlantedTastes()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var random = new SeededRandom(1, 0);
        for (var user = 0; user < 90; user++)
        {
            var liked = Enumerable.Range(0, 20).Select(position => (20 * (user % 3)) + position).ToArray();
            random.Shuffle<int>(liked);
            for (var position = 0; position < 12; position++)
                Like(builder, user, liked[position], position < 6 ? position : FutureTime);
            for (var position = 0; position < 6; position++)
                Ignore(builder, user, (20 * ((user + 1 + (position % 2)) % 3)) + random.Next(20), position);
        }

        var all = builder.Build();
        return new TemporalSplit(all.Where(time => time < FutureTime), all.Where(time => time >= FutureTime), FutureTime);
    }

    /// <summary>A training part over key maps that hold a user and an item it knows nothing of.</summary>
    private InteractionDataset WithUnseen()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 12; user++)
        {
            for (var step = 0; step < 6; step++)
                Like(builder, user, (user + (step * step)) % 20, step);
        }

        Like(builder, UnseenUser, UnseenItem, FutureTime);
        return builder.Build().Where(time => time < FutureTime);
    }

    private InteractionDataset OddDataset(string name)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var step = 0; step < 12; step++)
        {
            switch (name)
            {
                case "one user":
                    Like(builder, 0, step, step);
                    break;
                case "one item":
                    Like(builder, step, 0, step);
                    break;
                case "equal ratings":
                    builder.Add(step % 4, step % 5, Datasets.Rating, 3, step);
                    break;
                case "duplicates":
                    Like(builder, step % 2, step % 3, 0);
                    Like(builder, step % 2, step % 3, 0);
                    break;
                case "untouched item":
                    Like(builder, step % 4, step % 5, step);
                    builder.AddContent(99, new ItemContent());
                    break;
                case "only dislikes":
                    builder.Add(step % 4, step % 5, Datasets.Dislike, 0, step);
                    break;
                default:
                    builder.AddContent(99, new ItemContent { Title = "Nobody's chair" });
                    break;
            }
        }

        return builder.Build();
    }

    private static List<(int User, int Item, byte Kind, float Value, long Time)> ContentOf(InteractionDataset dataset)
    {
        var content = new List<(int, int, byte, float, long)>();
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            for (var position = 0; position < dataset.UserCount(user); position++)
                content.Add((user, dataset.UserItemIndexes(user)[position], dataset.UserKinds(user)[position], dataset.UserValues(user)[position], dataset.UserTimes(user)[position]));
        }

        foreach (var matrix in new[] { dataset.UserItems, dataset.ItemUsers, dataset.Ratings })
            content.AddRange(matrix.Entries().Select(entry => (entry.Row, entry.Column, (byte)0, entry.Value, 0L)));
        return content;
    }

    private sealed class Recorder(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public List<double> Fractions { get; } = [];

        public void Report(TrainingProgress value)
        {
            Fractions.Add(value.Fraction);
            told(value);
        }
    }
}
