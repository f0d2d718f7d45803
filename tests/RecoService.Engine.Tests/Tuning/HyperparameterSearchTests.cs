using Microsoft.Extensions.Time.Testing;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Tuning;

public sealed class HyperparameterSearchTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly List<double> reported = [];

    private SearchResult Search(int users, SearchSettings settings, PlantedOptions? initial = null) =>
        new HyperparameterSearch(Registry(), "planted", initial ?? new PlantedOptions(), PlantedShop.Validation(users), settings, clock, new Listener(reported))
            .Run(CancellationToken.None);

    /// <summary>Best at X = 3, by as much as X is away from it in its logarithm; a tenth worse where Flag is off.</summary>
    private TrainerRegistry Registry() => BuiltInTrainers.Registry.With<PlantedOptions>("planted", options => options.Breaks && options.X > 10
        ? throw new TrainingException("X is too large.")
        : PlantedShop.Trainer(clock, options.Seconds, Math.Max(0, 0.9 - (0.2 * Math.Abs(Math.Log10(options.X / 3))) - (options.Flag ? 0 : 0.1))));

    [Fact]
    public void Run_PlantedOptimum_IsFound()
    {
        var result = Search(200, new SearchSettings(null, MaxTrials: 60));

        var best = Assert.IsType<PlantedOptions>(result.Best.Options);
        Assert.True(best.Flag);
        Assert.InRange(best.X, 2, 4.5);
        Assert.Equal(17, best.Untouched);
        Assert.Equal(61, result.Trials.Count);
        // The first one: X = 100 is 1.523 decades away: 0.9 - 0.305 - 0.1 = 0.495.
        Assert.Equal(0.495, result.Initial.Value!.Value, 0.1);
        Assert.Equal(result.Best.Value!.Value - result.Initial.Value.Value, result.Difference!.Mean, 6);
        Assert.True(result.Difference.Interval.Low > 0);
    }

    [Fact]
    public void Run_ManyUsers_HalvesAndKeepsTheBest()
    {
        var result = Search(3000, new SearchSettings(null, MaxTrials: 27) { MinUsers = 300 });

        // 27 on a ninth of the users, 9 on a third, 3 on all, and the first one on all.
        Assert.Equal([(1.0 / 9, 27), (1.0 / 3, 9), (1.0, 4)], result.Trials.GroupBy(trial => trial.Fraction).Select(rung => (rung.Key, rung.Count())).Order());
        Assert.Equal(1, result.Best.Fraction);
        var finalists = result.Trials.Where(trial => trial.Fraction == 1).ToList();
        Assert.Equal(finalists.Max(trial => trial.Value), result.Best.Value);
        var bestOfFirstRung = result.Trials.Where(trial => trial.Fraction < 0.2).MaxBy(trial => trial.Value)!;
        Assert.Contains(finalists, trial => trial.Number == bestOfFirstRung.Number);
        Assert.InRange(((PlantedOptions)result.Best.Options).X, 1, 9);
    }

    [Fact]
    public void Run_SameSeed_SameTrials()
    {
        var first = Search(3000, new SearchSettings(null, MaxTrials: 12, Seed: 5) { MinUsers = 300 });
        var second = Search(3000, new SearchSettings(null, MaxTrials: 12, Seed: 5) { MinUsers = 300 });
        var other = Search(3000, new SearchSettings(null, MaxTrials: 12, Seed: 6) { MinUsers = 300 });

        Assert.Equivalent(first.Trials, second.Trials);
        Assert.Equivalent(first.Best, second.Best);
        Assert.NotEqual(((PlantedOptions)first.Trials[1].Options).X, ((PlantedOptions)other.Trials[1].Options).X);
    }

    [Fact]
    public void Run_Budget_DecidesHowManyConfigurationsStart()
    {
        // 2 s for a training. One rung: the first, and as many more as begin and end within the minute.
        var result = Search(200, new SearchSettings(TimeSpan.FromMinutes(1)));

        Assert.Equal(29, result.Trials.Count);
        Assert.True(reported.SequenceEqual(reported.Order()));
        Assert.InRange(reported[^1], 0.9, 1);
    }

    [Fact]
    public void Run_BudgetWithRungs_SharesItAmongThemAndEndsOnAllUsers()
    {
        // 2 s on all users, 2/9 s on a ninth, 2/3 s on a third. Of 62 s the first takes 2, each rung a third of the rest: 20 s are 89 ninths.
        var start = clock.GetUtcNow();
        var result = Search(3000, new SearchSettings(TimeSpan.FromSeconds(62)) { MinUsers = 300 });

        Assert.InRange((clock.GetUtcNow() - start).TotalSeconds, 50, 62);
        var counts = result.Trials.GroupBy(trial => trial.Fraction).OrderBy(rung => rung.Key).Select(rung => rung.Count()).ToList();
        Assert.InRange(counts[0], 86, 89);
        Assert.InRange(counts[1], 27, 30);
        Assert.InRange(counts[2], 9, 11);
    }

    [Fact]
    public void Run_NoTimeForMoreThanTheFirst_GivesTheFirst()
    {
        var result = Search(200, new SearchSettings(TimeSpan.FromSeconds(1)));

        Assert.Equal((1, result.Initial), (result.Trials.Count, result.Best));
        Assert.Equal(0, result.Difference!.Mean);
    }

    [Fact]
    public void Run_FailingConfigurations_AreLeftBehind()
    {
        var result = Search(200, new SearchSettings(null, MaxTrials: 20), new PlantedOptions { Breaks = true });

        Assert.Equal("X is too large.", result.Initial.Failure);
        Assert.Null(result.Difference);
        Assert.Contains(result.Trials.Skip(1), trial => trial.Failure is not null);
        Assert.InRange(((PlantedOptions)result.Best.Options).X, 0, 10);
    }

    [Fact]
    public void Run_NothingToSearch_GivesTheConfigured()
    {
        var registry = BuiltInTrainers.Registry.With<Plain>("plain", _ => PlantedShop.Trainer(clock, 1, 0.5));
        var result = new HyperparameterSearch(registry, "plain", new Plain(), PlantedShop.Validation(50), new SearchSettings(TimeSpan.FromHours(1)), clock).Run(CancellationToken.None);

        Assert.Same(result.Initial, Assert.Single(result.Trials));
    }

    [Fact]
    public void Run_FewValues_EndsWhenAllAreTried()
    {
        var registry = BuiltInTrainers.Registry.With<OneFlag>("flag", options => PlantedShop.Trainer(clock, 0, options.Flag ? 0.9 : 0.1));
        var result = new HyperparameterSearch(registry, "flag", new OneFlag(), PlantedShop.Validation(50), new SearchSettings(TimeSpan.FromHours(1)), clock).Run(CancellationToken.None);

        Assert.Equal(2, result.Trials.Count);
        Assert.True(((OneFlag)result.Best.Options).Flag);
    }

    [Fact]
    public void Run_LeaderFarFromAnyOtherConfiguration_LooksElsewhere()
    {
        // Best without a value, which is half of the searched stretch: around a leader deep inside there is nothing else.
        var registry = BuiltInTrainers.Registry.With<OneOrNone>("none", options => PlantedShop.Trainer(clock, 0, options.Y is null ? 0.9 : 0.1));
        for (var seed = 0; seed < 40; seed++)
        {
            var result = new HyperparameterSearch(registry, "none", new OneOrNone { Y = 500 }, PlantedShop.Validation(20), new SearchSettings(null, MaxTrials: 20, Seed: seed), clock).Run(CancellationToken.None);

            Assert.Equal(21, result.Trials.Count);
            Assert.Null(((OneOrNone)result.Best.Options).Y);
        }
    }

    [Fact]
    public void Run_NobodyToJudge_SaysSo()
    {
        var nobody = new Validation(new Engine.Data.DataSplit(Datasets.Empty, Datasets.Empty), PlantedShop.TopTen, 7);
        var search = new HyperparameterSearch(Registry(), "planted", new PlantedOptions(), nobody, new SearchSettings(null, 3), clock);

        Assert.Contains("Nobody can be judged", Assert.Throws<TrainingException>(() => search.Run(CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        var search = new HyperparameterSearch(Registry(), "planted", new PlantedOptions(), PlantedShop.Validation(50), new SearchSettings(null, 3), clock);

        Assert.ThrowsAny<OperationCanceledException>(() => search.Run(new CancellationToken(canceled: true)));
        Assert.Null(search.SoFar);
    }

    [Fact]
    public void Run_CancelledAfterSomeTrials_KeepsWhatItHas()
    {
        using var cancel = new CancellationTokenSource();
        var trainings = 0;
        var registry = BuiltInTrainers.Registry.With<PlantedOptions>("planted", options =>
        {
            if (++trainings == 4)
                cancel.Cancel();
            return PlantedShop.Trainer(clock, options.Seconds, Math.Max(0, 0.9 - (0.2 * Math.Abs(Math.Log10(options.X / 3)))));
        });
        var search = new HyperparameterSearch(registry, "planted", new PlantedOptions(), PlantedShop.Validation(50), new SearchSettings(null, 30), clock);

        Assert.ThrowsAny<OperationCanceledException>(() => search.Run(cancel.Token));

        Assert.Equal(3, search.SoFar!.Trials.Count);
        Assert.Equal(search.SoFar.Trials.Max(trial => trial.Value), search.SoFar.Best.Value);
        Assert.NotNull(search.SoFar.Difference);
    }

    private sealed class PlantedOptions
    {
        [Search(0.001, 1000, Logarithmic = true)]
        public double X { get; set; } = 100;

        [Search]
        public bool Flag { get; set; }

        public bool Breaks { get; set; }

        public double Seconds { get; set; } = 2;

        public int Untouched { get; set; } = 17;
    }

    private sealed class OneFlag
    {
        [Search]
        public bool Flag { get; set; }
    }

    private sealed class OneOrNone
    {
        [Search(1, 1000, Logarithmic = true)]
        public double? Y { get; set; }
    }

    private sealed class Plain;

    private sealed class Listener(List<double> reported) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => reported.Add(value.Fraction);
    }
}
