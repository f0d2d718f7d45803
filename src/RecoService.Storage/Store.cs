using Microsoft.EntityFrameworkCore;
using RecoService.Engine.Data;
using RecoService.Storage.Operations;

namespace RecoService.Storage;

/// <summary>
/// How every public method reaches the database: one place for transactions, their deadline, retries of lost races, commits whose answer is lost, and the
/// translation of failures.
/// </summary>
internal sealed class Store(StoreProvider provider, TimeProvider clock, InteractionKinds kinds, AuditChain chain) : IAsyncDisposable
{
    private const int Attempts = 6;

    /// <summary>Between two looks at a commit whose answer was lost.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private volatile KindKeys? kindKeys;
    private volatile Moment? lastFull;

    public StoreProvider Provider => provider;

    public InteractionKinds Kinds => kinds;

    /// <summary>Chains the entries of the audit log.</summary>
    public AuditChain Chain => chain;

    /// <summary>As exact as a row keeps it, so that what a write answers is what a read finds.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>How long ago the database's disk was last found to be full; null: never.</summary>
    public TimeSpan? FullSince => lastFull is { } moment ? clock.GetElapsedTime(moment.Timestamp) : null;

    /// <exception cref="StorageUnavailableException">This build must not write.</exception>
    public void ThrowIfRefused()
    {
        if (provider.SchemaFault is { } fault)
            throw new StorageUnavailableException(fault) { RetryAfter = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Reads without a transaction: for work of one query that takes a moment.</summary>
    public Task<T> ReadAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct) => WithinLimitAsync(async () =>
    {
        ct.ThrowIfCancellationRequested();
        await using var context = provider.CreateContext();
        return await work(context);
    });

    /// <summary>Reads in one transaction that sees one state throughout.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct) => GuardAsync(async () =>
    {
        await using var context = provider.CreateContext();
        await using var snapshot = await provider.BeginSnapshotAsync(context, ct);
        return await work(context);
    });

    /// <summary>
    /// Writes in one transaction, which is committed when <paramref name="work"/> returns and run again when it lost a race. Cancelling has no effect once the
    /// commit has begun.
    /// </summary>
    /// <param name="work">Must not touch what its caller changes after the call has thrown.</param>
    /// <param name="ct">Given to the work as well.</param>
    /// <param name="limit">One deadline over begin, statements, commit and roll back; null = the store's. Infinite for what may be large, whose statements then have it each.</param>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public async Task<T> WriteAsync<T>(Func<RecoDbContext, Task<T>> work, CancellationToken ct, TimeSpan? limit = null)
    {
        var write = new PendingWrite(limit ?? provider.WriteTimeout);
        var attempts = GuardAsync(() => AttemptAsync(work, write, ct));
        await WaitAsync(attempts, write.Limit);
        if (attempts.IsCompleted)
            return await attempts;
        throw write.TryGiveUp() ? TooSlow() : Unknown(null);
    }

    public Task WriteAsync(Func<RecoDbContext, Task> work, CancellationToken ct, TimeSpan? limit = null) => WriteAsync(async context =>
    {
        await work(context);
        return true;
    }, ct, limit);

