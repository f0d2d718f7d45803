using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Storage.Columns;
using SQLitePCL;

namespace RecoService.Storage.Sqlite;

internal sealed partial class SqliteProvider : StoreProvider
{
    private const int NoSpaceLeft = 28;

    private readonly string connectionString;
    private readonly string file;
    private readonly bool createDatabase;
    private readonly SemaphoreSlim writer = new(1, 1);
    private readonly PooledDbContextFactory<SqliteRecoDbContext> contexts;
    private volatile FileWatch? watch;

    public SqliteProvider(StorageSettings settings, InteractionColumns columns)
        : base(settings.WriteTimeout, columns)
    {
        insertInteraction = InsertInteraction(columns);
        upsertRating = UpsertRating(columns);
        var connection = SqliteConnectionString.Parse(settings.ConnectionString);
        file = Path.GetFullPath(connection.DataSource);
        connection.DataSource = file;
        // Only the start creates the file: one that is deleted later must not come back empty.
        if (connection.Mode == SqliteOpenMode.ReadWriteCreate)
            connection.Mode = SqliteOpenMode.ReadWrite;
        createDatabase = settings.CreatesDatabase;
        connection.DefaultTimeout = WholeSeconds(settings.WriteTimeout);
        connectionString = connection.ToString();
        contexts = new PooledDbContextFactory<SqliteRecoDbContext>(new DbContextOptionsBuilder<SqliteRecoDbContext>()
            .UseSqlite(connectionString)
            .AddInterceptors(new OpenedConnections(this))
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options);
    }

    public override string ForUpdate => "";

    public override string Now => "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";

    public override string Address => $"Data Source={file}";

    public override RecoDbContext CreateContext() => contexts.CreateDbContext();

    /// <summary>SQLite has one writer; the writers of this process take turns in the order they came, instead of polling for the file's lock.</summary>
    public override async Task<IDisposable?> EnterWriteAsync(TimeSpan limit, CancellationToken ct)
    {
        if (!await writer.WaitAsync(limit, ct))
            throw new StorageUnavailableException("Another write of this process has not ended in time.");
        return new Turn(writer);
    }

    // Microsoft.Data.Sqlite begins with BEGIN IMMEDIATE unless told otherwise: a transaction that would have to upgrade fails at once instead of waiting.
    public override async Task BeginWriteAsync(RecoDbContext context, TimeSpan limit, CancellationToken ct)
    {
        // Only the begin waits for another process; whoever has begun is the writer until the end.
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        connection.DefaultTimeout = WholeSeconds(limit);
        try
        {
            await context.Database.BeginTransactionAsync(ct);
        }
        finally
        {
            connection.DefaultTimeout = WholeSeconds(WriteTimeout);
        }
    }

    /// <summary>A commit in this process answers always.</summary>
    public override Task<TransactionIdentity?> IdentifyAsync(RecoDbContext context, CancellationToken ct) => Task.FromResult<TransactionIdentity?>(null);

    public override Task<bool?> IsCommittedAsync(TransactionIdentity identity, CancellationToken ct) => Task.FromResult<bool?>(null);

    public override bool IsAmbiguous(Exception e) => false;

