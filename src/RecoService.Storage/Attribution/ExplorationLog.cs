using RecoService.Engine.Recommending.Exploration;

namespace RecoService.Storage.Attribution;

/// <summary>What came of the items of places that explore, as far as the figures are counted (<see cref="RecommendationFigures.FollowAsync"/>). Who is left out of the figures is left out here.</summary>
public sealed class ExplorationLog
{
    private static readonly string Rewarded = $"drawn AND role IN ({(int)AttributionRole.Click}, {(int)AttributionRole.Order}) AND user_id NOT IN (SELECT user_id FROM inhuman_users)";

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
}
