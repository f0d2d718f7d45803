using System.Data.Common;
using System.Text.Json;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Storage.Health;

/// <summary>Counts what the store holds. Every statement adds up in the database, so that what is read does not grow with the interactions.</summary>
internal sealed class DataFactReader(RecoDbContext context, KindKeys keys, InteractionKinds kinds, DateTimeOffset now)
{
    private const int Most = DataHealth.MostExamples;
    private const int Steps = 10;
    private const string Listed = "i.listed AND i.deleted_at IS NULL";

    /// <summary>Categories are told apart up to this many; the rest is one.</summary>
    private const int MostCategories = 1_000;

    private const long HalfHour = 30 * 60_000;
    private const long Slack = 2 * 60_000;

    private readonly (string, object?)[] times =
    [
        ("now", now.ToUnixTimeMilliseconds()), ("week", now.AddDays(-7).ToUnixTimeMilliseconds()), ("before", now.AddDays(-14).ToUnixTimeMilliseconds()),
        ("ancient", DataHealth.Ancient.ToUnixTimeMilliseconds()),
    ];

    private Action<double>? progress;
    private int done;

    private string Acts =>
        $"""
        (SELECT user_key, item_key, kind, occurred_at FROM interactions WHERE kind <> {KindKeys.TakenBack}
        UNION ALL SELECT user_key, item_key, {keys[keys.RatingIndex]} AS kind, occurred_at FROM ratings WHERE NOT deleted)
        """;

    public async Task<DataFacts> ReadAsync(Action<double>? report, CancellationToken ct)
    {
        progress = report;
        var facts = await OfKindsAsync(new DataFacts { AsOf = now }, ct);
        facts = facts with { Future = await UsersWithAsync(facts.Future.Count, "occurred_at > @now", ct), Ancient = await UsersWithAsync(facts.Ancient.Count, "occurred_at < @ancient", ct) };
        facts = Step(await OfUnlistedAsync(facts, ct));
        facts = Step(await OfCatalogueAsync(facts, ct));
        facts = Step(await OfDuplicatesAsync(facts, ct));
        facts = Step(await OfSessionsAsync(facts, ct));
        facts = Step(await OfProgramsAsync(facts, ct));
        facts = Step(await OfItemsAsync(facts, ct));
        facts = Step(await OfUsersAsync(facts, ct));
        facts = Step(await OfWeeksAsync(facts, ct));
        return Step(await OfDelaysAsync(facts, ct));
    }

    private DataFacts Step(DataFacts facts)
    {
        progress?.Invoke((double)++done / Steps);
        return facts;
    }

    private async Task<DataFacts> OfKindsAsync(DataFacts facts, CancellationToken ct)
    {
        var names = new Dictionary<short, string>();
        await ReadAsync("SELECT key, name FROM kinds", row => names.Add(row.GetInt16(0), row.GetString(1)), ct);
        var found = Enumerable.Range(0, kinds.Count).ToDictionary(index => keys[(byte)index], index => new KindFacts(kinds[index].Name, true, 0, 0, 0));
        var (future, ancient) = (0L, 0L);
        await ReadAsync(
            $"""
            SELECT kind, COUNT(*), {CountOf("occurred_at >= @week AND occurred_at <= @now")}, {CountOf("occurred_at >= @before AND occurred_at < @week")},
                {CountOf("occurred_at > @now")}, {CountOf("occurred_at < @ancient")}
            FROM {Acts} AS acts GROUP BY kind
            """,
            row =>
            {
                var key = Convert.ToInt16(row.GetValue(0));
                found[key] = new KindFacts(names.GetValueOrDefault(key, $"#{key}"), keys.TryGetIndex(key, out _), row.Whole(1), row.Whole(2), row.Whole(3));
                (future, ancient) = (future + row.Whole(4), ancient + row.Whole(5));
            },
            ct);
        var all = found.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToList();
        return Step(facts with
        {
            Kinds = all,
            Acts = all.Sum(kind => kind.Acts),
            Future = new FoundUsers(future, []),
            Ancient = new FoundUsers(ancient, []),
            LastWeek = all.Sum(kind => kind.LastWeek),
            WeekBefore = all.Sum(kind => kind.WeekBefore),
            KindShift = PopulationShift.Index([.. all.Select(kind => (kind.LastWeek, kind.WeekBefore))]),
        });
    }

