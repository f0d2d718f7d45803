using System.Data.Common;
using RecoService.Storage.Columns;

namespace RecoService.Storage.Importing;

/// <summary>
/// The merge of staged interactions: users, items, interactions, ratings. The staged rows are in import_rows, the ids behind their
/// local numbers in import_users and import_items. The SQL that both databases understand is here, the rest comes from the provider.
/// </summary>
/// <param name="FirstOfEachId">SELECT of the first staged row of each id, in the order of the ids, without ratings.</param>
/// <param name="LastRatings">SELECT of the winning rating of each pair, in the order of the pairs.</param>
internal sealed record InteractionMerge(StoreProvider Provider, KindKeys Kinds, byte RatingIndex, string FirstOfEachId, string LastRatings)
{
    private const int ReportedConflicts = 100;

    /// <summary>The staged rows with the keys of their users and items.</summary>
    public const string Resolved = "FROM import_rows s JOIN import_users_keys u ON u.local = s.user_local JOIN import_items_keys i ON i.local = s.item_local";

    private InteractionColumns Columns => Provider.Columns;

    public async Task<ImportResult> RunAsync(RecoDbContext context, StagedCounts staged, string sourceHash, ImportRules rules, DateTimeOffset now, CancellationToken ct)
    {
        var at = now.ToUnixTimeMilliseconds();
        var change = await Provider.NextChangeAsync(context, ct);
        await ResolveAsync(context, "users", "(id, created_at, updated_at) SELECT DISTINCT s.id, CAST(@now AS bigint), CAST(@now AS bigint)", at, change, ct);
        await ResolveAsync(context, "items", "(id, listed, created_at, updated_at, change) SELECT DISTINCT s.id, false, CAST(@now AS bigint), CAST(@now AS bigint), CAST(@change AS bigint)", at, change, ct);

        long accepted = 0;
        long skipped = 0;
        if (rules.OnConflict == ConflictRule.Replace && staged.ClientIds > 0)
        {
            skipped = await KeepLastRowsAsync(context, ct);
            accepted = await ReplaceAsync(context, at, change, ct);
        }

        if (staged.Others > 0)
        {
            accepted += await context.ExecuteAsync(
                $"INSERT INTO interactions ({Columns.OfInteractions}) {FirstOfEachId} ON CONFLICT (id) DO NOTHING",
                ct, ("now", at), ("change", change), ("rating", Kinds[RatingIndex]), ("source", sourceHash));
        }

        var (conflictCount, conflicts) = staged.ClientIds > 0 ? await ReadConflictsAsync(context, ct) : (0, []);
        if (conflictCount > 0 && rules is { OnConflict: ConflictRule.Fail, SkipInvalid: false })
            return new ImportResult(false, 0, 0, conflictCount, conflicts);

        if (staged.Ratings > 0)
        {
            // The first file of a shop meets no rating of its users, and then a plain insert is a fifth faster. A rating that comes
            // meanwhile makes it fail on the primary key; the merge is then run again, and finds that rating.
            var first = await context.CountAsync("SELECT count(*) FROM (SELECT 1 FROM import_users_keys k JOIN ratings r ON r.user_key = k.key LIMIT 1) AS known", ct) == 0;
            accepted += await context.ExecuteAsync(
                $"INSERT INTO ratings AS {InteractionColumns.Rating} ({Columns.OfRatings}) {LastRatings} {(first ? "" : Columns.UpsertRatings)}",
                ct, ("now", at), ("change", change), ("rating", Kinds[RatingIndex]));
        }

        var result = new ImportResult(true, accepted, staged.Rows - accepted - conflictCount - skipped, conflictCount, conflicts) { Clamped = staged.Ahead };
        return rules.OnConflict == ConflictRule.Fail ? result : result with { ConflictCount = 0, Conflicts = [], Skipped = conflictCount + skipped };
    }

    /// <summary>Where later content takes the place of earlier content, only the last row of an id counts. How many left out rows said something else.</summary>
    private static async Task<long> KeepLastRowsAsync(RecoDbContext context, CancellationToken ct)
    {
        const string last = "(SELECT id, max(line) AS line FROM import_rows WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1) AS g";
        var skipped = await context.CountAsync(
            $"SELECT count(*) FROM import_rows s JOIN {last} ON g.id = s.id JOIN import_rows k ON k.line = g.line AND k.id = g.id WHERE s.fingerprint <> k.fingerprint", ct);
        await context.ExecuteAsync($"DELETE FROM import_rows WHERE line IN (SELECT s.line FROM import_rows s JOIN {last} ON g.id = s.id WHERE s.line < g.line)", ct);
        return skipped;
    }

