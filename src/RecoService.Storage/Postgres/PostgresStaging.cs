using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>The connection of an import: it owns the temporary tables and runs the merge.</summary>
internal static class PostgresStaging
{
    private const int Attempts = 5;

    /// <summary>An import of so many rows changes what the planner should know.</summary>
    private const int AnalyzedRows = 50_000;

    public static async Task<RecoDbContext> OpenAsync(Store store, string createTables, CancellationToken ct)
    {
        var context = store.Provider.CreateContext();
        try
        {
            context.Database.SetCommandTimeout(0);
            await context.Database.OpenConnectionAsync(ct);
            await context.ExecuteAsync(createTables, ct);
            return context;
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits what the merge says to commit; a merge that lost a race is run again.</summary>
    public static async Task<ImportResult> MergeAsync(Store store, RecoDbContext context, Func<Task<ImportResult>> merge, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
            try
            {
                // A merge may wait for a live writer longer than a live writer would wait for it, and sorts millions of rows.
                await context.ExecuteAsync("SET LOCAL lock_timeout = 0; SET LOCAL work_mem = '256MB'; SET LOCAL jit = off", ct);
                var result = await merge();
                // A commit under way is not cancelled: whoever cancels must know what became of it.
                if (result.Committed)
                    await transaction.CommitAsync(CancellationToken.None);
                if (result.Accepted >= AnalyzedRows)
                    await AnalyzeAsync(context);
                return result;
            }
            catch (Exception e) when (attempt < Attempts && store.Provider.IsLostRace(e))
            {
                ct.ThrowIfCancellationRequested();
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
        catch (NpgsqlException)
        {
            // Autovacuum will do it.
        }
    }

    public static async ValueTask CloseAsync(RecoDbContext context)
    {
        try
        {
            // The connection goes back to the pool; its temporary tables must not.
            if (context.Database.GetDbConnection() is NpgsqlConnection { FullState: ConnectionState.Open })
                await context.ExecuteAsync("DISCARD TEMP", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // A broken connection has no tables left.
        }

        await context.DisposeAsync();
    }
}
