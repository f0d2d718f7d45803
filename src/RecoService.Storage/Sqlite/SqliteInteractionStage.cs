using Microsoft.Data.Sqlite;
using RecoService.Storage.Columns;
using RecoService.Storage.Importing;

namespace RecoService.Storage.Sqlite;

internal sealed class SqliteInteractionStage : ImportStage<NewInteraction>
{
    private static string CreateTables(InteractionColumns columns) => $"""
        CREATE TABLE import_rows (line INTEGER, user_local INTEGER, item_local INTEGER, kind INTEGER, occurred_at INTEGER, id TEXT, fingerprint INTEGER,
            {columns.Typed(column => column.SqliteType)});
        CREATE TABLE import_users (local INTEGER PRIMARY KEY, id TEXT);
        CREATE TABLE import_items (local INTEGER PRIMARY KEY, id TEXT);
        """;

    private static string FirstOfEachId(InteractionColumns columns) => $"""
        SELECT id, user_key, item_key, kind, {columns.Prefixed("")}, at, @now, fingerprint, @change
        FROM (SELECT coalesce(s.id, @source || '-' || printf('%010x', s.line)) AS id, s.line, u.key AS user_key, i.key AS item_key, s.kind, {columns.Prefixed("s.")},
                min(coalesce(s.occurred_at, @now), @now) AS at, s.fingerprint {InteractionMerge.Resolved} WHERE s.kind <> @rating)
        WHERE true ORDER BY id, line
        """;

    private static string LastRatings(InteractionColumns columns) => $"""
        SELECT {columns.OfRatings} FROM (
            SELECT u.key AS user_key, i.key AS item_key, {columns.Prefixed("s.")}, min(coalesce(s.occurred_at, @now), @now) AS occurred_at, @now AS received_at,
                @change AS change, coalesce(s.occurred_at > @now, true) AS untimed,
                row_number() OVER (PARTITION BY u.key, i.key ORDER BY min(coalesce(s.occurred_at, @now), @now) DESC, s.line DESC) AS place
            {InteractionMerge.Resolved} WHERE s.kind = @rating) AS w
        WHERE place = 1 AND (NOT w.untimed OR NOT EXISTS (
            SELECT 1 FROM ratings r WHERE r.user_key = w.user_key AND r.item_key = w.item_key AND {columns.SameRating("w")}))
        ORDER BY user_key, item_key
        """;

    private readonly Store store;
    private readonly KindKeys kinds;
    private readonly InteractionColumns columns;
    private readonly SqliteStaging staging;
    private readonly SqliteCommand insertRow;
    private readonly SqliteCommand insertUser;
    private readonly SqliteCommand insertItem;
    private readonly object?[] values;
    private readonly LocalIds users = new();
    private readonly LocalIds items = new();
    private StagedCounts counts;

    public SqliteInteractionStage(Store store, KindKeys kinds, string storeFile)
    {
        this.store = store;
        this.kinds = kinds;
        columns = store.Provider.Columns;
        staging = new SqliteStaging(storeFile, CreateTables(columns));
        string[] names = ["line", "user", "item", "kind", "at", "id", "fingerprint", .. columns.Content.Select(column => column.Name)];
        insertRow = staging.Insert("import_rows", names);
        values = new object?[names.Length];
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
        (values[0], values[1], values[2], values[3]) = (line, users.Of(row.UserId), items.Of(row.ItemId), kind);
        (values[4], values[5], values[6]) = (row.OccurredAt?.ToUnixTimeMilliseconds(), id, isRating ? null : InteractionRow.FingerprintOf(row, kind, columns));
        for (var position = 0; position < columns.Content.Count; position++)
            values[7 + position] = columns.Content[position].ValueOf(row);
        staging.Add(insertRow, values);
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
        var merge = new InteractionMerge(store.Provider, kinds, kinds.RatingIndex, FirstOfEachId(columns), LastRatings(columns));
        return staging.MergeAsync(store, context => merge.RunAsync(context, counts, sourceHash, rules, store.Now, ct), ct);
    });

    public override ValueTask DisposeAsync() => staging.DisposeAsync();
}
