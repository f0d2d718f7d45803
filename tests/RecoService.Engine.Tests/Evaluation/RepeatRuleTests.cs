using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class RepeatRuleTests
{
    private const long Day = TimeSpan.MillisecondsPerDay;
    private const long Cut = 10 * Day;
    private const byte View = 0;
    private const byte Buy = 1;
    private const byte Refill = 2;

    /// <summary>A view consumes nothing, a purchase its item for good, a refill for three days.</summary>
    private static readonly InteractionKinds Kinds = new(
    [
        new("view", 1, Consumes: false), new("purchase", 8, Consumes: true), new("refill", 8, Consumes: true) { ConsumesForDays = 3 }, new(InteractionKind.Rating, 5, Consumes: true),
    ]);

    /// <summary>Of one user: item 0 viewed, 1 bought, 2 refilled long ago, 3 refilled the day before, 4 viewed and bought; 5 is new. Then all of them are taken.</summary>
    private static readonly InteractionDataset All = Of(Kinds,
    [
        (0, 0, View, 1 * Day), (0, 1, Buy, 2 * Day), (0, 2, Refill, 3 * Day), (0, 3, Refill, 9 * Day), (0, 4, View, 4 * Day), (0, 4, Buy, 5 * Day),
        .. Enumerable.Range(0, 6).Select(item => (0, item, View, Cut + item)),
    ]);

    private static readonly TemporalSplit Split = Splits.AtTime(All, Cut);

    [Theory]
    [InlineData(RepeatRule.None, new[] { 5 })]
    [InlineData(RepeatRule.Allow, new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(RepeatRule.Only, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(RepeatRule.AsServed, new[] { 0, 2, 5 })]
    public void From_Rule_KeepsWhatAListMayHold(RepeatRule rule, int[] expected)
    {
        Assert.Equal(expected, HoldoutItems.From(Split.Train, Split.Holdout, rule, Cut).Relevant.RowColumns(0));
        Assert.Equal(expected, EvaluationFold.OfLists(Split, rule).Relevant.RowColumns(0));

        // A list of everything that may be listed holds the same.
        var mask = new ListMask(Split.Train, rule, Cut);
        mask.Set(0);
        Assert.Equal(expected, Enumerable.Range(0, 6).Where(item => !Bits.IsSet(mask.Blocked, item)));
        mask.Clear(0);
        Assert.False(mask.Blocked.ContainsAnyExcept(0UL));
    }

    [Fact]
    public void OfLists_CutOfEachUser_ServesWithTheNewestThatIsKnown()
    {
        // The newest of the train part is of day 9, when the refill of item 2, of day 3, has passed and that of item 3 has not.
        var fold = EvaluationFold.OfLists(new DataSplit(Split.Train, Split.Holdout), RepeatRule.AsServed);

        Assert.Null(fold.Now);
        Assert.Equal([0, 2, 5], fold.Relevant.RowColumns(0));
        Assert.Equal(Cut, EvaluationFold.OfLists(Split).Now);
        Assert.Equal(RepeatRule.None, EvaluationFold.OfLists(Split).Repeats);
    }

    [Fact]
    public void Set_ItemThatSaysForHowLongItIsConsumed_GoesBeforeItsKind()
    {
        // Item 1 is consumed for three days from day 2 on, whatever a purchase says; item 2 for 30 from day 3 on, whatever a refill says; item 4 at no time.
        var builder = new InteractionDatasetBuilder(Kinds);
        foreach (var (item, days) in new[] { (1, 3.0), (2, 30.0), (4, 0.0) })
            builder.AddContent(item, new ItemContent { ConsumesForDays = days });
        foreach (var (item, kind, day) in new[] { (0, View, 1), (1, Buy, 2), (2, Refill, 3), (3, Refill, 9), (4, Buy, 5) })
            builder.Add(0, item, kind, 0, day * Day);
        var train = builder.Build();

        Assert.Equal([2, 3], Blocked(Cut));
        Assert.Equal([1, 2], Blocked(5 * Day - 1).Intersect([1, 2]));
        Assert.Equal([2], Blocked(5 * Day).Intersect([1, 2]));
        Assert.Equal([2], Blocked(33 * Day - 1));
        Assert.Empty(Blocked(33 * Day));

        List<int> Blocked(long now)
        {
            var mask = new ListMask(train, RepeatRule.AsServed, now);
            mask.Set(0);
            return [.. Enumerable.Range(0, 5).Where(item => Bits.IsSet(mask.Blocked, item))];
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Set_AsServed_BlocksWhatServingLeavesOut(int seed)
    {
        var random = new SeededRandom(seed, 0);
        var rows = Enumerable.Range(0, 600).Select(_ => (random.Next(20), random.Next(15), (byte)random.Next(3), random.Next(20) * Day)).ToArray();
        var dataset = Of(Kinds, rows);
        var served = new ConsumedRows(dataset);
        foreach (var now in new[] { 5 * Day, 12 * Day, 20 * Day })
        {
            var mask = new ListMask(dataset, RepeatRule.AsServed, now);
            for (var user = 0; user < dataset.Users.Count; user++)
            {
                var expected = new List<int>();
                for (var position = 0; position < served.ItemsOf(user).Length; position++)
                {
                    if (served.TimesOf(user)[position].Blocks(now, ownDays: null))
                        expected.Add(served.ItemsOf(user)[position]);
                }

                mask.Set(user);
                Assert.Equal(expected, Enumerable.Range(0, dataset.Items.Count).Where(item => Bits.IsSet(mask.Blocked, item)));
                mask.Clear(user);
            }
        }
    }

    [Fact]
    public void EvaluateRanking_Allow_MeasuresNewAndRepeatedApart()
    {
        // User 0 had items 0 and 1 and takes 1, 2 and 3; user 1 had 2 and takes it again. Everybody is shown 0, 1, 2.
        var all = Datasets.Of(
            (0, 0, Datasets.Purchase, 0, 1), (0, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.Purchase, 0, 1), (9, 4, Datasets.Purchase, 0, 1),
            (0, 1, Datasets.Purchase, 0, Cut), (0, 2, Datasets.Purchase, 0, Cut), (0, 3, Datasets.Purchase, 0, Cut), (1, 2, Datasets.Purchase, 0, Cut));
        var fold = EvaluationFold.OfLists(Splits.AtTime(all, Cut), RepeatRule.Allow);
        var model = new FixedScorer(fold.Train.Users, fold.Train.Items, (_, item) => -item);

        var result = OfflineEvaluator.EvaluateRanking(
            model, fold.Train, fold.Relevant, new RankingOptions(3) { Repeats = RepeatRule.Allow }, TestContext.Current.CancellationToken);

        Assert.True(result.TellsRepeats);
        // User 0: 2 of 3 relevant; user 1: 1 of 1.
        Assert.Equal((2.0 / 3 + 1) / 2, result.RecallAtK, 1e-12);
        // New: user 0 finds 2 of 2 and 3; user 1 took nothing new and has no value.
        Assert.Equal([0.5, double.NaN], result.ValuesPerUser(RankingMetric.NewRecall));
        Assert.Equal(0.5, result.NewRecallAtK, 1e-12);
        // Item 2 at rank 3 of an ideal of two items.
        Assert.Equal(0.5 / (1 + (1 / Math.Log2(3))), result.NewNdcgAtK, 1e-12);
        // Repeated: user 0 finds 1 at rank 2, user 1 finds 2 at rank 3.
        Assert.Equal([1, 1], result.ValuesPerUser(RankingMetric.RepeatRecall));
        Assert.Equal(((1 / Math.Log2(3)) + 0.5) / 2, result.RepeatNdcgAtK, 1e-12);
        // Lists 0, 1, 2: user 0 had two of them, user 1 one.
        Assert.Equal([2.0 / 3, 1.0 / 3], result.ValuesPerUser(RankingMetric.RepeatShare));
    }

    [Fact]
    public void EvaluateRanking_NoRepeats_TellsNothingApart()
    {
        var fold = EvaluationFold.OfLists(Split);
        var result = OfflineEvaluator.EvaluateRanking(
            new FixedScorer(fold.Train.Users, fold.Train.Items, (_, item) => -item), fold.Train, fold.Relevant, new RankingOptions(1), TestContext.Current.CancellationToken);

        Assert.False(result.TellsRepeats);
        Assert.Equal(1, result.RecallAtK);
        Assert.All(Enum.GetValues<RankingMetric>().Where(Measures.IsOfRepeats), metric => Assert.True(double.IsNaN(result[metric])));
    }

    [Fact]
    public void EvaluateRanking_Only_RanksWhatTheUserHad()
    {
        var fold = EvaluationFold.OfLists(Split, RepeatRule.Only);
        // The new item 5 would be first.
        var model = new FixedScorer(fold.Train.Users, fold.Train.Items, (_, item) => item);

        foreach (var ties in Enum.GetValues<TieOrder>())
        {
            var result = OfflineEvaluator.EvaluateRanking(
                model, fold.Train, fold.Relevant, new RankingOptions(5) { Repeats = RepeatRule.Only, Ties = ties }, TestContext.Current.CancellationToken);
            Assert.Equal((1, 1, 5.0 / 6), (result.RecallAtK, result.PrecisionAtK, result.CoverageAtK));
        }
    }

    [Fact]
    public void Of_ShopOfRepeats_IsCutWhereItIsOtherwiseNot()
    {
        // Forty users buy their one item every day: nothing is ever new, and everything is bought again.
        var kinds = new InteractionKinds([new("purchase", 8, Consumes: false), new(InteractionKind.Rating, 5, Consumes: true)]);
        var all = Of(kinds, [.. Enumerable.Range(0, 400).Select(row => (row % 40, row % 40, (byte)0, row / 40 * Day)), .. Enumerable.Range(0, 40).Select(user => (user, 100, (byte)0, 0L))]);

        var split = HoldoutCut.Of(all, 0.05, minUsers: 20, seed: 1, RepeatRule.AsServed);

        Assert.Equal(9 * Day, split.CutTime);
        Assert.Equal(40, EvaluationFold.OfLists(split, RepeatRule.AsServed).Relevant.NonZeroCount);
        Assert.Null(HoldoutCut.Of(all, 0.05, minUsers: 20, seed: 1).CutTime);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_OfPurchasesThatConsume_AsServedIsAsWithoutRepeats(int seed)
    {
        var random = new SeededRandom(seed, 0);
        var all = Datasets.Of([.. Enumerable.Range(0, 500).Select(_ => (random.Next(30), random.Next(12), Datasets.Purchase, 0f, (long)random.Next(300)))]);

        var (none, served) = (HoldoutCut.Of(all, 0.2, 10, seed), HoldoutCut.Of(all, 0.2, 10, seed, RepeatRule.AsServed));

        Assert.Equal(none.CutTime, served.CutTime);
        Assert.Equal(EvaluationFold.OfLists(none).Relevant.Entries(), EvaluationFold.OfLists(served, RepeatRule.AsServed).Relevant.Entries());
    }

    [Fact]
    public void Measure_ProtocolWithRepeats_JudgesThemOnAllAndOnAPart()
    {
        var kinds = new InteractionKinds([new("purchase", 8, Consumes: false), new(InteractionKind.Rating, 5, Consumes: true)]);
        var all = Of(kinds, [.. Enumerable.Range(0, 200).Select(row => (row % 20, row % 20, (byte)0, row / 20 * Day))]);
        var protocol = new EvaluationProtocol(EvaluationTarget.TopN, [1], HeadlineCutOff: 1, Repeats: RepeatRule.AsServed);
        var validation = new Validation(Splits.AtTime(all, 9 * Day), protocol, seed: 1);

        Assert.Equal(20, validation.UserCount);
        foreach (var (fraction, users) in new[] { (1.0, 20), (0.5, 10) })
        {
            var measured = validation.Measure(new OwnItems(), fraction, new TrainingContext());
            Assert.Equal((1, users, 1), (measured.Value, measured.Lists!.UserCount, measured.Lists.RepeatRecallAtK));
        }

        Assert.Equal(0, new Validation(Splits.AtTime(all, 9 * Day), protocol with { Repeats = RepeatRule.None }, seed: 1).UserCount);
    }

    [Fact]
    public void Mean_Repeats_ComparesListsThatHoldThem()
    {
        var train = Split.Train.Over(KeyMap.FromAscending([0]), KeyMap.FromAscending([0, 1, 2, 3, 4, 5]));
        var up = new FixedScorer(train.Users, train.Items, (_, item) => item);
        var down = new FixedScorer(train.Users, train.Items, (_, item) => -item);

        // Of 0, 2 and 5 one model lists 5 and 2, the other 0 and 2.
        Assert.Equal(0.5, ListOverlap.Mean(up, down, train, [0], 2, CancellationToken.None, RepeatRule.AsServed, Cut));
        Assert.Equal(1, ListOverlap.Mean(up, down, train, [0], 2, CancellationToken.None));
    }

    private static InteractionDataset Of(InteractionKinds kinds, (int User, int Item, byte Kind, long Time)[] rows)
    {
        var builder = new InteractionDatasetBuilder(kinds);
        foreach (var (user, item, kind, time) in rows)
            builder.Add(user, item, kind, 0, time);
        return builder.Build();
    }

    /// <summary>Knows of everybody that they take what they had.</summary>
    private sealed class OwnItems : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context) =>
            new FixedScorer(dataset.Users, dataset.Items, (user, item) => dataset.UserItems.RowColumns(user).Contains(item) ? 1 : float.NaN);
    }
}
