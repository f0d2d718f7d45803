using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Operations;

/// <summary>A change that somebody with an admin key made.</summary>
/// <param name="Id">Ascends in the order of commits, nearly: two that are written at once may change places.</param>
/// <param name="ChangedAt">When it was made.</param>
/// <param name="KeyName">Whose key it was made with.</param>
/// <param name="Call">The name of the call, as in the OpenAPI document.</param>
/// <param name="Method">Of HTTP.</param>
/// <param name="Subject">What was changed, as a path; it names no user.</param>
/// <param name="Outcome"><see cref="AuditScope.Stored"/> where the entry was committed with the change; else the status of the answer, or that nobody knows whether it was stored.</param>
public sealed record AuditEntry(long Id, DateTimeOffset ChangedAt, string KeyName, string Call, string Method, string Subject, string Outcome)
{
    /// <summary>What was there, as JSON; null for nothing, or where that is not said.</summary>
    public string? BeforeJson { get; init; }

    /// <summary>What is there since, as JSON; null for nothing, or where that is not said.</summary>
    public string? AfterJson { get; init; }

    /// <summary>Its place in the chain; null for what a version without one wrote.</summary>
    public long? Position { get; init; }

    /// <summary>Its hash in the chain; null likewise.</summary>
    public string? Hash { get; init; }
}

/// <summary>What was changed by whom: append-only, chained by hashes, and forgotten by age from its beginning.</summary>
public sealed class AuditLog
{
    private readonly Store store;

    internal AuditLog(Store store) => this.store = store;

    /// <summary>Adds a change that was made now, outside of a transaction of this store.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task AppendAsync(string keyName, string call, string method, string subject, string outcome, CancellationToken ct) => store.WriteAsync(
        context => store.Chain.AppendAsync(context, store.Provider, new AuditRow { ChangedAt = store.Now, KeyName = keyName, Call = call, Method = method, Subject = subject, Outcome = outcome }, ct), ct);

    /// <summary>The newest first.</summary>
    /// <param name="keyName">Only those made with this key; null: all.</param>
    /// <param name="call">Only those of this call; null: all.</param>
    /// <param name="cursor">Of the page before; null for the first page.</param>
    /// <param name="limit">1 or more.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<AuditEntry>> ListAsync(string? keyName, string? call, string? cursor, int limit, CancellationToken ct)
    {
        var before = Cursor.Decode(cursor, 1)?[0] ?? long.MaxValue;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Set<AuditRow>().AsNoTracking()
                .Where(row => row.Id < before && (keyName == null || row.KeyName == keyName) && (call == null || row.Call == call))
                .OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(rows.ConvertAll(Of), limit, entry => Cursor.Encode(entry.Id));
        }, ct);
    }

    /// <summary>Looks through the whole log for an entry that was changed, removed or moved since it was written.</summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<AuditVerification> VerifyAsync(CancellationToken ct) => store.ReadSnapshotAsync(context => store.Chain.VerifyAsync(context, ct), ct);

    /// <summary>Whether an entry of the chain has this hash.</summary>
    public Task<bool> HoldsAsync(string hash, CancellationToken ct) => store.ReadAsync(context => context.Set<AuditRow>().AnyAsync(row => row.Position != null && row.Hash == hash, ct), ct);

    /// <summary>Deletes the oldest of those that were made before this time, and says how many. An entry at the end says up to where, so that the rest can still be verified.</summary>
    public Task<int> DeleteBeforeAsync(DateTimeOffset before, int limit, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var log = context.Set<AuditRow>();
        var unchained = log.Where(row => row.Position == null && row.ChangedAt < before).OrderBy(row => row.Id).Take(limit).Select(row => row.Id);
        var deleted = await log.Where(row => unchained.Contains(row.Id)).ExecuteDeleteAsync(ct);
        // Only a beginning may go. Clocks of replicas differ, so an entry that is younger than one after it keeps that one.
        var oldest = await log.AsNoTracking().Where(row => row.Position != null).OrderBy(row => row.Position).Take(limit - deleted).ToListAsync(ct);
        if (oldest.TakeWhile(row => row.ChangedAt < before).LastOrDefault() is not { } last)
            return deleted;
        deleted += await log.Where(row => row.Position <= last.Position).ExecuteDeleteAsync(ct);
        await store.Chain.AppendAsync(
            context, store.Provider,
            new AuditRow
            {
                ChangedAt = store.Now,
                KeyName = "service",
                Call = AuditChain.Forgetting,
                Method = "",
                Subject = "/admin/audit",
                Outcome = AuditScope.Stored,
                AfterJson = JsonSerializer.Serialize(new AuditChain.Forgotten(last.Position!.Value, last.Hash!)),
            },
            ct);
        return deleted;
    }, ct);

    /// <summary>The entry of a scope, in the transaction of the change.</summary>
    internal static Task AppendAsync(Store store, RecoDbContext context, AuditScope scope, CancellationToken ct) => store.Chain.AppendAsync(
        context, store.Provider,
        new AuditRow
        {
            ChangedAt = store.Now,
            KeyName = scope.KeyName,
            Call = scope.Call,
            Method = scope.Method,
            Subject = scope.Subject,
            Outcome = AuditScope.Stored,
            BeforeJson = scope.BeforeJson,
            AfterJson = scope.AfterJson,
        },
        ct);

    private static AuditEntry Of(AuditRow row) => new(row.Id, row.ChangedAt, row.KeyName, row.Call, row.Method, row.Subject, row.Outcome)
    {
        BeforeJson = row.BeforeJson,
        AfterJson = row.AfterJson,
        Position = row.Position,
        Hash = row.Hash,
    };
}
