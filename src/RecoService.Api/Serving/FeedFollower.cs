using RecoService.Api.Settings;

namespace RecoService.Api.Serving;

/// <summary>Looks at the store again and again, so that the writes and publications of other replicas are served here too.</summary>
internal sealed partial class FeedFollower(
    SnapshotPublisher publisher, SnapshotHost host, RecommendationSettings settings, TimeProvider time, ILogger<FeedFollower> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.FeedInterval, time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (host.Current is null)
                continue;
            try
            {
                await publisher.FollowAsync(stoppingToken);
                if (failing)
                    LogRecovered();
                failing = false;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Once per outage: the same line twice a second helps nobody.
                if (!failing)
                    LogFailed(exception.Message);
                failing = true;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Changes in the store cannot be followed: {Reason} The service goes on with what is in memory and tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Following changes in the store again.")]
    private partial void LogRecovered();
}
