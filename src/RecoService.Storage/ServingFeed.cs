using System.Data.Common;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Storage;

/// <summary>One consistent state of what serving needs.</summary>
/// <param name="Users">Ascending keys.</param>
/// <param name="Items">Ascending keys; deleted items stay, so that their keys are known.</param>
/// <param name="Histories">What every user did, deleted items included; its users and items are exactly the ones above.</param>
/// <param name="Marker">Where <see cref="ServingFeed.ReadSinceAsync"/> goes on.</param>
public sealed record ServingData(
    IReadOnlyList<(int Key, string UserId)> Users,
    CatalogueBuilder Items,
    InteractionDataset Histories,
    string Marker)
{
    /// <summary>What the shop says of the users, by their place above.</summary>
    public required UserAttributes Attributes { get; init; }

    /// <summary>By what experiments know users who were merged with a visitor, by their place above.</summary>
    public required UserAssignments Assignments { get; init; }

    /// <summary>What the reading saw.</summary>
    public required ReadPoint Through { get; init; }
}

/// <summary>What was committed since a marker. Items, rewritten and erased users are in their present state.</summary>
/// <param name="Marker">Where the next read goes on; when the limit was reached there is more at once.</param>
/// <param name="OldestChangeAt">When the oldest of these changes was written; null when there are none.</param>
public sealed record ServingChanges(
    IReadOnlyList<ServedItem> Items,
    IReadOnlyList<int> ErasedUserKeys,
    IReadOnlyList<ServedInteraction> Interactions,
    string Marker,
    DateTimeOffset? OldestChangeAt)
{
    /// <summary>Users whose records changed.</summary>
    public IReadOnlyList<ServedUser> Users { get; init; } = [];

    /// <summary>Users whose interactions or ratings were corrected or taken back.</summary>
    public IReadOnlyList<RewrittenUser> Rewritten { get; init; } = [];

    /// <summary>The limit was reached, and there is more at once.</summary>
    public bool HasMore { get; init; }
}

/// <summary>What serving reads: everything once, then what changed. A change that is committed late is never lost.</summary>
public sealed class ServingFeed
{
    private readonly Store store;

    internal ServingFeed(Store store) => this.store = store;

    /// <param name="ct">Stops the reading.</param>
    /// <param name="contentAfter">Items with a higher key come with their content.</param>
    /// <param name="withHistories">False leaves out the users and what they did.</param>
    /// <param name="limits">Of the catalogue's columns; null for the defaults.</param>
    public async Task<ServingData> LoadAsync(CancellationToken ct, int contentAfter = int.MaxValue, bool withHistories = true, CatalogueLimits? limits = null)
    {
        var kinds = await store.KindKeysAsync(ct);
        return await store.ReadSnapshotAsync(async context =>
        {
            var marker = await store.Provider.ReadMarkerAsync(context, ct);
            List<(int Key, string UserId)> users = [];
            var (attributes, assignments) = (new UserAttributes(limits), new UserAssignments());
            if (withHistories)
                await ReadUsersAsync(context, users, attributes, assignments, ct);
            var items = new CatalogueBuilder(limits);
            var reader = new ServedItemReader();
            await ReadAllAsync(context, $"SELECT {ServedItemReader.Columns} FROM items t ORDER BY t.key", row => items.Add(reader.Read(row)), ct, ("contentAfter", contentAfter));
            return new ServingData(users, items, await ReadHistoriesAsync(context, kinds, users, items, withHistories, ct), marker) { Attributes = attributes, Assignments = assignments, Through = store.Provider.PointOf(marker) };
        }, ct);
    }

