using RecoService.Api.Hosting;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>
/// Starts a shop's first run as soon as there is something to learn from and writes have paused, for the schedule may be an hour away; and further ones while nothing
/// serves but a model that nobody could judge, each after twice the pause of the one before. The same where the model that should serve cannot be read, because it is
/// damaged or of an earlier version.
/// </summary>
internal sealed partial class FirstRun(
    RetrainTrigger trigger, InteractionLog interactions, RunLog runs, ModelStore models, SnapshotHost snapshots, Readiness readiness, RetrainingSettings settings,
    TimeProvider time, ILogger<FirstRun> logger) : BackgroundService
{
    /// <summary>Writes that never pause put a run off by so many pauses at most.</summary>
    private const int MostPauses = 6;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private volatile Waiting waiting = new("The service is starting.", null);
    private DateTimeOffset begun;
    private DateTimeOffset changed;
    private string? watermark;
    private int attempts;

    /// <summary>What the first model waits for, in words for an operator; null once a model serves.</summary>
    public string? WaitingFor
    {
        get
        {
            if (snapshots.Current?.Publication is not null)
                return null;
            if (!settings.Enabled)
                return "No run starts by itself: Reco:Retraining:Enabled is false. POST /admin/retrain starts one.";
            var (text, due) = waiting;
            return due is { } at ? $"The first run starts in {Math.Max(0, Math.Ceiling((at - time.GetUtcNow()).TotalSeconds)):F0} s." : text;
        }
    }

    /// <summary>When a run is to start.</summary>
    /// <param name="begun">When there was something to learn from first.</param>
    /// <param name="changed">When something was written last.</param>
    /// <param name="pause">How long nothing has to be written.</param>
    internal static DateTimeOffset DueAt(DateTimeOffset begun, DateTimeOffset changed, TimeSpan pause)
    {
        var (afterAPause, atLast) = (changed + pause, begun + (MostPauses * pause));
        return afterAPause < atLast ? afterAPause : atLast;
    }

    /// <summary>The pause doubles with each run that has led to no judged model, up to the interval of the schedule.</summary>
    internal static TimeSpan PauseOf(RetrainingSettings settings, int attempts)
    {
        var doubled = settings.FirstRunDelay * Math.Pow(2, Math.Min(attempts, 20));
        return doubled < settings.Interval ? doubled : settings.Interval > settings.FirstRunDelay ? settings.Interval : settings.FirstRunDelay;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled)
            return;
        using var timer = new PeriodicTimer(LookEvery, time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!readiness.IsReady)
                continue;
            try
            {
                if (await IsAModelJudgedAsync(stoppingToken))
                    return;
                await LookAsync(stoppingToken);
                failing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!failing)
                    LogFailed(exception.Message);
                failing = true;
                waiting = new Waiting($"The store cannot be read: {exception.Message}", null);
            }
        }
    }

    private async Task<bool> IsAModelJudgedAsync(CancellationToken cancellationToken) =>
        snapshots.Current is { Publication: { } publication, Fault: null }
        && RunMetrics.Read((await models.GetAsync(publication.ModelVersion, cancellationToken))?.MetricsJson) is not { JudgedUsers: 0 };

    private bool IsUnreadable => snapshots.Current?.Fault is not null;

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await runs.GetRunningAsync(cancellationToken) is { } running)
        {
            watermark = null;
            waiting = new Waiting($"Run {running.Id} is under way.", null);
            return;
        }

        if (!IsUnreadable && await runs.GetLastTrainedAsync(cancellationToken) is { Watermark: { } learned } last && !await interactions.HasChangedSinceAsync(learned, cancellationToken))
        {
            watermark = null;
            waiting = new Waiting($"Run {last.Id} ended as {last.Outcome?.ToWord()}: {last.Reason} Another one starts when there are new interactions.", null);
            return;
        }

        await NoteChangesAsync(cancellationToken);
        if (watermark is null)
        {
            waiting = new Waiting("There are no interactions yet; the first run starts soon after they come.", null);
            return;
        }

        var due = DueAt(begun, changed, PauseOf(settings, attempts));
        waiting = new Waiting("", due);
        if (time.GetUtcNow() < due)
            return;
        watermark = null;
        if (await trigger.TryStartAsync(IsUnreadable ? "unreadable-model" : "first-model", force: false, cancellationToken) is not null)
            attempts++;
    }

    /// <summary>Remembers when there was something to learn from first, and when something was written last.</summary>
    private async Task NoteChangesAsync(CancellationToken cancellationToken)
    {
        if (watermark is not null && !await interactions.HasChangedSinceAsync(watermark, cancellationToken))
            return;
        var now = await interactions.ReadWatermarkAsync(cancellationToken);
        if (now is not null && watermark is null)
            begun = time.GetUtcNow();
        watermark = now;
        changed = time.GetUtcNow();
    }

    [LoggerMessage(LogLevel.Warning, "The service cannot tell whether a first model is needed: {Reason} It looks again every second.")]
    private partial void LogFailed(string reason);

    private sealed record Waiting(string Text, DateTimeOffset? Due);
}
