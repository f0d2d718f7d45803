using RecoService.Api.Settings;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Serving;

/// <summary>Keeps what the lists know of the items of places that explore in step with the store: at the start, and each time the figures were brought up to date. Requests read what it has read last.</summary>
internal sealed partial class TrialFollower(
    ExplorationLog log, ItemTrials trials, FigureFollower figures, SnapshotHost host, RecommendationSettings settings, TimeProvider time, ILogger<TrialFollower> logger) : PeriodicWork(host, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock = time;
    private bool hasRead;
    private DateTimeOffset? readAfter;
    private DateOnly sweptOn;

    private DateTimeOffset Since => clock.GetUtcNow().AddDays(1 - settings.ExplorationWindowDays);

    /// <summary>Reads the counts.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken) => trials.Replace(await log.ReadTrialsAsync(Since, cancellationToken));

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        var followedAt = figures.FollowedAt;
        if (hasRead && followedAt == readAfter)
            return;
        await ReadAsync(cancellationToken);
        (hasRead, readAfter) = (true, followedAt);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        // Only one who counts has something to delete.
        if (followedAt is null || today == sweptOn)
            return;
        await log.DeleteBeforeAsync(Since, cancellationToken);
        sweptOn = today;
    }

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    [LoggerMessage(LogLevel.Warning, "What came of items at places that explore could not be read: {Reason} The lists use what was known before, and the service tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "What came of items at places that explore is read again.")]
    private partial void LogRecovered();
}
