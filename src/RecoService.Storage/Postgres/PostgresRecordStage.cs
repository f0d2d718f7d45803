using Microsoft.EntityFrameworkCore;
using Npgsql;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Postgres;

/// <summary>Items or users on their way into the store: one temporary table, filled by COPY.</summary>
internal sealed class PostgresRecordStage<T>(
    Store store, RecoDbContext context, short columns, Action<CopyWriter, T> write, RecordTable table) : ImportStage<T>
{
    private readonly CopyTable records = new((NpgsqlConnection)context.Database.GetDbConnection(), "import_records");
    private long rows;
    private bool isDisposed;

    public override async ValueTask AddAsync(long line, T row, CancellationToken ct)
    {
        await PostgresStaging.SendAsync(store, records.BeginRowAsync((short)(columns + 1), ct));
        records.Row.Write(line);
        write(records.Row, row);
        rows++;
    }

    public override Task<ImportResult> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct) => PostgresStaging.CommitAsync(
        store, context,
        async token =>
        {
            await records.EndAsync(token);
            await context.ExecuteAsync("ANALYZE import_records", token);
        },
        token => new RecordMerge(context, store.Provider, table, rules, rows, store.Now.ToUnixTimeMilliseconds()).RunAsync(token), ct);

    public override async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await PostgresStaging.CloseAsync(store, records, context);
    }
}
