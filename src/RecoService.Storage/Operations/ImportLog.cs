using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Operations;

/// <summary>An import that has ended.</summary>
/// <param name="Id">Ascends.</param>
/// <param name="KeyName">Whose key it was made with, or what made it.</param>
/// <param name="Target">What was imported.</param>
/// <param name="StartedAt">When its first byte was awaited.</param>
/// <param name="FinishedAt">When it was stored or refused.</param>
/// <param name="Outcome">How it ended, in a word.</param>
/// <param name="ReportJson">Counts and refused lines, as a JSON object.</param>
public sealed record ImportEntry(long Id, string KeyName, string Target, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string Outcome, string ReportJson);

/// <summary>The last imports; older ones are forgotten as newer ones come.</summary>
public sealed class ImportLog
{
    /// <summary>So many are kept. A report names 100 bad lines at most, so all of them stay small.</summary>
    public const int Kept = 200;

    private readonly Store store;

    internal ImportLog(Store store) => this.store = store;

    /// <summary>Adds an import that has ended now.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task AppendAsync(string keyName, string target, DateTimeOffset startedAt, string outcome, string reportJson, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var row = new ImportRow { KeyName = keyName, Target = target, StartedAt = startedAt, FinishedAt = store.Now, Outcome = outcome, ReportJson = reportJson };
        context.Add(row);
        await context.SaveChangesAsync(ct);
        var oldest = row.Id - Kept;
        await context.Set<ImportRow>().Where(other => other.Id <= oldest).ExecuteDeleteAsync(ct);
    }, ct);

    /// <summary>The newest first.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<ImportEntry>> ListAsync(string? cursor, int limit, CancellationToken ct)
    {
        var before = Cursor.Decode(cursor, 1)?[0] ?? long.MaxValue;
        return store.ReadAsync(async context =>
        {
            var rows = await context.Set<ImportRow>().AsNoTracking().Where(row => row.Id < before).OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(ct);
            return Cursor.Cut(
                rows.ConvertAll(row => new ImportEntry(row.Id, row.KeyName, row.Target, row.StartedAt, row.FinishedAt, row.Outcome, row.ReportJson)), limit, entry => Cursor.Encode(entry.Id));
        }, ct);
    }
}
