using System.Text;

namespace RecoService.Storage.Privacy;

/// <summary>Deletes what users did long ago, by kind. Whoever follows the store reads these users' histories anew.</summary>
public sealed class InteractionRetention
{
    /// <summary>A transaction of a moment, for other writers may have to wait for it.</summary>
    private const int UsersPerPiece = 1_000;

    private readonly Store store;

    internal InteractionRetention(Store store) => this.store = store;

    /// <summary>Walks over all users, a piece at a time. Later calls with the same bounds find nothing.</summary>
    /// <param name="bounds">Per kind, as the shop names it, the moment before which it is deleted; names that are no kinds are passed over.</param>
    /// <param name="ct">Stops between two pieces.</param>
    /// <returns>How many interactions and ratings were deleted.</returns>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public async Task<long> DeleteBeforeAsync(IReadOnlyDictionary<string, DateTimeOffset> bounds, CancellationToken ct)
    {
        var keys = await store.KindKeysAsync(ct);
        var (others, ratings) = (new StringBuilder(), default(long?));
        foreach (var (name, before) in bounds)
        {
            if (!store.Kinds.TryGetIndex(name, out var kind))
                continue;
            if (kind == store.Kinds.RatingIndex)
                ratings = before.ToUnixTimeMilliseconds();
            else
                others.Append(others.Length == 0 ? "" : " OR ").Append($"(kind = {keys[kind]} AND occurred_at < {before.ToUnixTimeMilliseconds()})");
        }

        var conditions = new List<(string Table, string Old)>();
        if (others.Length > 0)
            conditions.Add(("interactions", others.ToString()));
        if (ratings is { } bound)
            conditions.Add(("ratings", $"occurred_at < {bound}"));
        if (conditions.Count == 0)
            return 0;

        long deleted = 0;
        var last = await store.ReadSnapshotAsync(context => context.CountAsync("SELECT coalesce(max(key), 0) FROM users", ct), ct);
        for (long first = 0; first <= last; first += UsersPerPiece)
            deleted += await DeletePieceAsync(conditions, first, ct);
        return deleted;
    }

    private async Task<long> DeletePieceAsync(List<(string Table, string Old)> conditions, long first, CancellationToken ct)
    {
        var piece = $"user_key >= {first} AND user_key < {first + UsersPerPiece}";
        var found = string.Join(" UNION ALL ", conditions.Select(condition => $"SELECT 1 AS one FROM {condition.Table} WHERE {piece} AND ({condition.Old})"));
        // Most pieces have nothing old in them, and need no turn among the writers.
        if (await store.ReadSnapshotAsync(context => context.CountAsync($"SELECT count(*) FROM (SELECT one FROM ({found}) AS old LIMIT 1) AS any_old", ct), ct) == 0)
            return 0;
        return await store.WriteAsync(async context =>
        {
            var users = new List<int>();
            foreach (var (table, old) in conditions)
                users.AddRange(await context.ReadIntsAsync($"DELETE FROM {table} WHERE {piece} AND ({old}) RETURNING user_key", ct));
            await context.NoteRewrittenAsync(store, [.. users.Distinct().Order()], ct);
            return users.Count;
        }, ct, limit: Timeout.InfiniteTimeSpan);
    }
}
