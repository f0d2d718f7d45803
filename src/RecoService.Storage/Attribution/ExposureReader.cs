using System.Text.Json;
using RecoService.Engine.Data;

namespace RecoService.Storage.Attribution;

/// <summary>Which of the lists that were shown are learned from.</summary>
/// <param name="Since">Lists shown at this time or later.</param>
/// <param name="Before">Lists shown before this time: what became of newer ones is not known yet.</param>
/// <param name="MostItems">So many shown items at most, the newest.</param>
public sealed record ExposureWindow(DateTimeOffset Since, DateTimeOffset Before, int MostItems);

/// <summary>Reads into a dataset what users were shown, and touched of it.</summary>
internal static class ExposureReader
{
    /// <summary>In the place of the key of an item that the catalogue does not have.</summary>
    private const int NoItem = -1;

    /// <param name="context">In a transaction.</param>
    /// <param name="window">Which lists.</param>
    /// <param name="withPrograms">Whether users who act like programs count.</param>
    /// <param name="builder">Takes them.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task ReadAsync(RecoDbContext context, ExposureWindow window, bool withPrograms, InteractionDatasetBuilder builder, CancellationToken ct)
    {
        if (window.MostItems == 0)
            return;
        var (users, items) = (await KeysAsync(context, "users", ct), await KeysAsync(context, "items", ct));
        var newest = new NewestLists(window.Since.ToUnixTimeMilliseconds(), window.Before.ToUnixTimeMilliseconds(), window.MostItems, withPrograms);
        var lists = new Dictionary<string, (int User, long ShownAt, int[] Items, long[] TouchedAt, float[] Propensities)>(StringComparer.Ordinal);
        var oldest = long.MaxValue;
        await newest.ReadAsync(context, "recommendation_id, user_id, occurred_at, item_ids_json, propensities_json", (reader, left) =>
        {
            int[] keys = [.. FigureTables.TextsOf(reader.GetString(3)).Select(item => items.GetValueOrDefault(item, NoItem))];
            if (keys.Length > left || !users.TryGetValue(reader.GetString(1), out var user))
                return keys.Length;
            var touchedAt = new long[keys.Length];
            Array.Fill(touchedAt, Exposures.Untouched);
            oldest = Math.Min(oldest, reader.GetInt64(2));
            lists.Add(reader.GetGuid(0).ToString("N"), (user, reader.GetInt64(2), keys, touchedAt, reader.GetText(4) is { } json ? JsonSerializer.Deserialize<float[]>(json) ?? [] : []));
            return keys.Length;
        }, ct);
        if (lists.Count == 0)
            return;
        await newest.ReadTouchesAsync(context, oldest, (id, place, _, time) =>
        {
            if (lists.TryGetValue(id, out var list) && place < list.TouchedAt.Length)
                list.TouchedAt[place] = Math.Min(list.TouchedAt[place], time);
        }, ct);
        foreach (var list in lists.Values)
            builder.AddShown(list.User, list.ShownAt, list.Items, list.TouchedAt, list.Propensities);
    }

    private static async Task<Dictionary<string, int>> KeysAsync(RecoDbContext context, string table, CancellationToken ct)
    {
        var keys = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var command = context.Command($"SELECT id, key FROM {table}");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            keys.Add(reader.GetString(0), reader.GetInt32(1));
        return keys;
    }
}