    /// <param name="marker">From <see cref="LoadAsync"/> or from the last call.</param>
    /// <param name="limit">The most rows to return.</param>
    /// <param name="applied">Numbers of appended batches that the caller knows already (<see cref="AppendResult.Change"/>); their interactions are left out, to save the reading.</param>
    /// <param name="contentAfter">Items with a higher key come with their content.</param>
    /// <exception cref="ArgumentException">The marker is not one of this store; load again.</exception>
    public async Task<ServingChanges> ReadSinceAsync(
        string marker, int limit, CancellationToken ct, IReadOnlyCollection<long>? applied = null, int contentAfter = int.MaxValue)
    {
        var kinds = await store.KindKeysAsync(ct);
        var start = FeedPosition.Parse(marker, store.Provider);
        return await store.ReadSnapshotAsync(async context =>
        {
            var now = await store.Provider.ReadMarkerAsync(context, ct);
            if (marker == now)
                return new ServingChanges([], [], [], marker, null);
            if (store.Provider.IsAhead(start.Since, now))
                throw new ArgumentException("The marker lies ahead of this store, which was restored or replaced.", nameof(marker));

            var page = new FeedPage(store, context, kinds, start.Until is null ? start with { Until = now } : start, limit, applied ?? [], contentAfter, store.Provider.PointOf(now));
            return await page.ReadAsync(ct);
        }, ct);
    }

    /// <summary>All that some users did, as it stands now; those who are erased are left out.</summary>
    public async Task<IReadOnlyList<RewrittenUser>> ReadUsersAsync(IReadOnlyCollection<int> userKeys, CancellationToken ct)
    {
        var kinds = await store.KindKeysAsync(ct);
        return await store.ReadSnapshotAsync(async context =>
        {
            var marker = await store.Provider.ReadMarkerAsync(context, ct);
            return await ReadHistoriesAsync(store, context, kinds, userKeys, store.Provider.PointOf(marker), ct);
        }, ct);
    }

    private static async Task<List<RewrittenUser>> ReadHistoriesAsync(
        Store store, RecoDbContext context, KindKeys kinds, IReadOnlyCollection<int> userKeys, ReadPoint through, CancellationToken ct)
    {
        if (userKeys.Count == 0)
            return [];
        var wanted = string.Join(',', userKeys);
        Dictionary<int, (string UserId, List<ServedInteraction> Interactions)> users = [];
        await using (var command = context.Command($"SELECT key, id FROM users WHERE key IN ({wanted})"))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                users.Add(reader.GetInt32(0), (reader.GetString(1), []));
        }

