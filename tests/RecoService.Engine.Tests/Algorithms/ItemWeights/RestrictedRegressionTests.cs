using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Sequence;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ItemWeights;

/// <summary>What the linear item-item models do with catalogues of more items than <c>MaxItems</c>.</summary>
public sealed class RestrictedRegressionTests
{
    private const int ItemCount = 30;

    public static TheoryData<string> Trainers => ["ease", "slim", "sequence"];

    [Fact]
    public void Ease_OneNeighbourEach_EqualsHandComputed()
    {
        // Items A, B, C of 3, 2 and 2 users; A and B meet twice, A and C once. Most like A is B: 2 / root 2 against 1 / root 2. Each ridge regression has one input:
        // B to A 2 / (2 + 1), A to B 2 / (3 + 1), A to C 1 / (3 + 1).
        var dataset = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 3), (4, 3));

        var weights = Weights(new EaseTrainer(new EaseOptions { Regularization = 1, MaxItems = 2, RestrictedNeighbours = 1 }), dataset);

        AssertNear([(0, 1, 0.5f), (0, 2, 0.25f), (1, 0, 2 / 3f)], weights);
    }

    [Fact]
    public void Ease_TwoNeighbours_EqualsHandComputed()
    {
        // A is regressed on B and C: [2 + 1, 0; 0, 2 + 1] b = (2, 1). B on A alone, for it never meets C; C likewise.
        var dataset = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 3), (4, 3));

        var weights = Weights(new EaseTrainer(new EaseOptions { Regularization = 1, MaxItems = 2, RestrictedNeighbours = 2 }), dataset);

        AssertNear([(0, 1, 0.5f), (0, 2, 0.25f), (1, 0, 2 / 3f), (2, 0, 1 / 3f)], weights);
    }

    [Fact]
    public void Ease_ManyUsersAndFew_TakesTheMostAlikeAndNotTheMostFrequent()
    {
        // Item 1 meets the popular item 2 twice, of 9 users: 2 / 3; and item 3 once, of its one user: 1.
        var dataset = Datasets.OfPurchases([(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 3), .. Enumerable.Range(10, 7).Select(user => (user, 2))]);

        var weights = Weights(new EaseTrainer(new EaseOptions { Regularization = 1, MaxItems = 2, RestrictedNeighbours = 1 }), dataset);

        Assert.Equal([2], weights.Transpose().RowColumns(0));
    }

    [Fact]
    public void Slim_OneNeighbourEach_EqualsHandComputed()
    {
        // As of ease, by soft thresholding: B to A (2 - 0.5) / (2 + 1), A to B (2 - 0.5) / (3 + 1), A to C (1 - 0.5) / (3 + 1).
        var dataset = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 3), (4, 3));

        var weights = Weights(new SlimTrainer(new SlimOptions { L1Regularization = 0.5f, L2Regularization = 1, MaxItems = 2, RestrictedNeighbours = 1 }), dataset);

        AssertNear([(0, 1, 0.375f), (0, 2, 0.125f), (1, 0, 0.5f)], weights);
    }

    [Fact]
    public void Sequence_OneNeighbourEach_EqualsHandComputed()
    {
        // A, B, C in a row, faded by 0.5: A leads to B with 1 and to C with 0.5, B to C with 1. C is regressed on B and itself, [1 + 1, 0; 0, 0 + 1] w = (1, 0);
        // B on A and itself, [1.25 + 1, 0.5; 0.5, 1 + 1] w = (1, 0), so A to B is 2 / 4.25. Nothing leads to A.
        var context = new TrainingContext();
        var weights = Weights(
            new SequenceTrainer(new SequenceOptions { Regularization = 1, Decay = 0.5f, OrderFreeShare = 0, MaxItems = 2, RestrictedNeighbours = 1 }),
            Datasets.OfPurchases((1, 1), (1, 2), (1, 3)), context);

        AssertNear([(0, 1, 2 / 4.25f), (1, 2, 0.5f)], weights);
        Assert.Equal(
            ["sequence: 3 items have interactions, more than MaxItems (2), so each has weights from at most 1 items like it. 66.7% of them can be reached."], context.Notes.Texts);
    }

    /// <summary>Where every item meets every other, the neighbourhood of all others leaves nothing out.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 0.7)]
    public void Ease_NeighbourhoodOfAll_EqualsTheDenseSolution(bool binary, float userDiscount)
    {
        EaseOptions Options(int maxItems) => new() { Regularization = 3, Binary = binary, UserDiscount = userDiscount, MaxItems = maxItems, RestrictedNeighbours = ItemCount };

        AssertNear(Weights(new EaseTrainer(Options(100)), AllMeet()).Entries(), Weights(new EaseTrainer(Options(10)), AllMeet()));
    }

    [Theory]
    [InlineData(0.9, 0.3)]
    [InlineData(0.5, 1)]
    public void Sequence_NeighbourhoodOfAll_EqualsTheDenseSolution(float decay, float orderFreeShare)
    {
        SequenceOptions Options(int maxItems) => new() { Regularization = 3, Decay = decay, OrderFreeShare = orderFreeShare, MaxItems = maxItems, RestrictedNeighbours = ItemCount };

        AssertNear(Weights(new SequenceTrainer(Options(100)), AllMeet()).Entries(), Weights(new SequenceTrainer(Options(10)), AllMeet()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Slim_NeighbourhoodOfAll_EqualsTheWholeSolution(bool positiveOnly)
    {
        SlimOptions Options(int maxItems) => new() { L1Regularization = 0.2f, L2Regularization = 2, PositiveOnly = positiveOnly, Neighbours = 0, MaxItems = maxItems, RestrictedNeighbours = ItemCount };

        AssertNear(Weights(new SlimTrainer(Options(100)), AllMeet()).Entries(), Weights(new SlimTrainer(Options(10)), AllMeet()));
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Train_MoreItemsThanMaxItems_ReachesAllThatMeetAnotherAndSaysSo(string trainer)
    {
        // Pairs of items that only meet each other, and an item whose one user has nothing else.
        var dataset = Datasets.OfPurchases([.. Enumerable.Range(0, 199).SelectMany(item => new[] { (item / 2, item), (1000 + (item / 2), item) }), (5000, 199)]);
        var context = new TrainingContext();

        var weights = Weights(Restricted(trainer, neighbours: 20), dataset, context);

        var reached = weights.Transpose();
        Assert.All(Enumerable.Range(0, 198), item => Assert.Equal([item ^ 1], reached.RowColumns(item)));
        Assert.Equal(0, reached.RowLength(198) + reached.RowLength(199));
        Assert.Equal([$"{trainer}: 200 items have interactions, more than MaxItems (50), so each has weights from at most 20 items like it. 99.0% of them can be reached."], context.Notes.Texts);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Train_NoMoreItemsThanMaxItems_SaysNothing(string trainer)
    {
        var context = new TrainingContext();
        Weights(Restricted(trainer, neighbours: 20), AllMeet(), context);
        Assert.Empty(context.Notes.Texts);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Train_AnyThreads_GivesTheSameWeights(string trainer)
    {
        var dataset = AllMeet(items: 120);
        var expected = Weights(Restricted(trainer, neighbours: 15), dataset, new TrainingContext(threads: 1)).Entries();

        Assert.NotEmpty(expected);
        Assert.Equal(expected, Weights(Restricted(trainer, neighbours: 15), dataset, new TrainingContext(threads: 2)).Entries());
        Assert.Equal(expected, Weights(Restricted(trainer, neighbours: 15), dataset, new TrainingContext(threads: 5)).Entries());
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Train_FewerKeptThanNeighbours_KeepsTheLargestThatLeadToAnItem(string trainer)
    {
        var dataset = AllMeet(items: 80);
        var all = Weights(Restricted(trainer, neighbours: 15, kept: 0), dataset).Transpose();

        var few = Weights(Restricted(trainer, neighbours: 15, kept: 4), dataset).Transpose();

        for (var item = 0; item < 80; item++)
        {
            var expected = all.Entries().Where(entry => entry.Row == item).OrderByDescending(entry => Math.Abs(entry.Value)).Take(4).OrderBy(entry => entry.Column);
            Assert.Equal(expected, few.Entries().Where(entry => entry.Row == item));
        }
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Train_MemoryIsShort_SaysSo(string trainer)
    {
        // 5,000 neighbours a thread take 100 MB for their equations alone.
        var memory = new TrainingMemory(50 << 20, () => 0);
        Assert.Throws<TrainingException>(() => Weights(Restricted(trainer, neighbours: 5_000), AllMeet(items: 80), new TrainingContext(memory: memory)));
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Train_Cancelled_Throws(string trainer)
    {
        using var cancellation = new CancellationTokenSource();
        var context = new TrainingContext(2, progress: new CancelAtHalf(cancellation), cancellationToken: cancellation.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => Weights(Restricted(trainer, neighbours: 15), AllMeet(items: 1_000), context));
    }

    private static ITrainer Restricted(string trainer, int neighbours, int kept = 500) => trainer switch
    {
        "ease" => new EaseTrainer(new EaseOptions { Regularization = 3, MaxItems = 50, RestrictedNeighbours = neighbours, Neighbours = kept }),
        "slim" => new SlimTrainer(new SlimOptions { L1Regularization = 0.1f, L2Regularization = 2, MaxItems = 50, RestrictedNeighbours = neighbours, Neighbours = kept }),
        _ => new SequenceTrainer(new SequenceOptions { Regularization = 3, MaxItems = 50, RestrictedNeighbours = neighbours, Neighbours = kept }),
    };

    /// <summary>Two users have everything, in opposite orders; 60 have a dozen items of a taste.</summary>
    private static InteractionDataset AllMeet(int items = ItemCount)
    {
        var random = new SeededRandom(7, 0);
        var pairs = new List<(int, int)>();
        for (var user = 0; user < 60; user++)
        {
            for (var step = 0; step < 12; step++)
                pairs.Add((user, ((3 * random.Next(items)) + (user % 3)) % items));
        }

        pairs.AddRange(Enumerable.Range(0, items).Select(item => (100, item)));
        pairs.AddRange(Enumerable.Range(0, items).Select(item => (101, items - 1 - item)));
        return Datasets.OfPurchases([.. pairs]);
    }

    private static SparseMatrix Weights(ITrainer trainer, InteractionDataset dataset, TrainingContext? context = null) =>
        ((ItemWeightsModel)trainer.Train(dataset, context ?? new TrainingContext())).Weights;

    private static void AssertNear(IEnumerable<(int Row, int Column, float Value)> expected, SparseMatrix actual)
    {
        var entries = actual.Entries();
        Assert.Equal(expected.Select(entry => (entry.Row, entry.Column)), entries.Select(entry => (entry.Row, entry.Column)));
        Assert.Equal(expected.Select(entry => entry.Value), entries.Select(entry => entry.Value), (left, right) => Math.Abs(left - right) < 2e-5f);
    }

    private sealed class CancelAtHalf(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Fraction is > 0.4 and < 1)
                source.Cancel();
        }
    }
}
