using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Bpr;

public sealed class BprFeedbackTests
{
    [Fact]
    public void Of_NothingShownOrNothingAsked_IsNull()
    {
        Assert.Null(BprFeedback.Of(Shop(), new BprOptions()));
        Assert.Null(BprFeedback.Of(Shop().Where(time => time < 0), new BprOptions { Feedback = FeedbackUse.Raw }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3f)]
    [InlineData(1)]
    public void TryDraw_OfPassedItems_DrawsAsOftenAsTheShareSays(float share)
    {
        var feedback = BprFeedback.Of(Shop(), new BprOptions { Feedback = FeedbackUse.Raw, ShownShare = share })!;
        var random = new SeededRandom(1, 0);
        var drawn = new int[10];
        for (var draw = 0; draw < 10_000; draw++)
        {
            if (feedback.TryDraw(0, [4, 5], ref random, out var item))
                drawn[item]++;
        }

        Assert.Equal(0, drawn.Sum() - drawn[4] - drawn[5]);
        Assert.InRange(drawn[4], (4_700 * share) - 1, (5_300 * share) + 1);
        Assert.InRange(drawn[5], (4_700 * share) - 1, (5_300 * share) + 1);
        Assert.False(feedback.TryDraw(0, [], ref random, out _));
    }

    [Fact]
    public void WeightOf_TouchesLowInLists_AreOneInTheMean()
    {
        var dataset = new ShownLists(places: 10).Dataset;
        var feedback = BprFeedback.Of(dataset, new BprOptions { Feedback = FeedbackUse.InversePropensity })!;
        var weights = new List<float>();
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            foreach (var item in dataset.UserItems.RowColumns(user))
                weights.Add(feedback.WeightOf(user, item));
        }

        Assert.Equal(1, weights.Average(), 1e-4);
        Assert.True(weights.Max() > 1.5f);
        Assert.All(dataset.UserItems.RowColumns(0).ToArray(), item => Assert.Equal(1, BprFeedback.Of(dataset, new BprOptions { Feedback = FeedbackUse.Debiased })!.WeightOf(0, item)));
    }

    [Fact]
    public void Train_PassedItem_FallsBehindItsEqual()
    {
        var dataset = Shop();
        var (with, without) = (Train(dataset, FeedbackUse.Raw, threads: 1), Train(dataset, FeedbackUse.None, threads: 1));

        Assert.True(Gap(with, dataset) > Gap(without, dataset) + 0.2, $"{Gap(with, dataset)} against {Gap(without, dataset)}");
    }

    [Fact]
    public void Train_Feedback_ThreadCountDoesNotMatter()
    {
        var dataset = new ShownLists(places: 10).Dataset;

        var (one, three) = (Train(dataset, FeedbackUse.Debiased, threads: 1), Train(dataset, FeedbackUse.Debiased, threads: 3));

        Assert.Equal(ScoresOf(one, dataset, 5), ScoresOf(three, dataset, 5));
    }

    private static IScorer Train(InteractionDataset dataset, FeedbackUse use, int threads) =>
        new BprTrainer(new BprOptions { Factors = 4, Epochs = 60, Feedback = use, ShownShare = 1, ColdStart = false }).Train(dataset, new TrainingContext(threads));

    private static double Gap(IScorer model, InteractionDataset dataset) => Enumerable.Range(0, 20).Average(user => ScoresOf(model, dataset, user) is var scores ? scores[4] - scores[6] : 0);

    private static float[] ScoresOf(IScorer model, InteractionDataset dataset, int user)
    {
        var scores = new float[dataset.Items.Count];
        model.Score(dataset.HistoryOf(user), [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    /// <summary>Forty users want some of items 0 to 3; half of them want one of 4 to 7, and the others were shown items of these and left them: 4 and 5 user 0 alone, 6 all of them.</summary>
    private static InteractionDataset Shop()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 40; user++)
        {
            builder.Add(user, user % 4, Datasets.Purchase, 0, 1);
            builder.Add(user, (user + 1) % 4, Datasets.Purchase, 0, 1);
            if (user >= 20)
                builder.Add(user, 4 + (user % 4), Datasets.Purchase, 0, 1);
            else
                builder.AddShown(user, 2, user == 0 ? [4, 5, 6] : [6], user == 0 ? [Exposures.Untouched, Exposures.Untouched, Exposures.Untouched] : [Exposures.Untouched]);
        }

        return builder.Build();
    }

    /// <summary>Three hundred users who touch what stands at the top, and now and then something below.</summary>
    private sealed class ShownLists
    {
        public ShownLists(int places)
        {
            var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
            var random = new SeededRandom(2, 0);
            for (var user = 0; user < 300; user++)
            {
                builder.Add(user, random.Next(100), Datasets.Purchase, 0, 1);
                for (var list = 0; list < 10; list++)
                {
                    int[] shown = [.. Enumerable.Range(0, places).Select(_ => random.Next(100)).Distinct()];
                    var touched = new long[shown.Length];
                    for (var place = 0; place < shown.Length; place++)
                    {
                        touched[place] = random.NextDouble() < 0.5 / (1 + place) ? 10 + list : Exposures.Untouched;
                        if (touched[place] != Exposures.Untouched)
                            builder.Add(user, shown[place], Datasets.View, 0, 10 + list);
                    }

                    builder.AddShown(user, 5 + list, shown, touched);
                }
            }

            Dataset = builder.Build();
        }

        public InteractionDataset Dataset { get; }
    }
}
