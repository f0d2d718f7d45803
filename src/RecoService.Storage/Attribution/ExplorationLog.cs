using System.Globalization;
using RecoService.Engine.Recommending.Exploration;

namespace RecoService.Storage.Attribution;

/// <summary>A place whose item was drawn, in one list.</summary>
/// <param name="ItemId">What was shown.</param>
/// <param name="Position">Where, from 1.</param>
/// <param name="Propensity">How probable it was to stand there, above 0 and below 1.</param>
/// <param name="IsRewarded">Whether what was asked for came of it.</param>
public readonly record struct DrawnPlace(string ItemId, int Position, float Propensity, bool IsRewarded);

/// <summary>What came of the items of places that explore, as far as the figures are counted (<see cref="RecommendationFigures.FollowAsync"/>). Who is left out of the figures is left out here.</summary>
public sealed class ExplorationLog
{
    private static readonly string Rewarded = RewardedBy($"{(int)AttributionRole.Click}, {(int)AttributionRole.Order}");

    private readonly Store store;

    internal ExplorationLog(Store store) => this.store = store;

    /// <summary>How often each item was shown at such places, and clicked or bought there, by placement.</summary>
    /// <param name="since">Lists shown on the UTC day of this time or later count.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<IReadOnlyList<ItemTrial>> ReadTrialsAsync(DateTimeOffset since, CancellationToken ct) => store.ReadSnapshotAsync<IReadOnlyList<ItemTrial>>(async context =>
    {
        var trials = new List<ItemTrial>();
        await using var command = context.Command(
            $"""
            SELECT t.placement, i.key, SUM(t.shown), SUM(t.rewards)
            FROM (
                SELECT placement, item_id, SUM(shown) AS shown, 0 AS rewards FROM exploration_trials WHERE day >= @day GROUP BY placement, item_id
                UNION ALL
                SELECT placement, item_id, 0 AS shown, COUNT(DISTINCT recommendation_id) AS rewards FROM attributions WHERE day >= @day AND {Rewarded} GROUP BY placement, item_id) AS t
            JOIN items i ON i.id = t.item_id
            GROUP BY t.placement, i.key
            """,
            ("day", ShownList.DayOf(since.ToUnixTimeMilliseconds())));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            trials.Add(new ItemTrial(reader.GetString(0), reader.GetInt32(1), Convert.ToInt64(reader.GetValue(2)), Convert.ToInt64(reader.GetValue(3))));
        return trials;
    }, ct);

    /// <summary>The drawn places of the lists of a placement that are still stored, the oldest list first.</summary>
    /// <param name="placement">The placement.</param>
    /// <param name="since">Lists shown at this time or later.</param>
    /// <param name="reward">What counts as a reward: <see cref="AttributionRole.Click"/> or <see cref="AttributionRole.Order"/>.</param>
    /// <param name="take">Takes each place.</param>
    /// <param name="ct">Stops between two lists.</param>
    /// <returns>How many places were taken.</returns>
    public Task<long> ReadPlacesAsync(string placement, DateTimeOffset since, AttributionRole reward, Action<DrawnPlace> take, CancellationToken ct) => store.ReadSnapshotAsync(async context =>
    {
        var day = ShownList.DayOf(since.ToUnixTimeMilliseconds());
        var rewarded = await ReadPairsAsync(context, placement, day, reward, ct);
        var count = 0L;
        await using var command = context.Command(
            $"SELECT {FigureTables.ListColumns} FROM impressions WHERE placement = @placement AND occurred_at >= @since AND propensities_json IS NOT NULL AND counted AND user_id NOT IN (SELECT user_id FROM inhuman_users) ORDER BY occurred_at, recommendation_id",
            ("placement", placement), ("since", since.ToUnixTimeMilliseconds()));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var list = FigureTables.ReadList(reader);
            for (var position = 0; position < list.ItemIds.Count; position++)
            {
                if (!list.IsDrawn(position))
                    continue;
                take(new DrawnPlace(list.ItemIds[position], position + 1, list.Propensities[position], rewarded.Contains((list.RecommendationId, list.ItemIds[position]))));
                count++;
            }
        }

        return count;
    }, ct);

    /// <summary>Deletes the counts of older days, which nobody reads any more.</summary>
    /// <param name="before">Whole UTC days before the day of this time.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <returns>How many counts were deleted.</returns>
    public Task<int> DeleteBeforeAsync(DateTimeOffset before, CancellationToken ct) => store.WriteAsync(async context =>
    {
        // One at a time, as whoever counts.
        await context.LockLeaseAsync(store.Provider, Leases.Attribution, ct);
        await using var command = context.Command("DELETE FROM exploration_trials WHERE day < @day", ("day", ShownList.DayOf(before.ToUnixTimeMilliseconds())));
        return await command.ExecuteNonQueryAsync(ct);
    }, ct);

    private static async Task<HashSet<(Guid List, string Item)>> ReadPairsAsync(RecoDbContext context, string placement, int day, AttributionRole reward, CancellationToken ct)
    {
        var pairs = new HashSet<(Guid, string)>();
        var role = ((int)reward).ToString(CultureInfo.InvariantCulture);
        await using var command = context.Command($"SELECT recommendation_id, item_id FROM attributions WHERE placement = @placement AND day >= @day AND {RewardedBy(role)}", ("placement", placement), ("day", day));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            pairs.Add((Guid.ParseExact(reader.GetString(0), "N"), reader.GetString(1)));
        return pairs;
    }

    private static string RewardedBy(string roles) => $"drawn AND role IN ({roles}) AND user_id NOT IN (SELECT user_id FROM inhuman_users)";
}
