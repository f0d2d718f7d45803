using RecoService.Api.Settings;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Serving;

/// <summary>Brings the figures of lists up to date again and again. Every replica tries; the database lets one at a time in, and what one has counted the next does not count again.</summary>
internal sealed partial class FigureFollower(
    RecommendationFigures figures, AttributionRules rules, SnapshotHost host, AttributionSettings settings, TimeProvider time, ILogger<FigureFollower> logger) : BackgroundService
{
    private long followedAt;

    /// <summary>When it last was; null: not since the start.</summary>
    public DateTimeOffset? FollowedAt => Interlocked.Read(ref followedAt) is not 0 and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>Counts what there is now.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await figures.FollowAsync(rules, null, cancellationToken);
        Interlocked.Exchange(ref followedAt, now.ToUnixTimeMilliseconds());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Interval, time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Until a state is served the tables may not be there yet.
            if (host.Current is null)
                continue;
            try
            {
                await FollowAsync(stoppingToken);
                failing = false;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (!failing)
                    LogFailed(exception.Message);
                failing = true;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The figures of lists could not be brought up to date: {Reason} The service tries again.")]
    private partial void LogFailed(string reason);
}
