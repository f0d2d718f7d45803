using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using RecoService.Storage.Columns;

namespace RecoService.Storage.Postgres;

/// <summary>Batches as arrays: a few round trips for a thousand rows. Everything is written in the order of its key, so that two batches never wait for each other in a circle.</summary>
internal sealed partial class PostgresProvider
{
    private const string Change = "(SELECT pg_current_xact_id()::text::bigint)";

    // One probe of the index per id, whatever the planner thinks of a thousand ids in a small table. The share lock keeps the user
    // from being erased under the rows that are about to name it.
    private const string FindUsers = """
        SELECT p.place, u.key FROM unnest(@ids) WITH ORDINALITY AS p(id, place)
        CROSS JOIN LATERAL (SELECT key FROM users WHERE id = p.id LIMIT 1 FOR KEY SHARE) AS u
        """;

    private const string InsertUsers = """
        INSERT INTO users (id, created_at, updated_at) SELECT p.id, @now, @now FROM unnest(@ids) AS p(id) ORDER BY p.id COLLATE "C" ON CONFLICT (id) DO NOTHING
        """;

    private const string FindItems = """
        SELECT p.place, i.key FROM unnest(@ids) WITH ORDINALITY AS p(id, place)
        CROSS JOIN LATERAL (SELECT key FROM items WHERE id = p.id LIMIT 1) AS i
        """;

    private const string InsertItems = """
        INSERT INTO items (id, listed, created_at, updated_at) SELECT p.id, false, @now, @now FROM unnest(@ids) AS p(id) ORDER BY p.id COLLATE "C" ON CONFLICT (id) DO NOTHING
        """;

    private readonly string insertInteractions;
    private readonly string upsertRatings;

    private static string InsertInteractions(InteractionColumns columns) => $"""
        INSERT INTO interactions ({columns.OfInteractions})
        SELECT p.id, p.user_key, p.item_key, p.kind, {columns.Prefixed("p.")}, p.occurred_at, @now, p.fingerprint, {Change}
        FROM unnest(@ids, @users, @items, @kinds, {columns.Prefixed("@")}, @times, @fingerprints) AS p(id, user_key, item_key, kind, {columns.Prefixed("")}, occurred_at, fingerprint)
        ORDER BY p.id COLLATE "C" ON CONFLICT (id) DO NOTHING RETURNING id
        """;

    private static string UpsertRatings(InteractionColumns columns) => $"""
        INSERT INTO ratings AS {InteractionColumns.Rating} ({columns.OfRatings})
        SELECT p.user_key, p.item_key, {columns.Prefixed("p.")}, p.occurred_at, @now, {Change}
        FROM unnest(@users, @items, {columns.Prefixed("@")}, @times) AS p(user_key, item_key, {columns.Prefixed("")}, occurred_at)
        ORDER BY p.user_key, p.item_key
        {columns.UpsertRatings}
        RETURNING user_key, item_key
        """;

    public override Task<int[]> ResolveUsersAsync(RecoDbContext context, string[] ids, long now, CancellationToken ct) =>
        ResolveAsync(context, FindUsers, InsertUsers, ids, now, ct);

    public override Task<int[]> ResolveItemsAsync(RecoDbContext context, string[] ids, long now, CancellationToken ct) =>
        ResolveAsync(context, FindItems, InsertItems, ids, now, ct);

    private static async Task<int[]> ResolveAsync(RecoDbContext context, string find, string insert, string[] ids, long now, CancellationToken ct)
    {
        var keys = new int[ids.Length];
        await FindAsync(context, find, ids, keys, ct);
        var missing = Missing(ids, keys);
        if (missing.Length == 0)
            return keys;

        await context.ExecuteAsync(insert, ct, ("ids", missing), ("now", now));
        await FindAsync(context, find, ids, keys, ct);
        return Missing(ids, keys).Length == 0 ? keys : throw new LostRaceException("A user was erased while a batch named it.");
    }

    private static string[] Missing(string[] ids, int[] keys) => [.. ids.Where((_, position) => keys[position] == 0)];

    private static async Task FindAsync(RecoDbContext context, string find, string[] ids, int[] keys, CancellationToken ct)
    {
        await using var command = context.Command(find, ("ids", ids));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            keys[reader.GetInt64(0) - 1] = reader.GetInt32(1);
    }

    public override async Task<AppendStatus[]> InsertInteractionsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> rows, long now, CancellationToken ct)
    {
        HashSet<string> inserted = [];
        await using (var command = ArraysOf(context, insertInteractions, rows, now))
        {
            command.Parameters.AddWithValue("ids", Column(rows, row => row.Id));
            command.Parameters.AddWithValue("kinds", Column(rows, row => row.Kind));
            command.Parameters.AddWithValue("fingerprints", Column(rows, row => row.Fingerprint));
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                inserted.Add(reader.GetString(0));
        }

        var statuses = new AppendStatus[rows.Count];
        if (inserted.Count == rows.Count)
            return statuses;

        var conflicts = await FindConflictsAsync(context, [.. rows.Where(row => !inserted.Contains(row.Id))], ct);
        return Column(rows, row => inserted.Contains(row.Id) ? AppendStatus.Accepted : conflicts.Contains(row.Id) ? AppendStatus.Conflict : AppendStatus.Duplicate);
    }

    /// <summary>The ids, of those that are stored already, that are stored with other content.</summary>
    private static async Task<HashSet<string>> FindConflictsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> taken, CancellationToken ct)
    {
        HashSet<string> conflicts = [];
        await using var command = context.Command(
            "SELECT p.id FROM unnest(@ids, @fingerprints) AS p(id, fingerprint) JOIN interactions n ON n.id = p.id WHERE n.fingerprint <> p.fingerprint",
            ("ids", Column(taken, row => row.Id)), ("fingerprints", Column(taken, row => row.Fingerprint)));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            conflicts.Add(reader.GetString(0));
        return conflicts;
    }

    public override async Task<bool[]> UpsertRatingsAsync(RecoDbContext context, IReadOnlyList<InteractionRow> rows, long now, CancellationToken ct)
    {
        HashSet<(int, int)> stored = [];
        await using var command = ArraysOf(context, upsertRatings, rows, now);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            stored.Add((reader.GetInt32(0), reader.GetInt32(1)));
        return Column(rows, row => stored.Contains((row.UserKey, row.ItemKey)));
    }

    private NpgsqlCommand ArraysOf(RecoDbContext context, string sql, IReadOnlyList<InteractionRow> rows, long now)
    {
        var command = (NpgsqlCommand)context.Command(sql, ("now", now));
        Add("users", NpgsqlDbType.Integer, Column(rows, row => row.UserKey));
        Add("items", NpgsqlDbType.Integer, Column(rows, row => row.ItemKey));
        Add("times", NpgsqlDbType.Bigint, Column(rows, row => row.OccurredAt));
        foreach (var column in Columns.Content)
            Add(column.Name, column.ArrayType, column.ArrayOf(rows));
        return command;

        void Add(string name, NpgsqlDbType type, object column) => command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = column });
    }

    private static T[] Column<T>(IReadOnlyList<InteractionRow> rows, Func<InteractionRow, T> value)
    {
        var column = new T[rows.Count];
        for (var position = 0; position < column.Length; position++)
            column[position] = value(rows[position]);
        return column;
    }
}
