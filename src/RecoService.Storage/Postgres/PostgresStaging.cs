using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>
/// The transaction of an import: it owns the temporary tables and runs the merge. There is only one, from the first row on, for a pooler may give the next one another
/// connection of the server, where the tables are not.
/// </summary>
internal static class PostgresStaging
{
    private const int Attempts = 5;

    /// <summary>The savepoint that a merge begins at.</summary>
    private const string Staged = "staged";

    /// <summary>An import of so many rows changes what the planner should know.</summary>
    private const int AnalyzedRows = 50_000;

    public static async Task<RecoDbContext> OpenAsync(Store store, string createTables, CancellationToken ct)
    {
        var context = store.Provider.CreateContext();
        try
        {
            context.Database.SetCommandTimeout(0);
            await store.Provider.BeginWriteAsync(context, store.Provider.WriteTimeout, ct);
            // A file may come slowly; a merge may wait for a live writer longer than a live writer would wait for it, and sorts millions of rows.
            await context.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL work_mem = '256MB'; SET LOCAL jit = off", ct);
            await context.ExecuteAsync(createTables, ct);
            return context;
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for rows on their way to the server no longer than for a write.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or does not answer.</exception>
    public static ValueTask SendAsync(Store store, ValueTask sending)
    {
        return sending.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(store.WithinLimitAsync(SentAsync));

        async Task<bool> SentAsync()
        {
            await sending;
            return true;
        }
    }

    /// <summary>Ends the staging and commits what the merge says to commit. It sorts millions of rows, and takes as long as it takes.</summary>
    public static Task<ImportResult> CommitAsync(Store store, RecoDbContext context, Func<CancellationToken, Task> end, Func<CancellationToken, Task<ImportResult>> merge, CancellationToken ct) =>
        store.WhileAnsweringAsync(async (write, token) =>
        {
            await end(token);
            return await MergeAsync(store, context, merge, write, token);
        }, ct);

    /// <summary>A merge that lost a race is run again.</summary>
    private static async Task<ImportResult> MergeAsync(Store store, RecoDbContext context, Func<CancellationToken, Task<ImportResult>> merge, PendingWrite write, CancellationToken ct)
    {
        store.ThrowIfRefused();
        var transaction = context.Database.CurrentTransaction!;
        for (var attempt = 1; ; attempt++)
        {
            await transaction.CreateSavepointAsync(Staged, ct);
            try
            {
                var result = await merge(ct);
                // A commit under way is not cancelled: whoever cancels must know what became of it.
                if (result.Committed)
                    await store.CommitAsync(context, write, ct);
                else
                    await transaction.RollbackToSavepointAsync(Staged, ct);
                if (result.Accepted >= AnalyzedRows)
                    await AnalyzeAsync(context);
                return result;
            }
            catch (Exception e) when (attempt < Attempts && store.Provider.IsLostRace(e))
            {
                ct.ThrowIfCancellationRequested();
                await transaction.RollbackToSavepointAsync(Staged, ct);
                write.Reopen();
            }
        }
    }

    /// <summary>The planner should not have to wait for the next autovacuum to learn of millions of rows. The import has succeeded, whatever comes of this.</summary>
    private static async Task AnalyzeAsync(RecoDbContext context)
    {
        try
        {
            await context.ExecuteAsync("ANALYZE (SKIP_LOCKED) users, items, interactions, ratings", CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // Autovacuum will do it.
        }
    }

    /// <summary>
    /// Gives the connection back, which takes a moment; where the server does not answer, it is given up later, and the caller need not wait for that. What was not
    /// committed is rolled back, the temporary tables with it.
    /// </summary>
    public static async ValueTask CloseAsync(Store store, CopyTable rows, RecoDbContext context)
    {
        try
        {
            await store.WithinLimitAsync(async () =>
            {
                try
                {
                    await rows.DisposeAsync();
                }
                finally
                {
                    await context.DisposeAsync();
                }

                return true;
            });
        }
        catch (StorageUnavailableException)
        {
            // A broken connection has nothing to roll back.
        }
    }
}
