using RecoService.Api.Settings;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Serving;

/// <summary>Brings the figures of lists up to date again and again. Every replica tries; the database lets one at a time in, and what one has counted the next does not count again.</summary>
internal sealed partial class FigureFollower(
    RecommendationFigures figures, AttributionRules rules, SnapshotHost host, AttributionSettings settings, TimeProvider time, ILogger<FigureFollower> logger) : PeriodicWork(host, settings.Interval, time)
{
    private readonly TimeProvider clock = time;
    private long followedAt;

    /// <summary>When it last was; null: not since the start.</summary>
    public DateTimeOffset? FollowedAt => Interlocked.Read(ref followedAt) is not 0 and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>Counts what there is now.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await figures.FollowAsync(rules, null, cancellationToken);
        Interlocked.Exchange(ref followedAt, now.ToUnixTimeMilliseconds());
    }

    protected override Task WorkAsync(CancellationToken cancellationToken) => FollowAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    [LoggerMessage(LogLevel.Warning, "The figures of lists could not be brought up to date: {Reason} The service tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "The figures of lists are brought up to date again.")]
    private partial void LogRecovered();
}
