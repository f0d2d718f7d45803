using Microsoft.Data.Sqlite;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Sqlite;

internal sealed class SqliteInteractionStage : ImportStage<NewInteraction>
{
    private const string CreateTables = """
        CREATE TABLE import_rows (line INTEGER, user_local INTEGER, item_local INTEGER, kind INTEGER, value REAL, occurred_at INTEGER, id TEXT,
            session_id TEXT, order_id TEXT, quantity REAL, unit_price TEXT, recommendation_id TEXT, fingerprint INTEGER);
        CREATE TABLE import_users (local INTEGER PRIMARY KEY, id TEXT);
        CREATE TABLE import_items (local INTEGER PRIMARY KEY, id TEXT);
        """;

    private const string FirstOfEachId = $"""
        SELECT id, user_key, item_key, kind, value, at, @now, session_id, order_id, quantity, unit_price, recommendation_id, fingerprint, @change
        FROM (SELECT coalesce(s.id, @source || '-' || printf('%010x', s.line)) AS id, s.line, u.key AS user_key, i.key AS item_key, s.kind, s.value, min(coalesce(s.occurred_at, @now), @now) AS at,
                s.session_id, s.order_id, s.quantity, s.unit_price, s.recommendation_id, s.fingerprint {InteractionMerge.Resolved} WHERE s.kind <> @rating)
        WHERE true ORDER BY id, line
        """;

    private static readonly string LastRatings = $"""
        SELECT {InteractionMerge.Columns} FROM (
            SELECT u.key AS user_key, i.key AS item_key, s.value, min(coalesce(s.occurred_at, @now), @now) AS occurred_at, @now AS received_at,
                s.session_id, s.order_id, s.quantity, s.unit_price, s.recommendation_id, @change AS change, coalesce(s.occurred_at > @now, true) AS untimed,
                row_number() OVER (PARTITION BY u.key, i.key ORDER BY min(coalesce(s.occurred_at, @now), @now) DESC, s.line DESC) AS place
            {InteractionMerge.Resolved} WHERE s.kind = @rating) AS w
        WHERE place = 1 AND (NOT w.untimed OR NOT EXISTS (
            SELECT 1 FROM ratings r WHERE r.user_key = w.user_key AND r.item_key = w.item_key AND {string.Format(null, InteractionMerge.SameRating, "w")}))
        ORDER BY user_key, item_key
        """;

    private readonly Store store;
    private readonly KindKeys kinds;
    private readonly SqliteStaging staging;
    private readonly SqliteCommand insertRow;
    private readonly SqliteCommand insertUser;
    private readonly SqliteCommand insertItem;
    private readonly LocalIds users = new();
    private readonly LocalIds items = new();
    private StagedCounts counts;

    public SqliteInteractionStage(Store store, KindKeys kinds, string storeFile)
    {
        this.store = store;
        this.kinds = kinds;
        staging = new SqliteStaging(storeFile, CreateTables);
        insertRow = staging.Insert(
            "import_rows", "line", "user", "item", "kind", "value", "at", "id", "session", "order", "quantity", "price", "recommendation", "fingerprint");
        insertUser = staging.Insert("import_users", "local", "id");
        insertItem = staging.Insert("import_items", "local", "id");
    }

    public override async ValueTask AddAsync(long line, NewInteraction row, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await store.GuardAsync(() =>
        {
            Add(line, row);
            return Task.CompletedTask;
        });
    }

    private void Add(long line, NewInteraction row)
    {
        var isRating = row.KindIndex == kinds.RatingIndex;
        var kind = kinds[row.KindIndex];
        var id = isRating ? null : row.Id;
        staging.Add(
            insertRow, line, users.Of(row.UserId), items.Of(row.ItemId), kind, row.Value, row.OccurredAt?.ToUnixTimeMilliseconds(), id,
            row.SessionId, row.OrderId, row.Quantity, row.UnitPrice, row.RecommendationId, isRating ? null : InteractionRow.FingerprintOf(row, kind));
        counts = counts.With(isRating, hasId: id is not null, isAhead: row.OccurredAt > store.Now);
        if (users.IsFull || items.IsFull)
            WriteIds();
    }

    private void WriteIds()
    {
        foreach (var (local, id) in users.TakeFresh())
            staging.Add(insertUser, local, id);
        foreach (var (local, id) in items.TakeFresh())
            staging.Add(insertItem, local, id);
    }

    public override Task<ImportResult> CommitAsync(string sourceHash, ImportRules rules, CancellationToken ct) => store.GuardAsync(() =>
    {
        WriteIds();
        var merge = new InteractionMerge(store.Provider, kinds, kinds.RatingIndex, FirstOfEachId, LastRatings);
        return staging.MergeAsync(store, context => merge.RunAsync(context, counts, sourceHash, rules, store.Now, ct), ct);
    });

    public override ValueTask DisposeAsync() => staging.DisposeAsync();
}
