using RecoService.Engine.Data;

namespace RecoService.Storage.Attribution;

/// <summary>Finds what users did with the lists that they were shown, inside of one transaction.</summary>
/// <param name="context">In a transaction that holds the lease.</param>
/// <param name="keys">Of the kinds, as the store has them.</param>
/// <param name="kinds">The shop's.</param>
/// <param name="rules">Which interactions belong to lists.</param>
/// <param name="now">Unix milliseconds.</param>
internal sealed class UserAttribution(RecoDbContext context, KindKeys keys, InteractionKinds kinds, AttributionRules rules, long now)
{
    /// <summary>The most that one line adds to revenue, in ten-thousandths of the currency: nobody pays more than 100 billion for one line, and sums stay far from where a 64-bit number ends.</summary>
    public const long MostAmount = 1_000_000_000_000_000;

    private const int NamesPerQuery = 200;

    /// <summary>Replaces what was found of these users before.</summary>
    /// <param name="users">Key -> id; locked, so that an erasure waits.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task AttributeAsync(Dictionary<int, string> users, CancellationToken ct)
    {
        var (deeds, busiest) = await ReadDeedsAsync(users, ct);
        var inhuman = await context.InhumanUsersAsync(ct);
        string[] ids = [.. users.Values];
        var lists = await FigureTables.ReadListsAsync(context.CommandOf($"SELECT {FigureTables.ListColumns} FROM impressions WHERE user_id IN ({{0}})", ids), ct);
        var known = lists.Select(list => list.RecommendationId).ToHashSet();
        var before = await ReadEarlierAsync(ids, ct);
        var earlier = before.ToLookup(one => one.User, one => one.Id, StringComparer.Ordinal);
        var named = deeds.Values.SelectMany(own => own).Select(deed => deed.RecommendationId).OfType<Guid>().Concat(before.Select(one => one.Id)).Where(id => !known.Contains(id)).Distinct().ToList();
        foreach (var piece in named.Chunk(NamesPerQuery))
            lists.AddRange(await FigureTables.ReadListsAsync(context.CommandOf($"SELECT {FigureTables.ListColumns} FROM impressions WHERE recommendation_id IN ({{0}})", piece), ct));
        var byUser = lists.ToLookup(list => list.UserId, StringComparer.Ordinal);
        var byId = lists.ToDictionary(list => list.RecommendationId);
        var found = new List<(string UserId, AttributedDeed Deed)>();

        foreach (var (key, userId) in users)
        {
            var own = deeds.GetValueOrDefault(key) ?? [];
            var all = byUser[userId].ToDictionary(list => list.RecommendationId);
            foreach (var id in own.Select(deed => deed.RecommendationId).OfType<Guid>().Concat(earlier[userId]))
            {
                if (byId.TryGetValue(id, out var list))
                    all[id] = list;
            }

            // What belongs to lists that are deleted by now stays as it was found while they were there.
            if (earlier.Contains(userId))
                await context.ExecuteAsync(
                    "DELETE FROM attributions WHERE user_id = @user AND list_at >= @first", ct, ("user", userId), ("first", all.Count == 0 ? long.MaxValue : all.Values.Min(list => list.ShownAt)));
            found.AddRange(Attributor.Attribute(userId, all.Values, own, (long)rules.Window.TotalMilliseconds).Select(deed => (userId, deed)));
            await MarkAsync(userId, busiest.GetValueOrDefault(key), inhuman.Contains(userId), ct);
        }

        await context.InsertAsync(found, ct);
        await WaitAsync(users.Keys, deeds, byId, ct);
    }

    /// <summary>Remembers who names a list that is not here yet: it may be another's, and then nothing else tells whose deeds belong to it once it comes.</summary>
    private async Task WaitAsync(IEnumerable<int> userKeys, Dictionary<int, List<Deed>> deeds, Dictionary<Guid, ShownList> lists, CancellationToken ct)
    {
        await context.ExecuteAsync($"DELETE FROM attribution_waiting WHERE user_key IN ({string.Join(',', userKeys)})", ct);
        var since = now - (long)rules.Window.TotalMilliseconds;
        foreach (var (key, own) in deeds)
        {
            foreach (var waiting in own.Where(deed => deed.ReceivedAt >= since && deed.RecommendationId is { } id && !lists.ContainsKey(id)).GroupBy(deed => deed.RecommendationId!.Value))
            {
                await context.ExecuteAsync(
                    "INSERT INTO attribution_waiting (recommendation_id, user_key, received_at) VALUES (@list, @user, @at)", ct,
                    ("list", waiting.Key.ToString("N")), ("user", key), ("at", waiting.Max(deed => deed.ReceivedAt)));
            }
        }
    }

