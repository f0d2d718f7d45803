using RecoService.Api.Security;
using RecoService.Storage.Operations;

namespace RecoService.Api.Access;

/// <param name="Replica">The process that answers; last uses are those that it saw since its start.</param>
/// <param name="Items">By name; a key that is rotated stands there with each of its secrets.</param>
internal sealed record KeysResponse(string Replica, IReadOnlyList<KeyResponse> Items);

/// <param name="Name">Stands for the key in logs.</param>
/// <param name="Role">Storefront, Viewer or Admin.</param>
/// <param name="RequestsPerSecond">What it may make; null: any number.</param>
/// <param name="LastUsedAt">When this process last saw it, UTC; null: not since the start.</param>
/// <param name="Scopes">The groups of operations to which it is bound; none: all that its role opens.</param>
/// <param name="ExpiresAt">From when on it opens nothing, UTC; null: never.</param>
/// <param name="Source">configuration or store.</param>
/// <param name="CreatedAt">When it was made, UTC; null for a configured one.</param>
/// <param name="CreatedBy">The name of the key that made it; null for a configured one.</param>
internal sealed record KeyResponse(
    string Name, string Role, int? RequestsPerSecond, DateTimeOffset? LastUsedAt, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string Source, DateTimeOffset? CreatedAt, string? CreatedBy)
{
    public static IReadOnlyList<KeyResponse> All(LiveKeys keys)
    {
        var made = keys.Stored.Live.ToDictionary(key => ApiKeyRing.StampOf(key.Key.KeyHash, key.Key.Name), StringComparer.Ordinal);
        return [.. keys.Current.Callers.OrderBy(caller => caller.Name, StringComparer.Ordinal).Select(caller => Of(caller, made.GetValueOrDefault(caller.Stamp)))];
    }

    private static KeyResponse Of(ApiKeyCaller caller, StoredApiKey? stored) => new(
        caller.Name, caller.Role, caller.RequestsPerSecond == 0 ? null : caller.RequestsPerSecond, caller.LastUsedAt, caller.Scopes, caller.ExpiresAt, stored is null ? "configuration" : "store", stored?.CreatedAt, stored?.CreatedBy);
}

/// <param name="Name">Stands for the key in logs.</param>
/// <param name="Key">The secret: it is shown this once, and kept nowhere.</param>
/// <param name="Role">Storefront, Viewer or Admin.</param>
/// <param name="Scopes">The groups of operations to which it is bound; none: all that its role opens.</param>
/// <param name="RequestsPerSecond">What it may make; null: any number.</param>
/// <param name="ExpiresAt">From when on it opens nothing, UTC; null: never.</param>
internal sealed record NewKeyResponse(string Name, string Key, string Role, IReadOnlyList<string> Scopes, int? RequestsPerSecond, DateTimeOffset? ExpiresAt)
{
    public static NewKeyResponse Of(StoredApiKey stored, string key) => new(
        stored.Key.Name, key, stored.Key.Role, stored.Key.Scopes, stored.Key.RequestsPerSecond == 0 ? null : stored.Key.RequestsPerSecond, stored.Key.ExpiresAt);
}
