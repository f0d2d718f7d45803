using System.Data.Common;

namespace RecoService.Storage.Importing;

/// <summary>
/// The merge of staged items or users. Each row patches the stored record and creates the record where there is none. The staged rows are
/// in import_records: line, id, the record's columns, given and filled (a bit per column), and kept_line. Both databases understand the SQL.
/// </summary>
internal sealed class RecordMerge(RecoDbContext context, StoreProvider provider, RecordTable table, ImportRules rules, long rows, long now)
{
    private const int ReportedConflicts = 100;
    private readonly List<ImportConflict> conflicts = [];
    private long conflictCount;
    private long merged;
    private long skipped;

    private string Name => table.Name;

    private bool IsRefused => conflictCount > 0 && !rules.SkipInvalid;

    private ImportResult Refused => new(false, 0, 0, conflictCount, conflicts);

    public async Task<ImportResult> RunAsync(CancellationToken ct)
    {
        await SettleRepeatsAsync(ct);
        if (IsRefused)
            return Refused;

        var change = await provider.NextChangeAsync(context, ct);
        // Missing records are created bare and then written like the others: one rule decides what changed, also against a concurrent writer.
        await context.ExecuteAsync(
            $"INSERT INTO {Name} {table.InsertBare} FROM import_records s WHERE NOT EXISTS (SELECT 1 FROM {Name} t WHERE t.id = s.id) ORDER BY s.id ON CONFLICT (id) DO NOTHING",
            ct, ("now", now), ("change", change));
        await new AttributesMerge(context, table, rules).PatchAsync(provider, AddConflict, ct);
        if (IsRefused)
            return Refused;

        var set = string.Join(", ", table.Columns.Select((column, bit) => $"{column} = CASE WHEN {IsGiven(bit)} THEN w.{column} ELSE {Name}.{column} END"));
        var differs = string.Join(" OR ", table.Columns.Select((column, bit) => $"({IsGiven(bit)} AND {Name}.{column} IS DISTINCT FROM w.{column})"));
        var accepted = await context.ExecuteAsync(
            $"UPDATE {Name} SET {set}, {table.SetAlways} FROM import_records AS w WHERE {Name}.id = w.id AND ({table.IsNew} OR {differs})",
            ct, ("now", now), ("change", change));
        return new ImportResult(true, accepted, rows - accepted - conflictCount - merged - skipped, conflictCount, conflicts) { Merged = merged, Skipped = skipped };
    }

    private string IsGiven(int bit) => rules.Replace ? "true" : $"(w.given & {1 << bit}) <> 0";

    /// <summary>Leaves one row of each id: the first one, or the last one where later content takes the place of earlier content.</summary>
    private async Task SettleRepeatsAsync(CancellationToken ct)
    {
        var kept = rules is { OnConflict: ConflictRule.Replace, MergeRows: false } ? "max" : "min";
        var repeated = await context.ExecuteAsync(
            $"UPDATE import_records SET kept_line = g.kept_line FROM (SELECT id, {kept}(line) AS kept_line FROM import_records GROUP BY id HAVING count(*) > 1) AS g WHERE g.id = import_records.id",
            ct);
        if (repeated == 0)
            return;

        var differs = string.Join(" OR ", ((string[])["given", "filled", .. table.Columns]).Select(column => $"s.{column} IS DISTINCT FROM k.{column}"));
        var differing = $"FROM import_records s JOIN import_records k ON k.line = s.kept_line WHERE s.line <> k.line AND ({differs})";
        var count = await context.CountAsync($"SELECT count(*) {differing}", ct);
        if (count > 0 && rules.MergeRows)
        {
            merged = count;
            await FillKeptRowsAsync(ct);
        }
        else if (rules.OnConflict != ConflictRule.Fail)
        {
            skipped = count;
        }
        else if (count > 0)
        {
            await ReadRepeatsAsync(differing, ct);
            conflictCount += count;
        }

        await context.ExecuteAsync("DELETE FROM import_records WHERE line <> kept_line", ct);
    }

    private async Task ReadRepeatsAsync(string differing, CancellationToken ct)
    {
        await using var command = context.Command($"SELECT s.line, s.id, k.line {differing} ORDER BY s.line LIMIT {ReportedConflicts}");
        await using DbDataReader reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            conflicts.Add(new ImportConflict(
                reader.GetInt64(0),
                $"The id '{reader.GetString(1)}' stands on line {ImportLines.LineOf(reader.GetInt64(2))} with other content. Merge the rows with mergeRows, or let onConflict choose the first (skip) or the last (replace)."));
        }
    }

    /// <summary>Each field of the first row takes the first filled value among the rows of its id.</summary>
    private async Task FillKeptRowsAsync(CancellationToken ct)
    {
        var bits = Enumerable.Range(0, table.Columns.Length).ToArray();
        var firstFilled = string.Join(", ", bits.Select(bit => $"min(CASE WHEN (filled & {1 << bit}) <> 0 THEN line END) AS line_{bit}"));
        var values = string.Join(", ", table.Columns.Select((column, bit) =>
            $"{column} = (SELECT f.{column} FROM import_records f WHERE f.line = coalesce(g.line_{bit}, g.kept_line))"));
        await new AttributesMerge(context, table, rules).FillAsync(ct);
        await context.ExecuteAsync($"""
            UPDATE import_records SET {values}, given = g.given, filled = g.filled
            FROM (SELECT kept_line, {firstFilled}, {AnyOf("given")} AS given, {AnyOf("filled")} AS filled
                FROM import_records WHERE kept_line IS NOT NULL GROUP BY kept_line) AS g
            WHERE import_records.line = g.kept_line
            """, ct);

        string AnyOf(string mask) => string.Join(" + ", bits.Select(bit => $"max({mask} & {1 << bit})"));
    }

    private void AddConflict(long line, string reason)
    {
        conflictCount++;
        if (conflicts.Count < ReportedConflicts)
            conflicts.Add(new ImportConflict(line, reason));
    }
}

/// <summary>What the merge must know of the table that takes the records.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">The record's columns, in the order of their bits; the attributes come last.</param>
/// <param name="InsertBare">Columns and SELECT of a record that nothing is known of.</param>
/// <param name="IsNew">The record was created bare, or comes back.</param>
/// <param name="SetAlways">What every change of a record sets.</param>
internal sealed record RecordTable(string Name, string[] Columns, string InsertBare, string IsNew, string SetAlways)
{
    public static RecordTable Items { get; } = new(
        "items",
        ["title", "description", "categories_json", "price", "sale_price", "currency", "available", "hidden", "added_at", "group_id", "image_url", "consumes_for_days", "attributes_json"],
        "(id, listed, created_at, updated_at, change) SELECT DISTINCT s.id, false, CAST(@now AS bigint), CAST(@now AS bigint), CAST(@change AS bigint)",
        "NOT items.listed OR items.deleted_at IS NOT NULL",
        "listed = true, deleted_at = NULL, updated_at = @now, revision = items.revision + 1, change = @change");

    // A user that was created bare has no time of update yet; nobody else sees that, for the same transaction sets it.
    public static RecordTable Users { get; } = new(
        "users",
        ["attributes_json"],
        "(id, created_at, updated_at, revision, change) SELECT DISTINCT s.id, CAST(@now AS bigint), 0, 0, CAST(@change AS bigint)",
        "users.updated_at = 0",
        "updated_at = @now, revision = users.revision + 1, change = @change");

    public int AttributesBit => 1 << (Columns.Length - 1);
}