    /// <summary>Lists that earlier deeds were found to belong to: a deed that is taken back names its list no more.</summary>
    private async Task<List<(string User, Guid Id)>> ReadEarlierAsync(string[] ids, CancellationToken ct)
    {
        var before = new List<(string User, Guid Id)>();
        await using var command = context.CommandOf("SELECT DISTINCT user_id, recommendation_id FROM attributions WHERE user_id IN ({0})", ids);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            before.Add((reader.GetString(0), Guid.ParseExact(reader.GetString(1), "N")));
        return before;
    }

    /// <summary>Leaves a user out of the figures, or takes them in again.</summary>
    private async Task MarkAsync(string userId, long interactionsADay, bool isOut, CancellationToken ct)
    {
        var belongsOut = interactionsADay > rules.MostInteractionsADay;
        if (belongsOut)
        {
            await context.ExecuteAsync(
                "INSERT INTO inhuman_users (user_id, interactions_a_day) VALUES (@user, @most) ON CONFLICT (user_id) DO UPDATE SET interactions_a_day = excluded.interactions_a_day",
                ct, ("user", userId), ("most", interactionsADay));
        }
        else if (isOut)
        {
            await context.ExecuteAsync("DELETE FROM inhuman_users WHERE user_id = @user", ct, ("user", userId));
        }

        if (belongsOut == isOut)
            return;
        var lists = await FigureTables.ReadListsAsync(context.Command($"SELECT {FigureTables.ListColumns} FROM impressions WHERE user_id = @user AND counted", ("user", userId)), ct);
        await context.CountCellsAsync(lists, belongsOut ? -1 : 1, ct);
    }

    /// <summary>What users did, without what is undone; an order that was undone is a return. And how much it was on the busiest day.</summary>
    private async Task<(Dictionary<int, List<Deed>> Deeds, Dictionary<int, long> Busiest)> ReadDeedsAsync(Dictionary<int, string> users, CancellationToken ct)
    {
        var userKeys = string.Join(',', users.Keys);
        const string columns = "value, occurred_at, recommendation_id, order_id, quantity, unit_price, received_at";
        await using var command = context.Command(
            $"""
            SELECT t.user_key, t.item_key, i.id, t.kind, t.value, t.occurred_at, t.recommendation_id, t.order_id, t.quantity, t.unit_price, t.received_at
            FROM (
                SELECT user_key, item_key, kind, {columns} FROM interactions WHERE user_key IN ({userKeys})
                UNION ALL
                SELECT user_key, item_key, CAST(@rating AS smallint), {columns} FROM ratings WHERE user_key IN ({userKeys}) AND NOT deleted) AS t
            JOIN items i ON i.key = t.item_key
            """,
            ("rating", keys[kinds.RatingIndex]));
        var read = new Dictionary<int, List<(int Item, byte Kind, Deed Deed)>>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                if (!keys.TryGetIndex(reader.GetInt16(3), out var kind))
                    continue;
                var quantity = reader.GetNumber(8) ?? 1;
                var amount = reader.IsDBNull(9) ? 0 : AmountOf(quantity, reader.GetDecimal(9));
                var deed = new Deed(
                    reader.GetString(2), rules.Roles[kind], reader.GetInt64(5), reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.GetText(7), quantity, amount, reader.GetNumber(4) ?? 0, reader.GetInt64(10));
                if (!read.TryGetValue(reader.GetInt32(0), out var own))
                    read.Add(reader.GetInt32(0), own = []);
                own.Add((reader.GetInt32(1), kind, deed));
            }
        }

        return (
            read.ToDictionary(user => user.Key, user => Counting(user.Value)),
            read.ToDictionary(user => user.Key, user => user.Value.GroupBy(one => ShownList.DayOf(one.Deed.OccurredAt)).Max(day => day.LongCount())));
    }

    private List<Deed> Counting(List<(int Item, byte Kind, Deed Deed)> all)
    {
        var counts = new bool[all.Count];
        Undoing.Mark(kinds, all.ConvertAll(one => one.Item).ToArray(), all.ConvertAll(one => one.Kind).ToArray(), all.ConvertAll(one => one.Deed.OccurredAt).ToArray(), counts);
        var deeds = new List<Deed>();
        for (var position = 0; position < all.Count; position++)
        {
            var deed = all[position].Deed;
            if (counts[position] && deed.Role != AttributionRole.None)
                deeds.Add(deed);
            else if (!counts[position] && deed.Role == AttributionRole.Order)
                deeds.Add(deed with { Role = AttributionRole.Return });
        }

        return deeds;
    }

    /// <summary>Ten-thousandths of the currency, so that sums are exact in both databases; 0 beyond <see cref="MostAmount"/>.</summary>
    private static long AmountOf(double quantity, decimal price)
    {
        var amount = Math.Round(quantity * (double)price * 10_000);
        return amount > MostAmount ? 0 : (long)Math.Round((decimal)quantity * price * 10_000m, MidpointRounding.ToEven);
    }
}
