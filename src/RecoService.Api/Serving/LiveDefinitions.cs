using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>
/// The merchandising rules or the experiments as the store has them, one reference to what never changes. Every look of the follower compares the last revision, so each replica has
/// them within the feed interval. Whoever applies them reads <see cref="Current"/> once per request, and keeps what they make of it for as long as it is the same object.
/// </summary>
internal sealed partial class LiveDefinitions(DefinitionLog store, ILogger<LiveDefinitions> logger) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile StoredDefinitions current = StoredDefinitions.None;
    private bool isStale = true;

    /// <summary>None before the first look at the store, which ends before the shop is ready.</summary>
    public StoredDefinitions Current => current;

    /// <summary>Loads them if the store has another last revision. A failure keeps what is known.</summary>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // In turns, or what was read earlier could take the place of what was read later.
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (!isStale && await store.LastRevisionAsync(cancellationToken) == current.LastRevision)
                return;
            current = await store.LoadAsync(cancellationToken);
            isStale = false;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The same after an append of this process: every later request knows it. When it fails, the next look of the follower does it.</summary>
    /// <returns>Whether this process has them.</returns>
    public async Task<bool> TryRefreshAsync()
    {
        try
        {
            await RefreshAsync(CancellationToken.None);
            return true;
        }
        catch (StorageUnavailableException exception)
        {
            LogNotRefreshed(exception.Message);
            return false;
        }
    }

    /// <summary>The store is another one, restored from a backup: the next look loads them whatever their revision.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        isStale = true;
        turn.Release();
    }

    public void Dispose() => turn.Dispose();

    [LoggerMessage(LogLevel.Warning, "A change of rules or experiments is stored, but the lists do not follow it yet: {Reason} The service tries again.")]
    private partial void LogNotRefreshed(string reason);
}
