using System.Data.Common;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Attribution;

/// <summary>What the tables of the figures are written with: the same statements on both databases.</summary>
internal static class FigureTables
{
    /// <summary>The columns of a list, in the order of <see cref="ReadList"/>.</summary>
    public const string ListColumns = "recommendation_id, user_id, placement, variant, model_version, occurred_at, item_ids_json, sources_json, propensities_json, item_variants_json, fallback_items, made_in";

    /// <summary>What tells the rows of `recommendation_viewers` apart.</summary>
    public const string ViewerKey = "user_id, day, placement, model_version, variant";

    private const int RowsPerStatement = 400;
    private const int RowsPerArray = 10_000;

    /// <summary>What the rows of `recommendation_viewers` add up: lists and items shown, lists without an item, items that a fallback filled, lists whose making was timed, and its microseconds.</summary>
    public static string[] ViewerSums { get; } = ["lists", "impressions", "empty_lists", "fallback_items", "timed_lists", "made_in"];

    /// <summary>Adds rows to those that are there.</summary>
    public static string AddViewers { get; } = $"ON CONFLICT ({ViewerKey}) DO UPDATE SET {string.Join(", ", ViewerSums.Select(sum => $"{sum} = recommendation_viewers.{sum} + excluded.{sum}"))}";

    public static ShownList ReadList(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetText(3) ?? "", row.IsDBNull(4) ? 0 : row.GetInt32(4), row.GetInt64(5), TextsOf(row.GetString(6)), TextsOf(row.GetText(7)),
        row.IsDBNull(8) ? [] : JsonSerializer.Deserialize<float[]>(row.GetString(8)) ?? [], TextsOf(row.GetText(9)))
    {
        FallbackItems = row.IsDBNull(10) ? 0 : row.GetInt32(10),
        MadeIn = row.IsDBNull(11) ? null : row.GetInt32(11),
    };