    /// <summary>Runs work that manages its own connection, translating its failures, also those that come of cancelling.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is not StorageUnavailableException && provider.IsUnavailable(e))
        {
            throw Unavailable(e);
        }
    }

    public Task GuardAsync(Func<Task> work) => GuardAsync(async () =>
    {
        await work();
        return true;
    });

    /// <summary>The same, and gives up after the time that a write may take; what the work opened is closed when it comes after all.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public async Task<T> WithinLimitAsync<T>(Func<Task<T>> work)
    {
        var pending = GuardAsync(work);
        await WaitAsync(pending, provider.WriteTimeout);
        if (pending.IsCompleted)
            return await pending;
        _ = DisposeLateAsync(pending);
        throw TooSlow();
    }

    /// <summary>For a write that takes as long as it takes: it is given up when the server does not let anybody new in either.</summary>
    /// <param name="work">Its token ends it also when it is given up: what it holds in the database would keep others waiting.</param>
    /// <param name="ct">Cancels it, until its commit begins.</param>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public async Task<T> WhileAnsweringAsync<T>(Func<PendingWrite, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var write = new PendingWrite(Timeout.InfiniteTimeSpan);
        var pending = GuardAsync(() => work(write, end.Token));
        do
        {
            await WaitAsync(pending, provider.WriteTimeout);
            if (pending.IsCompleted)
                return await pending;
        }
        while (await provider.AnswersAsync() || pending.IsCompleted);
        var isOpen = write.TryGiveUp();
        await end.CancelAsync();
        throw isOpen ? TooSlow() : Unknown(null);
    }

    /// <summary>
    /// Commits the context's transaction. A commit that lost its answer is looked up; when it returns, the transaction is committed.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It is not committed, or that is not known.</exception>
    public async Task CommitAsync(RecoDbContext context, PendingWrite write, CancellationToken ct)
    {
        var identity = await provider.IdentifyAsync(context, ct);
        ct.ThrowIfCancellationRequested();
        write.BeginCommit();
        try
        {
            await context.Database.CommitTransactionAsync(CancellationToken.None);
        }
        catch (Exception e) when (identity is not null && provider.IsAmbiguous(e))
        {
            if (await LookUpAsync(identity.Value, write.TimeLeft(provider.WriteTimeout)) is not { } committed)
                throw Unknown(e);
            if (!committed)
                throw Unavailable(e);
        }
    }

    /// <summary>The store's keys of the configured kinds; kinds that are new are registered.</summary>
    public async Task<KindKeys> KindKeysAsync(CancellationToken ct) => kindKeys ??=
        await ReadAsync(context => KindKeys.FindAsync(context, kinds, ct), ct) ?? await WriteAsync(context => KindKeys.RegisterAsync(context, kinds, ct), ct);

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    private async Task<T> AttemptAsync<T>(Func<RecoDbContext, Task<T>> work, PendingWrite write, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(work, write, ct);
            }
            catch (Exception e) when (attempt < Attempts && provider.IsLostRace(e))
            {
                ct.ThrowIfCancellationRequested();
                write.Reopen();
            }
        }
    }

    private async Task<T> WriteOnceAsync<T>(Func<RecoDbContext, Task<T>> work, PendingWrite write, CancellationToken ct)
    {
        T result = default!;
        var isCommitted = false;
        try
        {
            ThrowIfRefused();
            using var turn = await provider.EnterWriteAsync(write.TimeLeft(provider.WriteTimeout), ct);
            await using var context = provider.CreateContext();
            await provider.BeginWriteAsync(context, write.TimeLeft(provider.WriteTimeout), ct);
            result = await work(context);
            // What changed nothing, and says so, is no entry.
            var scope = result is null or false ? null : AuditScope.Current;
            if (scope is not null)
                await AuditLog.AppendAsync(this, context, scope, ct);
            await CommitAsync(context, write, ct);
            isCommitted = true;
            if (scope is not null)
                scope.IsWritten = true;
        }
        catch (Exception) when (isCommitted)
        {
            // What is committed is done, whatever comes of giving the connection back.
        }

        return result;
    }

    /// <summary>Whether it was committed; null: it could not be found out in time.</summary>
    private async Task<bool?> LookUpAsync(TransactionIdentity identity, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, clock);
        while (!deadline.IsCancellationRequested)
        {
            try
            {
                if (await provider.IsCommittedAsync(identity, deadline.Token) is { } isCommitted)
                    return isCommitted;
            }
            catch (Exception e) when (e is OperationCanceledException || provider.IsUnavailable(e))
            {
                // The server may be back a moment later.
            }

            await Task.Delay(LookAgain, clock, CancellationToken.None);
        }

        return null;
    }

    private static async Task WaitAsync(Task pending, TimeSpan limit)
    {
        await pending.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (pending.IsCompleted)
            return;
        // Nobody else may come to look at its failure.
        _ = pending.ContinueWith(late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task DisposeLateAsync<T>(Task<T> pending)
    {
        await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (pending.IsCompletedSuccessfully && pending.Result is IAsyncDisposable late)
            await late.DisposeAsync();
    }

    private StorageUnavailableException Unavailable(Exception e)
    {
        if (provider.IsFull(e))
            lastFull = new Moment(clock.GetTimestamp());
        return new StorageUnavailableException(provider.ReasonOf(e), e);
    }

    private StorageUnavailableException TooSlow() => new($"The database did not answer within {provider.WriteTimeout.TotalSeconds:0.###} s.");

    private static StorageUnavailableException Unknown(Exception? e) =>
        new("The database stopped answering during the commit, and did not say in time whether it committed.", e) { OutcomeIsUnknown = true };

    private sealed record Moment(long Timestamp);
}
