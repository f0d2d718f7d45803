using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Storage.Columns;

namespace RecoService.Storage;

/// <summary>Everything in which the two databases differ: there is one subclass in Sqlite/ and one in Postgres/, and no other place asks which database it is.</summary>
internal abstract class StoreProvider(TimeSpan writeTimeout, InteractionColumns columns) : IAsyncDisposable
{
    private volatile string? schemaFault;

    public InteractionColumns Columns { get; } = columns;

    /// <summary>How long a write may take, from its begin to its commit.</summary>
    public TimeSpan WriteTimeout { get; } = writeTimeout;

    /// <summary>Why this build must not write, or null: a newer one has changed the schema.</summary>
    public string? SchemaFault => schemaFault;

    /// <summary>Where the database is, as operators know it.</summary>
    public abstract string Address { get; }

    /// <summary>Looks for migrations that this build does not know. False: there are some, and <see cref="SchemaFault"/> says so.</summary>
    public async Task<bool> LookAtSchemaAsync(RecoDbContext context, CancellationToken ct)
    {
        var unknown = (await context.Database.GetAppliedMigrationsAsync(ct)).Except(context.Database.GetMigrations(), StringComparer.Ordinal).LastOrDefault();
        schemaFault = unknown is null ? null : $"This build is older than the database's schema: it does not know the migration {unknown}. It writes nothing; install the newer build.";
        return unknown is null;
    }

    /// <summary>Does what shows whether a write would work, within a transaction that is then committed, and costs next to nothing.</summary>
    public abstract Task TryWritesAsync(RecoDbContext context, long now, CancellationToken ct);

    /// <summary>The disk of the database is full, which a small write may not show.</summary>
    public abstract bool IsFull(Exception e);

    /// <summary>Which setting is wrong, and what to do, when the exception came of a configuration that waiting does not mend; else null.</summary>
    public abstract string? ConfigurationFaultOf(Exception e);

    /// <summary>Appended to a SELECT of rows that the same transaction is going to change.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>SQL of the database's own time, Unix milliseconds: the one clock that all replicas share.</summary>
    public abstract string Now { get; }

    public abstract RecoDbContext CreateContext();

    /// <summary>Waits for the right to write where the database has only one writer.</summary>
    /// <exception cref="StorageUnavailableException">Another write has not ended in time.</exception>
    public abstract Task<IDisposable?> EnterWriteAsync(TimeSpan limit, CancellationToken ct);

    /// <param name="context">Without a transaction.</param>
    /// <param name="limit">How long it may wait for another process's write.</param>
    /// <param name="ct">Stops the waiting.</param>
    public abstract Task BeginWriteAsync(RecoDbContext context, TimeSpan limit, CancellationToken ct);

    /// <summary>What the context's transaction is looked up by if its commit loses its answer; null when there is nothing to look up.</summary>
    public abstract Task<TransactionIdentity?> IdentifyAsync(RecoDbContext context, CancellationToken ct);

    /// <summary>Whether a transaction was committed; null: it is still open, or cannot be known.</summary>
    public abstract Task<bool?> IsCommittedAsync(TransactionIdentity identity, CancellationToken ct);

    /// <summary>Begins a transaction in which every read sees the same state.</summary>
    public abstract Task<IAsyncDisposable> BeginSnapshotAsync(RecoDbContext context, CancellationToken ct);

    /// <summary>
    /// Brings the schema up to date, or leaves it alone where it is newer than this build; safe when several processes do it at once and after one was killed doing it.
    /// Creates the database where that is wanted.
    /// </summary>
    public abstract Task MigrateAsync(CancellationToken ct);

    /// <summary>The exception means that the database is away, full or busy.</summary>
    public abstract bool IsUnavailable(Exception e);

    /// <summary>Why the database cannot be used, in a sentence for whoever called: without addresses, names or secrets.</summary>
    public abstract string ReasonOf(Exception e);

    /// <summary>A commit that ended so may have been carried out.</summary>
    public abstract bool IsAmbiguous(Exception e);

    /// <summary>The transaction lost against another one and may simply be run again.</summary>
    public abstract bool IsLostRace(Exception e);

