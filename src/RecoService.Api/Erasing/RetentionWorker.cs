using RecoService.Api.Serving;
using RecoService.Storage.Privacy;

namespace RecoService.Api.Erasing;

/// <summary>Deletes what users did when it is older than its kind may be; once a day, for it walks over all users.</summary>
/// <param name="retention">Deletes.</param>
/// <param name="days">For how many days interactions are kept, by kind.</param>
/// <param name="host">Knows what is served.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes failures.</param>
internal sealed partial class RetentionWorker(InteractionRetention retention, IReadOnlyDictionary<string, int> days, SnapshotHost host, TimeProvider time, ILogger<RetentionWorker> logger)
    : PeriodicWork(host, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock = time;
    private DateTimeOffset nextSweep;

    /// <summary>Deletes everything that is too old now, and says how much it was.</summary>
    internal Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return retention.DeleteBeforeAsync(days.ToDictionary(kind => kind.Key, kind => now.AddDays(-kind.Value), StringComparer.Ordinal), cancellationToken);
    }

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        if (days.Count == 0 || clock.GetUtcNow() < nextSweep)
            return;
        await SweepAsync(cancellationToken);
        nextSweep = clock.GetUtcNow().AddDays(1);
    }

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    [LoggerMessage(LogLevel.Warning, "Old interactions could not be deleted: {Reason} The service tries again in ten minutes.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Old interactions are deleted again.")]
    private partial void LogRecovered();
}
