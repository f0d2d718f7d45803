using Microsoft.Data.Sqlite;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Sqlite;

/// <summary>Items or users on their way into the store.</summary>
internal sealed class SqliteRecordStage<T>(
    Store store, SqliteStaging staging, SqliteCommand insert, Func<T, object?[]> valuesOf, RecordTable table) : ImportStage<T>
{
    private long rows;

    public override async ValueTask AddAsync(long line, T row, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await store.GuardAsync(() =>
        {
            staging.Add(insert, [line, .. valuesOf(row)]);
            return Task.CompletedTask;
        });
        rows++;
    }

    public override Task<ImportResult> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct) => store.GuardAsync(
        () => staging.MergeAsync(store, context => new RecordMerge(context, store.Provider, table, rules, rows, store.Now.ToUnixTimeMilliseconds()).RunAsync(ct), ct));

    public override ValueTask DisposeAsync() => staging.DisposeAsync();
}
