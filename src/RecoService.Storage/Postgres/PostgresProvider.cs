using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using NpgsqlTypes;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Storage.Columns;

namespace RecoService.Storage.Postgres;

internal sealed partial class PostgresProvider : StoreProvider
{
    private const int AutoPreparedStatements = 50;

    private readonly NpgsqlConnectionStringBuilder server;
    private readonly bool saysAutoPrepare;
    private readonly bool createDatabase;
    private readonly ConnectionQueue queue;
    private volatile Pool pool;

    public PostgresProvider(StorageSettings settings, InteractionColumns columns, TimeProvider time)
        : base(settings.WriteTimeout, columns)
    {
        insertInteractions = InsertInteractions(columns);
        upsertRatings = UpsertRatings(columns);
        var seconds = Math.Max(1, (int)Math.Ceiling(settings.WriteTimeout.TotalSeconds));
        server = PostgresConnectionString.Parse(settings.ConnectionString, out saysAutoPrepare);
        server.Timeout = Math.Min(server.Timeout, seconds);
        server.CommandTimeout = seconds;
        if (!saysAutoPrepare)
            server.MaxAutoPrepare = AutoPreparedStatements;
        createDatabase = settings.CreatesDatabase;
        queue = new ConnectionQueue(TimeSpan.FromSeconds(server.Timeout), time);
        pool = new Pool(server, queue);
    }

    public override string ForUpdate => " FOR NO KEY UPDATE";

    public override string Now => "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    public override string Address => $"Host={server.Host};Port={server.Port};Database={server.Database}";

    public override RecoDbContext CreateContext() => pool.Contexts.CreateDbContext();

    public override Task<IDisposable?> EnterWriteAsync(TimeSpan limit, CancellationToken ct) => Task.FromResult<IDisposable?>(null);

    public override async Task BeginWriteAsync(RecoDbContext context, TimeSpan limit, CancellationToken ct)
    {
        await NoteIncarnationAsync(context, ct);
        await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
    }

