using Microsoft.EntityFrameworkCore;
using Npgsql;
using RecoService.Storage.Columns;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Postgres;

/// <summary>Rows go by COPY into temporary tables of this stage's own transaction, with file-local numbers for users and items.</summary>
internal sealed class PostgresInteractionStage : ImportStage<NewInteraction>
{
    private const int ChunkRows = 1_000_000;

    private const short OwnColumns = 7;

    private static string CreateTables(InteractionColumns columns) => $"""
        CREATE TEMP TABLE import_rows (line bigint, user_local int, item_local int, kind smallint, occurred_at bigint, id text COLLATE "C", fingerprint bigint,
            {columns.Typed(column => column.PostgresType)}) ON COMMIT DROP;
        CREATE TEMP TABLE import_users (local int, id text COLLATE "C") ON COMMIT DROP;
        CREATE TEMP TABLE import_items (local int, id text COLLATE "C") ON COMMIT DROP;
        """;

    private static string FirstOfEachId(InteractionColumns columns) => $"""
        SELECT DISTINCT ON (1) coalesce(s.id, @source || '-' || lpad(to_hex(s.line), greatest(10, length(to_hex(s.line))), '0')), u.key, i.key, s.kind, {columns.Prefixed("s.")},
            least(s.occurred_at, @now), @now, s.fingerprint, @change
        {InteractionMerge.Resolved} WHERE s.kind <> @rating ORDER BY 1, s.line
        """;

    private static string LastRatings(InteractionColumns columns) => $"""
        SELECT {columns.OfRatings} FROM (
            SELECT DISTINCT ON (u.key, i.key) u.key AS user_key, i.key AS item_key, {columns.Prefixed("s.")}, least(s.occurred_at, @now) AS occurred_at, @now AS received_at,
                @change AS change, coalesce(s.occurred_at > @now, true) AS untimed
            {InteractionMerge.Resolved} WHERE s.kind = @rating ORDER BY u.key, i.key, least(s.occurred_at, @now) DESC, s.line DESC) AS w
        WHERE NOT w.untimed OR NOT EXISTS (
            SELECT 1 FROM ratings r WHERE r.user_key = w.user_key AND r.item_key = w.item_key AND {columns.SameRating("w")})
        ORDER BY user_key, item_key
        """;

    private readonly Store store;
    private readonly KindKeys kinds;
    private readonly InteractionColumns columns;
    private readonly RecoDbContext context;
    private readonly NpgsqlConnection connection;
    private readonly CopyTable rows;
    private readonly LocalIds users = new();
    private readonly LocalIds items = new();
    private StagedCounts counts;
    private DateTimeOffset now;
    private int chunkRows;
    private bool isDisposed;

    private PostgresInteractionStage(Store store, KindKeys kinds, RecoDbContext context)
    {
        this.store = store;
        this.kinds = kinds;
        this.context = context;
        columns = store.Provider.Columns;
        now = store.Now;
        connection = (NpgsqlConnection)context.Database.GetDbConnection();
        rows = new CopyTable(connection, "import_rows");
    }

    public static async Task<PostgresInteractionStage> OpenAsync(Store store, CancellationToken ct)
    {
        var kindKeys = await store.KindKeysAsync(ct);
        return new PostgresInteractionStage(store, kindKeys, await PostgresStaging.OpenAsync(store, CreateTables(store.Provider.Columns), ct));
    }

    public override async ValueTask AddAsync(long line, NewInteraction row, CancellationToken ct)
    {
        if (chunkRows == ChunkRows || users.IsFull || items.IsFull)
            await store.GuardAsync(() => EndChunkAsync(ct));
        await PostgresStaging.SendAsync(store, rows.BeginRowAsync((short)(OwnColumns + columns.Content.Count), ct));
        Write(rows.Row, line, row);
        chunkRows++;
    }

    private void Write(CopyWriter to, long line, NewInteraction row)
    {
        var isRating = row.KindIndex == kinds.RatingIndex;
        var kind = kinds[row.KindIndex];
        var id = isRating ? null : row.Id;
        to.Write(line);
        to.Write(users.Of(row.UserId));
        to.Write(items.Of(row.ItemId));
        to.Write(kind);
        to.Write(row.OccurredAt?.ToUnixTimeMilliseconds());
        to.Write(id);
        to.Write(isRating ? null : (long?)InteractionRow.FingerprintOf(row, kind, columns));
        foreach (var column in columns.Content)
            column.Copy(to, row);
        counts = counts.With(isRating, hasId: id is not null, isAhead: IsAhead(row.OccurredAt));
    }

    /// <summary>The clock is read again only for times that a little while ago lay ahead, not for every row.</summary>
    private bool IsAhead(DateTimeOffset? occurredAt) => occurredAt > now && occurredAt > (now = store.Now);

    private async Task EndChunkAsync(CancellationToken ct)
    {
        await rows.EndAsync(ct);
        await WriteIdsAsync("import_users", users, ct);
        await WriteIdsAsync("import_items", items, ct);
        chunkRows = 0;
    }

    private async Task WriteIdsAsync(string table, LocalIds ids, CancellationToken ct)
    {
        await using var copy = new CopyTable(connection, table);
        foreach (var (local, id) in ids.TakeFresh())
        {
            await copy.BeginRowAsync(2, ct);
            copy.Row.Write(local);
            copy.Row.Write(id);
        }

        await copy.EndAsync(ct);
    }

    public override Task<ImportResult> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct) => PostgresStaging.CommitAsync(
        store, context,
        async token =>
        {
            await EndChunkAsync(token);
            await context.ExecuteAsync("ANALYZE import_rows; ANALYZE import_users; ANALYZE import_items", token);
        },
        token => new InteractionMerge(store.Provider, kinds, kinds.RatingIndex, FirstOfEachId(columns), LastRatings(columns)).RunAsync(context, counts, sourceHash, rules, store.Now, token), ct);

    public override async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await PostgresStaging.CloseAsync(store, rows, context);
    }
}
