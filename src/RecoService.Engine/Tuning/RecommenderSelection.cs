using System.Globalization;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <summary>
/// Picks the recommender that suits a shop, and its options: a combined search over both (CASH: Thornton et al., "Auto-WEKA", KDD 2013) on a validation part within a budget.
/// First the cheap recommenders, then the others by what they are predicted to cost, each from several starting points; then draws around the best, those that stay behind left out, and long
/// ones looked at with fewer epochs or users first (successive halving: Jamieson, Talwalkar, AISTATS 2016; Li et al., "Hyperband", JMLR 18(185), 2018); at last recommenders made of the best of the others. Where the data are so large that not
/// even the cheap ones fit, all are tried on a part of the users. What is picked has to be trained on everything afterwards, and that counts in the budget.
/// </summary>
/// <param name="registry">Knows the candidates.</param>
/// <param name="validation">What is judged on.</param>
/// <param name="settings">Budget, seed, threads, bounds; how many users are many.</param>
/// <param name="time">The clock of the budget.</param>
/// <param name="progress">Told from training threads too; null when nobody listens.</param>
public sealed class RecommenderSelection(
    TrainerRegistry registry, Validation validation, SearchSettings settings, TimeProvider time, IProgress<SearchProgress>? progress = null)
{
    /// <summary>One of so many users, and one of so many configurations.</summary>
    private const int Reduction = 3;

    /// <summary>The part of the budget that all of the cheap ones together may be predicted to take.</summary>
    private const double ShareOfCheap = 0.4;

    /// <summary>The part of the budget that the first trial of a recommender may take.</summary>
    private const double ShareOfFirst = 0.25;

    /// <summary>The part of the budget that each further trial of it may take.</summary>
    private const double ShareOfFurther = 0.1;

    /// <summary>The part of the budget after which only recommenders made of others are tried.</summary>
    private const double ShareOfSingles = 0.6;

    /// <summary>The part of the time of a recommender made of others that training these may take; the rest is for learning what is made of them.</summary>
    private const double ShareOfParts = 0.7;

    /// <summary>Predictions are rough until something was measured.</summary>
    private const double RoughFactor = 3;

    /// <summary>Whose figure is below this part of the best is not searched further.</summary>
    private const double InTheRunning = 0.85;

    /// <summary>Whose figure is below this part of the best does not become part of another.</summary>
    private const double FitForParts = 0.4;

    /// <summary>So many shown items, and touches of them, are worth learning from.</summary>
    private const int EnoughShown = 1_000;

    private const int EnoughTouched = 100;

    private const int MostParts = 4;
    private const int MostRedraws = 50;
    private const int MostSearched = 5;

    /// <summary>So many draws in a row without a better one end the search of a recommender's options.</summary>
    private const int Patience = 8;

    private readonly long started = time.GetTimestamp();
    private readonly List<SelectionTrial> trials = [];
    private readonly TrialRunner runner = new(registry, settings, time);
    private readonly CostPrediction costs = new(DataShape.Of(validation.TrainPart(1)), settings.Threads);
    private List<Contender> contenders = [];

    /// <summary>The part of the users that decides.</summary>
    private double fraction = 1;

    private TimeSpan Elapsed => time.GetElapsedTime(started);

    private double Left => settings.Budget is { } budget ? (budget - Elapsed).TotalSeconds : double.PositiveInfinity;

    private double Budget => settings.Budget?.TotalSeconds ?? double.PositiveInfinity;

    /// <summary>How many times the training on the deciding part is still to come for what is picked.</summary>
    private double FinalFactor => settings.FinalTrainings / fraction;

    /// <summary>Every registered trainer that can be judged so and may be picked, popularity first, with the options given or its defaults.</summary>
    /// <param name="registry">Knows the trainers.</param>
    /// <param name="target">What they are judged by.</param>
    /// <param name="options">Options by trainer name.</param>
    /// <param name="canRepeat">Whether items that users had before are listed.</param>
    public static IReadOnlyList<RecommenderCandidate> AllOf(TrainerRegistry registry, TrainerTarget target, IReadOnlyDictionary<string, object> options, bool canRepeat = false) =>
    [
        .. registry.AutoNamesFor(target, canRepeat: canRepeat).OrderBy(name => name != TrainerRegistry.Baseline)
            .Select(name => new RecommenderCandidate(name, registry.OptionsOf(name, options), options.ContainsKey(name))),
    ];

    /// <summary>Tries the candidates and picks one; once.</summary>
    /// <param name="candidates">At least one; of equally good ones the earlier is picked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="TrainingException">Nobody can be judged, or no candidate gave a model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SelectionResult Run(IReadOnlyList<RecommenderCandidate> candidates, CancellationToken cancellationToken)
    {
        if (validation.UserCount == 0)
            throw new TrainingException("Nobody can be judged: no user has both a history and something that is held out.");

        contenders = [.. candidates.Select((candidate, order) => new Contender(candidate, registry.SearchOf(candidate.Trainer), order))];
        fraction = DecidingPart();
        var singles = contenders.FindAll(contender => !contender.IsComposed);
        TryCheap(singles, cancellationToken);
        TryWhereTheyBegin(singles, cancellationToken);
        if (settings.SearchesOptions)
        {
            TryLists(singles, cancellationToken);
            TryDraws(singles, cancellationToken);
        }

        TryComposed(singles, cancellationToken);
        return new SelectionDecision(contenders, validation, settings.MaxListTime, (contender, on) => Again(contender, on, cancellationToken)).Decide(trials);
    }

    /// <summary>The largest part of the users on which two thirds of the cheap ones, without the dearest, are predicted to fit into the budget.</summary>
    private double DecidingPart()
    {
        var cheap = contenders.FindAll(contender => contender.Search.IsCheap);
        double Cost(double part) => cheap.Select(contender => PredictDefault(contender, part)).Order().Take(GuaranteedOf(cheap.Count)).Sum();
        var part = 1.0;
        while (settings.Budget is not null && validation.UserCount * part / Reduction >= settings.MinUsers && Cost(part) > ShareOfCheap * Budget)
            part /= Reduction;
        return part;
    }

    private static int GuaranteedOf(int cheap) => cheap - (cheap / Reduction);

    private double PredictDefault(Contender contender, double part) => costs.Predict(contenders, contender, contender.Candidate.Options, part) ?? 0;

    /// <summary>What was picked last, and the cheap ones by what they are predicted to cost, however short the time is. Of the dearest third one that is beyond its share waits with the others.</summary>
    private void TryCheap(List<Contender> singles, CancellationToken cancellationToken)
    {
        if (settings.LastPick is { } last && singles.Find(contender => contender.Trainer == TrainerRegistry.NameOf(last.Trainer)) is { } former)
            TryOut(former, last.Options, "picked last time", isGuaranteed: true, cancellationToken);
        var cheap = singles.Where(contender => contender.Search.IsCheap).OrderBy(contender => PredictDefault(contender, fraction)).ThenBy(contender => contender.Order).ToList();
        for (var position = 0; position < cheap.Count; position++)
        {
            if (position < GuaranteedOf(cheap.Count) || PredictDefault(cheap[position], fraction) <= ShareOfFirst * Budget)
                TryOut(cheap[position], cheap[position].Candidate.Options, OriginOf(cheap[position].Candidate), isGuaranteed: true, cancellationToken);
        }
    }

    /// <summary>The others, and the starting points of all that are not far behind, by what they are predicted to cost; a starting point counts for the more, the less the data that it
    /// was found on are like these.</summary>
    private void TryWhereTheyBegin(List<Contender> singles, CancellationToken cancellationToken)
    {
        var waiting = singles.Where(contender => !contender.WasTried(registry.Serialize(contender.Trainer, contender.Candidate.Options), fraction)).Select(contender => (Contender: contender, contender.Candidate.Options, Origin: OriginOf(contender.Candidate), Factor: 1.0)).ToList();
        if (settings.SearchesOptions)
        {
            waiting.AddRange(singles.SelectMany(contender => contender.Search.Starts.Select(
                start => (contender, start.Options, $"for {start.Name} data", 1 + start.FoundOn.DistanceTo(costs.Shape)))));
        }

        while (waiting.Count > 0)
        {
            // What was measured meanwhile makes predictions better.
            var next = waiting.MinBy(entry => (entry.Factor * costs.Predict(contenders, entry.Contender, entry.Options, fraction)) ?? double.MaxValue);
            waiting.Remove(next);
            var isNeeded = contenders.TrueForAll(other => other.Best is null);
            if (next.Contender.Best is not null && !IsNear(next.Contender, FitForParts))
                continue;
            if (isNeeded || WithinSingles)
                TryOut(next.Contender, next.Options, next.Origin, isNeeded, cancellationToken);
            else
                next.Contender.IsLeftOut("The budget was used up.");
        }
    }

    private static string OriginOf(RecommenderCandidate candidate) => candidate.IsConfigured ? "configured" : "default";

    private bool WithinSingles => Elapsed.TotalSeconds < ShareOfSingles * Budget;

    /// <summary>Those in the running, with the best of their options so far and what users were shown besides, where there is enough of it.</summary>
    private void TryLists(IEnumerable<Contender> among, CancellationToken cancellationToken)
    {
        if (validation.TrainPart(fraction).Exposures is not { Count: >= EnoughShown, TouchedCount: >= EnoughTouched })
            return;
        foreach (var contender in among.Where(contender => contender.Search.LearnFromLists is not null && IsNear(contender, InTheRunning)).Order(Contender.BestFirst).ToList())
        {
            var options = registry.Deserialize(contender.Trainer, registry.Serialize(contender.Trainer, contender.Best!.Value.Trial.Options));
            contender.Search.LearnFromLists!(options);
            TryOut(contender, options, "with what was shown", isGuaranteed: false, cancellationToken);
        }
    }

    /// <summary>Draws options of those in the running, each for as long as the others, until the time is over or nothing gets better.</summary>
    private void TryDraws(List<Contender> singles, CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var contender in singles)
            contender.BeginDraws();
        while (true)
        {
            var searched = singles.Where(contender => IsNear(contender, InTheRunning) && contender.Misses < Patience && SpaceOf(contender).Dimensions > 0)
                .Order(Contender.BestFirst).Take(MostSearched).ToList();
            if (searched.Count == 0 || !WithinSingles || number >= (settings.MaxTrials ?? int.MaxValue))
                return;
            var next = searched.MinBy(contender => contender.DrawSeconds)!;
            if (!TryDraw(next, ++number, cancellationToken))
                next.Miss();
        }
    }

    /// <summary>One draw; or, where a trial is long, the best of several looks: at fewer epochs of a training that has them, else on fewer users.</summary>
    private bool TryDraw(Contender contender, int number, CancellationToken cancellationToken)
    {
        var space = SpaceOf(contender);
        var centre = contender.Centre ?? space.PointOf(contender.Best!.Value.Trial.Options);
        var draw = 0L;

        // What lies beyond a side is put on it, so that some are drawn twice.
        double[] Draw(double epochs, double on)
        {
            while (true)
            {
                var draws = new ConfigurationDraws(settings.Seed, ((long)number * MostRedraws) + draw++);
                var drawn = (number + draw) % 2 == 0 ? draws.Anywhere(space.Dimensions) : draws.Around(centre);
                if (draw >= MostRedraws || !contender.WasTried(registry.Serialize(contender.Trainer, space.At(drawn, epochs)), on))
                    return drawn;
            }
        }

        var (epochs, part) = space.CanBeShorter ? (1.0 / Reduction, fraction) : (1, fraction / Reduction);
        var before = contender.Best?.Trial;
        double[] point;
        if (before!.Seconds > Budget / 50 && (space.CanBeShorter || validation.UserCount * part >= settings.MinUsers))
        {
            var looks = Enumerable.Range(0, Reduction).Select(_ => Draw(epochs, part)).ToList()
                .Select(look => (Point: look, Outcome: TryOut(contender, space.At(look, epochs), "drawn", part, isGuaranteed: false, cancellationToken))).Where(look => look.Outcome is not null).ToList();
            if (looks.Count == 0)
                return false;
            point = looks.Aggregate((best, look) => look.Outcome!.IsBetterThan(best.Outcome!) ? look : best).Point;
        }
        else
        {
            point = Draw(1, fraction);
        }

        var isTried = TryOut(contender, space.At(point), "drawn", isGuaranteed: false, cancellationToken);
        if (contender.Best?.Trial != before)
            contender.Centre = point;
        return isTried;
    }

    /// <summary>Recommenders made of the best of the others. They have to be better than any of these by more than chance.</summary>
    private void TryComposed(List<Contender> singles, CancellationToken cancellationToken)
    {
        var parts = PartsOf(singles);
        foreach (var contender in contenders.Where(contender => contender.IsComposed))
        {
            if (contender.Candidate.IsConfigured || parts.Count == 0)
                TryOut(contender, contender.Candidate.Options, OriginOf(contender.Candidate), contenders.TrueForAll(other => other.Best is null), cancellationToken);
            if (settings.LastPick is { } last && TrainerRegistry.NameOf(last.Trainer) == contender.Trainer)
                TryOut(contender, last.Options, "picked last time", isGuaranteed: false, cancellationToken);
            if (parts.Count > 0)
                TryOut(contender, contender.Search.Compose!(contender.Candidate.Options, [.. parts.Select(part => new NamedOptions(part.Trainer, part.Best!.Value.Trial.Options))]), "of the best", isGuaranteed: false, cancellationToken);
        }

        if (settings.SearchesOptions)
            TryLists(contenders.Where(contender => contender.IsComposed), cancellationToken);
    }

    /// <summary>The best, as far as there is time to train them twice: to learn what is made of them, and to make it.</summary>
    private List<Contender> PartsOf(List<Contender> singles)
    {
        var parts = new List<Contender>();
        var room = ShareOfParts * Left / (1 + FinalFactor);
        foreach (var contender in singles.Where(contender => IsNear(contender, FitForParts)).Order(Contender.BestFirst))
        {
            var seconds = contender.Best!.Value.Trial.TrainSeconds;
            if (parts.Count == MostParts || (parts.Count > 0 && seconds > room))
                continue;
            parts.Add(contender);
            room -= seconds;
        }

        return parts;
    }

    /// <summary>How it does on another validation part; null where there is no time for that, or it fails there.</summary>
    private double? Again(Contender contender, Validation on, CancellationToken cancellationToken)
    {
        var trial = contender.Best!.Value.Trial;
        return Left < (1 + FinalFactor) * trial.TrainSeconds
            ? null
            : runner.Run(contender, on, trial.Options, trial.Origin, 1, double.IsInfinity(Left) ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Left), cancellationToken).Measurement?.Value;
    }

    private bool TryOut(Contender contender, object options, string origin, bool isGuaranteed, CancellationToken cancellationToken)
    {
        var before = trials.Count;
        TryOut(contender, options, origin, fraction, isGuaranteed, cancellationToken);
        return trials.Count > before;
    }

    /// <returns>What was measured; null where it was not tried or failed.</returns>
    private Measurement? TryOut(Contender contender, object options, string origin, double part, bool isGuaranteed, CancellationToken cancellationToken)
    {
        var rest = contender.Best is null && !isGuaranteed ? RoughFactor : 1;
        var predicted = costs.Predict(contenders, contender, options, part) ?? 0;
        var room = Math.Min((contender.Best is null ? ShareOfFirst : ShareOfFurther) * Budget, Left / (1 + (part == fraction ? FinalFactor : 0)));
        if (!isGuaranteed && predicted > rest * room)
        {
            contender.IsLeftOut(Left <= 0 ? "The budget was used up." : string.Create(CultureInfo.InvariantCulture, $"It would take about {predicted:F0} s, and may take {Math.Max(0, room):F0} s."));
            return null;
        }

        if (!isGuaranteed && Left <= 0)
        {
            contender.IsLeftOut("The budget was used up.");
            return null;
        }

        var limit = contenders.TrueForAll(other => other.Best is null) || double.IsInfinity(room) ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(isGuaranteed ? Math.Max(room, ShareOfFirst * Budget) : room);
        if (!contender.Begin(registry.Serialize(contender.Trainer, options), part))
            return null;
        Report(contender, origin, part);
        var (trial, measurement, model) = runner.Run(contender, validation, options, origin, part, limit, cancellationToken);
        trials.Add(trial);
        if (!contender.Add(trial, measurement, costs.OperationsOf(contender, options, part), part == fraction))
            return measurement;
        contender.Model = model;
        Forget();
        return measurement;
    }

    /// <summary>Only models that others may be made of are kept, and none when memory is short.</summary>
    private void Forget()
    {
        var kept = contenders.Where(contender => !contender.IsComposed && contender.Model is not null).Order(Contender.BestFirst).Take(runner.IsMemoryShort ? 0 : MostParts).ToHashSet();
        foreach (var contender in contenders.Where(contender => !kept.Contains(contender)))
            contender.Model = null;
    }

    private SearchSpace SpaceOf(Contender contender) => contender.Space ??= new SearchSpace(registry, contender.Trainer, contender.Best!.Value.Trial.Options);

    /// <summary>Whether its figure is not below this part of the best, or, for errors, not above the best by as much.</summary>
    private bool IsNear(Contender contender, double part)
    {
        if (contender.Best is not { } own)
            return false;
        var values = contenders.Where(other => !other.IsComposed && other.Best is not null).Select(other => other.Best!.Value.Measurement.Value);
        return validation.IsOfRatings ? own.Measurement.Value <= values.Min() / Math.Sqrt(part) : own.Measurement.Value >= part * values.Max();
    }

    private void Report(Contender contender, string origin, double part) => progress?.Report(new SearchProgress(
        settings.Budget is { } budget ? Math.Clamp(Elapsed / budget, 0, 1) : 0, trials.Count, contenders.Where(other => other.Best is not null).Order(Contender.BestFirst).FirstOrDefault()?.Best?.Trial.Value,
        part < 1 ? $"{contender.Trainer}, {origin}, on {part:P0} of the users" : $"{contender.Trainer}, {origin}"));
}
