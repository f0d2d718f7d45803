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
/// <param name="Outcome">The status of the answer, or that nobody knows whether it was stored.</param>
public sealed record AuditEntry(long Id, DateTimeOffset ChangedAt, string KeyName, string Call, string Method, string Subject, string Outcome);

/// <summary>What was changed by whom: append-only, and forgotten by age.</summary>
public sealed class AuditLog
{
    private readonly Store store;

    internal AuditLog(Store store) => this.store = store;

    /// <summary>Adds a change that was made now.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task AppendAsync(string keyName, string call, string method, string subject, string outcome, CancellationToken ct) => store.WriteAsync(async context =>
    {
        context.Add(new AuditRow { ChangedAt = store.Now, KeyName = keyName, Call = call, Method = method, Subject = subject, Outcome = outcome });
        await context.SaveChangesAsync(ct);
    }, ct);

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
            return Cursor.Cut(
                rows.ConvertAll(row => new AuditEntry(row.Id, row.ChangedAt, row.KeyName, row.Call, row.Method, row.Subject, row.Outcome)), limit, entry => Cursor.Encode(entry.Id));
        }, ct);
    }

    /// <summary>Deletes the oldest of those that were made before this time, and says how many.</summary>
    public Task<int> DeleteBeforeAsync(DateTimeOffset before, int limit, CancellationToken ct) => store.WriteAsync(context =>
    {
        var old = context.Set<AuditRow>().Where(row => row.ChangedAt < before).OrderBy(row => row.Id).Take(limit).Select(row => row.Id);
        return context.Set<AuditRow>().Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(ct);
    }, ct);
}
