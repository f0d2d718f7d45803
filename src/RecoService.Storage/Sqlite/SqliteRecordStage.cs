using Microsoft.Data.Sqlite;

namespace RecoService.Storage.Sqlite;

/// <summary>Items or users on their way into the store.</summary>
internal sealed class SqliteRecordStage<T>(
    Store store, SqliteStaging staging, SqliteCommand insert, Func<T, object?[]> valuesOf, Func<RecoDbContext, long, long, CancellationToken, Task<ImportResult>> merge) : ImportStage<T>
{
    private long rows;

    public override async ValueTask AddAsync(long line, T row, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await store.GuardAsync(() =>
        {
            staging.Add(insert, [line, .. valuesOf(row)]);
            return Task.CompletedTask;
        }, ct);
        rows++;
    }

    public override Task<ImportResult> CommitAsync(string sourceHash, bool skipConflicts, CancellationToken ct) => store.GuardAsync(
        () => staging.MergeAsync(store, context => merge(context, rows, store.Now.ToUnixTimeMilliseconds(), ct), ct), ct);

    public override ValueTask DisposeAsync() => staging.DisposeAsync();
}
