using System.Text.Json;
using RecoService.Api.Computing;
using RecoService.Api.Settings;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Serving;

/// <summary>What came of the last learning.</summary>
/// <param name="At">When.</param>
/// <param name="PublicationSequence">Of the publication whose histories it read; 0: of none.</param>
/// <param name="Learned">What there was, and what was made of it.</param>
internal sealed record LastLearning(DateTimeOffset At, long PublicationSequence, ResponseLearning Learned);

/// <summary>
/// Learns the probabilities of clicks and purchases from what became of shown items: once a state is served, after each publication, and at intervals. Each replica does it for itself, in memory.
/// </summary>
internal sealed partial class ResponseFollower(
    OutcomeLog outcomes, SnapshotHost host, LiveResponsePredictor live, PredictionSettings settings, TimeProvider time, ILogger<ResponseFollower> logger) : PeriodicWork(host, LookEvery, time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>While there is too little to learn from, whatever the interval: a shop that waits is small, and reading it costs little.</summary>
    private static readonly TimeSpan WhileWaiting = TimeSpan.FromMinutes(1);

    private readonly SnapshotHost snapshots = host;
    private readonly TimeProvider clock = time;
    private volatile LastLearning? last;
    private long learnedSequence;
    private long triedAt;

    /// <summary>Null: not since the start.</summary>
    public LastLearning? Last => last;

    /// <summary>Learns from what there is now.</summary>
    public async Task LearnAsync(CancellationToken cancellationToken)
    {
        var (now, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var snapshot = snapshots.Current!;
        var lists = await outcomes.ReadNewestAsync(now - settings.OutcomeDelay, settings.MaxShownItems, cancellationToken);
        var learned = await BackgroundThread.RunAsync(() => Task.FromResult(snapshot.State.Responses.Learn(OutcomesOf(lists), settings.ToOptions(), cancellationToken)));
        (live.Current, live.Bounds) = (learned.Predictor, learned.Bounds);
        last = new LastLearning(now, SequenceOf(snapshot), learned);
        if (learned.Predictor is { } predictor)
            LogLearned(learned.ShownItems, learned.Clicks, learned.Purchases, predictor.Clicks.Metrics.CalibrationError, clock.GetElapsedTime(started));
    }

    /// <summary>What it still takes, a sentence; null where probabilities are predicted.</summary>
    public string? Missing => !settings.Enabled ? "Reco:Prediction:Enabled is false."
        : last is not { } done ? "What became of shown items is not read yet."
        : done.Learned is { Predictor: null } learned
            ? $"It takes {settings.MinShownItems} items that known users were shown in several lists at least {settings.OutcomeDelay} ago, and {settings.MinClicks} clicks on them; there are {learned.ShownItems} and {learned.Clicks}."
        : null;

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        var sequence = SequenceOf(snapshots.Current!);
        if (!settings.Enabled || (triedAt != 0 && sequence == learnedSequence && clock.GetElapsedTime(triedAt) < (live.Current is null && settings.Interval > WhileWaiting ? WhileWaiting : settings.Interval)))
            return;
        // What fails is not tried again before its time: reading is not for nothing.
        (learnedSequence, triedAt) = (sequence, clock.GetTimestamp());
        await LearnAsync(cancellationToken);
    }

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    private static long SequenceOf(Snapshot snapshot) => snapshot.Publication?.Sequence ?? 0;

    private static IEnumerable<ListOutcome> OutcomesOf(IReadOnlyList<ShownOutcome> lists)
    {
        var contexts = new Dictionary<string, IReadOnlyDictionary<string, FilterValue>>(StringComparer.Ordinal);
        foreach (var list in lists)
        {
            if (list.ContextJson is { } json && !contexts.ContainsKey(json))
                contexts.Add(json, ContextOf(json));
            yield return new ListOutcome(list.UserId, list.ShownAt, list.ItemIds, list.Clicked, list.Bought, list.ContextJson is null ? null : contexts[list.ContextJson]);
        }
    }

    private static Dictionary<string, FilterValue> ContextOf(string json)
    {
        var context = new Dictionary<string, FilterValue>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String)
                context[member.Name] = FilterValue.Of(member.Value.GetString()!);
            else if (member.Value.ValueKind == JsonValueKind.Number)
                context[member.Name] = FilterValue.Of(member.Value.GetDouble());
            else if (member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                context[member.Name] = FilterValue.Of(member.Value.GetBoolean());
        }

        return context;
    }

    [LoggerMessage(LogLevel.Information, "Probabilities are learned from {ShownItems} shown items, {Clicks} clicks and {Purchases} purchases; the calibration error of clicks is {CalibrationError:0.0000}. It took {Elapsed}.")]
    private partial void LogLearned(int shownItems, int clicks, int purchases, double calibrationError, TimeSpan elapsed);

    [LoggerMessage(LogLevel.Warning, "The probabilities of clicks and purchases could not be learned: {Reason} The service goes on with those it has.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "The probabilities of clicks and purchases are learned again.")]
    private partial void LogRecovered();
}