    private async Task<FoundUsers> UsersWithAsync(long count, string condition, CancellationToken ct) => count == 0
        ? FoundUsers.None
        : new FoundUsers(count, await KeysAsync($"SELECT user_key FROM {Acts} AS acts WHERE {condition} GROUP BY user_key ORDER BY COUNT(*) DESC, user_key LIMIT {Most}", ct));

    private async Task<DataFacts> OfUnlistedAsync(DataFacts facts, CancellationToken ct)
    {
        var from = $"FROM {Acts} AS acts JOIN items i ON i.key = acts.item_key WHERE NOT i.listed AND i.deleted_at IS NULL";
        var (acts, items) = (0L, 0L);
        await ReadAsync($"SELECT COUNT(*), COUNT(DISTINCT acts.item_key) {from}", row => (acts, items) = (row.Whole(0), row.Whole(1)), ct);
        var examples = items == 0 ? [] : await TextsAsync($"SELECT i.id {from} GROUP BY i.key, i.id ORDER BY COUNT(*) DESC, i.key LIMIT {Most}", ct);
        return facts with { ActsOnUnlisted = acts, Unlisted = new FoundItems(items, examples) };
    }

    private async Task<DataFacts> OfCatalogueAsync(DataFacts facts, CancellationToken ct)
    {
        const string untitled = "(i.title IS NULL OR trim(i.title) = '')";
        const string unpriced = "i.price IS NULL";
        const string uncategorized = "i.categories_json = '[]'";
        var counts = new long[4];
        await ReadAsync(
            $"SELECT COUNT(*), {CountOf(untitled)}, {CountOf(unpriced)}, {CountOf(uncategorized)} FROM items i WHERE {Listed}",
            row => counts = [row.Whole(0), row.Whole(1), row.Whole(2), row.Whole(3)], ct);
        return facts with
        {
            ListedItems = counts[0],
            Untitled = await ItemsWithAsync(counts[1], untitled, ct),
            Unpriced = await ItemsWithAsync(counts[2], unpriced, ct),
            Uncategorized = await ItemsWithAsync(counts[3], uncategorized, ct),
        };
    }

    private async Task<FoundItems> ItemsWithAsync(long count, string condition, CancellationToken ct) =>
        count == 0 ? FoundItems.None : new FoundItems(count, await TextsAsync($"SELECT i.id FROM items i WHERE {Listed} AND {condition} ORDER BY i.key LIMIT {Most}", ct));

    /// <summary>Items of one group are variants of one thing and no duplicates. Databases write decimals differently, so prices are compared as numbers.</summary>
    private async Task<DataFacts> OfDuplicatesAsync(DataFacts facts, CancellationToken ct)
    {
        const string things = "COUNT(DISTINCT CASE WHEN i.group_id IS NULL THEN 'i' || i.id ELSE 'g' || i.group_id END)";
        var alike =
            $"""
            (SELECT {things} - 1 AS more, MIN(i.key) AS first, MAX(i.key) AS last FROM items i
            WHERE {Listed} AND trim(i.title) <> '' AND i.price IS NOT NULL
            GROUP BY trim(i.title), CAST(i.price AS double precision) HAVING {things} > 1) AS alike
            """;
        var count = await WholeAsync($"SELECT COALESCE(SUM(more), 0) FROM {alike}", ct);
        var examples = count == 0
            ? []
            : await TextsAsync($"SELECT a.id || ' = ' || b.id FROM {alike} JOIN items a ON a.key = alike.first JOIN items b ON b.key = alike.last ORDER BY more DESC, a.key LIMIT {Most}", ct);
        return facts with { Duplicates = new FoundItems(count, examples) };
    }

