using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Storage.Operations;

namespace RecoService.Api.Diagnosing;

/// <summary>Forgets changes when they are older than the setting says, a bounded piece at a time.</summary>
internal sealed partial class AuditRetention(AuditLog log, SnapshotHost host, SecuritySettings settings, TimeProvider time, ILogger<AuditRetention> logger) : PeriodicWork(host, Interval, time)
{
    private const int PieceSize = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock = time;

    /// <summary>Deletes everything that is too old now.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow().AddDays(-settings.AuditRetentionDays);
        while (await log.DeleteBeforeAsync(before, PieceSize, cancellationToken) == PieceSize)
            cancellationToken.ThrowIfCancellationRequested();
    }

    protected override Task WorkAsync(CancellationToken cancellationToken) => settings.AuditRetentionDays == 0 ? Task.CompletedTask : SweepAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    [LoggerMessage(LogLevel.Warning, "Old changes could not be deleted from the audit log: {Reason} The service tries again in ten minutes.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Old changes are deleted from the audit log again.")]
    private partial void LogRecovered();
}