    public override async Task<IAsyncDisposable> BeginSnapshotAsync(RecoDbContext context, CancellationToken ct) =>
        await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);

    public override bool IsUnavailable(Exception e) => e switch
    {
        // What the driver throws when a connection breaks while a command begins on it.
        ObjectDisposedException => true,
        DbUpdateException or InvalidOperationException or AggregateException => e.InnerException is { } inner && IsUnavailable(inner),
        PostgresException postgres => IsUnavailable(postgres.SqlState),
        NpgsqlException or TimeoutException or LostRaceException => true,
        _ => false,
    };

    /// <summary>
    /// 08 connection, 28 the user is refused, 3D there is no such database, 40 lost races that were retried in vain, 53 resources (disk full), 57 operator intervention
    /// and timeouts, 58 system. An operator may take a right away, or the password, and give it back.
    /// </summary>
    private static bool IsUnavailable(string state) =>
        state[..2] is "08" or "28" or "3D" or "40" or "53" or "57" or "58"
        || state is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege;

    public override bool IsFull(Exception e) => e.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    public override string ReasonOf(Exception e) => e switch
    {
        DbUpdateException or InvalidOperationException or AggregateException when e.InnerException is { } inner => ReasonOf(inner),
        PostgresException postgres => postgres.SqlState switch
        {
            PostgresErrorCodes.DiskFull => "The disk of the database is full.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "The database is read-only; it may be a standby.",
            PostgresErrorCodes.TooManyConnections => "The database has no connection left.",
            PostgresErrorCodes.InsufficientPrivilege => "The service's user lacks a right in the database.",
            PostgresErrorCodes.InvalidCatalogName => "The database does not exist.",
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "The database does not let the service's user in.",
            PostgresErrorCodes.LockNotAvailable => "Another transaction holds a row that this one needs.",
            PostgresErrorCodes.QueryCanceled => "The database did not end a statement in time.",
            PostgresErrorCodes.CannotConnectNow => "The database is starting up, recovering or stopping.",
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "The database is stopping or restarting.",
            _ => $"The database refused (SQLSTATE {postgres.SqlState}).",
        },
        LostRaceException or TimeoutException or NpgsqlException { InnerException: TimeoutException } => "The database did not answer in time.",
        NpgsqlException { InnerException: System.Net.Sockets.SocketException or IOException } => "The database cannot be reached, or closed the connection.",
        // Without an inner exception it is the pool that speaks.
        NpgsqlException { InnerException: null } when e.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) => "All connections to the database are in use.",
        _ => "The connection to the database failed.",
    };

    public override bool IsLostRace(Exception e) => e switch
    {
        DbUpdateException => e.InnerException is { } inner && IsLostRace(inner),
        PostgresException postgres => postgres.SqlState is
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation,
        LostRaceException => true,
        _ => false,
    };

    public override async Task<long> NextChangeAsync(RecoDbContext context, CancellationToken ct)
    {
        var own = (PostgresRecoDbContext)context;
        return own.TransactionNumber ??= await context.CountAsync("SELECT pg_current_xact_id()::text::bigint", ct);
    }

    // One number for all of a transaction.
    public override Task<long> LastChangeAsync(RecoDbContext context, CancellationToken ct) => NextChangeAsync(context, ct);

    public override async Task<string> ReadMarkerAsync(RecoDbContext context, CancellationToken ct)
    {
        await using var command = context.Command("SELECT pg_current_snapshot()::text");
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    public override bool IsMarker(string marker) => TransactionSnapshot.TryParse(marker, out _);

    public override bool IsAhead(string marker, string now) => TransactionSnapshot.Parse(marker).End > TransactionSnapshot.Parse(now).End;

    public override long CoveredChange(string marker) => TransactionSnapshot.Parse(marker).First - 1;

    public override ReadPoint PointOf(string marker)
    {
        var snapshot = TransactionSnapshot.Parse(marker);
        return new ReadPoint(snapshot.End, snapshot.Open);
    }

    // What pg_visible_in_snapshot says, as comparisons with numbers that the planner knows: of snapshots, or of numbers taken out of them in SQL, it knows nothing,
    // and takes the index for half the table.
    public override string IsBetween => "change < @untilEnd AND (change >= @sinceEnd OR change = ANY(@sinceOpen)) AND change <> ALL(@untilOpen)";

    public override void BindBetween(DbCommand command, string since, string until)
    {
        var (from, to) = (TransactionSnapshot.Parse(since), TransactionSnapshot.Parse(until));
        command.AddParameter("sinceEnd", from.End);
        command.AddParameter("sinceOpen", from.Open);
        command.AddParameter("untilEnd", to.End);
        command.AddParameter("untilOpen", to.Open);
    }

    public override async Task<StoreCounts> CountAsync(RecoDbContext context, CancellationToken ct)
    {
        var counts = new long[4];
        string[] tables = ["users", "items", "interactions", "ratings"];
        string[] wanted = ["true", "true", $"kind <> {KindKeys.TakenBack}", "NOT deleted"];
        for (var position = 0; position < tables.Length; position++)
        {
            var estimate = await context.CountAsync($"SELECT reltuples::bigint FROM pg_class WHERE oid = '{tables[position]}'::regclass", ct);
            counts[position] = estimate > 1_000_000 ? estimate : await context.CountAsync($"SELECT count(*) FROM {tables[position]} WHERE {wanted[position]}", ct);
        }

        return new StoreCounts(counts[0], counts[1], counts[2], counts[3]);
    }

    public override async Task ReadInteractionsAsync(RecoDbContext context, KindKeys kinds, AddInteraction add, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        var ratingIndex = kinds.RatingIndex;
        await using (var rows = await CopyReader.OpenAsync(connection, "COPY (SELECT user_key, item_key, value, occurred_at FROM ratings WHERE NOT deleted) TO STDOUT (FORMAT BINARY)", ct))
        {
            while (await rows.NextAsync(ct))
            {
                var (user, item, value, at) = (rows.ReadInt(), rows.ReadInt(), rows.ReadDouble(), rows.ReadLong());
                add(user, item, ratingIndex, (float)value, at);
            }
        }

        await using (var rows = await CopyReader.OpenAsync(connection, "COPY interactions (user_key, item_key, kind, value, occurred_at) TO STDOUT (FORMAT BINARY)", ct))
        {
            while (await rows.NextAsync(ct))
            {
                var (user, item, kind, value, at) = (rows.ReadInt(), rows.ReadInt(), rows.ReadShort(), rows.ReadDouble(), rows.ReadLong());
                if (kinds.TryGetIndex(kind, out var index))
                    add(user, item, index, (float)value, at);
            }
        }
    }

    public override async Task<bool> AnswersAsync()
    {
        // Not one of the pool's connections: that all of them are in use would say nothing about the server.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return e is PostgresException;
        }
    }

    public override ValueTask DisposeAsync() => pool.DataSource.DisposeAsync();

    /// <summary>The driver's pool of connections, and the contexts that use it.</summary>
    private sealed class Pool
    {
        public Pool(NpgsqlConnectionStringBuilder connection, ConnectionQueue queue)
        {
            DataSource = NpgsqlDataSource.Create(connection);
            Contexts = new PooledDbContextFactory<PostgresRecoDbContext>(new DbContextOptionsBuilder<PostgresRecoDbContext>()
                .UseNpgsql(DataSource)
                .AddInterceptors(queue)
                // A migration runs under a lock of this store's own, which needs the transaction.
                .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.MigrationsUserTransactionWarning))
                .Options);
        }

        public NpgsqlDataSource DataSource { get; }

        public PooledDbContextFactory<PostgresRecoDbContext> Contexts { get; }
    }
}
