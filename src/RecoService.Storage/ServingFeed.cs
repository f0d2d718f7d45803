using System.Data.Common;
using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>One consistent state of what serving needs.</summary>
/// <param name="Users">Ascending keys.</param>
/// <param name="Items">Ascending keys; deleted items stay, so that their keys are known.</param>
/// <param name="Consumed">Distinct pairs that a user has consumed, by a kind that consumes.</param>
/// <param name="Marker">Where <see cref="ServingFeed.ReadSinceAsync"/> goes on.</param>
public sealed record ServingData(
    IReadOnlyList<(int Key, string UserId)> Users,
    IReadOnlyList<ServingItem> Items,
    IReadOnlyList<(int UserKey, int ItemKey)> Consumed,
    string Marker);

public sealed record ServingItem(int Key, string ItemId, CatalogueItem Item);

/// <summary>What was committed since a marker. Items and erased users are in their present state.</summary>
/// <param name="Marker">Where the next read goes on; when the limit was reached there is more at once.</param>
/// <param name="OldestChangeAt">When the oldest of these changes was written; null when there are none.</param>
public sealed record ServingChanges(
    IReadOnlyList<ServingItem> Items,
    IReadOnlyList<int> ErasedUserKeys,
    IReadOnlyList<ServedInteraction> Interactions,
    string Marker,
    DateTimeOffset? OldestChangeAt);

public sealed record ServedInteraction(int UserKey, string UserId, int ItemKey, string ItemId, byte KindIndex, float Value, DateTimeOffset OccurredAt);

/// <summary>What serving reads: everything once, then what changed. A change that is committed late is never lost.</summary>
public sealed class ServingFeed
{
    private const string ItemColumns = "i.key, i.id, i.listed, i.available, i.hidden, i.deleted_at IS NOT NULL, i.group_id, i.updated_at, i.revision";

    private readonly Store store;

    internal ServingFeed(Store store) => this.store = store;

    public async Task<ServingData> LoadAsync(CancellationToken ct)
    {
        var kinds = await store.KindKeysAsync(ct);
        return await store.ReadSnapshotAsync(async context =>
        {
            var marker = await store.Provider.ReadMarkerAsync(context, ct);
            var users = await ReadAllAsync(context, "SELECT key, id FROM users ORDER BY key", row => (row.GetInt32(0), row.GetString(1)), ct);
            var items = await ReadAllAsync(context, $"SELECT {ItemColumns} FROM items i ORDER BY i.key", ReadItem, ct);
            var consumed = await ReadAllAsync(context, ConsumedSql(kinds), row => (row.GetInt32(0), row.GetInt32(1)), ct);
            return new ServingData(users, items, consumed, marker);
        }, ct);
    }

    /// <param name="marker">From <see cref="LoadAsync"/> or from the last call.</param>
    /// <param name="limit">The most rows to return.</param>
    /// <exception cref="ArgumentException">The marker is not one of this store; load again.</exception>
    public async Task<ServingChanges> ReadSinceAsync(string marker, int limit, CancellationToken ct)
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

