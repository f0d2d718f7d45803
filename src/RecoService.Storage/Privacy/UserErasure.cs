using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Attribution;
using RecoService.Storage.Entities;

namespace RecoService.Storage.Privacy;

/// <summary>Deletes what a user left anywhere, inside of one transaction, and counts it.</summary>
/// <param name="store">The store.</param>
/// <param name="context">In a transaction.</param>
internal sealed class UserErasure(Store store, RecoDbContext context)
{
    /// <summary>Rows deleted, by table.</summary>
    public SortedDictionary<string, long> Deleted { get; } = new(StringComparer.Ordinal);

    /// <summary>The first moment at which anything of the user was known.</summary>
    public DateTimeOffset FirstSeenAt { get; private set; } = store.Now;

    /// <summary>The key of the user; 0 for somebody who was only shown lists; null: nothing is known of them.</summary>
    public async Task<int?> EraseAsync(string userId, CancellationToken ct)
    {
        // The user's row goes first: that waits for appends that hold it, and what they wrote is then seen and deleted.
        if (await TakeAwayAsync(userId, ct) is not { } key)
            return await EraseShownAsync(userId, through: null, ct) ? 0 : null;
        foreach (var table in new[] { "ratings", "interactions" })
        {
            Saw(await context.CountAsync($"SELECT coalesce(min(received_at), 0) FROM {table} WHERE user_key = @key", ct, ("key", key)));
            await DeleteAsync(table, "user_key = @key", ct, ("key", key));
        }

        await DeleteAsync("rewrites", "user_key = @key", ct, ("key", key));
        await EraseFiguresAsync(userId, key, ct);
        await EraseMentionsAsync(userId, ct);
        return key;
    }

    /// <summary>What came after the erasure and belongs before it: lists that were on their way.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="through">The moment of the erasure; whoever is seen under this id later is somebody new, and keeps what is theirs.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task SweepAsync(string userId, DateTimeOffset through, CancellationToken ct)
    {
        var later = await context.CountAsync(
            "SELECT count(*) FROM (SELECT 1 AS one FROM users WHERE id = @user UNION ALL SELECT 1 FROM impressions WHERE user_id = @user AND occurred_at > @through) AS later",
            ct, ("user", userId), ("through", through.ToUnixTimeMilliseconds()));
        await EraseShownAsync(userId, later == 0 ? null : through, ct);
        if (later == 0)
            await EraseMentionsAsync(userId, ct);
    }

    private async Task<int?> TakeAwayAsync(string userId, CancellationToken ct)
    {
        await using var command = context.Command("DELETE FROM users WHERE id = @id RETURNING key, created_at", ("id", userId));
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
            return null;
        Count("users", 1);
        Saw(reader.GetInt64(1));
        return reader.GetInt32(0);
    }

    /// <summary>Of somebody who may have been shown lists and never did anything, and so is no user.</summary>
    private async Task<bool> EraseShownAsync(string userId, DateTimeOffset? through, CancellationToken ct)
    {
        const string kept = "SELECT 1 FROM impressions WHERE user_id = @user UNION ALL SELECT 1 FROM recommendation_viewers WHERE user_id = @user LIMIT 1";
        if (userId.Length == 0 || await context.CountAsync($"SELECT count(*) FROM ({kept}) AS kept", ct, ("user", userId)) == 0)
            return false;
        if (through is { } moment)
            await EraseListsAsync(userId, moment, ct);
        else
            await EraseFiguresAsync(userId, userKey: 0, ct);
        return true;
    }

    private async Task EraseFiguresAsync(string userId, int userKey, CancellationToken ct)
    {
        await EraseListsAsync(userId, DateTimeOffset.MaxValue, ct);
        foreach (var table in new[] { "inhuman_users", "recommendation_viewers", "attributions" })
            await DeleteAsync(table, "user_id = @user", ct, ("user", userId));
        foreach (var table in new[] { "attribution_due", "attribution_waiting" })
            await DeleteAsync(table, "user_key = @key", ct, ("key", userKey));
    }

    /// <summary>Deletes lists and takes them out of the counts; those that are deleted already stay in the counts, which name nobody.</summary>
    private async Task EraseListsAsync(string userId, DateTimeOffset through, CancellationToken ct)
    {
        var counted = new List<ShownList>();
        await using (var command = context.Command(
            $"DELETE FROM impressions WHERE user_id = @user AND occurred_at <= @through RETURNING {FigureTables.ListColumns}, counted", ("user", userId), ("through", through.ToUnixTimeMilliseconds())))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            var isCounted = reader.GetOrdinal("counted");
            while (await reader.ReadAsync(ct))
            {
                var list = FigureTables.ReadList(reader);
                Count("impressions", 1);
                Saw(list.ShownAt);
                if (reader.GetBoolean(isCounted))
                    counted.Add(list);
            }
        }

        // Lists of who is left out are in no cell.
        if (!await context.IsOutAsync(userId, ct))
            await context.CountCellsAsync(counted, -1, ct);
    }

    /// <summary>Where the id may stand in what was written of the data as a whole.</summary>
    private async Task EraseMentionsAsync(string userId, CancellationToken ct)
    {
        var quoted = JsonSerializer.Serialize(userId);
        // A merged user goes by a visitor's id in experiments; with the visitor erased, by their own.
        foreach (var user in await context.Users.AsTracking().Where(user => user.AssignmentId == userId).ToListAsync(ct))
        {
            user.AssignmentId = null;
            await context.SaveUserAsync(store, user, ct);
            Count("users (assignment)", 1);
        }

        foreach (var health in await context.Set<DataHealthRow>().AsTracking().ToListAsync(ct))
        {
            if (!Mentions(health.FactsJson) && !Mentions(health.CostsJson))
                continue;
            context.Remove(health);
            Count("data_health", 1);
        }

        foreach (var import in await context.Set<ImportRow>().AsTracking().ToListAsync(ct))
        {
            // A message may quote a part of a value, so what holds the id in any form goes.
            if (!import.ReportJson.Contains(quoted[1..^1], StringComparison.Ordinal) && !import.ReportJson.Contains(userId, StringComparison.Ordinal))
                continue;
            import.ReportJson = WithoutErrors(import.ReportJson);
            Count("import_log (errors)", 1);
        }

        await context.SaveChangesAsync(ct);

        bool Mentions(string? json) => json is not null && (json.Contains(quoted, StringComparison.Ordinal) || json.Contains($"\"{userId}\"", StringComparison.Ordinal));
    }

    private static string WithoutErrors(string reportJson)
    {
        if (JsonNode.Parse(reportJson) is not JsonObject end)
            return "{}";
        if (end["report"] is JsonObject report)
            report["errors"] = new JsonArray();
        return end.ToJsonString();
    }

    private async Task DeleteAsync(string table, string which, CancellationToken ct, (string Name, object? Value) parameter) =>
        Count(table, await context.ExecuteAsync($"DELETE FROM {table} WHERE {which}", ct, parameter));

    private void Count(string table, long rows)
    {
        if (rows > 0)
            Deleted[table] = Deleted.GetValueOrDefault(table) + rows;
    }

    private void Saw(long milliseconds)
    {
        if (milliseconds > 0 && milliseconds < FirstSeenAt.ToUnixTimeMilliseconds())
            FirstSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }
}