    private async Task<DataFacts> OfSessionsAsync(DataFacts facts, CancellationToken ct)
    {
        var shared =
            $"""
            (SELECT MIN(user_key) AS first, MAX(user_key) AS last FROM interactions WHERE kind <> {KindKeys.TakenBack} AND session_id IS NOT NULL
            GROUP BY session_id HAVING MIN(user_key) <> MAX(user_key)) AS shared
            """;
        var count = await WholeAsync($"SELECT COUNT(*) FROM {shared}", ct);
        var users = new List<int>();
        if (count > 0)
            await ReadAsync($"SELECT first, last FROM {shared} ORDER BY first, last LIMIT {Most}", row => users.AddRange([row.GetInt32(0), row.GetInt32(1)]), ct);
        return facts with { SharedSessions = new FoundUsers(count, [.. users.Distinct().Take(Most)]) };
    }

    private async Task<DataFacts> OfProgramsAsync(DataFacts facts, CancellationToken ct)
    {
        const string programs = "FROM inhuman_users x JOIN users u ON u.id = x.user_id";
        var count = await WholeAsync($"SELECT COUNT(*) {programs}", ct);
        return count == 0
            ? facts
            : facts with
            {
                Programs = new FoundUsers(count, await KeysAsync($"SELECT u.key {programs} ORDER BY x.interactions_a_day DESC, u.key LIMIT {Most}", ct)),
                ActsOfPrograms = await WholeAsync($"SELECT COUNT(*) FROM {Acts} AS acts WHERE user_key IN (SELECT u.key {programs})", ct),
            };
    }

    private async Task<DataFacts> OfItemsAsync(DataFacts facts, CancellationToken ct)
    {
        var concentration = Concentration.Of(await CountsAsync("item_key", ct));
        var acts = $"items i LEFT JOIN (SELECT item_key, COUNT(*) AS n FROM {Acts} AS acts GROUP BY item_key) AS counts ON counts.item_key = i.key WHERE {Listed}";
        var (cold, untouched) = (0L, 0L);
        await ReadAsync($"SELECT {CountOf($"COALESCE(n, 0) < {DataHealth.WarmFrom}")}, {CountOf("n IS NULL")} FROM {acts}", row => (cold, untouched) = (row.Whole(0), row.Whole(1)), ct);
        return facts with
        {
            ActiveItems = await WholeAsync($"SELECT COUNT(DISTINCT item_key) FROM {Acts} AS acts", ct),
            Gini = concentration?.Gini,
            TopShare = concentration?.TopShare,
            ColdItems = cold,
            Untouched = new FoundItems(untouched, untouched == 0 ? [] : await TextsAsync($"SELECT i.id FROM {acts} AND n IS NULL ORDER BY i.key LIMIT {Most}", ct)),
        };
    }

    private async Task<DataFacts> OfUsersAsync(DataFacts facts, CancellationToken ct)
    {
        var counts = await CountsAsync("user_key", ct);
        var users = await WholeAsync("SELECT COUNT(*) FROM users", ct);
        return facts with
        {
            Users = users,
            ActiveUsers = counts.Sum(step => step.Items),
            ColdUsers = users - counts.Where(step => step.Count >= DataHealth.WarmFrom).Sum(step => step.Items),
            Pairs = await WholeAsync($"SELECT COUNT(*) FROM (SELECT DISTINCT user_key, item_key FROM {Acts} AS acts) AS pairs", ct),
        };
    }