            var page = new FeedPage(store, context, kinds, start.Until is null ? start with { Until = now } : start, limit);
            return await page.ReadAsync(ct);
        }, ct);
    }

    private string ConsumedSql(KindKeys kinds)
    {
        var ratingConsumes = store.Kinds[store.Kinds.RatingIndex].Consumes;
        var consuming = Enumerable.Range(0, store.Kinds.Count).Where(kind => store.Kinds[kind].Consumes).Select(kind => kinds[(byte)kind]).Append((short)-1);
        var others = $"SELECT DISTINCT n.user_key, n.item_key FROM interactions n WHERE n.kind IN ({string.Join(',', consuming)})";
        return ratingConsumes
            ? $"SELECT user_key, item_key FROM ratings UNION ALL {others} AND NOT EXISTS (SELECT 1 FROM ratings r WHERE r.user_key = n.user_key AND r.item_key = n.item_key)"
            : others;
    }

    private static async Task<List<T>> ReadAllAsync<T>(RecoDbContext context, string sql, Func<DbDataReader, T> read, CancellationToken ct)
    {
        List<T> rows = [];
        await using var command = context.Command(sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    private static ServingItem ReadItem(DbDataReader row) => new(
        row.GetInt32(0), row.GetString(1),
        new CatalogueItem(row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetText(6)) { Revision = row.GetInt64(8) });

    /// <summary>One page: the tables one after the other, each in the order of (change, tie).</summary>
    private sealed class FeedPage(Store store, RecoDbContext context, KindKeys kinds, FeedPosition start, int limit)
    {
        private readonly Store store = store;
        private readonly KindKeys kinds = kinds;
        private readonly List<ServingItem> items = [];
        private readonly List<int> erased = [];
        private readonly List<ServedInteraction> interactions = [];
        private int room = limit;
        private long oldest = long.MaxValue;

        public async Task<ServingChanges> ReadAsync(CancellationToken ct)
        {
            var position = start;
            while (position.Table < Tables.Length && room > 0)
                position = await ReadTableAsync(position, ct);
            return new ServingChanges(
                items, erased, interactions,
                position.Table == Tables.Length ? position.Until! : position.ToString(),
                oldest == long.MaxValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(oldest));
        }

        private async Task<FeedPosition> ReadTableAsync(FeedPosition position, CancellationToken ct)
        {
            var table = Tables[position.Table];
            await using var command = context.Command(
                $"{table.Select} WHERE {store.Provider.ChangedBetween(table.Change)} AND ({table.Order}) > ({table.After}) ORDER BY {table.Order} LIMIT @limit",
                ("change", position.Change), ("tie", position.Tie), ("tie2", position.Tie2), ("limit", room));
            command.Parameters.Add(store.Provider.MarkerParameter("since", position.Since));
            command.Parameters.Add(store.Provider.MarkerParameter("until", position.Until!));
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                room--;
                var last = table.Take(this, reader);
                position = position with { Change = last.Change, Tie = last.Tie, Tie2 = last.Tie2 };
            }

            return room > 0 ? position with { Table = position.Table + 1, Change = -1, Tie = -1, Tie2 = -1 } : position;
        }

        private static readonly Table[] Tables =
        [
            new("SELECT user_key, erased_at, change FROM tombstones", "change", "change, user_key", "@change, @tie", (page, row) =>
            {
                page.erased.Add(row.GetInt32(0));
                page.Saw(row.GetInt64(1));
                return (row.GetInt64(2), row.GetInt32(0), 0);
            }),
            new($"SELECT {ItemColumns}, i.change FROM items i", "i.change", "i.change, i.key", "@change, @tie", (page, row) =>
            {
                page.items.Add(ReadItem(row));
                page.Saw(row.GetInt64(7));
                return (row.GetInt64(9), row.GetInt32(0), 0);
            }),
            new("""
                SELECT n.user_key, u.id, n.item_key, i.id, n.kind, n.value, n.occurred_at, n.received_at, n.change, n.seq
                FROM interactions n JOIN users u ON u.key = n.user_key JOIN items i ON i.key = n.item_key
                """, "n.change", "n.change, n.seq", "@change, @tie", (page, row) =>
            {
                if (page.kinds.TryGetIndex(row.GetInt16(4), out var kind))
                    page.Add(row, kind, row.GetNumber(5) ?? 0, row.GetTime(6));
                page.Saw(row.GetInt64(7));
                return (row.GetInt64(8), row.GetInt64(9), 0);
            }),
            new("""
                SELECT r.user_key, u.id, r.item_key, i.id, r.value, r.occurred_at, r.received_at, r.change
                FROM ratings r JOIN users u ON u.key = r.user_key JOIN items i ON i.key = r.item_key
                """, "r.change", "r.change, r.user_key, r.item_key", "@change, @tie, @tie2", (page, row) =>
            {
                page.Add(row, page.store.Kinds.RatingIndex, row.GetDouble(4), row.GetTime(5));
                page.Saw(row.GetInt64(6));
                return (row.GetInt64(7), row.GetInt32(0), row.GetInt32(2));
            }),
        ];

        private void Add(DbDataReader row, byte kind, double value, DateTimeOffset occurredAt) => interactions.Add(
            new ServedInteraction(row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), kind, (float)value, occurredAt));

        private void Saw(long writtenAt) => oldest = Math.Min(oldest, writtenAt);

        private sealed record Table(
            string Select, string Change, string Order, string After, Func<FeedPage, DbDataReader, (long Change, long Tie, long Tie2)> Take);
    }
}
