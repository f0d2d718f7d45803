using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>Deletes impressions when they are older than the setting says, a bounded piece at a time, so that the table does not grow for ever.</summary>
internal sealed partial class ImpressionRetention(
    ImpressionLog log, SnapshotHost host, RecommendationSettings settings, TimeProvider time, ILogger<ImpressionRetention> logger)
    : PeriodicWork(host, Interval, time)
{
    /// <summary>A transaction of a moment, for other writers may have to wait for it.</summary>
    private const int PieceSize = 5000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock = time;

    protected override Task WorkAsync(CancellationToken cancellationToken) => settings.ImpressionRetentionDays == 0 ? Task.CompletedTask : SweepAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    /// <summary>Deletes everything that is too old now.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow().AddDays(-settings.ImpressionRetentionDays);
        while (await log.DeleteBeforeAsync(before, PieceSize, cancellationToken) == PieceSize)
            cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(LogLevel.Warning, "Old impressions could not be deleted: {Reason} The service tries again in ten minutes.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Old impressions are deleted again.")]
    private partial void LogRecovered();
}
