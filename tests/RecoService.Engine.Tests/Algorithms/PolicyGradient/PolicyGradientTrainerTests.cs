using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.PolicyGradient;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Experiments;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Algorithms.Feedback;

namespace RecoService.Engine.Tests.Algorithms.PolicyGradient;

public sealed class PolicyGradientTrainerTests
{
    private const int Users = 1_000;

    /// <summary>
    /// Half of the places were drawn uniformly, and the log knows nothing of what users want. The learned policy earns more than that by its own estimate on users it has not learned from, and in truth; and it orders better than its first
    /// stage.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Train_DrawnPlaces_FindsABetterPolicyThanTheLogged(int seed)
    {
        var shop = new ShownListSimulator(Users, 300, seed) { DrawnPlaces = 5 };
        var dataset = shop.Log(8);
        var context = new TrainingContext(2);

        var model = Train(dataset, Options(), context);

        var (first, ours) = (shop.Gains(new ImplicitAlsTrainer(FirstStage()).Train(dataset, new TrainingContext(2)), dataset), shop.Gains(model, dataset));
        var moments = Moments.Of([.. ours.Zip(first, (own, other) => own - other)]);
        var half = 1.96 * Math.Sqrt(moments.Variance / moments.Count);
        var (policy, logged) = (shop.ValueOf(model, dataset), shop.ValueOf(null, dataset));
        Write(FormattableString.Invariant($"Seed {seed}: nDCG@10 {ours.Average():F3} beside {first.Average():F3} of the first stage ({moments.Mean:+0.000;-0.000} ± {half:F3}); a look at the ten is a click {policy:F3} times, at ten drawn by chance {logged:F3}. {context.Notes.Texts.Single()}"));
        Assert.True(moments.Mean - half > 0, $"{moments.Mean:F4} +- {half:F4}");
        Assert.True(policy > 1.3 * logged, $"{policy:F4} beside {logged:F4}");
        // The price orders the lists, and nothing else.
        Assert.InRange(Weights(model)[1], -0.3f, 0.3f);
        Assert.True(Weights(model)[UserItemFeatures.FirstStage] > 0.5f);
        Assert.StartsWith("policy-gradient: By ", context.Notes.Texts.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OtherThreads_IsTheSame()
    {
        var dataset = new ShownListSimulator(300, 100, seed: 5) { DrawnPlaces = 5 }.Log(8);

        var (one, two) = (Train(dataset, Options(steps: 20), new TrainingContext(1)), Train(dataset, Options(steps: 20), new TrainingContext(3)));

        Assert.True(one.IsSound());
        Assert.Equal(Weights(one), Weights(two));
    }

    [Fact]
    public void Train_NoPropensities_IsRefusedAtOnce()
    {
        var dataset = new ShownListSimulator(50, 30, seed: 5).Log(4);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        // So early that it does not even see that it is cancelled.
        var refusal = Assert.Throws<TrainingException>(() => Train(dataset, Options(), new TrainingContext(cancellationToken: cancelled.Token)));

        Assert.Contains("No list that was shown has propensities. Let a placement explore", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => Train(Datasets.Empty, Options(), new TrainingContext()));
    }

    [Fact]
    public void Train_FewDrawnPlaces_IsRefusedWithTheirNumber()
    {
        var dataset = new ShownListSimulator(40, 40, seed: 5) { DrawnPlaces = 2 }.Log(4);

        Assert.Contains("It takes 500 drawn places of users with a history, and 50 touches of them; since the cut there are ", Assert.Throws<TrainingException>(() => Train(dataset, Options(), new TrainingContext())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LittleOfThePolicyInTheLog_IsRefused()
    {
        var dataset = new ShownListSimulator(300, 100, seed: 5) { DrawnPlaces = 5 }.Log(8);
        var options = Options(steps: 20);
        options.MinEffectiveRounds = 1_000_000;

        var refusal = Assert.Throws<TrainingException>(() => Train(dataset, options, new TrainingContext()));

        Assert.Matches("^By [0-9]+ drawn places that it had not learned from, the policy earns [0-9.]+ touches a place .* they are worth [0-9]+ places of its own. That is fewer than MinEffectiveRounds, 1000000, so it is not served.$", refusal.Message);
    }

    /// <summary>The log says the contrary of the first stage's order, and the steps are too small to learn it.</summary>
    [Fact]
    public void Learn_PolicySurelyWorseThanTheLogged_IsRefused()
    {
        var rounds = Rounds((random, drawn) => random.NextDouble() < (drawn == 1 ? 0.05 : 0.5));
        var lazy = new PolicyGradientTrainer(new PolicyGradientOptions { Steps = 1, LearningRate = 1e-6f }, BuiltInTrainers.Registry);

        Assert.EndsWith("That is surely less, so it is not served.", Assert.Throws<TrainingException>(() => lazy.Learn(rounds, new TrainingContext())).Message, StringComparison.Ordinal);
        var learned = new PolicyGradientTrainer(new PolicyGradientOptions { ListLength = 1, Regularization = 10, Steps = 300 }, BuiltInTrainers.Registry).Learn(rounds, new TrainingContext());
        Assert.True(learned.Weights[UserItemFeatures.FirstStage] < 0);
    }

    [Fact]
    public void Learn_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new PolicyGradientTrainer(new PolicyGradientOptions(), BuiltInTrainers.Registry).Learn(Rounds((_, _) => true), new TrainingContext(cancellationToken: cancelled.Token)));
    }

    [Fact]
    public void Read_DrawnPlaces_KnowsWhatStoodAboveAndWhatWasChosenAmong()
    {
        const long Never = Exposures.Untouched;
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 4; user++)
        {
            for (var item = 0; item < 5; item++)
                builder.Add(user, item, Datasets.View, 0, item + user);
        }

        builder.Add(0, 4, Datasets.View, 0, 100);
        builder.Add(1, 4, Datasets.View, 0, 100);
        builder.Add(2, 3, Datasets.View, 0, 100);
        builder.Add(3, 3, Datasets.View, 0, 100);
        builder.AddShown(0, 200, [3, 2, 77, 0], [Never, 201, Never, Never], [1, 0.25f, 1, 0.5f]);
        builder.AddShown(0, 5, [1], [Never], [0.5f]);
        builder.AddShown(1, 200, [0], [Never]);
        var dataset = builder.Build();
        var part = ValidationPart.Of(dataset, ValidationCut.Time, 0.2, 10, seed: 1);
        var shown = new ShownAfter(dataset, part.Train, Engine.Algorithms.Feedback.FeedbackUse.Raw, 10, seed: 1);
        var first = BuiltInTrainers.Registry.Train("popularity", BuiltInTrainers.Registry.OptionsOf("popularity", new Dictionary<string, object>()), part.Train, new TrainingContext());

        // One candidate of the first stage, and what was drawn besides.
        var rounds = PolicyRounds.Read(dataset.Exposures, shown, new CandidateFeatures(1, part, first), CancellationToken.None);

        Assert.Equal((2, 1), PolicyRounds.CountDrawn(dataset.Exposures, shown));
        var user0 = Assert.Single(rounds.Users);
        Assert.Equal([(0.25f, 1f), (0.5f, 0f)], user0.Rounds.Select(round => (round.Propensity, round.Reward)));
        var count = user0.Features.Length / UserItemFeatures.Count;
        Assert.InRange(count, 2, 3);
        Assert.Equal(2, user0.Rounds.Select(round => round.Candidate).Distinct().Count());
        // Of what stood above the second, item 2 is a candidate.
        Assert.Contains(user0.Rounds[0].Candidate, user0.Rounds[1].Above);
        Assert.DoesNotContain(user0.Rounds[0].Candidate, user0.Rounds[0].Above);
    }

    private static ComposedModel Train(InteractionDataset dataset, PolicyGradientOptions options, TrainingContext context) => (ComposedModel)BuiltInTrainers.Registry.Train("policy-gradient", options, dataset, context);

    private static ImplicitAlsOptions FirstStage() => new() { Factors = 16, ColdStart = false };

    private static PolicyGradientOptions Options(int steps = 150) => new() { ValidationCut = ValidationCut.Time, ValidationFraction = 0.3, Steps = steps, Trainers = { ["implicit-als"] = FirstStage() } };

    private static float[] Weights(ComposedModel model) => ((LinearRankingFunction)((FeatureRanker)model.Ranker).Function).Weights.ToArray();

    /// <summary>600 users choose once between two items, of which the first stage prefers the second; either was drawn as often.</summary>
    private static PolicyRounds Rounds(Func<SeededRandom, int, bool> isTouched)
    {
        var users = new List<PolicyUser>();
        for (var user = 0; user < 600; user++)
        {
            var random = new SeededRandom(9, user);
            var features = new float[2 * UserItemFeatures.Count];
            features[UserItemFeatures.FirstStage] = -1;
            features[UserItemFeatures.Count + UserItemFeatures.FirstStage] = 1;
            var drawn = user % 2;
            users.Add(new PolicyUser(features, [new PolicyRound(drawn, [], 0.5f, isTouched(random, drawn) ? 1 : 0)]));
        }

        return new PolicyRounds(users);
    }

    private static void Write(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