    private async Task<DataFacts> OfWeeksAsync(DataFacts facts, CancellationToken ct)
    {
        const string added = "COALESCE(i.added_at, i.created_at)";
        var categories = new Dictionary<string, (long Now, long Before)>(StringComparer.Ordinal);
        var (fresh, freshBefore) = (0L, 0L);
        await ReadAsync(
            $"""
            SELECT i.categories_json, {CountOf("occurred_at >= @week")}, {CountOf("occurred_at < @week")},
                {CountOf($"occurred_at >= @week AND {added} >= @week")}, {CountOf($"occurred_at < @week AND {added} >= @before AND {added} < @week")}
            FROM {Acts} AS acts JOIN items i ON i.key = acts.item_key WHERE occurred_at >= @before AND occurred_at <= @now GROUP BY i.categories_json
            """,
            row =>
            {
                var first = JsonSerializer.Deserialize<string[]>(row.GetString(0)) is [var category, ..] ? category : "";
                var name = categories.Count < MostCategories || categories.ContainsKey(first) ? first : "";
                var (last, before) = categories.GetValueOrDefault(name);
                categories[name] = (last + row.Whole(1), before + row.Whole(2));
                (fresh, freshBefore) = (fresh + row.Whole(3), freshBefore + row.Whole(4));
            },
            ct);
        return facts with
        {
            CategoryShift = PopulationShift.Index(categories.Values),
            NewItemShare = facts.LastWeek == 0 ? null : (double)fresh / facts.LastWeek,
            NewItemShareBefore = facts.WeekBefore == 0 ? null : (double)freshBefore / facts.WeekBefore,
        };
    }

    /// <summary>A clock in another time zone is late by whole half hours; a slow delivery is late by anything.</summary>
    private async Task<DataFacts> OfDelaysAsync(DataFacts facts, CancellationToken ct)
    {
        var delay = "received_at - occurred_at";
        await ReadAsync(
            $"""
            SELECT COUNT(*), {CountOf($"({delay} + {Slack}) % {HalfHour} <= {2 * Slack}")} FROM interactions
            WHERE kind <> {KindKeys.TakenBack} AND received_at >= @week AND {delay} BETWEEN {HalfHour - Slack} AND {(28 * HalfHour) + Slack}
            """,
            row => facts = facts with { Late = row.Whole(0), LateByHalfHours = row.Whole(1) }, ct);
        return facts;
    }

    /// <summary>How many items or users have each number of acts, the smallest first.</summary>
    private async Task<IReadOnlyList<(long Count, long Items)>> CountsAsync(string column, CancellationToken ct)
    {
        var counts = new List<(long, long)>();
        await ReadAsync($"SELECT n, COUNT(*) FROM (SELECT COUNT(*) AS n FROM {Acts} AS acts GROUP BY {column}) AS counts GROUP BY n ORDER BY n", row => counts.Add((row.Whole(0), row.Whole(1))), ct);
        return counts;
    }

    private static string CountOf(string condition) => $"COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)";

    private async Task<long> WholeAsync(string sql, CancellationToken ct)
    {
        var number = 0L;
        await ReadAsync(sql, row => number = row.Whole(0), ct);
        return number;
    }

    private async Task<List<int>> KeysAsync(string sql, CancellationToken ct)
    {
        var found = new List<int>();
        await ReadAsync(sql, row => found.Add(row.GetInt32(0)), ct);
        return found;
    }

    private async Task<List<string>> TextsAsync(string sql, CancellationToken ct)
    {
        var found = new List<string>();
        await ReadAsync(sql, row => found.Add(row.GetString(0)), ct);
        return found;
    }

    private async Task ReadAsync(string sql, Action<DbDataReader> take, CancellationToken ct)
    {
        await using var command = context.Command(sql);
        foreach (var (name, value) in times)
        {
            if (sql.Contains("@" + name, StringComparison.Ordinal))
                command.AddParameter(name, value);
        }

        // A pass over everything takes as long as it takes; it runs beside requests, not in one.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            take(reader);
    }
}

internal static class DataReaderNumbers
{
    /// <summary>A count, whatever type the database sums in.</summary>
    public static long Whole(this DbDataReader row, int column) => Convert.ToInt64(row.GetValue(column));
}
