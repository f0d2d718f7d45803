using System.Data.Common;

namespace RecoService.Storage.Attribution;

/// <summary>Reads the newest lists of known users that the figures hold, page by page, until so many items are read.</summary>
/// <param name="Since">Lists shown at this time or later, Unix milliseconds.</param>
/// <param name="Before">Lists shown before this time, Unix milliseconds.</param>
/// <param name="MostItems">So many items at most, those of whole lists.</param>
/// <param name="WithPrograms">Whether users who act like programs count.</param>
internal sealed record NewestLists(long Since, long Before, int MostItems, bool WithPrograms = false)
{
    /// <summary>Lists of one query.</summary>
    private const int ListsPerPage = 1_000;

    /// <param name="context">In a transaction.</param>
    /// <param name="columns">Of impressions, the first the id.</param>
    /// <param name="take">Takes a list, and says how many items it has; the list that is one too many is taken, too, and told by the second number, how many are left before it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task ReadAsync(RecoDbContext context, string columns, Func<DbDataReader, int, int> take, CancellationToken ct)
    {
        var (left, last) = (MostItems, (Guid?)null);
        for (var isFull = false; !isFull;)
        {
            await using var command = context.Command(
                $"""
                SELECT {columns} FROM impressions
                WHERE counted AND user_id <> '' AND occurred_at >= @since AND occurred_at < @before{(WithPrograms ? "" : " AND user_id NOT IN (SELECT user_id FROM inhuman_users)")}{(last is null ? "" : " AND recommendation_id < @last")}
                ORDER BY recommendation_id DESC LIMIT {ListsPerPage}
                """,
                ("since", Since), ("before", Before));
            if (last is not null)
                command.AddParameter("last", last);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var read = 0;
            for (; !isFull && await reader.ReadAsync(ct); read++)
            {
                last = reader.GetGuid(0);
                left -= take(reader, left);
                isFull = left < 0;
            }

            isFull |= read < ListsPerPage;
        }
    }

    /// <summary>What came of lists: clicks, and orders that were not given back.</summary>
    /// <param name="context">In a transaction.</param>
    /// <param name="oldest">When the oldest of the lists was shown, Unix milliseconds.</param>
    /// <param name="take">Takes the id of a list, as the figures write it, the place counted from 0, what it was, and when it happened.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task ReadTouchesAsync(RecoDbContext context, long oldest, Action<string, int, AttributionRole, long> take, CancellationToken ct)
    {
        await using var command = context.Command(
            "SELECT recommendation_id, position, role, occurred_at FROM attributions WHERE day >= @day AND list_at < @before AND role IN (@click, @order)",
            ("day", ShownList.DayOf(oldest)), ("before", Before), ("click", (int)AttributionRole.Click), ("order", (int)AttributionRole.Order));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            take(reader.GetString(0), reader.GetInt32(1) - 1, (AttributionRole)reader.GetInt32(2), reader.GetInt64(3));
    }
}
