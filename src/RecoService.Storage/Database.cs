namespace RecoService.Storage;

/// <summary>The database as a whole: its schema, whether it answers, and how much is in it.</summary>
public sealed class Database
{
    /// <summary>A small write may go through where others do not, so a full disk counts for a while.</summary>
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(15);

    private readonly Store store;

    internal Database(Store store) => this.store = store;

    /// <summary>
    /// Creates the database where that is wanted, brings its schema up to date, and registers the configured kinds. Safe when several replicas
    /// do it at once, and after one was killed in the middle of it. A schema that is newer than this build stays as it is, and nothing is written to it.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    /// <exception cref="StorageConfigurationException">It cannot be used as it is configured.</exception>
    public async Task MigrateAsync(CancellationToken ct)
    {
        try
        {
            await store.GuardAsync(() => store.Provider.MigrateAsync(ct));
            await store.KindKeysAsync(ct);
        }
        catch (Exception e) when (ConfigurationFaultOf(e) is { } fault)
        {
            throw new StorageConfigurationException(fault, e);
        }
        catch (StorageUnavailableException e)
        {
            e.Address = store.Provider.Address;
            throw;
        }
    }

    /// <summary>Returns when a write would work now. It says nothing of a large one.</summary>
    /// <exception cref="StorageUnavailableException">Why it would not.</exception>
    public async Task ProbeAsync(CancellationToken ct)
    {
        await store.ReadAsync(context => store.Provider.LookAtSchemaAsync(context, ct), ct);
        await store.WriteAsync(context => store.Provider.TryWritesAsync(context, store.Now.ToUnixTimeMilliseconds(), ct), ct);
        if (store.FullSince < FullFor)
            throw new StorageUnavailableException("The disk of the database was full when something was written a moment ago.");
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

    private string? ConfigurationFaultOf(Exception exception)
    {
        for (var cause = exception; cause is not null and not StorageConfigurationException; cause = cause.InnerException)
        {
            if (store.Provider.ConfigurationFaultOf(cause) is { } fault)
                return fault;
        }

        return null;
    }
}
