using RecoService.Api.Settings;
using RecoService.Storage;
using RecoService.Storage.Operations;

namespace RecoService.Api.Security;

/// <summary>
/// The keys of a shop: those that are configured, and those that operators made, as the store has them. One reference to what never changes; each look compares the number of the last change. While the store is away what is known
/// stays known.
/// </summary>
internal sealed partial class LiveKeys(ApiKeyLog store, SecuritySettings settings, ILogger<LiveKeys> logger) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ApiKeyEntry[] configured = [.. settings.ApiKeys.Select(EntryOf)];
    private readonly Dictionary<long, ApiKeyEntry> known = [];
    private volatile ApiKeyRing current = new([.. settings.ApiKeys.Select(EntryOf)], settings.Peppers, settings.ApiKeys.Count == 0);
    private volatile StoredApiKeys stored = StoredApiKeys.None;
    private bool isLoaded;

    /// <summary>The configured keys alone before the first look at the store.</summary>
    public ApiKeyRing Current => current;

    /// <summary>Those of the store.</summary>
    public StoredApiKeys Stored => stored;

    /// <summary>The hash of a key as it is kept now.</summary>
    public string HashOf(string key) => KeyHashes.Of(key, settings.Peppers);

    /// <summary>Whether the configuration has a key of this name, which only the configuration changes.</summary>
    public bool IsConfigured(string name) => settings.ApiKeys.Exists(key => key.Name == name);

    /// <summary>Loads them if the store has another last change. A failure keeps what is known.</summary>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // In turns, or what was read earlier could take the place of what was read later.
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (isLoaded && await store.LastRevisionAsync(cancellationToken) == stored.Revision)
                return;
            Take(await store.LoadAsync(cancellationToken));
            isLoaded = true;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The same after a change of this process, which is made: when it fails, the next look does it.</summary>
    public async Task TryRefreshAsync()
    {
        try
        {
            await RefreshAsync(CancellationToken.None);
        }
        catch (StorageUnavailableException exception)
        {
            LogNotRefreshed(exception.Message);
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>A secret that goes on keeps its caller, and with it its limit and its last use.</summary>
    private void Take(StoredApiKeys now)
    {
        var live = new Dictionary<long, ApiKeyEntry>();
        foreach (var key in now.Live)
            live.Add(key.Id, known.TryGetValue(key.Id, out var entry) && entry.Caller.ExpiresAt == key.Key.ExpiresAt ? entry : EntryOf(key.Key));
        known.Clear();
        foreach (var (id, entry) in live)
            known.Add(id, entry);
        stored = now;
        current = new ApiKeyRing([.. configured, .. live.Values], settings.Peppers, settings.ApiKeys.Count == 0);
    }

    private static ApiKeyEntry EntryOf(ApiKeySettings key)
    {
        var hash = key.KeyHash ?? KeyHashes.Of(key.Key!, []);
        return new ApiKeyEntry(hash, new ApiKeyCaller(key.Name, key.Role, key.RequestsPerSecond, ApiKeyRing.StampOf(hash, key.Name)) { Scopes = [.. key.Scopes], ExpiresAt = key.ExpiresAt });
    }

    /// <summary>A role that this version does not know opens nothing that needs a higher one.</summary>
    private static ApiKeyEntry EntryOf(NewApiKey key) => new(
        key.KeyHash, new ApiKeyCaller(key.Name, Enum.TryParse<ApiKeyRole>(key.Role, out var role) ? role : ApiKeyRole.Storefront, key.RequestsPerSecond, ApiKeyRing.StampOf(key.KeyHash, key.Name))
        {
            Scopes = key.Scopes,
            ExpiresAt = key.ExpiresAt,
        });

    [LoggerMessage(LogLevel.Warning, "A change of keys is stored, but this replica does not follow it yet: {Reason} It tries again.")]
    private partial void LogNotRefreshed(string reason);
}
