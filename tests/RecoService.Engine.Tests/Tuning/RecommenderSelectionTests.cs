using Microsoft.Extensions.Time.Testing;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Tuning;

public sealed class RecommenderSelectionTests
{
    private static readonly SearchSettings Plenty = new(TimeSpan.FromMinutes(5));

    private readonly FakeTimeProvider clock = new();

    private int shopUsers = 200;

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
        var result = Run(200, Plenty, Named("a", 1, 0.3), Named("b", 50, 0.6), Named("c", 10, 0.5));

        Assert.Equal(["b", "c", "a"], result.Rows.Select(row => row.Candidate.Trainer));
        Assert.All(result.Rows, row => Assert.Equal((1.0, 1, "default", null), (row.Best!.Fraction, row.Trials, row.Best.Origin, row.Reason)));
        Assert.Equal(("b", "nDCG@10", 50), (result.Best.Trainer, result.MeasureName, result.Rows[0].Best!.TrainSeconds));
        Assert.Equal(3, result.Trials.Count);
    }

    [Fact]
    public void Run_FailingCandidate_IsNotPickedAndSaysWhy()
    {
        var result = Run(200, Plenty, Named("broken", 1, double.NaN), Named("a", 1, 0.3));

        Assert.Equal("a", result.Best.Trainer);
        Assert.Equal((null, 1, "It cannot."), (result.Rows[1].Best, result.Rows[1].Trials, result.Rows[1].Reason));
    }

    /// <summary>In the order of the alphabet the dear one would come first, and would leave no time for the others.</summary>
    [Fact]
    public void Run_TheCheapAndThenByPredictedCost_WhateverTheOrderGiven()
    {
        var result = Run(
            200, new SearchSettings(TimeSpan.FromSeconds(100)), Named("a-dear-one", 20, 0.5), Named("b-fair", 5, 0.4), Named("c-little", 2, 0.3), Named("z-cheap", 8, 0.6) with { IsCheap = true });

        Assert.Equal(["z-cheap", "c-little", "b-fair", "a-dear-one"], result.Trials.Select(trial => trial.Trainer));
        Assert.Equal("z-cheap", result.Best.Trainer);
    }

    [Fact]
    public void Run_TwiceAsManyItems_KeepsTheOrder()
    {
        var order = new[] { 1.0, 2.0 }.Select(scale =>
            Run(200, Plenty, Named("a", 9 * scale, 0.5), Named("b", 4 * scale, 0.4), Named("c", 1 * scale, 0.3)).Trials.Select(trial => trial.Trainer).ToList()).ToList();

        Assert.Equal(order[0], order[1]);
    }

    [Fact]
    public void Run_CheapOnes_AreTriedHoweverShortTheTimeIs()
    {
        var result = Run(200, new SearchSettings(TimeSpan.FromSeconds(4)), Named("one", 3, 0.3) with { IsCheap = true }, Named("two", 3, 0.5) with { IsCheap = true }, Named("late", 1, 0.9));

        Assert.Equal("one", result.Trials[0].Trainer);
        Assert.Equal("two", result.Trials[1].Trainer);
        Assert.Equal("The budget was used up.", result.Rows.Single(row => row.Candidate.Trainer == "late").Reason);
    }

    /// <summary>The dearest third of the cheap ones is tried where it fits, and does not take the time of all others where it does not.</summary>
    [Theory]
    [InlineData(1000, 4)]
    [InlineData(100, 3)]
    public void Run_ACheapOneThatIsDearOnTheseData_WaitsWithTheOthers(int budget, int tried)
    {
        var result = Run(
            200, new SearchSettings(TimeSpan.FromSeconds(budget)),
            Named("one", 1, 0.3) with { IsCheap = true }, Named("two", 2, 0.4) with { IsCheap = true }, Named("dear", 200, 0.9) with { IsCheap = true }, Named("other", 20, 0.5));

        Assert.Equal(tried, result.Trials.Count);
        Assert.Equal(tried == 4 ? "dear" : "other", result.Best.Trainer);
        Assert.Equal(tried == 4 ? null : "It would take about 200 s, and may take 25 s.", result.Rows.Single(row => row.Candidate.Trainer == "dear").Reason);
    }

    [Fact]
    public void Run_DrawsOfALongTraining_AreLookedAtWithAThirdOfTheEpochsFirst()
    {
        var registry = BuiltInTrainers.Registry.With<PlantedEpochs>("iterative", options => PlantedShop.Trainer(clock, options.Epochs, options.Quality));

        var result = new RecommenderSelection(registry, PlantedShop.Validation(200), new SearchSettings(TimeSpan.FromSeconds(300), MaxTrials: 2, Seed: 3), clock)
            .Run([new("iterative", new PlantedEpochs())], CancellationToken.None);

        Assert.Equal([9, 3, 3, 3, 9], result.Trials.Take(5).Select(trial => ((PlantedEpochs)trial.Options).Epochs));
        Assert.All(result.Trials, trial => Assert.Equal(1, trial.Fraction));
        var looks = result.Trials.Skip(1).Take(3).Select(trial => ((PlantedEpochs)trial.Options).Quality);
        Assert.Equal(looks.Max(), ((PlantedEpochs)result.Trials[4].Options).Quality);
    }

    /// <summary>A quarter of the budget is the most that one may take, however good it might be.</summary>
    [Fact]
    public void Run_OneThatTakesLongerThanSaid_IsStoppedAndLeavesTimeForTheOthers()
    {
        var result = Run(200, new SearchSettings(TimeSpan.FromSeconds(100)), Named("first", 1, 0.2), Named("endless", 60, 0.9) with { PredictedSeconds = 2 }, Named("good", 10, 0.5));

        Assert.Equal("good", result.Best.Trainer);
        var endless = result.Rows.Single(row => row.Candidate.Trainer == "endless");
        Assert.Equal("It was stopped after 30 s: the budget has no more for it.", endless.Reason);
    }

    [Fact]
    public void Run_OneThatIsPredictedToTakeTooLong_IsNotTriedAndSaysSo()
    {
        var result = Run(200, new SearchSettings(TimeSpan.FromSeconds(100)), Named("first", 1, 0.2) with { IsCheap = true }, Named("huge", 500, 0.9));

        var huge = result.Rows.Single(row => row.Candidate.Trainer == "huge");
        Assert.Equal((0, "It would take about 500 s, and may take 25 s."), (huge.Trials, huge.Reason));
    }

    /// <summary>What is picked has to be trained on everything afterwards: 10 s twice more do not fit into the 19 s that are left.</summary>
    [Fact]
    public void Run_FinalTrainings_CountInTheBudget()
    {
        SelectionResult With(int finals) => Run(
            200, new SearchSettings(TimeSpan.FromSeconds(60)) { FinalTrainings = finals }, Named("first", 20, 0.2) with { IsCheap = true }, Named("second", 13, 0.9));

        Assert.Equal("second", With(1).Best.Trainer);
        Assert.Equal("first", With(9).Best.Trainer);
    }

    [Fact]
    public void Run_StartingPoints_AreTriedBesideTheDefault()
    {
        var result = Run(200, Plenty, Named("a", 1, 0.3), Named("b", 1, 0.4) with { Starts = [0.5, 0.8, 0.1] });

        Assert.Equal("b", result.Best.Trainer);
        Assert.Equal((0.8, "for kind 1 data"), (((PlantedQuality)result.Best.Options).Quality, result.Rows[0].Best!.Origin));
        Assert.Equal(4, result.Rows[0].Trials);
    }

    [Fact]
    public void Run_OptionsThatWereTriedBefore_AreNotTriedAgain()
    {
        var result = Run(200, Plenty with { LastPick = new NamedOptions("b", new PlantedQuality { Quality = 0.4 }) }, Named("b", 1, 0.4) with { Starts = [0.4, 0.5, 0.5] });

        Assert.Equal([0.4, 0.5], result.Trials.Select(trial => ((PlantedQuality)trial.Options).Quality));
    }

    /// <summary>One whose trials take ten times as long has a tenth as many draws, and does not eat up the time of the other.</summary>
    [Fact]
    public void Run_Draws_ShareTheTimeAndNotTheTurns()
    {
        var registry = Registry()
            .With<PlantedOptions>("quick", options => PlantedShop.Trainer(clock, 1, 0.8 + (0.0001 * options.X)))
            .With<PlantedOptions>("slow", options => PlantedShop.Trainer(clock, 10, 0.8 + (0.0001 * options.X)));
        var result = new RecommenderSelection(registry, PlantedShop.Validation(200), new SearchSettings(TimeSpan.FromSeconds(200)), clock)
            .Run([new("quick", new PlantedOptions()), new("slow", new PlantedOptions())], CancellationToken.None);

        var drawn = result.Trials.Where(trial => trial.Origin == "drawn").Select(trial => trial.Trainer).ToList();
        var secondSlow = drawn.FindIndex(drawn.IndexOf("slow") + 1, trainer => trainer == "slow");
        Assert.InRange(drawn.Take(secondSlow < 0 ? drawn.Count : secondSlow).Count(trainer => trainer == "quick"), 8, 12);
    }

    [Fact]
    public void Run_StartingPointsWithoutASearchOfOptions_AreNotTried() =>
        Assert.Equal(1, Run(200, Plenty with { SearchesOptions = false }, Named("b", 1, 0.4) with { Starts = [0.8] }).Rows[0].Trials);

    /// <summary>Options that suit other data may hide what a recommender is good for, but a hopeless one is left alone.</summary>
    [Fact]
    public void Run_StartingPointsOfOneFarBehind_AreNotTried()
    {
        var result = Run(200, Plenty, Named("a", 1, 0.8) with { IsCheap = true }, Named("b", 1, 0.1) with { IsCheap = true, Starts = [0.9] });

        Assert.Equal(1, result.Rows.Single(row => row.Candidate.Trainer == "b").Trials);
    }

    [Fact]
    public void Run_SearchableOptions_AreDrawnUntilNothingGetsBetter()
    {
        var registry = Registry(Named("a", 1, 0.3)).With<PlantedOptions>("planted", options => PlantedShop.Trainer(clock, 1, Math.Max(0, 0.9 - (0.2 * Math.Abs(Math.Log10(options.X / 3))))));
        var selection = new RecommenderSelection(registry, PlantedShop.Validation(200), new SearchSettings(TimeSpan.FromHours(1)), clock);

        var result = selection.Run([new("a", new PlantedQuality()), new("planted", new PlantedOptions())], CancellationToken.None);

        Assert.Equal("planted", result.Best.Trainer);
        Assert.Equal("drawn", result.Rows[0].Best!.Origin);
        Assert.InRange(((PlantedOptions)result.Best.Options).X, 1, 9);
        // It ends long before the budget does.
        Assert.InRange(result.Trials.Count, 10, 100);
    }

    [Fact]
    public void Run_SameSeedAndNoBudget_SameTrials()
    {
        SelectionResult Search(int seed)
        {
            var registry = Registry().With<PlantedOptions>("planted", options => PlantedShop.Trainer(clock, 1, Math.Max(0, 0.9 - (0.2 * Math.Abs(Math.Log10(options.X / 3))))));
            return new RecommenderSelection(registry, PlantedShop.Validation(200), new SearchSettings(null, MaxTrials: 6, Seed: seed), clock).Run([new("planted", new PlantedOptions())], CancellationToken.None);
        }

        Assert.Equal(Search(5).Trials.Select(trial => trial.Value), Search(5).Trials.Select(trial => trial.Value));
        Assert.NotEqual(Search(5).Trials.Select(trial => trial.Value), Search(6).Trials.Select(trial => trial.Value));
        Assert.Equal(7, Search(5).Trials.Count);
    }

    [Fact]
    public void Run_WhatWasPickedLastTime_IsTriedFirst()
    {
        var last = new NamedOptions("b", new PlantedQuality { Quality = 0.7 });

        var result = Run(200, Plenty with { LastPick = last }, Named("a", 1, 0.5) with { IsCheap = true }, Named("b", 1, 0.4));

        Assert.Equal(("b", "picked last time", 0.7), (result.Trials[0].Trainer, result.Trials[0].Origin, ((PlantedQuality)result.Best.Options).Quality));
    }

    /// <summary>An odd day: here the second finds the items of a few more users, and on the part before it of far fewer.</summary>
    [Fact]
    public void Run_TwoThatAreEqualButForChance_TheEarlierPartDecides()
    {
        var registry = Registry(Named("steady", 1, 0.50), Named("odd", 1, 0.51));
        SelectionResult Pick(Validation? earlier)
        {
            var validation = PlantedShop.Validation(200);
            return new RecommenderSelection(registry, earlier is null ? validation : new Validation(PlantedShop.Split(200), PlantedShop.TopTen, seed: 7) { Earlier = [earlier] }, Plenty, clock)
                .Run([new("steady", new PlantedQuality()), new("odd", new PlantedQuality())], CancellationToken.None);
        }

        var other = new Validation(PlantedShop.Split(100), PlantedShop.TopTen, seed: 7);

        Assert.Equal("odd", Pick(null).Best.Trainer);
        var asked = new List<string>();
        registry = registry.With<PlantedQuality>("steady", _ => new Listening(asked, "steady", PlantedShop.Trainer(clock, 1, 0.50), other, PlantedShop.Trainer(clock, 1, 0.9)));
        registry = registry.With<PlantedQuality>("odd", _ => new Listening(asked, "odd", PlantedShop.Trainer(clock, 1, 0.51), other, PlantedShop.Trainer(clock, 1, 0.1)));
        Assert.Equal("steady", Pick(other).Best.Trainer);
        Assert.Equal(["odd", "steady"], asked.Order());
    }

    /// <summary>Two odd windows of three, of half as many users each, do not outweigh a clear one.</summary>
    [Theory]
    [InlineData(0.55, 0.55, "odd")]
    [InlineData(0.55, 0.1, "steady")]
    [InlineData(0.1, 0.1, "steady")]
    public void Run_SeveralEarlierWindows_EachHasItsSay(double oddBefore, double oddLongBefore, string expected)
    {
        Validation[] windows = [new(PlantedShop.Split(100), PlantedShop.TopTen, seed: 7), new(PlantedShop.Split(100), PlantedShop.TopTen, seed: 7)];
        var asked = new List<string>();
        ITrainer InWindows(string name, double now, double before, double longBefore) => new Listening(
            asked, name, new Listening(asked, name, PlantedShop.Trainer(clock, 1, now), windows[1], PlantedShop.Trainer(clock, 1, longBefore)), windows[0], PlantedShop.Trainer(clock, 1, before));
        var registry = BuiltInTrainers.Registry
            .With<PlantedQuality>("steady", _ => InWindows("steady", 0.50, 0.5, 0.5))
            .With<PlantedQuality>("odd", _ => InWindows("odd", 0.51, oddBefore, oddLongBefore));

        var validation = new Validation(PlantedShop.Split(200), PlantedShop.TopTen, seed: 7) { Earlier = windows };
        var result = new RecommenderSelection(registry, validation, Plenty, clock).Run([new("steady", new PlantedQuality()), new("odd", new PlantedQuality())], CancellationToken.None);

        Assert.Equal(expected, result.Best.Trainer);
        Assert.Equal(["odd", "odd", "steady", "steady"], asked.Order());
    }

    [Fact]
    public void Run_NoTimeForAnEarlierWindow_TheLatestDecides()
    {
        var registry = Registry(Named("steady", 10, 0.50), Named("odd", 10, 0.51));
        var validation = new Validation(PlantedShop.Split(200), PlantedShop.TopTen, seed: 7) { Earlier = NotToBeUsed() };

        var result = new RecommenderSelection(registry, validation, new SearchSettings(TimeSpan.FromSeconds(41)), clock)
            .Run([new("steady", new PlantedQuality()), new("odd", new PlantedQuality())], CancellationToken.None);

        Assert.Equal("odd", result.Best.Trainer);

        static IEnumerable<Validation> NotToBeUsed()
        {
            yield return new Validation(PlantedShop.Split(100), PlantedShop.TopTen, seed: 7);
            Assert.Fail("One is too many.");
        }
    }

    [Fact]
    public void Run_SlowLists_AreNotPickedWhereTheyMayNotBeAndWhatThatCostsIsSaid()
    {
        TrainerTimes[] trainers = [Named("quick", 1, 0.4) with { ListMicroseconds = 50 }, Named("slow", 1, 0.8) with { ListMicroseconds = 500 }];

        Assert.Equal("slow", Run(200, Plenty, trainers).Best.Trainer);
        var bounded = Run(200, Plenty with { MaxListTime = TimeSpan.FromMicroseconds(100) }, trainers);
        Assert.Equal("quick", bounded.Best.Trainer);
        Assert.StartsWith("slow has nDCG@10 0.7", bounded.GivenUp, StringComparison.Ordinal);
        Assert.EndsWith("but a list of slow takes 500 µs.", bounded.GivenUp, StringComparison.Ordinal);
        Assert.Equal("A list takes 500 µs, and at most 100 µs are allowed.", bounded.Rows[1].Reason);
        Assert.Equal("quick", Run(200, Plenty with { MaxListTime = TimeSpan.FromMicroseconds(10) }, trainers).Best.Trainer);
        Assert.Null(Run(200, Plenty with { MaxListTime = TimeSpan.FromMicroseconds(1000) }, trainers).GivenUp);
    }

    [Fact]
    public void Run_DataTooLargeForTheBudget_DecidesOnAPartOfTheUsers()
    {
        var result = Run(3000, new SearchSettings(TimeSpan.FromSeconds(100)) { MinUsers = 300 }, Named("a", 90, 0.3) with { IsCheap = true }, Named("b", 90, 0.6) with { IsCheap = true });

        // 180 s are more than 40 s; a third of them are still, a ninth is not.
        Assert.All(result.Trials, trial => Assert.Equal(1.0 / 9, trial.Fraction, 6));
        Assert.Equal("b", result.Best.Trainer);
    }

    [Fact]
    public void Run_OneMadeOfOthers_GetsTheBestOfThemAndIsPickedWhenItIsSurelyBetter()
    {
        IReadOnlyList<NamedOptions> parts = [];
        TrainerRegistry With(double quality) => Registry(Named("a", 1, 0.50), Named("b", 1, 0.45), Named("c", 1, 0.02))
            .With<PlantedQuality>("made", _ => PlantedShop.Trainer(clock, 1, quality))
            .WithSearch("made", new TrainerSearch
            {
                Compose = (options, best) =>
                {
                    parts = best;
                    return options;
                },
                Settle = (_, _) => new PlantedQuality { Quality = 0.123 },
            });
        SelectionResult Pick(double quality) => new RecommenderSelection(With(quality), PlantedShop.Validation(200), Plenty, clock)
            .Run([.. new[] { "made", "a", "b", "c" }.Select(name => new RecommenderCandidate(name, new PlantedQuality()))], CancellationToken.None);

        var better = Pick(0.7);
        Assert.Equal(("made", 0.123), (better.Best.Trainer, ((PlantedQuality)better.Best.Options).Quality));
        Assert.Equal("of the best", better.Rows[0].Best!.Origin);
        // One with less than 0.4 of the best figure is no part.
        Assert.Equal(["a", "b"], parts.Select(part => part.Trainer));

        var equal = Pick(0.505);
        Assert.Equal("a", equal.Best.Trainer);
        Assert.Equal("It is not better than the best of its parts by more than chance.", equal.Rows.Single(row => row.Candidate.Trainer == "made").Reason);
    }

    /// <summary>Of the 78 or 72 s that are left, half is for the final training, and three tenths of the rest for learning what is made of the parts.</summary>
    [Theory]
    [InlineData(11, 2)]
    [InlineData(14, 1)]
    public void Run_OneMadeOfOthers_HasTimeLeftToLearn(double seconds, int expected)
    {
        shopUsers = 200;
        var parts = 0;
        var registry = Registry(Named("a", seconds, 0.5), Named("b", seconds, 0.45)).With<PlantedQuality>("made", _ => PlantedShop.Trainer(clock, 1, 0.9))
            .WithSearch("made", new TrainerSearch
            {
                Compose = (options, best) =>
                {
                    parts = best.Count;
                    return options;
                },
            });

        new RecommenderSelection(registry, PlantedShop.Validation(200), new SearchSettings(TimeSpan.FromSeconds(100)) { SearchesOptions = false }, clock)
            .Run([new("a", new PlantedQuality()), new("b", new PlantedQuality()), new("made", new PlantedQuality())], CancellationToken.None);

        Assert.Equal(expected, parts);
    }

    /// <summary>What was shown is tried with the best options of those in the running, before draws go on from there; what it is worth the validation part decides.</summary>
    [Theory]
    [InlineData(0.9, 0.9, "with what was shown")]
    [InlineData(0.3, 0.6, "default")]
    public void Run_EnoughShown_TriesToLearnFromIt(double withLists, double best, string origin)
    {
        var result = RunShown(lists: 400, withLists, Plenty);

        Assert.Equal(["able", "able", "unable", "poor"], result.Trials.Select(trial => trial.Trainer).OrderBy(name => name is "able" ? 0 : name is "unable" ? 1 : 2));
        Assert.Equal(("able", origin), (result.Best.Trainer, result.Rows[0].Best!.Origin));
        Assert.InRange(result.Rows[0].Best!.Value!.Value, best - 0.08, best + 0.08);
    }

    [Theory]
    [InlineData(300, 300, true)]
    [InlineData(400, 50, true)]
    [InlineData(400, 400, false)]
    public void Run_LittleShownOrTouchedOrNoTimeForOptions_DoesWithoutIt(int lists, int touched, bool searchesOptions) =>
        Assert.DoesNotContain(RunShown(lists, 0.9, Plenty with { SearchesOptions = searchesOptions }, touched).Trials, trial => trial.Origin == "with what was shown");

    private SelectionResult RunShown(int lists, double withLists, SearchSettings settings, int untouchedFrom = int.MaxValue)
    {
        TrainerSearch Knowing(string name, TrainerRegistry registry) => registry.SearchOf(name) with { LearnFromLists = options => ((PlantedQuality)options).Quality = withLists };
        var registry = Registry(Named("able", 1, 0.6), Named("unable", 1, 0.55), Named("poor", 1, 0.1));
        foreach (var name in new[] { "able", "poor" })
            registry = registry.WithSearch(name, Knowing(name, registry));
        var validation = new Validation(PlantedShop.Split(200, lists, untouchedFrom), PlantedShop.TopTen, seed: 7);
        return new RecommenderSelection(registry, validation, settings with { MaxTrials = 0 }, clock)
            .Run([.. new[] { "able", "unable", "poor" }.Select(name => new RecommenderCandidate(name, new PlantedQuality()))], CancellationToken.None);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var registry = Registry(Named("a", 1, 0.5)).With<PlantedQuality>("cancels", _ => new Cancelling(cancel));

        Assert.Throws<OperationCanceledException>(() => new RecommenderSelection(registry, PlantedShop.Validation(200), Plenty, clock)
            .Run([new("a", new PlantedQuality()), new("cancels", new PlantedQuality())], cancel.Token));
    }

    [Fact]
    public void Run_LittleMemory_FinishesWithWhatFits()
    {
        var held = 0L;
        var registry = Registry(Named("small", 1, 0.3)).With<PlantedQuality>("large", _ => new Claiming(100));
        var selection = new RecommenderSelection(registry, PlantedShop.Validation(200), Plenty with { Memory = new TrainingMemory(50, () => held) }, clock);

        var result = selection.Run([new("large", new PlantedQuality()), new("small", new PlantedQuality())], CancellationToken.None);

        Assert.Equal("small", result.Best.Trainer);
        Assert.Contains("raise the limit", result.Rows[1].Reason, StringComparison.Ordinal);
        Assert.Equal(100, result.Trials.Single(trial => trial.Trainer == "large").PeakBytes);
    }

    [Fact]
    public void Run_NoCandidateWorks_SaysWhy() =>
        Assert.Contains("It cannot.", Assert.Throws<TrainingException>(() => Run(200, Plenty, Named("broken", 1, double.NaN))).Message, StringComparison.Ordinal);

    [Fact]
    public void Run_NobodyToJudge_SaysSo()
    {
        var validation = new Validation(new DataSplit(Datasets.Empty, Datasets.Empty), PlantedShop.TopTen, seed: 1);
        var selection = new RecommenderSelection(BuiltInTrainers.Registry, validation, Plenty, clock);

        Assert.Throws<TrainingException>(() => selection.Run([new("popularity", new PopularityOptions())], CancellationToken.None));
    }

    private static TrainerTimes Named(string name, double seconds, double quality) => new(name, seconds, quality);

    private SelectionResult Run(int users, SearchSettings settings, params TrainerTimes[] trainers)
    {
        shopUsers = users;
        return new RecommenderSelection(Registry(trainers), PlantedShop.Validation(users), settings, clock)
            .Run([.. trainers.Select(trainer => new RecommenderCandidate(trainer.Name, new PlantedQuality { Quality = double.IsNaN(trainer.Quality) ? 0 : trainer.Quality }))], CancellationToken.None);
    }

    /// <summary>Predictions are in nanoseconds of two threads, and the tests run on one.</summary>
    private TrainerRegistry Registry(params TrainerTimes[] trainers) => trainers.Aggregate(BuiltInTrainers.Registry, (known, trainer) => known
        .With<PlantedQuality>(trainer.Name, options => double.IsNaN(trainer.Quality) ? throw new TrainingException("It cannot.")
            : PlantedShop.Trainer(clock, trainer.Seconds, options.Quality > 0 ? options.Quality : trainer.Quality, trainer.ListMicroseconds))
        .WithSearch(trainer.Name, new TrainerSearch
        {
            Operations = (_, data) => (trainer.PredictedSeconds ?? trainer.Seconds) * 5e8 * data.Users / shopUsers,
            IsCheap = trainer.IsCheap,
            Starts = [.. trainer.Starts.Select((quality, kind) => new StartingPoint($"kind {kind}", new PlantedQuality { Quality = quality }, DataShape.Even(100, 100, 1000)))],
        }));

    private string PickOf(InteractionDataset shop)
    {
        var validation = new Validation(Splits.RandomPerUser(shop, 0.2, seed: 3), PlantedShop.TopTen, seed: 3);
        RecommenderCandidate[] candidates = [new("popularity", new PopularityOptions()), new("implicit-als", new ImplicitAlsOptions { Factors = 8, Epochs = 5 })];
        return new RecommenderSelection(BuiltInTrainers.Registry, validation, Plenty with { SearchesOptions = false }, TimeProvider.System).Run(candidates, CancellationToken.None).Best.Trainer;
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

    private sealed record TrainerTimes(string Name, double Seconds, double Quality)
    {
        public double? PredictedSeconds { get; init; }

        public bool IsCheap { get; init; }

        public IReadOnlyList<double> Starts { get; init; } = [];

        public double ListMicroseconds { get; init; }
    }

    private sealed class PlantedQuality
    {
        public double Quality { get; set; }
    }

    private sealed class PlantedOptions
    {
        [Search(1, 1000, Logarithmic = true)]
        public double X { get; set; } = 100;
    }

    private sealed class Cancelling(CancellationTokenSource cancel) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            cancel.Cancel();
            context.CancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The token was not handed on.");
        }
    }

    private sealed class Claiming(long bytes) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            context.Memory!.Claim(bytes);
            throw new InvalidOperationException("The bound was not handed on.");
        }
    }

    private sealed class PlantedEpochs
    {
        [Search(0.1, 0.9)]
        public double Quality { get; set; } = 0.3;

        [Resource]
        public int Epochs { get; set; } = 9;
    }

    /// <summary>Trains otherwise on another part, and says that it was asked to.</summary>
    private sealed class Listening(List<string> asked, string name, ITrainer here, Validation other, ITrainer there) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            if (!ReferenceEquals(dataset, other.TrainPart(1)))
                return here.Train(dataset, context);
            asked.Add(name);
            return there.Train(dataset, context);
        }
    }
}
