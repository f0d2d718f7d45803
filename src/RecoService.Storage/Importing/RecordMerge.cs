namespace RecoService.Storage.Importing;

/// <summary>The merge of staged items and users, each row a PUT and the last line of an id the winner. Both databases understand it.</summary>
internal static class RecordMerge
{
    private const string LastLines = "JOIN (SELECT id AS last_id, max(line) AS last_line FROM import_records GROUP BY id) AS winner ON winner.last_id = s.id AND winner.last_line = s.line";

    private static readonly string[] ItemColumns =
        ["title", "description", "categories_json", "price", "currency", "available", "hidden", "added_at", "group_id", "image_url", "attributes_json"];

    public static async Task<ImportResult> MergeItemsAsync(RecoDbContext context, StoreProvider provider, long rows, long now, CancellationToken ct)
    {
        var change = await provider.NextChangeAsync(context, ct);
        // Missing items are created bare and then written like the others: one rule decides what changed, also against a concurrent writer.
        await context.ExecuteAsync("""
            INSERT INTO items (id, listed, created_at, updated_at, change)
            SELECT DISTINCT s.id, false, CAST(@now AS bigint), CAST(@now AS bigint), CAST(@change AS bigint) FROM import_records s
            WHERE NOT EXISTS (SELECT 1 FROM items t WHERE t.id = s.id) ORDER BY s.id ON CONFLICT (id) DO NOTHING
            """, ct, ("now", now), ("change", change));
        var set = string.Join(", ", ItemColumns.Select(column => $"{column} = w.{column}"));
        var differs = string.Join(" OR ", ItemColumns.Select(column => $"items.{column} IS DISTINCT FROM w.{column}"));
        var accepted = await context.ExecuteAsync($"""
            UPDATE items SET {set}, listed = true, deleted_at = NULL, updated_at = @now, revision = items.revision + 1, change = @change
            FROM (SELECT s.* FROM import_records s {LastLines}) AS w
            WHERE items.id = w.id AND (NOT items.listed OR items.deleted_at IS NOT NULL OR {differs})
            """, ct, ("now", now), ("change", change));
        return new ImportResult(true, accepted, rows - accepted, 0, []);
    }

    public static async Task<ImportResult> MergeUsersAsync(RecoDbContext context, long rows, long now, CancellationToken ct)
    {
        var updated = await context.ExecuteAsync($"""
            UPDATE users SET attributes_json = w.attributes_json, updated_at = @now
            FROM (SELECT s.* FROM import_records s {LastLines}) AS w
            WHERE users.id = w.id AND users.attributes_json IS DISTINCT FROM w.attributes_json
            """, ct, ("now", now));
        var created = await context.ExecuteAsync($"""
            INSERT INTO users (id, attributes_json, created_at, updated_at)
            SELECT s.id, s.attributes_json, CAST(@now AS bigint), CAST(@now AS bigint) FROM import_records s {LastLines}
            WHERE NOT EXISTS (SELECT 1 FROM users t WHERE t.id = s.id) ORDER BY s.id ON CONFLICT (id) DO UPDATE SET attributes_json = excluded.attributes_json
            """, ct, ("now", now));
        return new ImportResult(true, updated + created, rows - updated - created, 0, []);
    }
}
