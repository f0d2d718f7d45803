using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Experiments;
using RecoService.Engine.Models;

namespace RecoService.Engine.Tests.Algorithms.Feedback;

/// <summary>
/// The proof that feedback with the position taken out is worth having: in <see cref="ShownListSimulator"/> the lists were ordered by the price, which nobody cares for, and users looked at the top most.
/// </summary>
public sealed class DebiasingTests
{
    private const int Users = 1_000;
    private const int Items = 300;

    private static readonly int[] Seeds = [1, 2, 3];

    [Theory]
    [InlineData("logistic-regression", 8)]
    [InlineData("linear-svm", 8)]
    [InlineData("implicit-als", 20)]
    [InlineData("bpr", 20)]
    public void Train_Debiased_OrdersBetterThanRawFeedback(string name, int lists)
    {
        foreach (var seed in Seeds)
        {
            var shop = new ShownListSimulator(Users, Items, seed) { DrawnPlaces = 2 };
            var dataset = shop.Log(lists);
            var gains = Enum.GetValues<FeedbackUse>().ToDictionary(use => use, use => shop.Gains(Train(name, use, dataset), dataset));
            var (overRaw, overNone) = (Differences(gains[FeedbackUse.Debiased], gains[FeedbackUse.Raw]), Differences(gains[FeedbackUse.Debiased], gains[FeedbackUse.None]));
            Write($"{name} {seed}: {string.Join(", ", gains.Select(gain => FormattableString.Invariant($"{gain.Key} {gain.Value.Average():F3}")))}; {overRaw.Text} over raw, {overNone.Text} over none");
            Assert.True(overNone.Low > 0, overNone.Text);
            // What is drawn as unseen changes little by the position, so that single seeds of bpr cannot tell.
            if (name != "bpr")
                Assert.True(overRaw.Low > 0, overRaw.Text);
        }
    }

    /// <summary>Without drawn places the items that stand at several positions tell how probable a look is.</summary>
    [Fact]
    public void Train_NothingDrawn_OrdersBetterThanRawFeedbackStill()
    {
        var shop = new ShownListSimulator(Users, Items, seed: 4);
        var dataset = shop.Log(8);
        Assert.False(Examination.Of(dataset.Exposures).IsOfDrawn);

        var over = Differences(shop.Gains(Train("logistic-regression", FeedbackUse.Debiased, dataset), dataset), shop.Gains(Train("logistic-regression", FeedbackUse.Raw, dataset), dataset));

        Write($"logistic-regression, nothing drawn: {over.Text} over raw");
        Assert.True(over.Low > 0, over.Text);
    }

    private static IScorer Train(string name, FeedbackUse use, InteractionDataset dataset)
    {
        var als = new ImplicitAlsOptions { Factors = 16, ColdStart = false, Feedback = name == "implicit-als" ? use : FeedbackUse.None };
        return BuiltInTrainers.Registry.Train(
            name, name switch
            {
                "bpr" => new BprOptions { Factors = 16, Epochs = 50, Feedback = use, ColdStart = false },
                "implicit-als" => als,
                _ => new LinearRankingOptions { Feedback = use, ValidationCut = ValidationCut.Time, ValidationFraction = 0.3, Trainers = { ["implicit-als"] = als } },
            },
            dataset, new TrainingContext(2));
    }

    /// <summary>The mean difference by user with its 95% interval.</summary>
    private static (double Low, string Text) Differences(double[] ours, double[] theirs)
    {
        var moments = Moments.Of([.. ours.Zip(theirs, (own, other) => own - other)]);
        var half = 1.96 * Math.Sqrt(moments.Variance / moments.Count);
        return (moments.Mean - half, FormattableString.Invariant($"{moments.Mean:+0.000;-0.000} ± {half:F3}"));
    }

    private static void Write(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
