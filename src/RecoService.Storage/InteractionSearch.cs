using RecoService.Engine.Data;

namespace RecoService.Storage;

/// <summary>Which interactions are looked for. Null: any.</summary>
/// <param name="UserId">Of this user.</param>
/// <param name="ItemId">With this item.</param>
/// <param name="Kinds">Of these kinds.</param>
public sealed record InteractionFilter(string? UserId = null, string? ItemId = null, IReadOnlyList<string>? Kinds = null);

/// <summary>Looks for interactions and ratings across users, in the order of their arrival, ratings last. Those with deleted items are left out.</summary>
public sealed class InteractionSearch
{
    private const int OfInteractions = 0;
    private const int OfRatings = 1;
    private const int LeastAtOnce = 1_000;

    private readonly Store store;

    internal InteractionSearch(Store store) => this.store = store;

    /// <param name="filter">Which.</param>
    /// <param name="keep">Sees each before it counts; what it refuses is left out.</param>
    /// <param name="cursor">Of the page before; null: from the beginning.</param>
    /// <param name="limit">The most of them.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<Page<StoredInteraction>> ListAsync(InteractionFilter filter, Func<StoredInteraction, bool>? keep, string? cursor, int limit, CancellationToken ct)
    {
        var from = Cursor.Decode(cursor, 3) ?? [OfInteractions, 0, 0];
        return store.ReadSnapshotAsync(async context =>
        {
            List<(StoredInteraction Interaction, string Cursor)> rows = [];
            if (from[0] == OfInteractions)
            {
                await ReadAsync(SqlOfInteractions(filter), OfInteractions);
                from = [OfRatings, 0, 0];
            }

            if (filter.Kinds?.Contains(InteractionKind.Rating) != false)
                await ReadAsync(SqlOfRatings(filter), OfRatings);
            var page = Cursor.Cut(rows, limit, row => row.Cursor);
            return new Page<StoredInteraction>([.. page.Items.Select(row => row.Interaction)], page.Next);

            // By the thousand, for a database may make all the rows of a query before it gives the first.
            async Task ReadAsync(string sql, int table)
            {
                var atOnce = Math.Max(limit + 1, LeastAtOnce);
                for (var isFull = true; isFull && rows.Count <= limit;)
                {
                    await using var command = context.Command(sql, ("user", filter.UserId ?? ""), ("item", filter.ItemId ?? ""), ("first", from[1]), ("second", from[2]), ("limit", atOnce));
                    await using var reader = await command.ExecuteReaderAsync(ct);
                    var count = 0;
                    for (; await reader.ReadAsync(ct); count++)
                    {
                        from = [table, reader.GetInt64(6), reader.GetInt64(7)];
                        var interaction = InteractionLog.ReadStored(reader, reader.GetString(5));
                        if (filter.Kinds?.Contains(interaction.Kind) != false && keep?.Invoke(interaction) != false)
                            rows.Add((interaction, Cursor.Encode(from)));
                    }

                    isFull = count == atOnce;
                }
            }
        }, ct);
    }

    private string SqlOfInteractions(InteractionFilter filter) => $"""
        SELECT n.id, i.id AS item_id, k.name AS kind, n.occurred_at, n.received_at, u.id AS user_id, n.seq AS first, CAST(0 AS bigint) AS second, {store.Provider.Columns.Prefixed("n.")}
        FROM interactions n JOIN kinds k ON k.key = n.kind JOIN users u ON u.key = n.user_key JOIN items i ON i.key = n.item_key
        WHERE n.seq > @first AND @second = @second AND i.deleted_at IS NULL{Of(filter, "n")}
        ORDER BY n.seq LIMIT @limit
        """;

    private string SqlOfRatings(InteractionFilter filter) => $"""
        SELECT NULL AS id, i.id AS item_id, '{InteractionKind.Rating}' AS kind, r.occurred_at, r.received_at, u.id AS user_id, CAST(r.user_key AS bigint) AS first, CAST(r.item_key AS bigint) AS second, {store.Provider.Columns.Prefixed("r.")}
        FROM ratings r JOIN users u ON u.key = r.user_key JOIN items i ON i.key = r.item_key
        WHERE NOT r.deleted AND (r.user_key, r.item_key) > (@first, @second) AND i.deleted_at IS NULL{Of(filter, "r")}
        ORDER BY r.user_key, r.item_key LIMIT @limit
        """;

    private static string Of(InteractionFilter filter, string table) =>
        (filter.UserId is null ? "" : $" AND {table}.user_key = (SELECT key FROM users WHERE id = @user)")
        + (filter.ItemId is null ? "" : $" AND {table}.item_key = (SELECT key FROM items WHERE id = @item)");
}
