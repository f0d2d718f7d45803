using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Attribution;

/// <summary>Which figures a user is in, and what becomes of them when two users turn out to be one.</summary>
internal static class UserFigures
{
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

    /// <summary>Whether a user is left out of the figures.</summary>
    public static async Task<bool> IsOutAsync(this RecoDbContext context, string userId, CancellationToken ct) =>
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
