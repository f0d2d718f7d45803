using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Sqlite;

/// <summary>One import's rows in a file of their own, and the merge that attaches it.</summary>
internal sealed class SqliteStaging : IAsyncDisposable
{
    /// <summary>Rows between two commits of the stage file; without a journal a commit only writes pages out.</summary>
    private const int ChunkRows = 100_000;

    private readonly StageFile file;
    private readonly SqliteConnection connection;
    private readonly List<SqliteCommand> commands = [];
    private SqliteTransaction? transaction;
    private int chunkRows;

    public SqliteStaging(string storeFile, string createTables)
    {
        file = new StageFile(storeFile);
        try
        {
            connection = file.Open(createTables);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public SqliteCommand Insert(string table, params ReadOnlySpan<string> columns)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", columns.ToArray().Select(column => "@" + column))})";
        foreach (var column in columns)
            command.AddParameter(column, null);
        commands.Add(command);
        return command;
    }

    public void Add(SqliteCommand insert, params ReadOnlySpan<object?> values)
    {
        if (transaction is null)
        {
            transaction = connection.BeginTransaction();
            foreach (var command in commands)
                command.Transaction = transaction;
        }

        for (var position = 0; position < values.Length; position++)
            insert.Parameters[position].Value = values[position] ?? DBNull.Value;
        insert.ExecuteNonQuery();
        if (++chunkRows == ChunkRows)
            EndChunk();
    }

    private void EndChunk()
    {
        transaction?.Commit();
        transaction?.Dispose();
        transaction = null;
        chunkRows = 0;
    }

    /// <summary>Runs the merge with the staged tables in sight, in one transaction that ends as the result says.</summary>
    public async Task<ImportResult> MergeAsync(Store store, Func<RecoDbContext, Task<ImportResult>> merge, CancellationToken ct)
    {
        store.ThrowIfRefused();
        EndChunk();
        await connection.CloseAsync();
        using var turn = await store.Provider.EnterWriteAsync(store.Provider.WriteTimeout, ct);
        await using var context = store.Provider.CreateContext();
        await context.Database.OpenConnectionAsync(ct);
        await context.ExecuteAsync("ATTACH DATABASE @path AS stage; PRAGMA stage.journal_mode = OFF; PRAGMA stage.synchronous = OFF", ct, ("path", file.Path));
        try
        {
            await store.Provider.BeginWriteAsync(context, store.Provider.WriteTimeout, ct);
            await using var _ = context.Database.CurrentTransaction;
            var result = await merge(context);
            // A commit under way is not cancelled: whoever cancels must know what became of it.
            if (result.Committed)
                await store.CommitAsync(context, new PendingWrite(Timeout.InfiniteTimeSpan), ct);
            return result;
        }
        finally
        {
            await DetachAsync(context);
        }
    }

    /// <summary>How the merge ended is decided by now; a connection that cannot detach must not be used again.</summary>
    private static async Task DetachAsync(RecoDbContext context)
    {
        try
        {
            await context.ExecuteAsync("DETACH DATABASE stage", CancellationToken.None);
        }
        catch (SqliteException)
        {
            SqliteConnection.ClearPool((SqliteConnection)context.Database.GetDbConnection());
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            transaction?.Dispose();
        }
        catch (SqliteException)
        {
            // Without a journal nothing is rolled back; the file is deleted.
        }

        foreach (var command in commands)
            await command.DisposeAsync();
        await connection.DisposeAsync();
        file.Dispose();
    }
}
