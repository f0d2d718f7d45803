using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Operations;

/// <summary>An element of the keys that sessions are encrypted with: a key, or what revokes keys.</summary>
/// <param name="Id">Ascends.</param>
/// <param name="Name">As whoever made it calls it.</param>
/// <param name="Xml">Its text.</param>
public sealed record SessionKey(long Id, string Name, string Xml);

/// <summary>The keys that sessions are encrypted with, which all replicas share. Rows are only added.</summary>
public sealed class SessionKeyLog
{
    private readonly Store store;

    internal SessionKeyLog(Store store) => this.store = store;

    /// <summary>All of them, in the order in which they were added.</summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<IReadOnlyList<SessionKey>> LoadAsync(CancellationToken ct) => store.ReadAsync<IReadOnlyList<SessionKey>>(
        async context => await context.Set<SessionKeyRow>().AsNoTracking().OrderBy(row => row.Id).Select(row => new SessionKey(row.Id, row.Name, row.Xml)).ToListAsync(ct), ct);

    /// <summary>Adds one.</summary>
    /// <param name="name">As whoever made it calls it.</param>
    /// <param name="xml">Its text.</param>
    /// <param name="seen">The last id there was when it was made; where another was added since, this one is not. Null: whatever there is.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<bool> TryAddAsync(string name, string xml, long? seen, CancellationToken ct) => store.WriteAsync(async context =>
    {
        // Two replicas that start at once would each make a key that the other does not know.
        await context.LockLeaseAsync(store.Provider, Leases.SessionKeys, ct);
        if (seen is { } expected && (await context.Set<SessionKeyRow>().MaxAsync(row => (long?)row.Id, ct) ?? 0) != expected)
            return false;
        context.Add(new SessionKeyRow { Name = name, Xml = xml });
        await context.SaveChangesAsync(ct);
        return true;
    }, ct);
}
