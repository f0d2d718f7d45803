using System.Data.Common;

namespace RecoService.Storage.Attribution;

/// <summary>Adds figures up in the database.</summary>
internal sealed class FigureReader(RecoDbContext context, FigureQuery query)
{
    private const int Click = (int)AttributionRole.Click;
    private const int Order = (int)AttributionRole.Order;

    private static readonly string[] Columns = ["day", "placement", "source", "model_version", "variant", "position"];

    private readonly Dictionary<string, FigureRow> rows = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<FigureRow>> ReadAsync(CancellationToken ct)
    {
        if (query.IsOfLists)
        {
            await ReadAsync("SUM(lists), SUM(impressions), COUNT(DISTINCT NULLIF(user_id, ''))", "recommendation_viewers", (row, reader, first) =>
            {
                (row.Lists, row.Impressions, row.Viewers) = (Convert.ToInt64(reader.GetValue(first)), Convert.ToInt64(reader.GetValue(first + 1)), reader.GetInt64(first + 2));
            }, ct);
            await ReadViewersAsync(ct);
        }
        else
        {
            await ReadAsync("SUM(impressions)", "recommendation_cells", (row, reader, first) => row.Impressions = Convert.ToInt64(reader.GetValue(first)), ct);
        }

        await ReadAsync(
            $"""
            COUNT(DISTINCT CASE WHEN role = {Click} THEN recommendation_id || ' ' || position END), COUNT(DISTINCT CASE WHEN role = {Order} THEN order_key END),
            {CountOf(AttributionRole.Order)}, SUM(CASE WHEN role = {Order} THEN quantity ELSE 0 END), SUM(CASE WHEN role = {Order} THEN amount ELSE 0 END), COUNT(DISTINCT CASE WHEN role = {Order} THEN user_id END),
            {CountOf(AttributionRole.Return)}, {OnceOf(AttributionRole.Like)}, {OnceOf(AttributionRole.Dislike)}, {CountOf(AttributionRole.Rating)},
            SUM(CASE WHEN role = {(int)AttributionRole.Rating} THEN value ELSE 0 END)
            """,
            "attributions",
            (row, reader, first) =>
            {
                long Whole(int column) => Convert.ToInt64(reader.GetValue(first + column));
                (row.Clicks, row.Orders, row.OrderLines, row.Units) = (Whole(0), Whole(1), Whole(2), Convert.ToDouble(reader.GetValue(first + 3)));
                (row.Amount, row.Buyers, row.Returns) = (Whole(4), Whole(5), Whole(6));
                (row.Likes, row.Dislikes, row.Ratings, row.RatingSum) = (Whole(7), Whole(8), Whole(9), Convert.ToDouble(reader.GetValue(first + 10)));
            },
            ct);
        if (query.IsOfLists)
        {
            // What was counted between two of these readings has acts already and no lists yet.
            foreach (var row in rows.Values)
                (row.Lists, row.Viewers) = (row.Lists ?? 0, row.Viewers ?? 0);
        }

        return [.. rows.Values.Where(row => row.Impressions != 0 || row.Lists > 0 || row.Clicks + row.OrderLines + row.Returns + row.Likes + row.Dislikes + row.Ratings > 0)];
    }

    private static string CountOf(AttributionRole role) => $"SUM(CASE WHEN role = {(int)role} THEN 1 ELSE 0 END)";

    /// <summary>Once per user and shown item, however often it is said.</summary>
    private static string OnceOf(AttributionRole role) => $"COUNT(DISTINCT CASE WHEN role = {(int)role} THEN recommendation_id || ' ' || position || ' ' || user_id END)";

    private string Dimensions => string.Concat(query.By.Select(dimension => $"{Columns[(int)dimension]}, "));

    private string GroupBy => query.By.Count == 0 ? "" : $" GROUP BY {string.Join(", ", query.By.Select(dimension => Columns[(int)dimension]))}";

    private string Where(bool withUsers) =>
        "day BETWEEN @from AND @to" + string.Concat(query.Only.Keys.Select(dimension => $" AND {Columns[(int)dimension]} = @only{(int)dimension}"))
        + (withUsers ? " AND user_id NOT IN (SELECT user_id FROM inhuman_users)" : "");

    private DbCommand CommandOf(string sql)
    {
        var command = context.Command(sql, ("from", query.FromDay), ("to", query.ToDay));
        foreach (var (dimension, value) in query.Only)
            command.AddParameter($"only{(int)dimension}", value);
        return command;
    }

    private Task ReadAsync(string aggregates, string table, Action<FigureRow, DbDataReader, int> take, CancellationToken ct) =>
        ReadAsync($"SELECT {Dimensions}{aggregates} FROM {table} WHERE {Where(table != "recommendation_cells")}{GroupBy} HAVING COUNT(*) > 0", take, ct);

    /// <summary>Per viewer first: people differ more than impressions do, and an interval that takes these for independent is too narrow.</summary>
    private Task ReadViewersAsync(CancellationToken ct) => ReadAsync(
        $"""
        SELECT {Dimensions}COUNT(*), SUM(z), SUM(y), SUM(z * z), SUM(y * y), SUM(y * z)
        FROM (
            SELECT {Dimensions}user_id, CAST(SUM(z) AS double precision) AS z, CAST(SUM(y) AS double precision) AS y
            FROM (
                SELECT {Dimensions}user_id, SUM(impressions) AS z, 0 AS y FROM recommendation_viewers WHERE {Where(true)} AND user_id <> '' GROUP BY {Dimensions}user_id
                UNION ALL
                SELECT {Dimensions}user_id, 0 AS z, COUNT(DISTINCT recommendation_id || ' ' || position) AS y FROM attributions WHERE {Where(true)} AND role = {Click} GROUP BY {Dimensions}user_id) AS both_kinds
            GROUP BY {Dimensions}user_id
            HAVING SUM(z) > 0) AS of_viewers{GroupBy}
        HAVING COUNT(*) > 0
        """,
        (row, reader, first) =>
        {
            var sums = Enumerable.Range(first + 1, 5).Select(column => reader.IsDBNull(column) ? 0 : Convert.ToDouble(reader.GetValue(column))).ToArray();
            row.ViewerSums = new ViewerSums(reader.GetInt64(first), sums[0], sums[1], sums[2], sums[3], sums[4]);
        },
        ct);

    private async Task ReadAsync(string sql, Action<FigureRow, DbDataReader, int> take, CancellationToken ct)
    {
        await using var command = CommandOf(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var key = new object[query.By.Count];
            for (var column = 0; column < key.Length; column++)
                key[column] = reader.GetValue(column) is string text ? text : Convert.ToInt64(reader.GetValue(column));
            var name = string.Join('\0', key);
            if (!rows.TryGetValue(name, out var row))
                rows.Add(name, row = new FigureRow(key));
            take(row, reader, key.Length);
        }
    }
}