    private static int WholeSeconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    public override async Task<IAsyncDisposable> BeginSnapshotAsync(RecoDbContext context, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct);
        var transaction = ((SqliteConnection)context.Database.GetDbConnection()).BeginTransaction(deferred: true);
        await context.Database.UseTransactionAsync(transaction, ct);
        return transaction;
    }

    public override bool IsUnavailable(Exception e) => e switch
    {
        DbUpdateException or InvalidOperationException or AggregateException => e.InnerException is { } inner && IsUnavailable(inner),
        SqliteException sqlite => sqlite.SqliteErrorCode is
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PROTOCOL,
        IOException or UnauthorizedAccessException => true,
        _ => false,
    };

    public override string ReasonOf(Exception e) => e switch
    {
        DbUpdateException or InvalidOperationException or AggregateException when e.InnerException is { } inner => ReasonOf(inner),
        SqliteException sqlite => sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "The disk of the database is full.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another process holds the database for writing.",
            raw.SQLITE_READONLY => "The database may not be written: its file or folder is read-only.",
            raw.SQLITE_CANTOPEN => "The database file cannot be opened.",
            _ => $"The database file cannot be used (SQLite error {sqlite.SqliteExtendedErrorCode}).",
        },
        // The file system's error number, without the path that the message names.
        IOException { HResult: NoSpaceLeft } => "The disk of the database is full.",
        UnauthorizedAccessException => "The folder of the database may not be written.",
        _ => "The files of the database cannot be used.",
    };

    public override bool IsFull(Exception e) => e.GetBaseException() is SqliteException { SqliteErrorCode: raw.SQLITE_FULL } or IOException { HResult: NoSpaceLeft };

    public override bool IsLostRace(Exception e) => e is LostRaceException;

    public override Task<long> NextChangeAsync(RecoDbContext context, CancellationToken ct) =>
        context.CountAsync("UPDATE change_counter SET value = value + 1 RETURNING value", ct);

    public override Task<long> LastChangeAsync(RecoDbContext context, CancellationToken ct) => context.CountAsync("SELECT value FROM change_counter", ct);

    public override async Task<string> ReadMarkerAsync(RecoDbContext context, CancellationToken ct) =>
        (await context.CountAsync("SELECT value FROM change_counter", ct)).ToString();

    public override bool IsMarker(string marker) => marker.Length > 0 && marker.All(char.IsAsciiDigit) && long.TryParse(marker, out _);

    public override bool IsAhead(string marker, string now) => long.Parse(marker) > long.Parse(now);

    public override long CoveredChange(string marker) => long.Parse(marker);

    public override ReadPoint PointOf(string marker) => new(long.Parse(marker) + 1, []);

    public override string IsBetween => "change <= @until";

    public override void BindBetween(DbCommand command, string since, string until) => command.AddParameter("until", long.Parse(until));

    public override async Task<StoreCounts> CountAsync(RecoDbContext context, CancellationToken ct) => new(
        await context.CountAsync("SELECT count(*) FROM users", ct),
        await context.CountAsync("SELECT count(*) FROM items", ct),
        await context.CountAsync($"SELECT count(*) FROM interactions WHERE kind <> {KindKeys.TakenBack}", ct),
        await context.CountAsync("SELECT count(*) FROM ratings WHERE NOT deleted", ct));

    public override async Task ReadInteractionsAsync(RecoDbContext context, KindKeys kinds, AddInteraction add, CancellationToken ct)
    {
        await using (var command = context.Command("SELECT user_key, item_key, value, occurred_at FROM ratings WHERE NOT deleted"))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                add(reader.GetInt32(0), reader.GetInt32(1), kinds.RatingIndex, reader.GetFloat(2), reader.GetInt64(3));
        }

        await using (var command = context.Command("SELECT user_key, item_key, kind, coalesce(value, 0.0), occurred_at FROM interactions ORDER BY seq"))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                if (kinds.TryGetIndex(reader.GetInt16(2), out var kind))
                    add(reader.GetInt32(0), reader.GetInt32(1), kind, reader.GetFloat(3), reader.GetInt64(4));
            }
        }
    }

    // A file has nobody who could fall silent.
    public override Task<bool> AnswersAsync() => Task.FromResult(true);

    public override ValueTask DisposeAsync()
    {
        watch?.Dispose();
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
        writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }

    /// <summary>
    /// What is acknowledged survives a power cut: every commit reaches the disk. And it is found where the next start looks: what is not the file of that name any more is
    /// neither read nor written.
    /// </summary>
    private sealed class OpenedConnections(SqliteProvider provider) : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Prepare(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Prepare(connection);
            return Task.CompletedTask;
        }

        private void Prepare(DbConnection connection)
        {
            if (provider.watch is { HasMoved: true })
                throw new StorageUnavailableException("The database file was replaced, moved or deleted while the service ran. Put it back, or restart the service to use the file that is there now.");
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA synchronous = FULL";
            command.ExecuteNonQuery();
        }
    }
}
