using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>The database as it is found at start: whether it is there, its encoding, what lies between it and this process, its schema, and what of all that an operator must mend.</summary>
internal sealed partial class PostgresProvider
{
    /// <summary>The advisory lock of whoever migrates ("reco" in ASCII); it ends with its transaction.</summary>
    private const long MigrationLock = 0x7265636f;

    private const string MaintenanceDatabase = "postgres";

    private const string Setting = StorageConfigurationException.ConnectionStringSetting;

    /// <summary>
    /// What requests write, without a row: the rights are asked for, and that the transaction may write. Then one row that nobody else wants is written and, with the
    /// commit, the log: where another process is just doing so, that one says it.
    /// </summary>
    private const string TryWrites = """
        INSERT INTO users (id) SELECT '' WHERE false;
        INSERT INTO items (id) SELECT '' WHERE false;
        UPDATE items SET change = change WHERE false;
        INSERT INTO interactions (id) SELECT '' WHERE false;
        INSERT INTO ratings (user_key) SELECT 0 WHERE false;
        UPDATE ratings SET change = change WHERE false;
        INSERT INTO rules (rule_id) SELECT '' WHERE false;
        UPDATE leases SET expires_at = @now WHERE name = 'probe' AND name IN (SELECT name FROM leases WHERE name = 'probe' FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>What PgBouncer says of a configuration that is wrong; when the server behind it is away it says other things under the same code.</summary>
    private static readonly string[] PoolerRefusals = ["no such database", "no such user", "password authentication failed", "SASL authentication failed", "unsupported startup parameter", "not allowed"];

    public override Task TryWritesAsync(RecoDbContext context, long now, CancellationToken ct) => context.ExecuteAsync(TryWrites, ct, ("now", now));

    /// <summary>Everything happens in one transaction: a pooler may give the next one another connection of the server.</summary>
    public override async Task MigrateAsync(CancellationToken ct)
    {
        await LookAtDatabaseAsync(ct);
        await using var context = CreateContext();
        context.Database.SetCommandTimeout(0);
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        await context.ExecuteAsync("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0", ct);
        await context.ExecuteAsync($"SELECT pg_advisory_xact_lock({MigrationLock})", ct);
        // EF asks for the table by reading it, and a query that fails would end the transaction.
        if (await context.CountAsync("""SELECT count(to_regclass('"__EFMigrationsHistory"'))""", ct) == 0)
            await context.ExecuteAsync(context.GetService<IHistoryRepository>().GetCreateScript(), ct);
        if (!await LookAtSchemaAsync(context, ct))
            return;
        var isPending = (await context.Database.GetPendingMigrationsAsync(ct)).Any();
        if (!isPending && await context.CountAsync("SELECT count(*) FROM pg_settings WHERE name = 'transaction_read_only' AND setting = 'on'", ct) > 0)
            return;
        if (isPending)
            await context.Database.MigrateAsync(ct);
        await context.ExecuteAsync("INSERT INTO leases (name) VALUES ('probe') ON CONFLICT (name) DO NOTHING", ct);
        await ForgetForeignChangesAsync(context, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task LookAtDatabaseAsync(CancellationToken ct)
    {
        try
        {
            await LookAtConnectionAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName && createDatabase)
        {
            await CreateDatabaseAsync(ct);
            await LookAtConnectionAsync(ct);
        }
    }

    private async Task LookAtConnectionAsync(CancellationToken ct)
    {
        bool isPooled;
        await using (var opened = await pool.DataSource.OpenConnectionAsync(ct))
        {
            await using var command = new NpgsqlCommand("SELECT pg_backend_pid(), current_setting('server_encoding')", opened);
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            if (reader.GetString(1) is not "UTF8" and var encoding)
            {
                throw new StorageConfigurationException(
                    $"The database '{server.Database}' has the encoding {encoding}, and texts of a shop need UTF8. Create one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0, and name it in {Setting}.");
            }

            // A pooler shows a process of its own making.
            isPooled = reader.GetInt32(0) != opened.ProcessID;
        }

        if (isPooled)
            await UsePoolerAsync();
    }

    /// <summary>Behind a pooler a statement that was prepared may not be there in the next transaction, and there is no session that could be reset.</summary>
    private async Task UsePoolerAsync()
    {
        if (server.NoResetOnClose && (saysAutoPrepare || server.MaxAutoPrepare == 0))
            return;
        server.NoResetOnClose = true;
        if (!saysAutoPrepare)
            server.MaxAutoPrepare = 0;
        var direct = pool;
        pool = new Pool(server, queue);
        await direct.DataSource.DisposeAsync();
    }

    private async Task CreateDatabaseAsync(CancellationToken ct)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(server.ToString()) { Database = MaintenanceDatabase, Pooling = false };
        await using var opened = new NpgsqlConnection(maintenance.ToString());
        await opened.OpenAsync(ct);
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{server.Database!.Replace("\"", "\"\"", StringComparison.Ordinal)}\" ENCODING 'UTF8' TEMPLATE template0", opened);
        try
        {
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another replica was faster.
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StorageConfigurationException(
                $"The database '{server.Database}' does not exist, and the user '{server.Username}' may not create it. Create it as an administrator (CREATE DATABASE), or give the right: ALTER ROLE ... CREATEDB.", e);
        }
    }

    /// <summary>Rows restored from another cluster carry transaction ids that this one has yet to reach; they would count as changes until then.</summary>
    private static async Task ForgetForeignChangesAsync(RecoDbContext context, CancellationToken ct)
    {
        foreach (var table in (string[])["users", "items", "interactions", "ratings", "tombstones", "rewrites"])
            await context.ExecuteAsync($"UPDATE {table} SET change = 0 WHERE change > pg_current_xact_id()::text::bigint", ct);
    }

    public override string? ConfigurationFaultOf(Exception e) => e switch
    {
        PostgresException postgres => ConfigurationFaultOf(postgres),
        NpgsqlException when e.Message.StartsWith("No password has been provided", StringComparison.Ordinal) =>
            $"PostgreSQL asks for a password of the user '{server.Username}', and none is configured. Give Password=... in {Setting}, or the environment variable PGPASSWORD.",
        _ => null,
    };

    private string? ConfigurationFaultOf(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword =>
            $"PostgreSQL refuses the password of the user '{server.Username}'. Correct Username and Password in {Setting}, or the environment variable PGPASSWORD.",
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"PostgreSQL does not let the user '{server.Username}' in: {e.MessageText}. Correct Username in {Setting}, create the role, or let it in by pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName =>
            $"The database '{server.Database}' does not exist. Correct Database in {Setting}, create it (CREATE DATABASE), or let the service do so with Reco:Storage:CreateDatabase=true.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"The user '{server.Username}' lacks a right in the database '{server.Database}': {e.MessageText}. To migrate it needs CREATE on the schema (GRANT CREATE, USAGE ON SCHEMA public TO ...), "
            + "and to serve SELECT, INSERT, UPDATE and DELETE on all tables.",
        PostgresErrorCodes.InvalidSchemaName =>
            $"The schema that tables are made in does not exist: {e.MessageText}. Create it, or correct Search Path in {Setting}.",
        PostgresErrorCodes.ProtocolViolation when PoolerRefusals.Any(refusal => e.MessageText.Contains(refusal, StringComparison.OrdinalIgnoreCase)) =>
            $"The pooler in front of PostgreSQL refuses the connection: {e.MessageText}. Correct Database, Username and Password in {Setting}, or the pooler's configuration.",
        _ => null,
    };
}
