using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace RecoService.Storage.Postgres;

/// <summary>Finding out how a commit ended whose answer never came.</summary>
internal sealed partial class PostgresProvider
{
    // A crash resets the statistics, and a standby has its own; a restart in good order keeps them. Asked for once per process and after a crash.
    private const string IncarnationSql = "SELECT coalesce((extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()) * 1000000)::bigint, 0)";

    /// <summary>The server's word that this transaction was not committed; anything but that leaves it open.</summary>
    public override bool IsAmbiguous(Exception e) => e is not PostgresException { InvariantSeverity: "ERROR" };

    public override async Task<TransactionIdentity?> IdentifyAsync(RecoDbContext context, CancellationToken ct)
    {
        var own = (PostgresRecoDbContext)context;
        if (own.TransactionNumber is null)
        {
            await using var command = context.Command("SELECT pg_current_xact_id_if_assigned()::text::bigint");
            own.TransactionNumber = await command.ExecuteScalarAsync(ct) as long?;
        }

        // Without a number it has written nothing.
        return own.TransactionNumber is { } number ? new TransactionIdentity(number, own.Incarnation) : null;
    }

    public override async Task<bool?> IsCommittedAsync(TransactionIdentity identity, CancellationToken ct)
    {
        await using var connection = await pool.DataSource.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT CASE WHEN number < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(number) ELSE 'unborn' END, ({IncarnationSql})
            FROM (SELECT @number::text::xid8 AS number) AS asked
            """;
        command.Parameters.AddWithValue("number", identity.Number.ToString());
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var status = reader.GetText(0);
        var isSame = reader.GetInt64(1) == identity.Incarnation;
        if (!isSame)
            Volatile.Write(ref incarnation, reader.GetInt64(1));
        return status switch
        {
            // After a crash the number may be that of another transaction, for the crash may have lost this one. It was not committed under either.
            "committed" => isSame ? true : null,
            "aborted" => false,
            "unborn" => isSame ? null : false,
            _ => null,
        };
    }

    /// <summary>Whoever begins a transaction that writes calls this first, on the same connection.</summary>
    internal async Task NoteIncarnationAsync(RecoDbContext context, CancellationToken ct)
    {
        var own = (PostgresRecoDbContext)context;
        own.TransactionNumber = null;
        own.Incarnation = Volatile.Read(ref incarnation);
        if (own.Incarnation != Unasked)
            return;
        await context.Database.OpenConnectionAsync(ct);
        own.Incarnation = await context.CountAsync(IncarnationSql, ct);
        Volatile.Write(ref incarnation, own.Incarnation);
    }

    private const long Unasked = -1;

    private long incarnation = Unasked;
}