        await using (var command = context.Command(
            $"""
            SELECT t.user_key, t.item_key, i.id, t.kind, t.value, t.occurred_at, t.change
            FROM (
                SELECT user_key, item_key, kind, value, occurred_at, change FROM interactions WHERE user_key IN ({wanted})
                UNION ALL
                SELECT user_key, item_key, CAST(@rating AS smallint), value, occurred_at, change FROM ratings WHERE user_key IN ({wanted}) AND NOT deleted) AS t
            JOIN items i ON i.key = t.item_key
            """,
            ("rating", kinds[store.Kinds.RatingIndex])))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var userKey = reader.GetInt32(0);
                if (kinds.TryGetIndex(reader.GetInt16(3), out var kind) && users.TryGetValue(userKey, out var user))
                {
                    var interaction = new ServedInteraction(
                        userKey, user.UserId, reader.GetInt32(1), reader.GetString(2), kind, (float)(reader.GetNumber(4) ?? 0), reader.GetInt64(5));
                    user.Interactions.Add(interaction with { Change = reader.GetInt64(6) });
                }
            }
        }

        return [.. users.Select(user => new RewrittenUser(user.Key, user.Value.UserId, user.Value.Interactions, through))];
    }

    private async Task<InteractionDataset> ReadHistoriesAsync(
        RecoDbContext context, KindKeys kinds, List<(int Key, string UserId)> users, CatalogueBuilder items, bool withHistories, CancellationToken ct)
    {
        var builder = new InteractionDatasetBuilder(store.Kinds);
        foreach (var (key, _) in users)
            builder.AddUser(key);
        foreach (var key in items.Keys)
            builder.AddItem(key);
        if (withHistories)
            await store.Provider.ReadInteractionsAsync(context, kinds, builder.Add, ct);
        return builder.Build();
    }

    private static Task ReadUsersAsync(RecoDbContext context, List<(int Key, string UserId)> users, UserAttributes attributes, UserAssignments assignments, CancellationToken ct)
    {
        var reader = new AttributesReader();
        return ReadAllAsync(
            context, "SELECT key, id, revision, attributes_json, assignment_id FROM users ORDER BY key",
            row =>
            {
                if (!row.IsDBNull(3))
                    attributes.Put(users.Count, row.GetInt64(2), reader.Read(row.GetFieldValue<byte[]>(3)));
                if (row.GetText(4) is { } assignment)
                    assignments.Put(users.Count, assignment);
                users.Add((row.GetInt32(0), row.GetString(1)));
            },
            ct);
    }

    private static async Task ReadAllAsync(RecoDbContext context, string sql, Action<DbDataReader> read, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = context.Command(sql, parameters);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            read(reader);
    }

    /// <summary>One page: the tables one after the other, each in the order of (change, tie).</summary>
    private sealed class FeedPage(Store store, RecoDbContext context, KindKeys kinds, FeedPosition start, int limit, IReadOnlyCollection<long> applied, int contentAfter, ReadPoint through)
    {
        /// <summary>Each comes with all of a history.</summary>
        private const int MostRewritten = 200;

        private readonly Store store = store;
        private readonly KindKeys kinds = kinds;
        private readonly ServedItemReader itemReader = new();
        private readonly List<ServedItem> items = [];
        private readonly AttributesReader attributesReader = new();
        private readonly List<ServedUser> users = [];
        private readonly List<int> erased = [];
        private readonly List<ServedInteraction> interactions = [];
        private readonly List<int> rewritten = [];
        private int room = limit;
        private bool isFull = limit <= 0;
        private long oldest = long.MaxValue;

        public async Task<ServingChanges> ReadAsync(CancellationToken ct)
        {
            var position = start;
            while (position.Table < Tables.Length && !isFull)
                position = await ReadTableAsync(position, ct);
            return new ServingChanges(
                items, erased, interactions,
                position.Table == Tables.Length ? position.Until! : position.ToString(),
                oldest == long.MaxValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(oldest))
            {
                Users = users,
                Rewritten = await ReadHistoriesAsync(store, context, kinds, rewritten, through, ct),
                HasMore = position.Table < Tables.Length,
            };
        }

        private async Task<FeedPosition> ReadTableAsync(FeedPosition position, CancellationToken ct)
        {
            var table = Tables[position.Table];
            var most = Math.Min(room, table.MostRows);
            var read = 0;
            var isWithinChange = position.Tie >= 0;
            var onwards = isWithinChange ? $"change = @change AND ({table.Ties}) > ({table.After})" : "change > @change";
            var others = table.Name == "interactions" && applied.Count > 0 ? $"AND change NOT IN ({string.Join(',', applied)})" : "";
            // The page is cut before ids are joined to it, or every page would join all that is left.
            await using var command = context.Command(
                $"""
                SELECT {table.Columns}
                FROM (SELECT * FROM {table.Name} WHERE {onwards}{table.Condition} AND {store.Provider.IsBetween} {others} ORDER BY {table.Order} LIMIT @limit) AS t {table.Join}
                ORDER BY {table.PageOrder}
                """,
                ("change", position.Change), ("tie", position.Tie), ("tie2", position.Tie2), ("limit", most), ("contentAfter", contentAfter));
            store.Provider.BindBetween(command, position.Since, position.Until!);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                read++;
                var last = table.Take(this, reader);
                position = position with { Change = last.Change, Tie = last.Tie, Tie2 = last.Tie2 };
            }

            room -= read;
            isFull = read == most;
            if (isFull)
                return position;
            return isWithinChange
                ? position with { Tie = -1, Tie2 = -1 }
                : position with { Table = position.Table + 1, Change = store.Provider.CoveredChange(position.Since), Tie = -1, Tie2 = -1 };
        }

        private const string JoinIds = "LEFT JOIN users u ON u.key = t.user_key LEFT JOIN items i ON i.key = t.item_key";

        private static readonly Table[] Tables =
        [
            new("tombstones", "t.user_key, t.erased_at, t.change", "", ["user_key"], "@tie", (page, row) =>
            {
                page.erased.Add(row.GetInt32(0));
                page.Saw(row.GetInt64(1));
                return (row.GetInt64(2), row.GetInt32(0), 0);
            }),
            new("users", "t.key, t.id, t.revision, t.attributes_json, t.updated_at, t.change, t.assignment_id", "", ["key"], "@tie", (page, row) =>
            {
                page.users.Add(new ServedUser(row.GetInt32(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? [] : page.attributesReader.Read(row.GetFieldValue<byte[]>(3))) { AssignmentId = row.GetText(6) });
                page.Saw(row.GetInt64(4));
                return (row.GetInt64(5), row.GetInt32(0), 0);
            })
            {
                // The index leaves out users who are known from interactions alone.
                Condition = " AND change > 0",
            },
            new("items", ServedItemReader.Columns, "", ["key"], "@tie", (page, row) =>
            {
                page.items.Add(page.itemReader.Read(row));
                page.Saw(row.GetInt64(ServedItemReader.UpdatedAt));
                return (row.GetInt64(ServedItemReader.Change), row.GetInt32(ServedItemReader.Key), 0);
            }),
            new("rewrites", "t.user_key, t.rewritten_at, t.change", "", ["user_key"], "@tie", (page, row) =>
            {
                page.rewritten.Add(row.GetInt32(0));
                page.Saw(row.GetInt64(1));
                return (row.GetInt64(2), row.GetInt32(0), 0);
            })
            {
                MostRows = MostRewritten,
            },
            new("interactions", "t.user_key, u.id, t.item_key, i.id, t.kind, t.value, t.occurred_at, t.received_at, t.change, t.seq", JoinIds, ["seq"], "@tie", (page, row) =>
            {
                if (page.kinds.TryGetIndex(row.GetInt16(4), out var kind))
                    page.Add(row, kind, row.GetNumber(5) ?? 0, row.GetTime(6), row.GetInt64(8));
                page.Saw(row.GetInt64(7));
                return (row.GetInt64(8), row.GetInt64(9), 0);
            }),
            new("ratings", "t.user_key, u.id, t.item_key, i.id, t.value, t.occurred_at, t.received_at, t.change, t.deleted", JoinIds, ["user_key", "item_key"], "@tie, @tie2", (page, row) =>
            {
                if (!row.GetBoolean(8))
                    page.Add(row, page.store.Kinds.RatingIndex, row.GetDouble(4), row.GetTime(5), row.GetInt64(7));
                page.Saw(row.GetInt64(6));
                return (row.GetInt64(7), row.GetInt32(0), row.GetInt32(2));
            }),
        ];

        private void Add(DbDataReader row, byte kind, double value, DateTimeOffset occurredAt, long change)
        {
            // A row without its user would be one that outlived an erasure; it still counts towards the page.
            if (row.IsDBNull(1) || row.IsDBNull(3))
                return;
            var interaction = new ServedInteraction(
                row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), kind, (float)value, occurredAt.ToUnixTimeMilliseconds());
            interactions.Add(interaction with { Change = change });
        }

        private void Saw(long writtenAt) => oldest = Math.Min(oldest, writtenAt);

        /// <param name="Columns">Of the page, which is called t, and of what is joined to it.</param>
        /// <param name="TieColumns">The order of the rows of a change.</param>
        /// <param name="After">Parameters that say where in a change the last page ended, one per column.</param>
        private sealed record Table(
            string Name, string Columns, string Join, string[] TieColumns, string After, Func<FeedPage, DbDataReader, (long Change, long Tie, long Tie2)> Take)
        {
            /// <summary>What else holds of its rows, in SQL; empty, or it begins with AND.</summary>
            public string Condition { get; init; } = "";

            /// <summary>The most that one page takes of it.</summary>
            public int MostRows { get; init; } = int.MaxValue;

            public string Ties { get; } = string.Join(", ", TieColumns);

            public string Order { get; } = string.Join(", ", TieColumns.Prepend("change"));

            public string PageOrder { get; } = string.Join(", ", TieColumns.Prepend("change").Select(column => $"t.{column}"));
        }
    }
}
