using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <param name="Trainer">The trainer's name.</param>
/// <param name="Options">Its options.</param>
public sealed record RecommenderCandidate(string Trainer, object Options);

/// <summary>What became of a candidate.</summary>
/// <param name="Candidate">Who.</param>
/// <param name="Value">The compared figure, on the largest part of the users it was tried on; null when it was not tried or failed.</param>
/// <param name="Fraction">That part; 0 when there is none.</param>
/// <param name="Seconds">Training and judging, all parts together.</param>
/// <param name="Reason">Why it has no figure on all users; null when it has.</param>
public sealed record SelectionRow(RecommenderCandidate Candidate, double? Value, double Fraction, double Seconds, string? Reason);

/// <param name="Best">Whose figure is best among those tried on the most users.</param>
/// <param name="Rows">One per candidate, best first, those without a figure last.</param>
/// <param name="MeasureName">What the figure is called.</param>
public sealed record SelectionResult(RecommenderCandidate Best, IReadOnlyList<SelectionRow> Rows, string MeasureName);

/// <summary>
/// Picks the recommender that suits a shop: every candidate is trained and judged on a validation part within a budget. Where there are many users, all are
/// tried on a few of them first; that says which to try on all users first, and which would take too long.
/// </summary>
/// <param name="registry">Knows the candidates.</param>
/// <param name="validation">What is judged on.</param>
/// <param name="settings">Budget, seed, threads; how many users are many.</param>
/// <param name="time">The clock of the budget.</param>
/// <param name="progress">Told from training threads too; null when nobody listens.</param>
public sealed class RecommenderSelection(
    TrainerRegistry registry, Validation validation, SearchSettings settings, TimeProvider time, IProgress<SearchProgress>? progress = null)
{
    private const int FirstLook = 10;

    private readonly long started = time.GetTimestamp();

    private TimeSpan Elapsed => time.GetElapsedTime(started);

    private TimeSpan Left => settings.Budget is { } budget ? budget - Elapsed : TimeSpan.MaxValue;

    /// <summary>Every registered trainer that can be judged so and may be picked, popularity first, with the options given or its defaults.</summary>
    public static IReadOnlyList<RecommenderCandidate> AllOf(TrainerRegistry registry, TrainerTarget target, IReadOnlyDictionary<string, object> options) =>
    [
        .. registry.AutoNamesFor(target).OrderBy(name => name != TrainerRegistry.Baseline)
            .Select(name => new RecommenderCandidate(name, registry.OptionsOf(name, options))),
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

        var entries = candidates.Select((candidate, place) => new Entry(candidate, place)).ToList();
        var isLarge = validation.UserCount / FirstLook >= settings.MinUsers;
        if (isLarge)
            TryAll(entries, 1.0 / FirstLook, growth: 0, cancellationToken);
        entries.Sort(BestFirst);
        TryAll([.. entries.Where(entry => entry.Failure is null)], 1, isLarge ? FirstLook : 0, cancellationToken);

        entries.Sort(BestFirst);
        if (entries[0].Measurement is null)
            throw new TrainingException($"No candidate gave a model. {entries[0].Candidate.Trainer}: {entries[0].Failure}");
        return new SelectionResult(entries[0].Candidate, [.. entries.Select(entry => entry.ToRow())], validation.MeasureName);
    }

    private void TryAll(List<Entry> entries, double fraction, int growth, CancellationToken cancellationToken)
    {
        for (var place = 0; place < entries.Count; place++)
        {
            var entry = entries[place];
            Report(entry, fraction, (double)place / entries.Count);
            // Something has to be picked: until there is a figure, the budget has to wait.
            var isNeeded = entries.TrueForAll(other => other.Measurement is null);
            var (left, estimate) = (Left, TimeSpan.FromSeconds(entry.Seconds * growth));
            if (isNeeded || left > estimate)
                TryOut(entry, fraction, isNeeded ? TimeSpan.MaxValue : left, cancellationToken);
            else
                entry.Failure = left > TimeSpan.Zero ? $"It would take about {estimate.TotalSeconds:F0} s, and the budget has {left.TotalSeconds:F0} s left." : "The budget was used up.";
        }
    }

    private void TryOut(Entry entry, double fraction, TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = Elapsed;
        using var late = new CancellationTokenSource(limit == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var trainer = registry.Create(entry.Candidate.Trainer, entry.Candidate.Options);
            entry.Measurement = validation.Measure(trainer, fraction, new TrainingContext(settings.Threads, settings.Seed, cancellationToken: either.Token, memory: settings.Memory));
            entry.Fraction = fraction;
        }
        catch (TrainingException exception)
        {
            entry.Failure = exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            entry.Failure = "It was stopped: the budget was used up.";
        }

        entry.Seconds += (Elapsed - begun).TotalSeconds;
    }

    private void Report(Entry entry, double fraction, double ofRound)
    {
        var done = settings.Budget is { } budget ? Math.Max(Elapsed / budget, fraction >= 1 ? ofRound : 0) : ofRound;
        progress?.Report(new SearchProgress(Math.Clamp(done, 0, 1), 0, null, $"{entry.Candidate.Trainer} on {fraction:P0} of the users"));
    }

    /// <summary>By what is known best: the larger part of the users first, then the better figure, then the order given.</summary>
    private static int BestFirst(Entry left, Entry right)
    {
        if (left.Fraction != right.Fraction)
            return right.Fraction.CompareTo(left.Fraction);
        if (left.Measurement is not null && right.Measurement is not null && left.Measurement.Value != right.Measurement.Value)
            return left.Measurement.IsBetterThan(right.Measurement) ? -1 : 1;
        return left.Place.CompareTo(right.Place);
    }

    private sealed class Entry(RecommenderCandidate candidate, int place)
    {
        public RecommenderCandidate Candidate { get; } = candidate;

        public int Place { get; } = place;

        public Measurement? Measurement { get; set; }

        public double Fraction { get; set; }

        public double Seconds { get; set; }

        public string? Failure { get; set; }

        public SelectionRow ToRow() => new(Candidate, Measurement?.Value, Fraction, Seconds, Failure);
    }
}
