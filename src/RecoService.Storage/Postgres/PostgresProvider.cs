using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;
using RecoService.Engine.Recommending;

namespace RecoService.Storage.Postgres;

internal sealed partial class PostgresProvider : StoreProvider
{
    /// <summary>The advisory lock of whoever migrates ("reco" in ASCII); it ends with its connection.</summary>
    private const long MigrationLock = 0x7265636f;

    private readonly NpgsqlDataSource dataSource;
    private readonly PooledDbContextFactory<PostgresRecoDbContext> contexts;

    public PostgresProvider(StorageSettings settings)
        : base(settings.WriteTimeout)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(settings.WriteTimeout.TotalSeconds));
        var connection = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        connection.Timeout = Math.Min(connection.Timeout, seconds);
        connection.CommandTimeout = seconds;
        connection.Options = $"{connection.Options} -c lock_timeout={(long)settings.WriteTimeout.TotalMilliseconds}".Trim();
        if (connection.MaxAutoPrepare == 0)
            connection.MaxAutoPrepare = 50;
        dataSource = NpgsqlDataSource.Create(connection);
        contexts = new PooledDbContextFactory<PostgresRecoDbContext>(new DbContextOptionsBuilder<PostgresRecoDbContext>()
            .UseNpgsql(dataSource)
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options);
    }

    public override string ForUpdate => " FOR NO KEY UPDATE";

    public override string Now => "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    public override RecoDbContext CreateContext() => contexts.CreateDbContext();

    public override Task<IDisposable?> EnterWriteAsync(TimeSpan limit, CancellationToken ct) => Task.FromResult<IDisposable?>(null);

    public override async Task BeginWriteAsync(RecoDbContext context, TimeSpan limit, CancellationToken ct)
    {
        await NoteIncarnationAsync(context, ct);
        await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
    }

    public override async Task<IAsyncDisposable> BeginSnapshotAsync(RecoDbContext context, CancellationToken ct) =>
        await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);

    public override async Task MigrateAsync(CancellationToken ct)
    {
        await using var context = CreateContext();
        await CreateDatabaseAsync(context, ct);
        context.Database.SetCommandTimeout(0);
        await context.Database.OpenConnectionAsync(ct);
        await context.ExecuteAsync("SET lock_timeout = 0", ct);
        await context.ExecuteAsync($"SELECT pg_advisory_lock({MigrationLock})", ct);
        try
        {
            await context.Database.MigrateAsync(ct);
            await ForgetForeignChangesAsync(context, ct);
        }
        finally
        {
            // A connection that broke has lost the lock already, and its own failure is the one to report.
            if (context.Database.GetDbConnection().State == ConnectionState.Open)
            {
                await context.ExecuteAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
                await context.ExecuteAsync("RESET lock_timeout", CancellationToken.None);
            }
        }
    }

    private static async Task CreateDatabaseAsync(RecoDbContext context, CancellationToken ct)
    {
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(ct))
            return;

        try
        {
            await creator.CreateAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another replica was faster.
        }
    }

    /// <summary>Rows restored from another cluster carry transaction ids that this one has yet to reach; they would count as changes until then.</summary>
    private static async Task ForgetForeignChangesAsync(RecoDbContext context, CancellationToken ct)
    {
        foreach (var table in (string[])["items", "interactions", "ratings", "tombstones", "rewrites"])
            await context.ExecuteAsync($"UPDATE {table} SET change = 0 WHERE change > pg_current_xact_id()::text::bigint", ct);
    }

    public override bool IsUnavailable(Exception e) => e switch
    {
        DbUpdateException or InvalidOperationException or AggregateException => e.InnerException is { } inner && IsUnavailable(inner),
        PostgresException postgres => IsUnavailable(postgres.SqlState),
        NpgsqlException or TimeoutException or LostRaceException => true,
        _ => false,
    };

    /// <summary>08 connection, 40 lost races that were retried in vain, 53 resources (disk full), 57 operator intervention and timeouts, 58 system.</summary>
    private static bool IsUnavailable(string state) =>
        state[..2] is "08" or "40" or "53" or "57" or "58" || state is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction;

    public override string ReasonOf(Exception e) => e switch
    {
        DbUpdateException or InvalidOperationException or AggregateException when e.InnerException is { } inner => ReasonOf(inner),
        PostgresException postgres => postgres.SqlState switch
        {
            PostgresErrorCodes.DiskFull => "The disk of the database is full.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "The database is read-only; it may be a standby.",
            PostgresErrorCodes.TooManyConnections => "The database has no connection left.",
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
        for (var place = 0; place < tables.Length; place++)
        {
            var estimate = await context.CountAsync($"SELECT reltuples::bigint FROM pg_class WHERE oid = '{tables[place]}'::regclass", ct);
            counts[place] = estimate > 1_000_000 ? estimate : await context.CountAsync($"SELECT count(*) FROM {tables[place]} WHERE {wanted[place]}", ct);
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

    public override ValueTask DisposeAsync() => dataSource.DisposeAsync();
}
