using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Tests.Algorithms.Feedback;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

/// <summary>What a second stage learns from the lists that users were shown.</summary>
public sealed class ShownListsTests
{
    private const long Never = Exposures.Untouched;

    [Fact]
    public void ShownAfter_Lists_AreThoseOfUsersWithAHistoryAfterTheCut()
    {
        var dataset = Dataset();
        var split = dataset.SplitByTime(0.5);
        Assert.Equal(50, split.CutTime);

        var shown = new ShownAfter(dataset, split.Train, FeedbackUse.Raw, maxUsers: 10, seed: 1);

        // User 1 has done nothing before the cut, and user 2 was shown nothing after it.
        Assert.Equal([0], shown.Users);
        Assert.Equal([-1, 0, 1, 2, 3], shown.ItemsOf(0).Order());
        Assert.Equal([new ShownRow(0, false, 1), new ShownRow(2, false, 1), new ShownRow(1, true, 1), new ShownRow(3, false, 1)], shown.RowsOf(0, 200));
        Assert.Equal([new ShownRow(0, false, 1), new ShownRow(2, false, 1), new ShownRow(1, true, 1)], shown.RowsOf(0, 3));
    }

    [Fact]
    public void OfShown_ShownItems_TakeThePlaceOfWhatChanceDraws()
    {
        var dataset = Dataset();
        var part = ValidationPart.Of(dataset, ValidationCut.Time, 0.5, 10, seed: 1);
        var first = new PopularityTrainer(new PopularityOptions()).Train(part.Train, new TrainingContext());
        var builder = new RankingListsBuilder(new TwoStageOptions { NegativesPerPositive = 2 }, part, first, seed: 1);

        var lists = builder.OfShown(new ShownAfter(dataset, part.Train, FeedbackUse.Raw, 10, seed: 1), TestContext.Current.CancellationToken);

        // User 0 took item 1, in a list; so what they were shown is all there is of them. Users 2 and 3 took items 3 and 0 without any, and two of the others are left.
        Assert.Equal([0, 2, 3], lists.Users);
        Assert.Equal([(0, false), (2, false), (1, true), (3, false)], Rows(lists, 0).Where(row => row.Item >= 0));
        Assert.Equal([(3, true)], Rows(lists, 1).Where(row => row.IsTaken));
        Assert.Equal([(0, true)], Rows(lists, 2).Where(row => row.IsTaken));
        Assert.Equal((3, 3), (Rows(lists, 1).Count, Rows(lists, 2).Count));
        Assert.All(lists.Weights!, weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void EqualWeights_OfWeightedRows_AreBothTogether()
    {
        var lists = new RankingLists([0, 2, 4], [0, 1], [0, 1, 0, 1], [true, true, false, false], new float[4 * UserItemFeatures.Count]) { Weights = [1, 1, 0.5f, 0.25f] };

        // 1/2 and 1/2 of the first list, 1/2 and 1/4 of the second, which has nothing that was taken; their mean is 7/16.
        Assert.Equal([8 / 7f, 8 / 7f, 8 / 7f, 4 / 7f], lists.EqualWeights().Select(weight => MathF.Round(weight, 5)), (left, right) => MathF.Abs(left - right) < 1e-4f);
    }

    /// <summary>What is judged later must not train: lists after a cut change no model of the part before it.</summary>
    [Fact]
    public void Train_OnThePartBeforeACut_KnowsNothingOfListsAfterIt()
    {
        var dataset = new ShownListSimulator(300, 60, seed: 3) { DrawnPlaces = 2 }.Log(8);
        var cut = dataset.SplitByTime(0.1);
        Assert.InRange(cut.Train.Exposures.Count, 1_000, dataset.Exposures.Count - 1_000);
        var changed = new InteractionDatasetBuilder(InteractionKinds.Default);
        Copy(dataset, changed, changeFrom: cut.CutTime);
        var other = changed.Build();

        Assert.Equal(Train(cut.Train).Weights.ToArray(), Train(other.Where(time => time < cut.CutTime)).Weights.ToArray());
        Assert.NotEqual(Train(dataset).Weights.ToArray(), Train(other).Weights.ToArray());
    }

    private static LinearRankingFunction Train(InteractionDataset dataset)
    {
        var options = new LinearRankingOptions { CandidateTrainer = "popularity", Feedback = FeedbackUse.Debiased, ValidationCut = ValidationCut.Time };
        return (LinearRankingFunction)((FeatureRanker)((ComposedModel)BuiltInTrainers.Registry.Train("logistic-regression", options, dataset, new TrainingContext())).Ranker).Function;
    }

    /// <summary>All of a dataset by its keys; of lists from a time on the other items were touched.</summary>
    private static void Copy(InteractionDataset from, InteractionDatasetBuilder to, long changeFrom)
    {
        for (var item = 0; item < from.Items.Count; item++)
            to.AddContent(from.Items[item], from.ContentOf(item)!);
        for (var user = 0; user < from.Users.Count; user++)
        {
            to.AddUser(from.Users[user]);
            for (var position = 0; position < from.UserCount(user); position++)
                to.Add(from.Users[user], from.Items[from.UserItemIndexes(user)[position]], from.UserKinds(user)[position], from.UserValues(user)[position], from.UserTimes(user)[position]);
            var lists = from.Exposures.ListsOf(user);
            for (var list = lists.Start.Value; list < lists.End.Value; list++)
            {
                int[] items = [.. from.Exposures.ItemsOf(list).ToArray().Select(item => from.Items[item])];
                long[] touched = [.. items.Select((_, place) => from.Exposures.TouchedAt(list, place))];
                float[] propensities = [.. items.Select((_, place) => from.Exposures.PropensityAt(list, place))];
                if (from.Exposures.ShownAt(list) >= changeFrom)
                    touched = Array.ConvertAll(touched, time => time == Never ? from.Exposures.ShownAt(list) : Never);
                to.AddShown(from.Users[user], from.Exposures.ShownAt(list), items, touched, propensities);
            }
        }
    }

    private static List<(int Item, bool IsTaken)> Rows(RankingLists lists, int list) =>
        [.. Enumerable.Range(lists.Starts[list], lists.Starts[list + 1] - lists.Starts[list]).Select(row => (lists.Items[row], lists.Taken[row]))];

    private static InteractionDataset Dataset()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 0, Datasets.View, 0, 10);
        builder.Add(0, 2, Datasets.View, 0, 20);
        builder.Add(2, 2, Datasets.View, 0, 30);
        builder.Add(2, 1, Datasets.View, 0, 31);
        builder.Add(3, 3, Datasets.View, 0, 40);
        builder.Add(0, 1, Datasets.View, 0, 61);
        builder.Add(1, 0, Datasets.View, 0, 50);
        builder.Add(2, 3, Datasets.View, 0, 62);
        builder.Add(1, 3, Datasets.View, 0, 63);
        builder.Add(3, 0, Datasets.View, 0, 64);
        builder.AddShown(0, 15, [3, 2], [Never, 20]);
        builder.AddShown(0, 60, [2, 1, 99, 3], [Never, 61, Never, Never]);
        builder.AddShown(0, 70, [0], [Never]);
        builder.AddShown(1, 61, [3], [63]);
        builder.AddShown(2, 25, [3], [Never]);
        return builder.Build();
    }
}
