using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>Deletes impressions when they are older than the setting says, a bounded piece at a time, so that the table does not grow for ever.</summary>
internal sealed partial class ImpressionRetention(
    ImpressionLog log, SnapshotHost host, RecommendationSettings settings, TimeProvider time, ILogger<ImpressionRetention> logger) : BackgroundService
{
    /// <summary>A transaction of a moment, for other writers may have to wait for it.</summary>
    private const int PieceSize = 5000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.ImpressionRetentionDays == 0)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Until a state is served the tables may not be there yet.
            if (host.Current is null)
                continue;
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception.Message);
            }
        }
    }

    /// <summary>Deletes everything that is too old now.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow().AddDays(-settings.ImpressionRetentionDays);
        while (await log.DeleteBeforeAsync(before, PieceSize, cancellationToken) == PieceSize)
            cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(LogLevel.Warning, "Old impressions could not be deleted: {Reason} The service tries again in ten minutes.")]
    private partial void LogFailed(string reason);
}
