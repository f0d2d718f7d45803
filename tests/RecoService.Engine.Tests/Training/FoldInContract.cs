using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

/// <summary>What a trainer of factors must keep beside <see cref="CollaborativeTrainerContract"/>: its model answers to the history it is shown.</summary>
public abstract class FoldInContract : CollaborativeTrainerContract
{
    private const int Visitor = 1_000_000;
    private const int ListLength = 10;

    /// <summary>True when the same history gives the factors that training gave, but for the last bits.</summary>
    protected virtual bool IsExact => false;

    /// <summary>How much of a trained user's list a stranger of the same history gets, 0..1.</summary>
    protected virtual double OverlapFloor => 0.6;

    /// <summary>How many of ten items are of the taste that the last ten of sixteen likes are of; fewer of a model of ratings, where it is not their number that counts.</summary>
    protected virtual int NewTasteFloor => 3;

    /// <summary>Adds an interaction that this trainer takes as "against".</summary>
    protected virtual void Dislike(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Dislike, 0, time);

    [Fact]
    public void Retrieve_StrangerWithATrainedHistory_GetsTheTrainedList()
    {
        var split = PlantedTastes();
        var model = Train(split.Train, new TrainingContext());
        var relevant = HoldoutItems.From(split.Train, split.Holdout).Relevant;
        var strangers = new AsStrangers(model);

        var result = OfflineEvaluator.EvaluateRanking(strangers, split.Train, relevant, new RankingOptions(), TestContext.Current.CancellationToken);
        var overlap = ListOverlap.Mean(model, strangers, split.Train, [.. Enumerable.Range(0, model.Users.Count)], ListLength, TestContext.Current.CancellationToken);

        Assert.InRange(result.NdcgAtK, QualityFloor, 1);
        Assert.InRange(overlap, IsExact ? 0.99 : OverlapFloor, 1);
        if (IsExact)
            Assert.All(AllScores(model, split.Train).Zip(AllScores(strangers, split.Train)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void Score_TrainedHistory_IsByTheTrainedRow()
    {
        var dataset = PlantedTastes().Train;
        var model = ReadBack(Train(dataset, new TrainingContext()));

        for (var user = 0; user < model.Users.Count; user++)
            Assert.Equal(ScoresOf(model, user), ScoresOf(model, dataset, user));
    }

    [Fact]
    public void Score_TrainedHistoryFaded_IsByTheTrainedRow()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        var history = dataset.HistoryOf(3);
        var faded = history.Weights.ToArray();
        VectorMath.Scale(faded, 0.5f);
        var scores = new float[model.Items.Count];

        model.Score(new UserHistory(3, history.Items, faded, history.Times, history.Ratings), [.. Enumerable.Range(0, scores.Length)], scores);

        Assert.Equal(ScoresOf(model, 3), scores);
    }

    [Fact]
    public void Score_TrainedHistoryOverOtherKeys_IsByTheTrainedRow()
    {
        // Items that nobody had in training come in between, and some of them are acted on.
        var train = PlantedTastes().Train;
        var model = Train(train, new TrainingContext());
        var items = KeyMap.FromAscending([-5, .. model.Items.Keys, 200]);
        var rebased = model.Rebase(model.Users, items);
        var builder = new InteractionDatasetBuilder(train.Kinds);
        Copy(train, builder);
        Like(builder, 3, -5, 100);
        builder.AddItem(200);
        var later = builder.Build();

        Assert.Equal([float.NaN, .. ScoresOf(model, 3), float.NaN], ScoresOf(rebased, later, 3));
    }

    [Fact]
    public void Retrieve_EventsOfAnotherTaste_BringItsItemsInTheSameCall()
    {
        // User 0 is of the taste for items 0 to 19, and then likes 10 of those for 20 to 39.
        var train = PlantedTastes().Train;
        var model = Train(train, new TrainingContext());
        var later = Later(train, builder =>
        {
            for (var position = 0; position < 10; position++)
                Like(builder, 0, 20 + position, 1_000 + position);
        });

        Assert.InRange(Unseen(model, train, 0).Count(item => item is >= 20 and < 40), 0, 2);
        Assert.InRange(Unseen(model, later, 0).Count(item => item is >= 20 and < 40), NewTasteFloor, ListLength);
        Assert.True(ScoresOf(model, later, 0)[30..40].Average() > ScoresOf(model, train, 0)[30..40].Average());
    }

    [Fact]
    public void Score_DislikesAmongNeighbours_LowerThem()
    {
        // A visitor likes four items of each of two tastes, and is then against four others of the first.
        var train = PlantedTastes().Train;
        var model = Train(train, new TrainingContext());
        var liking = Later(train, builder => LikeTwoTastes(builder));
        var disliking = Later(train, builder =>
        {
            LikeTwoTastes(builder);
            for (var item = 4; item < 8; item++)
                Dislike(builder, Visitor, item, 500);
        });

        var (before, after) = (OfVisitor(model, liking), OfVisitor(model, disliking));

        Assert.True(after[8..20].Average() < before[8..20].Average());
        Assert.True(after[8..20].Average() - after[24..40].Average() < before[8..20].Average() - before[24..40].Average());
    }

    [Fact]
    public void Read_WhatWasWritten_FoldsInTheSame()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());

        Assert.Equal(AllScores(new AsStrangers(model), dataset), AllScores(new AsStrangers(ReadBack(model)), dataset));
    }

