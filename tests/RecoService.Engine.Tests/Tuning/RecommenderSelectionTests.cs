using Microsoft.Extensions.Time.Testing;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Tuning;

public sealed class RecommenderSelectionTests
{
    private static readonly SearchSettings Plenty = new(TimeSpan.FromMinutes(5));

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Run_TasteInGroups_PicksAls() => Assert.Equal("implicit-als", PickOf(Shop((user, draw) => ((user % 4) * 15) + (draw % 15))));

    [Fact]
    public void Run_EverybodyWantsTheSame_PicksPopularity() =>
        Assert.Equal("popularity", PickOf(Shop((_, draw) => (int)(60 * Math.Pow(draw % 1000 / 1000.0, 3)))));

    [Fact]
    public void AllOf_BuiltIn_AreThoseForTheTargetPopularityFirst()
    {
        var configured = new ImplicitAlsOptions { Factors = 3 };
        var all = RecommenderSelection.AllOf(BuiltInTrainers.Registry, TrainerTarget.Ranking, new Dictionary<string, object> { ["implicit-als"] = configured });

        Assert.Equal("popularity", all[0].Trainer);
        Assert.Same(configured, all.Single(candidate => candidate.Trainer == "implicit-als").Options);
        Assert.DoesNotContain(all, candidate => candidate.Trainer == "biased-mf");
    }

    [Fact]
    public void Run_FewUsers_TriesAllOnAllOfThem()
    {
        var result = Run(200, Plenty, ("a", 1, 0.3), ("b", 50, 0.6), ("c", 10, 0.5));

        Assert.Equal(["b", "c", "a"], result.Rows.Select(row => row.Candidate.Trainer));
        Assert.All(result.Rows, row => Assert.Equal((1, null), (row.Fraction, row.Reason)));
        Assert.Equal(("b", "nDCG@10", 50), (result.Best.Trainer, result.MeasureName, result.Rows[0].Seconds));
    }

    [Fact]
    public void Run_FailingCandidate_IsNotPickedAndSaysWhy()
    {
        var result = Run(200, Plenty, ("broken", 1, double.NaN), ("a", 1, 0.3));

        Assert.Equal("a", result.Best.Trainer);
        Assert.Equal((null, 0, "It cannot."), (result.Rows[1].Value, result.Rows[1].Fraction, result.Rows[1].Reason));
    }

    [Fact]
    public void Run_BudgetUsedUp_LeavesOutTheRest()
    {
        var result = Run(200, new SearchSettings(TimeSpan.FromSeconds(10)), ("slow", 20, 0.3), ("late", 1, 0.9));

        Assert.Equal("slow", result.Best.Trainer);
        Assert.Equal((null, "The budget was used up."), (result.Rows[1].Value, result.Rows[1].Reason));
    }

    [Fact]
    public void Run_ManyUsers_TriesTheBestOfAFirstLookOnAllOfThemAsFarAsTheBudgetGoes()
    {
        // A tenth of the users costs a tenth: 0.1 + 10 + 1 + 2 s. Then good (10 s) and bad (1 s) fit into the 16.9 s left of 30, best (100 s) does not, and fair (20 s) neither.
        var result = Run(3000, new SearchSettings(TimeSpan.FromSeconds(30)) { MinUsers = 300 }, ("bad", 1, 0.1), ("best", 100, 0.9), ("good", 10, 0.8), ("fair", 20, 0.5));

        Assert.Equal(["good", "bad", "best", "fair"], result.Rows.Select(row => row.Candidate.Trainer));
        Assert.Equal([1, 1, 0.1, 0.1], result.Rows.Select(row => row.Fraction));
        Assert.Equal("It would take about 100 s, and the budget has 17 s left.", result.Rows[2].Reason);
        Assert.NotNull(result.Rows[2].Value);
    }

    [Fact]
    public void Run_NoCandidateWorks_SaysWhy() =>
        Assert.Contains("It cannot.", Assert.Throws<TrainingException>(() => Run(200, Plenty, ("broken", 1, double.NaN))).Message, StringComparison.Ordinal);

    [Fact]
    public void Run_NobodyToJudge_SaysSo()
    {
        var validation = new Validation(new DataSplit(Datasets.Empty, Datasets.Empty), PlantedShop.TopTen, seed: 1);
        var selection = new RecommenderSelection(BuiltInTrainers.Registry, validation, Plenty, clock);

        Assert.Throws<TrainingException>(() => selection.Run([new("popularity", new PopularityOptions())], CancellationToken.None));
    }

    private SelectionResult Run(int users, SearchSettings settings, params (string Name, double Seconds, double Quality)[] trainers)
    {
        var registry = trainers.Aggregate(BuiltInTrainers.Registry, (known, trainer) => known.With<Nothing>(trainer.Name, _ => double.IsNaN(trainer.Quality)
            ? throw new TrainingException("It cannot.")
            : PlantedShop.Trainer(clock, trainer.Seconds, trainer.Quality)));
        return new RecommenderSelection(registry, PlantedShop.Validation(users), settings, clock)
            .Run([.. trainers.Select(trainer => new RecommenderCandidate(trainer.Name, new Nothing()))], CancellationToken.None);
    }

    private string PickOf(InteractionDataset shop)
    {
        var validation = new Validation(Splits.RandomPerUser(shop, 0.2, seed: 3), PlantedShop.TopTen, seed: 3);
        RecommenderCandidate[] candidates = [new("popularity", new PopularityOptions()), new("implicit-als", new ImplicitAlsOptions { Factors = 8, Epochs = 5 })];
        return new RecommenderSelection(BuiltInTrainers.Registry, validation, Plenty, TimeProvider.System).Run(candidates, CancellationToken.None).Best.Trainer;
    }

    /// <summary>200 users who buy 10 items each, drawn as told.</summary>
    private static InteractionDataset Shop(Func<int, int, int> itemOf)
    {
        var random = new SeededRandom(11, 0);
        var pairs = new List<(int, int)>();
        for (var user = 0; user < 200; user++)
        {
            for (var purchase = 0; purchase < 10; purchase++)
                pairs.Add((user, itemOf(user, random.Next(1_000_000))));
        }

        return Datasets.OfPurchases([.. pairs.Distinct()]);
    }

    private sealed class Nothing;
}