    /// <summary>
    /// The number this transaction stamps on the rows it writes, so that readers can ask for what was committed since.
    /// On PostgreSQL the transaction id, on SQLite the next value of a counter (one writer, so it ascends in the order of commits).
    /// </summary>
    public abstract Task<long> NextChangeAsync(RecoDbContext context, CancellationToken ct);

    /// <summary>The number that <see cref="NextChangeAsync"/> gave last within this transaction.</summary>
    public abstract Task<long> LastChangeAsync(RecoDbContext context, CancellationToken ct);

    /// <summary>Names what is committed now. Must be read inside a snapshot.</summary>
    public abstract Task<string> ReadMarkerAsync(RecoDbContext context, CancellationToken ct);

    public abstract bool IsMarker(string marker);

    /// <summary>The marker lies in the future of this store: it was made before the store was restored from a backup or moved to another cluster.</summary>
    public abstract bool IsAhead(string marker, string now);

    /// <summary>All changes up to this number are in the marker.</summary>
    public abstract long CoveredChange(string marker);

    /// <summary>The marker as numbers, for whoever keeps what was read.</summary>
    public abstract ReadPoint PointOf(string marker);

    /// <summary>
    /// SQL for "the row, whose change is above <see cref="CoveredChange"/>, is not in one marker but is in another", with the parameters that <see cref="BindBetween"/>
    /// adds. The lower bound is left to the query, and must be its only one: an index is read from one of them, and with two the database may take that which
    /// lets all rows through.
    /// </summary>
    public abstract string IsBetween { get; }

    /// <summary>Adds the parameters of <see cref="IsBetween"/>: not in <paramref name="since"/>, but in <paramref name="until"/>.</summary>
    public abstract void BindBetween(DbCommand command, string since, string until);

    /// <summary>The keys of users, who are created where they are missing and cannot be erased before the transaction ends. Ids are distinct.</summary>
    public abstract Task<int[]> ResolveUsersAsync(RecoDbContext context, string[] ids, long now, CancellationToken ct);

    /// <summary>The keys of items, which are created unlisted where they are missing. Ids are distinct.</summary>
    public abstract Task<int[]> ResolveItemsAsync(RecoDbContext context, string[] ids, long now, CancellationToken ct);

    /// <summary>Inserts the rows whose ids are new, and says what became of each.</summary>
    public abstract Task<AppendStatus[]> InsertInteractionsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> rows, long now, CancellationToken ct);

    /// <summary>Stores the ratings that are newer than, or as new as and other than, the stored ones; true for each that was. Pairs are distinct.</summary>
    public abstract Task<bool[]> UpsertRatingsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> rows, long now, CancellationToken ct);

    /// <summary>Stores the impressions whose ids are not stored yet.</summary>
    /// <param name="areNew">None of them should be stored; if one is, that may fail as a lost race.</param>
    public abstract Task AppendImpressionsAsync(RecoDbContext context, IReadOnlyList<Impression> impressions, bool areNew, CancellationToken ct);

    /// <summary>Streams every rating and interaction of <paramref name="kinds"/> (the stored keys) to <paramref name="add"/>.</summary>
    public abstract Task ReadInteractionsAsync(RecoDbContext context, KindKeys kinds, AddInteraction add, CancellationToken ct);

    public abstract Task<StoreCounts> CountAsync(RecoDbContext context, CancellationToken ct);

    /// <summary>Whether the database reacts to somebody new; a refusal is a reaction.</summary>
    public abstract Task<bool> AnswersAsync();

    public abstract Task<ImportStage<NewInteraction>> StageInteractionsAsync(Store store, CancellationToken ct);

    public abstract Task<ImportStage<ImportedItem>> StageItemsAsync(Store store, CancellationToken ct);

    public abstract Task<ImportStage<ImportedUser>> StageUsersAsync(Store store, CancellationToken ct);

    /// <summary>SQL that fills the temporary import_(table)_keys (local, key) from import_(table); the rows cannot be erased before the transaction ends.</summary>
    public abstract string KeyImported(string table);

    public abstract ValueTask DisposeAsync();
}

internal delegate void AddInteraction(int userKey, int itemKey, byte kindIndex, float value, long occurredAt);