    /// <summary>Puts rows in the place of other content under their ids, and notes the users whose histories that rewrites. What was taken back stays so.</summary>
    private async Task<long> ReplaceAsync(RecoDbContext context, long now, long change, CancellationToken ct)
    {
        var differs = $"n.id = s.id AND n.fingerprint <> s.fingerprint AND n.kind <> {KindKeys.TakenBack}";
        await context.ExecuteAsync(
            $"""
            INSERT INTO rewrites (user_key, rewritten_at, change)
            SELECT user_key, CAST(@now AS bigint), CAST(@change AS bigint) FROM (
                SELECT n.user_key FROM import_rows s JOIN interactions n ON {differs}
                UNION SELECT u.key {Resolved} JOIN interactions n ON {differs}) AS changed
            WHERE true ORDER BY user_key
            ON CONFLICT (user_key) DO UPDATE SET rewritten_at = excluded.rewritten_at, change = excluded.change
            """,
            ct, ("now", now), ("change", change));
        return await context.ExecuteAsync(
            $"""
            UPDATE interactions SET
                user_key = w.user_key, item_key = w.item_key, kind = w.kind, {Columns.SetTo("w.")},
                occurred_at = CASE WHEN w.occurred_at > CAST(@now AS bigint) THEN CAST(@now AS bigint) ELSE coalesce(w.occurred_at, interactions.occurred_at) END,
                fingerprint = w.fingerprint
            FROM (SELECT s.id, u.key AS user_key, i.key AS item_key, s.kind, {Columns.Prefixed("s.")}, s.occurred_at, s.fingerprint {Resolved}) AS w
            WHERE interactions.id = w.id AND interactions.fingerprint <> w.fingerprint AND interactions.kind <> {KindKeys.TakenBack}
            """,
            ct, ("now", now));
    }

    private async Task ResolveAsync(RecoDbContext context, string table, string insert, long now, long change, CancellationToken ct)
    {
        (string, object?)[] parameters = [("now", now), ("change", change)];
        await context.ExecuteAsync(
            $"INSERT INTO {table} {insert} FROM import_{table} s WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.id) ORDER BY s.id ON CONFLICT (id) DO NOTHING",
            ct, parameters);
        await context.ExecuteAsync(Provider.KeyImported(table), ct);
        if (await context.CountAsync($"SELECT count(*) FROM import_{table} s WHERE NOT EXISTS (SELECT 1 FROM import_{table}_keys k WHERE k.local = s.local)", ct) > 0)
            throw new LostRaceException($"Rows of {table} were erased during the import.");
    }

    /// <summary>Read after the insert: by then the first content of each id is stored, whoever stored it.</summary>
    private static async Task<(long Count, List<ImportConflict> First)> ReadConflictsAsync(RecoDbContext context, CancellationToken ct)
    {
        const string conflicting = "FROM import_rows s JOIN interactions n ON n.id = s.id WHERE n.fingerprint <> s.fingerprint";
        var count = await context.CountAsync($"SELECT count(*) {conflicting}", ct);
        List<ImportConflict> first = [];
        if (count > 0)
        {
            await using var command = context.Command($"SELECT s.line, s.id {conflicting} ORDER BY s.line LIMIT {ReportedConflicts}");
            command.CommandTimeout = 0;
            await using DbDataReader reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                first.Add(new ImportConflict(reader.GetInt64(0), $"The id '{reader.GetString(1)}' is taken by an interaction with other content."));
        }

        return (count, first);
    }
}

/// <summary>How many rows were staged, and how many of which sort.</summary>
internal readonly record struct StagedCounts(long Rows, long Ratings, long Others, long ClientIds, long Ahead)
{
    public StagedCounts With(bool isRating, bool hasId, bool isAhead) => new(
        Rows + 1, Ratings + (isRating ? 1 : 0), Others + (isRating ? 0 : 1), ClientIds + (hasId ? 1 : 0), Ahead + (isAhead ? 1 : 0));
}
