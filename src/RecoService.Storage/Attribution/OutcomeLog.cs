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
        var newest = new NewestLists(long.MinValue, before.ToUnixTimeMilliseconds(), mostItems);
        var lists = new List<ShownOutcome>();
        var byId = new Dictionary<string, ShownOutcome>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        await newest.ReadAsync(context, Columns, (reader, left) =>
        {
            var list = new ShownOutcome(Shared(reader.GetString(1)), reader.GetInt64(2), [.. FigureTables.TextsOf(reader.GetString(3)).Select(Shared)], reader.GetText(4) is { } json ? Shared(json) : null);
            if (list.ItemIds.Count > left)
                return list.ItemIds.Count;
            lists.Add(list);
            byId.Add(reader.GetGuid(0).ToString("N"), list);
            return list.ItemIds.Count;
        }, ct);
        if (lists.Count > 0)
        {
            await newest.ReadTouchesAsync(context, lists.Min(list => list.ShownAt), (id, place, role, _) =>
            {
                if (byId.TryGetValue(id, out var list) && place < list.ItemIds.Count)
                    (role == AttributionRole.Click ? list.Clicked : list.Bought)[place] = true;
            }, ct);
        }

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
}
