using RecoService.Api.Settings;

namespace RecoService.Api.Serving;

/// <summary>Looks at the store again and again, so that the writes and publications of other replicas are served here too.</summary>
internal sealed partial class FeedFollower(
    SnapshotPublisher publisher, SnapshotHost host, RecommendationSettings settings, TimeProvider time, ILogger<FeedFollower> logger) : PeriodicWork(host, settings.FeedInterval, time)
{
    protected override Task WorkAsync(CancellationToken cancellationToken) => publisher.FollowAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    [LoggerMessage(LogLevel.Warning, "Changes in the store cannot be followed: {Reason} The service goes on with what is in memory and tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Following changes in the store again.")]
    private partial void LogRecovered();
}