    [Fact]
    public void Score_StrangerOfWhomNothingUsableIsKnown_IsNaN()
    {
        var train = PlantedTastes().Train;
        var model = Train(train, new TrainingContext()).Rebase(train.Users, KeyMap.FromAscending([.. train.Items.Keys, 200]));
        var scores = new float[61];
        var best = new TopK(5);

        model.Score(new UserHistory(-1, [60], [8], [0], [5]), [.. Enumerable.Range(0, 61)], scores);
        Assert.All(scores, score => Assert.True(float.IsNaN(score)));

        // Against without a rating says nothing where ratings are learned from, and nothing for any item elsewhere.
        model.Score(new UserHistory(-1, [3, 4], [-4, -4], [0, 0], [float.NaN, float.NaN]), [.. Enumerable.Range(0, 61)], scores);
        Assert.All(scores, score => Assert.True(float.IsNaN(score)));
        model.Retrieve(new UserHistory(-1, [3, 4], [-4, -4], [0, 0], [float.NaN, float.NaN]), [], best);
        Assert.Equal(0, best.Count);
    }

    [Fact]
    public void Retrieve_FoldedIn_AllocatesNothing()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        var best = new TopK(5);
        var (items, scores) = (new int[5], new float[5]);
        var history = dataset.HistoryOf(7);
        // A collection that other tests cause may empty the pools between two requests.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 10 && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 100; round++)
                Ask(history, best);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void Ask(in UserHistory user, TopK queue)
        {
            model.Retrieve(new UserHistory(-1, user.Items, user.Weights, user.Times, user.Ratings), [], queue);
            queue.Drain(items, scores);
        }
    }

    private static void Copy(InteractionDataset dataset, InteractionDatasetBuilder builder)
    {
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            for (var position = 0; position < dataset.UserCount(user); position++)
            {
                builder.Add(
                    dataset.Users[user], dataset.Items[dataset.UserItemIndexes(user)[position]], dataset.UserKinds(user)[position],
                    dataset.UserValues(user)[position], dataset.UserTimes(user)[position]);
            }
        }
    }

    private static InteractionDataset Later(InteractionDataset dataset, Action<InteractionDatasetBuilder> add)
    {
        var builder = new InteractionDatasetBuilder(dataset.Kinds);
        Copy(dataset, builder);
        foreach (var item in dataset.Items.Keys)
            builder.AddItem(item);
        add(builder);
        return builder.Build();
    }

    private void LikeTwoTastes(InteractionDatasetBuilder builder)
    {
        for (var position = 0; position < 4; position++)
        {
            Like(builder, Visitor, position, 100);
            Like(builder, Visitor, 20 + position, 100);
        }
    }

    /// <summary>Scores of the last user, who arrived after training.</summary>
    private static float[] OfVisitor(IScorer model, InteractionDataset later)
    {
        var scores = new float[model.Items.Count];
        model.Score(later.HistoryOf(later.Users.Count - 1).Within(model.Users.Count, model.Items.Count), [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    private static int[] Unseen(IScorer model, InteractionDataset dataset, int user)
    {
        var blocked = new ulong[Bits.WordsFor(dataset.Items.Count)];
        foreach (var item in dataset.UserItemIndexes(user))
            Bits.Set(blocked, item);
        return Retrieved(model, dataset, user, blocked, ListLength);
    }

    private static IScorer ReadBack(IScorer model)
    {
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        return ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);
    }

    /// <summary>Shows a model every user's history, and not who he is.</summary>
    private sealed class AsStrangers(IScorer model) : IScorer
    {
        public KeyMap Users => model.Users;

        public KeyMap Items => model.Items;

        public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores) => model.Score(Unnamed(user), itemIndexes, scores);

        public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best) => model.Retrieve(Unnamed(user), blocked, best);

        public bool IsSound() => model.IsSound();

        public IScorer Rebase(KeyMap users, KeyMap items) => new AsStrangers(model.Rebase(users, items));

        private static UserHistory Unnamed(in UserHistory user) => new(-1, user.Items, user.Weights, user.Times, user.Ratings);
    }
}