    /// <summary>The lists of a command with <see cref="ListColumns"/>, which is disposed.</summary>
    public static async Task<List<ShownList>> ReadListsAsync(DbCommand command, CancellationToken ct)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            var lists = new List<ShownList>();
            while (await reader.ReadAsync(ct))
                lists.Add(ReadList(reader));
            return lists;
        }
    }

    /// <summary>Adds lists to the counts of items shown and of items drawn, which name no user, or takes them away.</summary>
    /// <param name="context">In a transaction.</param>
    /// <param name="lists">Each once.</param>
    /// <param name="sign">1 or -1.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task CountCellsAsync(this RecoDbContext context, IEnumerable<ShownList> lists, int sign, CancellationToken ct)
    {
        var cells = new Dictionary<(int Day, string Placement, string Source, int Model, string Variant, int Position), long>();
        var trials = new Dictionary<(int Day, string Placement, string Item), long>();
        foreach (var list in lists)
        {
            for (var position = 0; position < list.ItemIds.Count; position++)
            {
                var cell = (list.Day, list.Placement, list.SourceAt(position), list.ModelVersion, list.VariantAt(position), position + 1);
                cells[cell] = cells.GetValueOrDefault(cell) + sign;
                var trial = (list.Day, list.Placement, list.ItemIds[position]);
                if (list.IsDrawn(position))
                    trials[trial] = trials.GetValueOrDefault(trial) + sign;
            }
        }

        await context.InsertAsync(
            "recommendation_cells (day, placement, source, model_version, variant, position, impressions)",
            cells.Select(cell => new object[] { cell.Key.Day, cell.Key.Placement, cell.Key.Source, cell.Key.Model, cell.Key.Variant, cell.Key.Position, cell.Value }),
            "ON CONFLICT (day, placement, source, model_version, variant, position) DO UPDATE SET impressions = recommendation_cells.impressions + excluded.impressions", ct);
        await context.InsertAsync(
            "exploration_trials (day, placement, item_id, shown)",
            trials.Select(trial => new object[] { trial.Key.Day, trial.Key.Placement, trial.Key.Item, trial.Value }),
            "ON CONFLICT (day, placement, item_id) DO UPDATE SET shown = exploration_trials.shown + excluded.shown", ct);
    }

    /// <summary>Adds lists to the counts of their viewers.</summary>
    public static Task CountViewersAsync(this RecoDbContext context, IEnumerable<ShownList> lists, CancellationToken ct)
    {
        var viewers = new Dictionary<(string User, int Day, string Placement, int Model, string Variant), long[]>();
        foreach (var list in lists)
        {
            Add(list, list.Variant, 1, list.ItemVariants.Count == 0 ? list.ItemIds.Count : 0, list.ItemIds.Count == 0 ? 1 : 0, list.FallbackItems, list.MadeIn is null ? 0 : 1, list.MadeIn ?? 0);
            for (var position = 0; position < list.ItemIds.Count && list.ItemVariants.Count > 0; position++)
                Add(list, list.VariantAt(position), 0, 1, 0, 0, 0, 0);
        }

        return context.InsertAsync(
            $"recommendation_viewers ({ViewerKey}, {string.Join(", ", ViewerSums)})",
            viewers.Select(viewer => new object[] { viewer.Key.User, viewer.Key.Day, viewer.Key.Placement, viewer.Key.Model, viewer.Key.Variant }.Concat(viewer.Value.Cast<object>()).ToArray()),
            AddViewers, ct);

        void Add(ShownList list, string variant, params ReadOnlySpan<long> more)
        {
            var viewer = (list.UserId, list.Day, list.Placement, list.ModelVersion, variant);
            if (!viewers.TryGetValue(viewer, out var sums))
                viewers.Add(viewer, sums = new long[ViewerSums.Length]);
            for (var sum = 0; sum < sums.Length; sum++)
                sums[sum] += more[sum];
        }
    }

    /// <summary>Stores what a user did with lists.</summary>
    public static Task InsertAsync(this RecoDbContext context, IEnumerable<(string UserId, AttributedDeed Deed)> deeds, CancellationToken ct) => context.InsertAsync(
        "attributions (user_id, role, item_id, occurred_at, list_at, day, placement, source, model_version, variant, position, recommendation_id, order_key, quantity, amount, value, drawn)",
        deeds.Select(pair => RowOf(pair.UserId, pair.Deed)),
        "", ct);

    private static object[] RowOf(string userId, in AttributedDeed one) =>
        [
            userId, (short)one.Deed.Role, one.Deed.ItemId, one.Deed.OccurredAt, one.List.ShownAt, one.List.Day, one.List.Placement, one.List.SourceAt(one.Position), one.List.ModelVersion, one.List.VariantAt(one.Position),
            one.Position + 1, one.List.RecommendationId.ToString("N"), one.Deed.OrderId is { } order ? $"o{order}" : $"d{ShownList.DayOf(one.Deed.OccurredAt)} {userId}", one.Deed.Quantity, one.Deed.Amount,
            one.Deed.Value, one.List.IsDrawn(one.Position),
        ];

    private static async Task InsertAsync(this RecoDbContext context, string target, IEnumerable<object[]> rows, string onConflict, CancellationToken ct)
    {
        if (context.Database.IsNpgsql())
        {
            foreach (var piece in rows.Chunk(RowsPerArray))
                await InsertArraysAsync(context, target, piece, onConflict, ct);
            return;
        }

        foreach (var piece in rows.Chunk(RowsPerStatement))
        {
            var sql = new StringBuilder($"INSERT INTO {target} VALUES ");
            await using var command = context.Command("");
            for (var row = 0; row < piece.Length; row++)
            {
                sql.Append(row == 0 ? "(" : ", (");
                for (var column = 0; column < piece[row].Length; column++)
                {
                    var name = $"p{row}_{column}";
                    sql.Append(column == 0 ? "@" : ", @").Append(name);
                    command.AddParameter(name, piece[row][column]);
                }

                sql.Append(')');
            }

            command.CommandText = sql.Append(' ').Append(onConflict).ToString();
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>An array per column: the server reads one short statement in the place of thousands of parameters.</summary>
    private static async Task InsertArraysAsync(RecoDbContext context, string target, object[][] rows, string onConflict, CancellationToken ct)
    {
        var width = rows[0].Length;
        await using var command = context.Command($"INSERT INTO {target} SELECT * FROM unnest({string.Join(", ", Enumerable.Range(0, width).Select(column => $"@c{column}"))}) {onConflict}");
        for (var column = 0; column < width; column++)
        {
            var values = Array.CreateInstance(rows[0][column].GetType(), rows.Length);
            for (var row = 0; row < rows.Length; row++)
                values.SetValue(rows[row][column], row);
            command.AddParameter($"c{column}", values);
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A command whose text takes a list of values where <c>{0}</c> stands; there is one at least.</summary>
    public static DbCommand CommandOf<T>(this RecoDbContext context, string sql, IReadOnlyList<T> values, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = context.Command("", parameters);
        for (var position = 0; position < values.Count; position++)
            command.AddParameter($"v{position}", values[position]);
        command.CommandText = sql.Replace("{0}", string.Join(", ", Enumerable.Range(0, values.Count).Select(position => $"@v{position}")), StringComparison.Ordinal);
        return command;
    }

    /// <summary>A JSON array of texts; of null, none.</summary>
    public static string[] TextsOf(string? json) => json is null ? [] : JsonSerializer.Deserialize<string[]>(json) ?? [];
}
