using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Attribution;

/// <summary>What becomes of the figures when a user goes.</summary>
internal static class UserFigures
{
    /// <summary>Deletes the impressions of a user who is erased, and takes them out of the counts; those that are deleted already stay in the counts, which name nobody.</summary>
    public static async Task ForgetUserAsync(this RecoDbContext context, string userId, int userKey, CancellationToken ct)
    {
        var counted = new List<ShownList>();
        await using (var command = context.Command($"DELETE FROM impressions WHERE user_id = @user RETURNING {FigureTables.ListColumns}, counted", ("user", userId)))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                if (reader.GetBoolean(reader.GetOrdinal("counted")))
                    counted.Add(FigureTables.ReadList(reader));
            }
        }

        // Lists of who is left out are in no cell.
        if (!await IsOutAsync(context, userId, ct))
            await context.CountCellsAsync(counted, -1, ct);
        await context.ExecuteAsync("DELETE FROM inhuman_users WHERE user_id = @user", ct, ("user", userId));
        await context.ExecuteAsync("DELETE FROM recommendation_viewers WHERE user_id = @user", ct, ("user", userId));
        await context.ExecuteAsync("DELETE FROM attributions WHERE user_id = @user", ct, ("user", userId));
        await context.ExecuteAsync("DELETE FROM attribution_due WHERE user_key = @key", ct, ("key", userKey));
        await context.ExecuteAsync("DELETE FROM attribution_waiting WHERE user_key = @key", ct, ("key", userKey));
    }

    /// <summary>The same of somebody who was shown lists and never did anything, and so is no user.</summary>
    /// <returns>False where nothing is kept of them.</returns>
    public static async Task<bool> ForgetShownAsync(this RecoDbContext context, string userId, CancellationToken ct)
    {
        const string kept = "SELECT 1 FROM impressions WHERE user_id = @user UNION ALL SELECT 1 FROM recommendation_viewers WHERE user_id = @user LIMIT 1";
        if (userId.Length == 0 || await context.CountAsync($"SELECT count(*) FROM ({kept}) AS kept", ct, ("user", userId)) == 0)
            return false;
        await context.ForgetUserAsync(userId, userKey: 0, ct);
        return true;
    }

    /// <summary>Has what a user did attributed anew.</summary>
    public static Task NoteDueAsync(this RecoDbContext context, int userKey, CancellationToken ct) =>
        context.ExecuteAsync("INSERT INTO attribution_due (user_key) VALUES (@key) ON CONFLICT (user_key) DO NOTHING", ct, ("key", userKey));

    /// <summary>The ids of who is left out of the figures.</summary>
    public static async Task<HashSet<string>> InhumanUsersAsync(this RecoDbContext context, CancellationToken ct)
    {
        var users = new HashSet<string>(StringComparer.Ordinal);
        await using var command = context.Command("SELECT user_id FROM inhuman_users");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            users.Add(reader.GetString(0));
        return users;
    }

    private static async Task<bool> IsOutAsync(RecoDbContext context, string userId, CancellationToken ct) =>
        await context.CountAsync("SELECT count(*) FROM inhuman_users WHERE user_id = @user", ct, ("user", userId)) > 0;

    /// <summary>Gives the impressions and figures of one user to another, whose interactions are attributed anew.</summary>
    public static async Task MoveUserAsync(this RecoDbContext context, string fromId, string toId, int fromKey, CancellationToken ct)
    {
        // Lists of who is left out are in no cell, and those of the others are.
        var (fromIsOut, toIsOut) = (await IsOutAsync(context, fromId, ct), await IsOutAsync(context, toId, ct));
        if (fromIsOut != toIsOut)
        {
            var lists = await FigureTables.ReadListsAsync(context.Command($"SELECT {FigureTables.ListColumns} FROM impressions WHERE user_id = @user AND counted", ("user", fromId)), ct);
            await context.CountCellsAsync(lists, fromIsOut ? 1 : -1, ct);
        }

        await context.Impressions.Where(row => row.UserId == fromId).ExecuteUpdateAsync(row => row.SetProperty(impression => impression.UserId, toId), ct);
        var sums = string.Join(", ", FigureTables.ViewerSums);
        await context.ExecuteAsync(
            $"""
            INSERT INTO recommendation_viewers ({FigureTables.ViewerKey}, {sums})
            SELECT @to, day, placement, model_version, variant, {sums} FROM recommendation_viewers WHERE user_id = @from
            {FigureTables.AddViewers}
            """,
            ct, ("to", toId), ("from", fromId));
        await context.ExecuteAsync("DELETE FROM recommendation_viewers WHERE user_id = @from", ct, ("from", fromId));
        await context.ExecuteAsync("UPDATE attributions SET user_id = @to WHERE user_id = @from", ct, ("to", toId), ("from", fromId));
        await context.ExecuteAsync("DELETE FROM attribution_due WHERE user_key = @key", ct, ("key", fromKey));
        await context.ExecuteAsync("DELETE FROM attribution_waiting WHERE user_key = @key", ct, ("key", fromKey));
        await context.ExecuteAsync("DELETE FROM inhuman_users WHERE user_id = @from", ct, ("from", fromId));
    }
}
