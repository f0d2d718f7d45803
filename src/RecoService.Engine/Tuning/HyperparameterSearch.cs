using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <summary>
/// Searches a trainer's options by successive halving: many configurations are tried on a few of the users, the best third of them on three times as many,
/// and so on; the last rung is all users, and only there a winner is found. Jamieson, Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
/// Optimization", AISTATS 2016; Li et al., "Hyperband", JMLR 18(185), 2018. Half of the configurations are drawn at random from the whole space,
/// the other half around the best one so far.
/// </summary>
/// <param name="registry">Knows the trainer.</param>
/// <param name="trainer">Its name.</param>
/// <param name="options">The configuration that is tried first, on all users; what no <see cref="SearchAttribute"/> marks stays as it is here.</param>
/// <param name="validation">What is judged on.</param>
/// <param name="settings">Budget, seed, threads.</param>
/// <param name="time">The clock of the budget.</param>
/// <param name="progress">Told from training threads too; null when nobody listens.</param>
public sealed class HyperparameterSearch(
    TrainerRegistry registry, string trainer, object options, Validation validation, SearchSettings settings, TimeProvider time, IProgress<SearchProgress>? progress = null)
{
    /// <summary>One of so many goes on to the next rung, which has so many times the users.</summary>
    private const int Reduction = 3;
    private const int MaxRungs = 3;

    private readonly SearchSpace space = new(registry, trainer, options);
    private readonly HashSet<string> drawn = new(StringComparer.Ordinal);
    private readonly List<Trial> trials = [];
    private readonly long started = time.GetTimestamp();
    private (Trial Trial, Measurement Measurement)? best;
    private Measurement? initialMeasurement;

    private TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>What is found yet, also after a cancelled search; null while no configuration has a figure on all users.</summary>
    public SearchResult? SoFar => best is { } winner
        ? new SearchResult([.. trials], winner.Trial, trials[0], initialMeasurement is null ? null : validation.Compare(winner.Measurement, initialMeasurement))
        : null;

    /// <summary>Carries out the search; once.</summary>
    /// <exception cref="TrainingException">Nobody can be judged, or no configuration gave a model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SearchResult Run(CancellationToken cancellationToken)
    {
        if (validation.UserCount == 0)
            throw new TrainingException("Nobody can be judged: no user has both a history and something that is held out.");

        var initial = Begin(0, space.Centre.ToArray());
        initialMeasurement = TryOut(initial, 1, TimeSpan.MaxValue, cancellationToken)?.Measurement;
        var rungs = Rungs();
        List<Tried> survivors = [];
        for (var rung = 0; rung < rungs.Count && space.Dimensions > 0; rung++)
        {
            var deadline = settings.Budget is { } budget ? Elapsed + ((budget - Elapsed) / (rungs.Count - rung)) : TimeSpan.MaxValue;
            var tried = rung == 0
                ? TryNew(rungs[0], deadline, cancellationToken)
                : TryAgain(survivors, rungs[rung], Reduction, deadline, cancellationToken);
            survivors = BestOf(tried, (tried.Count + Reduction - 1) / Reduction);
        }

        return SoFar ?? throw new TrainingException($"No configuration of '{trainer}' gave a model. {trials[0].Failure}");
    }

    /// <summary>The parts of the users, ascending, the last 1.</summary>
    private List<double> Rungs()
    {
        var rungs = new List<double> { 1 };
        while (rungs.Count < MaxRungs && validation.UserCount * rungs[0] / Reduction >= settings.MinUsers)
            rungs.Insert(0, rungs[0] / Reduction);
        return rungs;
    }

    private List<Tried> TryNew(double fraction, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var tried = new List<Tried>();
        Tried? leader = null;
        var (begun, ended) = (Elapsed, 0);
        while (Elapsed + ((Elapsed - begun) / Math.Max(ended, 1)) < deadline && ended < (settings.MaxTrials ?? int.MaxValue)
            && Draw(ended + 1, leader) is { } configuration)
        {
            ended++;
            if (TryOut(configuration, fraction, deadline, cancellationToken) is not { } result)
                continue;
            tried.Add(result);
            if (leader is null || result.Measurement.IsBetterThan(leader.Measurement))
                leader = result;
        }

        return tried;
    }

    /// <summary>Best first, and those left out that would take too long.</summary>
    private List<Tried> TryAgain(List<Tried> survivors, double fraction, double growth, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var tried = new List<Tried>();
        foreach (var survivor in survivors)
        {
            if (Elapsed + (TimeSpan.FromSeconds(survivor.Seconds) * growth) < deadline
                && TryOut(survivor.Configuration, fraction, deadline, cancellationToken) is { } result)
            {
                tried.Add(result);
            }
        }

        return tried;
    }

    private static List<Tried> BestOf(List<Tried> tried, int count) =>
        [.. tried.Order(Comparer<Tried>.Create(ByMeasurement)).Take(count)];

    private static int ByMeasurement(Tried left, Tried right)
    {
        if (left.Measurement.IsBetterThan(right.Measurement))
            return -1;
        return right.Measurement.IsBetterThan(left.Measurement) ? 1 : left.Configuration.Number.CompareTo(right.Configuration.Number);
    }

    /// <summary>A configuration that was not drawn before; null when there seem to be no more.</summary>
    private Configuration? Draw(int number, Tried? leader)
    {
        const int attempts = 50;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var draws = new ConfigurationDraws(settings.Seed, ((long)number * attempts) + attempt);
            var centre = leader is null ? space.Centre : leader.Configuration.Point;
            var known = drawn.Count;
            // Around a leader without a value of some option there may be no other, and elsewhere many.
            var configuration = Begin(number, number % 2 == 0 && attempt < attempts / 2 ? draws.Around(centre) : draws.Anywhere(space.Dimensions));
            if (drawn.Count > known)
                return configuration;
        }

        return null;
    }

    private Configuration Begin(int number, double[] point)
    {
        var configured = number == 0 ? options : space.At(point);
        drawn.Add(registry.Serialize(trainer, configured));
        return new Configuration(number, point, configured);
    }

    private Tried? TryOut(Configuration configuration, double fraction, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var begun = Elapsed;
        Report(0);
        using var late = new CancellationTokenSource(deadline == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : Positive(settings.Budget!.Value - begun), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var context = new TrainingContext(settings.Threads, settings.Seed, new Relay(step => Report(step.Fraction)), either.Token) { Device = settings.Device };
        Measurement? measurement = null;
        string? failure = null;
        try
        {
            measurement = validation.Measure(registry.Create(trainer, configuration.Options), fraction, context);
        }
        catch (TrainingException exception)
        {
            failure = exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            failure = "It was stopped: the budget was used up.";
        }

        var trial = new Trial(configuration.Number, configuration.Options, fraction, measurement?.Value, (Elapsed - begun).TotalSeconds, failure);
        trials.Add(trial);
        if (measurement is not null && fraction >= 1 && (best is null || measurement.IsBetterThan(best.Value.Measurement)))
            best = (trial, measurement);
        Report(1);
        return measurement is null ? null : new Tried(configuration, measurement, trial.Seconds);

        void Report(double ofTrial) => progress?.Report(new SearchProgress(
            DoneFraction(), trials.Count, best?.Trial.Value, $"trial {configuration.Number} on {fraction:P0} of the users, {ofTrial:P0}"));
    }

    private double DoneFraction() => settings.Budget is { } budget
        ? Math.Clamp(Elapsed / budget, 0, 1)
        : Math.Clamp((double)trials.Count / ((settings.MaxTrials ?? 1) + 1), 0, 1);

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private sealed record Configuration(int Number, double[] Point, object Options);

    private sealed record Tried(Configuration Configuration, Measurement Measurement, double Seconds);

    private sealed class Relay(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
