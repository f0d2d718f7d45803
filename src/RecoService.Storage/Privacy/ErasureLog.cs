using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;
using RecoService.Storage.Operations;

namespace RecoService.Storage.Privacy;

/// <summary>Erases users, and says what became of each erasure.</summary>
public sealed class ErasureLog
{
    private readonly Store store;

    internal ErasureLog(Store store) => this.store = store;

    /// <summary>
    /// Erases a user in one transaction: the row, ratings, interactions, impressions, figures, and every mention in reports. Only the key stays, in a tombstone for the replicas;
    /// the same id seen later is a new user with a new key.
    /// </summary>
    /// <param name="userId">The user; also somebody who was only shown lists.</param>
    /// <param name="terms">What the receipt promises.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <param name="check">Sees what is stored under the lock of the write, and throws when it must not be erased.</param>
    /// <returns>The receipt, or null: nothing is known of them.</returns>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<Erasure?> EraseAsync(string userId, ErasureTerms terms, CancellationToken ct, Action<StoredUser?>? check = null) => store.WriteAsync<Erasure?>(async context =>
    {
        if (check is not null && await context.Users.Locked(store.Provider, $"SELECT * FROM users WHERE id = {userId}").AsNoTracking().FirstOrDefaultAsync(ct) is { } user)
            check(user.ToStored());
        var erasure = new UserErasure(store, context);
        if (await erasure.EraseAsync(userId, ct) is not { } key)
            return null;
        var now = store.Now;
        var change = await store.Provider.NextChangeAsync(context, ct);
        if (key != 0)
            context.Add(new TombstoneRow { UserKey = key, ErasedAt = now, Change = change });
        var row = new ErasureRow
        {
            Id = Guid.CreateVersion7(now),
            RequestedAt = now,
            SettlesAt = now + terms.SettleAfter,
            RetrainDueAt = now + terms.RetrainWithin,
            UserId = userId,
            UserKey = key == 0 ? null : key,
            FirstSeenAt = erasure.FirstSeenAt,
            Change = change,
            DeletedJson = JsonSerializer.Serialize(erasure.Deleted),
        };
        var models = await ModelStates.ReadAsync(context, store.Provider, ct);
        row.ModelVersionsJson = JsonSerializer.Serialize(models.LearnedFrom(row));
        context.Add(row);
        await context.SaveChangesAsync(ct);
        AuditScope.Note(null, new { erasureId = row.Id });
        return models.ReceiptOf(row, []);
    }, ct);

    /// <summary>The receipt as it stands now. Null: there is no such erasure.</summary>
    /// <param name="id">Names the erasure.</param>
    /// <param name="tried">Versions that serve beside the publication.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Erasure?> GetAsync(Guid id, IReadOnlyCollection<int> tried, CancellationToken ct) => store.ReadSnapshotAsync<Erasure?>(async context =>
    {
        var row = await context.Erasures.AsNoTracking().SingleOrDefaultAsync(erasure => erasure.Id == id, ct);
        return row is null ? null : (await ModelStates.ReadAsync(context, store.Provider, ct)).ReceiptOf(row, tried);
    }, ct);

    /// <summary>Sweeps what arrived late for erasures whose time has come, forgets the ids of these users, and closes the erasures that are done.</summary>
    /// <param name="tried">Versions that serve beside the publication.</param>
    /// <param name="limit">The most erasures of one call.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>The erasures that stay open and whose retrain is due, the oldest first.</returns>
    public async Task<IReadOnlyList<Erasure>> AdvanceAsync(IReadOnlyCollection<int> tried, int limit, CancellationToken ct)
    {
        var now = store.Now;
        var due = await store.ReadAsync(context => context.Erasures.AsNoTracking()
            .Where(row => row.ClosedAt == null && (row.SettledAt != null || row.SettlesAt <= now))
            .OrderBy(row => row.SettledAt != null).ThenBy(row => row.RetrainDueAt).Take(limit).Select(row => row.Id).ToListAsync(ct), ct);
        if (due.Count == 0)
            return [];
        return await store.WriteAsync<IReadOnlyList<Erasure>>(async context =>
        {
            var open = new List<Erasure>();
            // Two replicas that look at once do the same; the second waits and finds it done.
            await context.LockLeaseAsync(store.Provider, Leases.Erasures, ct);
            var models = await ModelStates.ReadAsync(context, store.Provider, ct);
            foreach (var row in await context.Erasures.AsTracking().Where(row => due.Contains(row.Id) && row.ClosedAt == null).OrderBy(row => row.RetrainDueAt).ToListAsync(ct))
            {
                await SettleAsync(context, row, now, ct);
                row.ModelVersionsJson = JsonSerializer.Serialize(models.LearnedFrom(row));
                var receipt = models.ReceiptOf(row, tried);
                if (receipt.IsDone)
                    row.ClosedAt = now;
                else if (row.RetrainDueAt <= now)
                    open.Add(receipt);
            }

            await context.SaveChangesAsync(ct);
            return open;
        }, ct);
    }

    /// <summary>Notes that a model run was started for erasures.</summary>
    public Task NoteRetrainAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct) => store.WriteAsync(context =>
    {
        DateTimeOffset? now = store.Now;
        return context.Erasures.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(set => set.SetProperty(row => row.RetrainAskedAt, now), ct);
    }, ct);

    private async Task SettleAsync(RecoDbContext context, ErasureRow row, DateTimeOffset now, CancellationToken ct)
    {
        if (row.UserId is not { } userId)
            return;
        var late = new UserErasure(store, context);
        await late.SweepAsync(userId, row.RequestedAt, ct);
        var deleted = row.Deleted;
        foreach (var (table, rows) in late.Deleted)
            deleted[table] = deleted.GetValueOrDefault(table) + rows;
        row.DeletedJson = JsonSerializer.Serialize(deleted);
        row.UserId = null;
        row.SettledAt = now;
    }
}
