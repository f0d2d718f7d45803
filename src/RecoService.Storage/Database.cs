namespace RecoService.Storage;

/// <summary>The database as a whole: its schema, whether it answers, and how much is in it.</summary>
public sealed class Database
{
    private readonly Store store;

    internal Database(Store store) => this.store = store;

    /// <summary>
    /// Creates the database or brings its schema up to date, and registers the configured kinds. Safe when several replicas
    /// do it at once, and after one was killed in the middle of it.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public async Task MigrateAsync(CancellationToken ct)
    {
        await store.GuardAsync(() => store.Provider.MigrateAsync(ct));
        await store.KindKeysAsync(ct);
    }

    public async Task<bool> IsReachableAsync(CancellationToken ct)
    {
        try
        {
            return await store.ReadSnapshotAsync(async context => await context.CountAsync("SELECT 1", ct) == 1, ct);
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    /// <summary>How many rows there are; above a million PostgreSQL answers with its own estimate.</summary>
    public Task<StoreCounts> CountAsync(CancellationToken ct) => store.ReadSnapshotAsync(context => store.Provider.CountAsync(context, ct), ct);
}
