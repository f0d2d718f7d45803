using RecoService.Api.Security;
using RecoService.Api.Serving;

namespace RecoService.Api.Shops;

/// <summary>Looks at the keys of the store again and again, so that what one replica makes, rotates or revokes holds on every other within a second.</summary>
internal sealed partial class KeyFollower(LiveKeys keys, SnapshotHost host, TimeProvider time, ILogger<KeyFollower> logger) : PeriodicWork(host, Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override Task WorkAsync(CancellationToken cancellationToken) => keys.RefreshAsync(cancellationToken);

    protected override void TellFailed(string reason) => LogFailed(reason);

    protected override void TellRecovered() => LogRecovered();

    [LoggerMessage(LogLevel.Warning, "Changes of keys cannot be followed: {Reason} The keys that are known go on, revoked ones among them, and the service tries again.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Following changes of keys again.")]
    private partial void LogRecovered();
}
