using Microsoft.EntityFrameworkCore;
using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>How every public method reaches the database: one place for transactions, retries of lost races, and the translation of failures.</summary>
internal sealed class Store(StoreProvider provider, TimeProvider clock, InteractionKinds kinds) : IAsyncDisposable
{
    private const int Attempts = 6;

    private volatile KindKeys? kindKeys;

    public StoreProvider Provider => provider;

    public InteractionKinds Kinds => kinds;

    /// <summary>As exact as a row keeps it, so that what a write answers is what a read finds.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Reads without a transaction: for work of one query.</summary>
    public Task<T> ReadAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct) => GuardAsync(async () =>
    {
        await using var context = provider.CreateContext();
        return await work(context);
    }, ct);

    /// <summary>Reads in one transaction that sees one state throughout.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct) => GuardAsync(async () =>
    {
        await using var context = provider.CreateContext();
        await using var snapshot = await provider.BeginSnapshotAsync(context, ct);
        return await work(context);
    }, ct);

    /// <summary>Writes in one transaction, which is committed when <paramref name="work"/> returns and run again when it lost a race.</summary>
    public Task<T> WriteAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct) => GuardAsync(async () =>
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(work, ct);
            }
            catch (Exception e) when (attempt < Attempts && provider.IsLostRace(e))
            {
                ct.ThrowIfCancellationRequested();
            }
        }
    }, ct);

    public Task WriteAsync(Func<RecoDbContext, Task> work, CancellationToken ct) => WriteAsync(async context =>
    {
        await work(context);
        return true;
    }, ct);

    /// <summary>Runs work that manages its own connection, translating its failures.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public async Task<T> GuardAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not StorageUnavailableException && provider.IsUnavailable(e))
        {
            throw new StorageUnavailableException($"The database cannot be used now: {e.GetBaseException().Message}", e);
        }
    }

    public Task GuardAsync(Func<Task> work, CancellationToken ct) => GuardAsync(async () =>
    {
        await work();
        return true;
    }, ct);

    /// <summary>The store's keys of the configured kinds; kinds that are new are registered.</summary>
    public async Task<KindKeys> KindKeysAsync(CancellationToken ct) =>
        kindKeys ??= await WriteAsync(context => KindKeys.RegisterAsync(context, kinds, ct), ct);

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    private async Task<T> WriteOnceAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct)
    {
        using var turn = await provider.EnterWriteAsync(ct);
        await using var context = provider.CreateContext();
        await provider.BeginWriteAsync(context, ct);
        var result = await work(context);
        await context.Database.CommitTransactionAsync(ct);
        return result;
    }
}
