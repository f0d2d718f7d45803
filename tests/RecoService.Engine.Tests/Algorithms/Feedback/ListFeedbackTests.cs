using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Algorithms.Feedback;

public sealed class ListFeedbackTests
{
    private const long Never = Exposures.Untouched;

    [Fact]
    public void Of_RawPairs_CountsPassesOfWhatIsNotWanted()
    {
        var feedback = ListFeedback.Of(Dataset(), FeedbackUse.Raw);

        // Item 1 was touched in one of two lists, item 2 is wanted without lists, item 5 is unknown; items 3 and 4 were passed three times and once.
        Assert.Equal([(0, 1, 1f)], feedback.TouchWeights.Entries());
        Assert.Equal([(0, 3, 3f), (0, 4, 1f)], feedback.Passed.Entries());
        Assert.Equal((1f, 1f), (feedback.TouchWeight(0, 1), feedback.TouchWeight(0, 2)));
    }

    [Fact]
    public void Of_ShownVeryOften_CountsTenTimes()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 0, Datasets.View, 0, 1);
        builder.AddItem(1);
        for (var list = 0; list < 30; list++)
            builder.AddShown(0, list, [1], [Never]);

        Assert.Equal([(0, 1, 10f)], ListFeedback.Of(builder.Build(), FeedbackUse.Raw).Passed.Entries());
    }

    [Fact]
    public void Of_PositionsTakenOut_ChangesEitherPassesOrTouches()
    {
        var dataset = new ShownListSimulator(300, 60, seed: 5) { DrawnPlaces = 2 }.Log(10);
        var examination = Examination.Of(dataset.Exposures);
        Assert.True(examination.IsOfDrawn);
        Assert.InRange(examination.At(9), 0.01, 0.3);

        var (raw, debiased, inverse) = (ListFeedback.Of(dataset, FeedbackUse.Raw), ListFeedback.Of(dataset, FeedbackUse.Debiased), ListFeedback.Of(dataset, FeedbackUse.InversePropensity));

        Assert.Equal(raw.Passed.Entries(), inverse.Passed.Entries());
        Assert.Equal(raw.TouchWeights.Entries(), debiased.TouchWeights.Entries());
        Assert.All(raw.Passed.Entries().Zip(debiased.Passed.Entries()), pair => Assert.InRange(pair.Second.Value, 0, pair.First.Value));
        Assert.All(inverse.TouchWeights.Entries(), entry => Assert.InRange(entry.Value, 1, 10));
        Assert.True(debiased.Passed.Entries().Sum(entry => entry.Value) < 0.5 * raw.Passed.Entries().Sum(entry => entry.Value));
        Assert.True(inverse.TouchWeights.Entries().Average(entry => entry.Value) > 1.2);
    }

    /// <summary>At every position touches over passes are the same by both weights, as long as no touch counts for more than ten.</summary>
    [Fact]
    public void Weights_BothWays_HaveTheSameOdds()
    {
        var exposures = new ShownListSimulator(300, 60, seed: 5) { DrawnPlaces = 2 }.Log(10).Exposures;
        var (debiased, inverse) = (new FeedbackWeights(FeedbackUse.Debiased, exposures), new FeedbackWeights(FeedbackUse.InversePropensity, exposures));

        for (var place = 0; place < 10; place++)
        {
            Assert.InRange(inverse.OfTouch(place), 1, 10);
            if (inverse.OfTouch(place) < 10)
                Assert.Equal(debiased.OfTouch(place) / debiased.OfPass(place), inverse.OfTouch(place) / inverse.OfPass(place), 1e-5f);
        }
    }

    private static InteractionDataset Dataset()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 1, Datasets.View, 0, 5);
        builder.Add(0, 2, Datasets.Purchase, 0, 1);
        builder.Add(0, 3, Datasets.Dislike, 0, 1);
        builder.AddItem(0);
        builder.AddItem(4);
        builder.AddShown(0, 3, [1, 2, 3], [Never, Never, Never]);
        builder.AddShown(0, 4, [3, 1, 77, 4, 3], [Never, 5, Never, Never, Never]);
        return builder.Build();
    }
}
