using System.Data.Common;

namespace RecoService.Storage.Attribution;

/// <summary>A list that a known user was shown, and what became of its items.</summary>
/// <param name="UserId">Who saw it.</param>
/// <param name="ShownAt">Unix milliseconds.</param>
/// <param name="ItemIds">In the order shown.</param>
/// <param name="ContextJson">What the request said of itself; null for nothing.</param>
public sealed record ShownOutcome(string UserId, long ShownAt, IReadOnlyList<string> ItemIds, string? ContextJson)
{
    /// <summary>One per item.</summary>
    public bool[] Clicked { get; } = new bool[ItemIds.Count];

    /// <summary>One per item: ordered, and not given back.</summary>
    public bool[] Bought { get; } = new bool[ItemIds.Count];
}

/// <summary>What became of the lists that were shown, as far as the figures hold it: <see cref="RecommendationFigures"/>.</summary>
public sealed class OutcomeLog
{
    /// <summary>Lists of one query.</summary>
    private const int ListsPerPage = 1_000;

    private const string Columns = "recommendation_id, user_id, occurred_at, item_ids_json, context_json";

    private readonly Store store;

    internal OutcomeLog(Store store) => this.store = store;

    /// <summary>The newest lists of known users, without those of programs.</summary>
    /// <param name="before">Lists that were shown before this time.</param>
    /// <param name="mostItems">So many items at most, those of whole lists.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The newest first.</returns>
    public Task<IReadOnlyList<ShownOutcome>> ReadNewestAsync(DateTimeOffset before, int mostItems, CancellationToken ct) => store.ReadSnapshotAsync<IReadOnlyList<ShownOutcome>>(async context =>
    {
        var time = before.ToUnixTimeMilliseconds();
        var lists = new List<ShownOutcome>();
        var byId = new Dictionary<string, ShownOutcome>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var (items, oldest, last) = (0, long.MaxValue, (Guid?)null);
        for (var isFull = false; !isFull;)
        {
            await using var command = context.Command(
                $"""
                SELECT {Columns} FROM impressions
                WHERE counted AND user_id <> '' AND occurred_at < @before AND user_id NOT IN (SELECT user_id FROM inhuman_users){(last is null ? "" : " AND recommendation_id < @last")}
                ORDER BY recommendation_id DESC LIMIT {ListsPerPage}
                """,
                ("before", time));
            if (last is not null)
                command.AddParameter("last", last);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var read = 0;
            for (; !isFull && await reader.ReadAsync(ct); read++)
            {
                var list = new ShownOutcome(Shared(reader.GetString(1)), reader.GetInt64(2), [.. FigureTables.TextsOf(reader.GetString(3)).Select(Shared)], reader.GetText(4) is { } json ? Shared(json) : null);
                last = reader.GetGuid(0);
                if (items + list.ItemIds.Count > mostItems)
                {
                    isFull = true;
                    continue;
                }

                items += list.ItemIds.Count;
                oldest = Math.Min(oldest, list.ShownAt);
                lists.Add(list);
                byId.Add(last.Value.ToString("N"), list);
            }

            isFull |= read < ListsPerPage;
        }

        if (lists.Count > 0)
            await MarkAsync(context.Command(
                "SELECT recommendation_id, position, role FROM attributions WHERE day >= @day AND list_at < @before AND role IN (@click, @order)",
                ("day", ShownList.DayOf(oldest)), ("before", time), ("click", (int)AttributionRole.Click), ("order", (int)AttributionRole.Order)), byId, ct);
        return lists;

        // Few distinct texts stand in many lists.
        string Shared(string text)
        {
            if (texts.TryGetValue(text, out var known))
                return known;
            texts.Add(text, text);
            return text;
        }
    }, ct);

    private static async Task MarkAsync(DbCommand command, Dictionary<string, ShownOutcome> byId, CancellationToken ct)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var position = reader.GetInt32(1) - 1;
                if (!byId.TryGetValue(reader.GetString(0), out var list) || position >= list.ItemIds.Count)
                    continue;
                (reader.GetInt32(2) == (int)AttributionRole.Click ? list.Clicked : list.Bought)[position] = true;
            }
        }
    }
}
