using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.ImplicitAls;

public sealed class ConfidencesTests
{
    [Fact]
    public void With_TouchesAndPasses_ChangesTheirCellsAlone()
    {
        // User 0 wants items 0 and 2 and is against 3; item 0 was touched at a place that makes it count 2.5 times; 1 was passed three times, 3 once.
        var confidences = SparseMatrix.FromRows(5, [3, 1], [0, 2, 3, 4], [10, 20, -5, 30]);
        var feedback = new ListFeedback(SparseMatrix.FromRows(5, [1, 0], [0], [2.5f]), SparseMatrix.FromRows(5, [2, 0], [1, 3], [3, 1]));

        var with = Confidences.With(confidences, feedback, shownWeight: 4);

        Assert.Equal([(0, 0, 25f), (0, 1, -12f), (0, 2, 20f), (0, 3, -9f), (1, 4, 30f)], with.Entries());
    }

    /// <summary>A preference of 0 has the sign bit, even where it weighs nothing.</summary>
    [Fact]
    public void With_PassesThatWeighNothing_AreNoPreference()
    {
        var feedback = new ListFeedback(SparseMatrix.Empty(1, 2), SparseMatrix.FromRows(2, [1], [1], [3]));

        var with = Confidences.With(SparseMatrix.FromRows(2, [1], [0], [10]), feedback, shownWeight: 0);

        Assert.False(Confidences.IsPositive(with.RowValues(0)[1]));
        Assert.True(Confidences.IsPositive(with.RowValues(0)[0]));
    }

    /// <summary>What was passed is left by everybody who resembles whoever passed it, and the users are those of their interactions.</summary>
    [Fact]
    public void Train_PassedItem_FallsBehindItsEqual()
    {
        var dataset = WithPasses();
        var (with, without) = (Train(dataset, FeedbackUse.Raw), Train(dataset, FeedbackUse.None));

        // Items 8 and 9 are each wanted by as many; nobody touched 9 in a list, and all were shown it.
        Assert.True(Gap(with, dataset) > 0.1, $"{Gap(with, dataset)}");
        Assert.InRange(Gap(without, dataset), -0.05, 0.05);
        Assert.True(with.IsSound());
    }

    [Fact]
    public void Train_NothingShown_IsTheSameWithFeedback()
    {
        var dataset = WithPasses().Where(time => time < 1_000);

        var (with, without) = (Train(dataset, FeedbackUse.Debiased), Train(dataset, FeedbackUse.None));

        Assert.Equal(ScoresOf(without, dataset, 3), ScoresOf(with, dataset, 3));
    }

    private static IScorer Train(InteractionDataset dataset, FeedbackUse use) =>
        new ImplicitAlsTrainer(new ImplicitAlsOptions { Factors = 4, Feedback = use, ColdStart = false }).Train(dataset, new TrainingContext());

    private static double Gap(IScorer model, InteractionDataset dataset) => Enumerable.Range(0, 20).Average(user => ScoresOf(model, dataset, user) is var scores ? scores[8] - scores[9] : 0);

    private static float[] ScoresOf(IScorer model, InteractionDataset dataset, int user)
    {
        var scores = new float[dataset.Items.Count];
        model.Score(dataset.HistoryOf(user), [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    private static InteractionDataset WithPasses()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 40; user++)
        {
            for (var item = 0; item < 8; item++)
            {
                if ((user + item) % 3 != 0)
                    builder.Add(user, item, Datasets.Purchase, 0, item);
            }

            if (user >= 20)
                builder.Add(user, 8 + (user % 2), Datasets.Purchase, 0, 10);
            if (user < 20)
                builder.AddShown(user, 2_000, [9], [Exposures.Untouched]);
        }

        return builder.Build();
    }
}
