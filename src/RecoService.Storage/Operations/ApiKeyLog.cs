using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Operations;

/// <summary>What a key is made of.</summary>
/// <param name="Name">Stands for the key in logs.</param>
/// <param name="KeyHash">Of the secret, as whoever checks keys makes it; the secret itself is nowhere.</param>
/// <param name="Role">What it opens.</param>
/// <param name="Scopes">The groups of operations it is bound to; none: all of its role.</param>
/// <param name="RequestsPerSecond">0: no limit.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null: never.</param>
public sealed record NewApiKey(string Name, string KeyHash, string Role, IReadOnlyList<string> Scopes, int RequestsPerSecond, DateTimeOffset? ExpiresAt);

/// <summary>A secret of a key that is neither revoked nor expired.</summary>
/// <param name="Id">Ascends.</param>
/// <param name="Key">What it is.</param>
/// <param name="CreatedBy">The name of the key that made it.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record StoredApiKey(long Id, NewApiKey Key, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>The keys of the store after a change.</summary>
/// <param name="Live">Those that are neither revoked nor expired, the oldest first.</param>
/// <param name="Revision">Of the last change; 0 where there was none.</param>
public sealed record StoredApiKeys(IReadOnlyList<StoredApiKey> Live, long Revision)
{
    public static StoredApiKeys None { get; } = new([], 0);
}

/// <summary>There are as many keys as there may be.</summary>
public sealed class TooManyApiKeysException() : Exception($"There are {ApiKeyLog.Most} keys in the store, and no more are taken. Revoke some.");

/// <summary>The keys that operators make. Secrets are never deleted, only revoked; each change has a number, by which replicas hear of it.</summary>
public sealed class ApiKeyLog
{
    /// <summary>A request compares with each.</summary>
    public const int Most = 500;

    private readonly Store store;

    internal ApiKeyLog(Store store) => this.store = store;

    /// <summary>The keys, and how far they go: one consistent read.</summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<StoredApiKeys> LoadAsync(CancellationToken ct)
    {
        var now = store.Now;
        return store.ReadSnapshotAsync(async context =>
        {
            var live = await Live(context, now).AsNoTracking().OrderBy(row => row.Id).ToListAsync(ct);
            return new StoredApiKeys(live.ConvertAll(Of), await LastAsync(context, ct));
        }, ct);
    }

    /// <summary>The number of the last change; 0 where there was none.</summary>
    public Task<long> LastRevisionAsync(CancellationToken ct) => store.ReadAsync(context => LastAsync(context, ct), ct);

    /// <summary>Adds a key. Null: another one has the name.</summary>
    /// <exception cref="TooManyApiKeysException">There are enough.</exception>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<StoredApiKey?> CreateAsync(NewApiKey key, string createdBy, CancellationToken ct) => store.WriteAsync<StoredApiKey?>(async context =>
    {
        await context.LockLeaseAsync(store.Provider, Leases.ApiKeys, ct);
        var live = await Live(context, store.Now).AsNoTracking().Select(row => row.Name).ToListAsync(ct);
        if (live.Contains(key.Name, StringComparer.Ordinal))
            return null;
        if (live.Count >= Most)
            throw new TooManyApiKeysException();
        var row = await AddAsync(context, key, createdBy, ct);
        AuditScope.NoteDefinition(key.Name, null, Json(row));
        return Of(row);
    }, ct);

    /// <summary>Gives a key another secret; those that it has go on for a while. Null: nobody has the name.</summary>
    /// <param name="name">Of the key.</param>
    /// <param name="keyHash">Of the new secret.</param>
    /// <param name="overlap">How long the other secrets go on, if they do not expire before.</param>
    /// <param name="createdBy">The name of the key that does it.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<StoredApiKey?> RotateAsync(string name, string keyHash, TimeSpan overlap, string createdBy, CancellationToken ct) => store.WriteAsync<StoredApiKey?>(async context =>
    {
        await context.LockLeaseAsync(store.Provider, Leases.ApiKeys, ct);
        var (now, revision) = (store.Now, await LastAsync(context, ct) + 1);
        var known = await Live(context, now).AsTracking().Where(row => row.Name == name).OrderBy(row => row.Id).ToListAsync(ct);
        if (known.Count == 0)
            return null;
        var (last, before) = (Of(known[^1]).Key, Json(known[^1]));
        foreach (var row in known)
        {
            row.ExpiresAt = row.ExpiresAt < now + overlap ? row.ExpiresAt : now + overlap;
            row.Revision = revision;
        }

        var added = await AddAsync(context, last with { KeyHash = keyHash }, createdBy, ct);
        AuditScope.NoteDefinition(name, before, Json(added));
        return Of(added);
    }, ct);

    /// <summary>Ends all secrets of a key. False: nobody has the name.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<bool> RevokeAsync(string name, CancellationToken ct) => store.WriteAsync(async context =>
    {
        await context.LockLeaseAsync(store.Provider, Leases.ApiKeys, ct);
        var (now, revision) = (store.Now, await LastAsync(context, ct) + 1);
        var known = await Live(context, now).AsTracking().Where(row => row.Name == name).ToListAsync(ct);
        if (known.Count == 0)
            return false;
        AuditScope.NoteDefinition(name, Json(known[^1]), null);
        foreach (var row in known)
            (row.RevokedAt, row.Revision) = (now, revision);
        await context.SaveChangesAsync(ct);
        return true;
    }, ct);

    private async Task<ApiKeyRow> AddAsync(RecoDbContext context, NewApiKey key, string createdBy, CancellationToken ct)
    {
        var row = new ApiKeyRow
        {
            Revision = await LastAsync(context, ct) + 1,
            Name = key.Name,
            KeyHash = key.KeyHash,
            Role = key.Role,
            ScopesJson = key.Scopes.Count == 0 ? null : JsonSerializer.Serialize(key.Scopes),
            RequestsPerSecond = key.RequestsPerSecond,
            CreatedBy = createdBy,
            CreatedAt = store.Now,
            ExpiresAt = key.ExpiresAt,
        };
        context.Add(row);
        await context.SaveChangesAsync(ct);
        return row;
    }

    private static IQueryable<ApiKeyRow> Live(RecoDbContext context, DateTimeOffset now) =>
        context.ApiKeys.Where(row => row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now));

    private static async Task<long> LastAsync(RecoDbContext context, CancellationToken ct) => await context.ApiKeys.MaxAsync(row => (long?)row.Revision, ct) ?? 0;

    /// <summary>For the audit log: without the hash.</summary>
    private static string Json(ApiKeyRow row) => JsonSerializer.Serialize(new { id = row.Id, role = row.Role, scopes = row.Scopes, requestsPerSecond = row.RequestsPerSecond, expiresAt = row.ExpiresAt });

    private static StoredApiKey Of(ApiKeyRow row) =>
        new(row.Id, new NewApiKey(row.Name, row.KeyHash, row.Role, row.Scopes, row.RequestsPerSecond, row.ExpiresAt), row.CreatedBy, row.CreatedAt);
}
