using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.LinearRanking;

public abstract class LinearRankingContract(string name) : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.4;

    protected override ITrainer CreateTrainer() => BuiltInTrainers.Registry.Create(
        name, new LinearRankingOptions { Trainers = { ["implicit-als"] = new ImplicitAlsOptions { Factors = 8, Epochs = 8 } } });

    /// <summary>A score is a place in the user's list, so it stays the same as long as the list does.</summary>
    [Fact]
    public override void Rebase_OtherKeys_KeepsSharedRowsAndKnowsNothingOfTheRest()
    {
        var dataset = PlantedTastes().Train;
        var model = Train(dataset, new TrainingContext());
        var users = KeyMap.FromAscending([model.Users[3], model.Users[8], 1_000_000]);
        var items = KeyMap.FromAscending([-7, .. model.Items.Keys, 1_000_000]);

        var rebased = model.Rebase(users, items);

        var known = dataset.HistoryOf(8);
        var expected = new float[model.Items.Count];
        model.Score(known, [.. Enumerable.Range(0, expected.Length)], expected);
        var actual = new float[items.Count];
        int[] shifted = [.. known.Items.ToArray().Select(item => item + 1)];
        rebased.Score(new UserHistory(1, shifted, known.Weights, known.Times, known.Ratings), [.. Enumerable.Range(0, actual.Length)], actual);
        Assert.Equal([float.NaN, .. expected, float.NaN], actual);
        rebased.Score(new UserHistory(2), [.. Enumerable.Range(0, actual.Length)], actual);
        Assert.All(actual, score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Train_PricesKnown_GivesEveryFeatureAFiniteWeight()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 60; user++)
        {
            for (var step = 0; step < 6; step++)
                Like(builder, user, ((user * 7) + (step * 11)) % 40, (user + step) * TimeSpan.MillisecondsPerDay);
        }

        for (var item = 0; item < 40; item++)
            builder.AddContent(item, new ItemContent { Price = 1 + item });
        var model = (ComposedModel)Train(builder.Build(), new TrainingContext());

        Assert.True(model.IsSound());
        // All but the categories, of which there are none.
        Assert.Equal([true, true, false, true, true], ((LinearRankingFunction)((FeatureRanker)model.Ranker).Function).Weights.ToArray().Select(weight => weight != 0));
    }
}

public sealed class LogisticRegressionTrainerTests() : LinearRankingContract("logistic-regression")
{
    [Fact]
    public void Fit_TwoGroups_MeetsTheGradientOfZero()
    {
        // Feature 0 is 1 for two pairs that were taken and one that was left, -1 for another that was left; all else is 0, the constant too.
        // With p = 1 / (1 + exp(-w)) the gradient is 2 (1 - p) - p + (1 - p) - lambda w, which is 0 where 3 - 4 p = lambda w. The third pair stands for two of half a weight.
        var rows = new float[5 * RankingPairs.Width];
        for (var pair = 0; pair < 5; pair++)
            rows[pair * RankingPairs.Width] = pair < 4 ? 1 : -1;

        var weights = LogisticRegressionTrainer.Fit(new RankingPairs(rows, [true, true, false, false, false]), [1, 1, 0.5f, 0.5f, 1], 0.5f, new TrainingContext());

        Assert.Equal(0, 3 - (4 / (1 + Math.Exp(-weights[0]))) - (0.5 * weights[0]), 1e-4);
        Assert.All(weights[1..], weight => Assert.Equal(0, weight));
    }
}

public sealed class LinearSvmTrainerTests() : LinearRankingContract("linear-svm")
{
    [Fact]
    public void Fit_TwoPairs_FindsTheWidestMargin()
    {
        // x = 2 taken, x = -2 left: with room enough the smallest w with y w x >= 1 is 0.5.
        var rows = new float[2 * RankingPairs.Width];
        (rows[0], rows[RankingPairs.Width]) = (2, -2);

        var weights = LinearSvmTrainer.Fit(new RankingPairs(rows, [true, false]), 0.01f, new TrainingContext());

        Assert.Equal(0.5, weights[0], 1e-3);
    }

    [Fact]
    public void Fit_StrongRegularization_StopsAtTheLargestAlpha()
    {
        // C = 1 / 10: both alphas end there, so w = 0.1 x 2 + 0.1 x 2 = 0.4, still short of 0.5.
        var rows = new float[2 * RankingPairs.Width];
        (rows[0], rows[RankingPairs.Width]) = (2, -2);

        Assert.Equal(0.4, LinearSvmTrainer.Fit(new RankingPairs(rows, [true, false]), 10, new TrainingContext())[0], 1e-4);
    }

    [Fact]
    public void Fit_FewTakenAmongMany_StillPutsThemInOrder()
    {
        // Two of three taken have x = 1, nine of thirteen left x = -1. Were all to cost the same, the best plane would be w = 0, b = -1: a w above 0 gains 2 at the taken and loses 4 at the left.
        (float X, bool Taken)[] pairs = [.. Enumerable.Repeat((1f, true), 2), (-1, true), .. Enumerable.Repeat((-1f, false), 9), .. Enumerable.Repeat((1f, false), 4)];
        var rows = new float[pairs.Length * RankingPairs.Width];
        for (var pair = 0; pair < pairs.Length; pair++)
            (rows[pair * RankingPairs.Width], rows[((pair + 1) * RankingPairs.Width) - 1]) = (pairs[pair].X, 1);

        var weights = LinearSvmTrainer.Fit(new RankingPairs(rows, [.. pairs.Select(pair => pair.Taken)]), 0.1f, new TrainingContext());

        Assert.InRange(weights[0], 0.5f, 1.5f);
    }
}
