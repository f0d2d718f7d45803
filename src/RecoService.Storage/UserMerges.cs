using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Attribution;
using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <summary>What became of a merge.</summary>
/// <param name="FromKey">The key of the user who is taken away; null: there was none.</param>
/// <param name="User">Who has it all now; null where nothing of them was changed. Lists alone may have moved.</param>
/// <param name="Interactions">How many interactions were moved; those that had been taken back are not counted.</param>
/// <param name="Ratings">How many ratings were moved; those that gave way to a later one of the user are not counted.</param>
public sealed record UserMerge(int? FromKey, StoredUser? User, int Interactions, int Ratings)
{
    public static UserMerge Nothing { get; } = new(null, null, 0, 0);
}

/// <summary>Moves what one user did to another, when two ids turn out to be one person.</summary>
public sealed class UserMerges
{
    private readonly Store store;

    internal UserMerges(Store store) => this.store = store;

    /// <summary>
    /// In one transaction: interactions, ratings and impressions of <paramref name="fromId"/> become those of <paramref name="userId"/>, who is created where they are missing; of two
    /// ratings of one item the later stays. The first user is then taken away with a tombstone, as an erasure does it, and whoever follows reads the second one's history anew.
    /// A user who was in no experiment goes on with the variants that the first user saw. The same id seen later is somebody new. The second time there is nothing to move.
    /// </summary>
    /// <param name="fromId">The user who is taken away.</param>
    /// <param name="userId">The user who has it all then.</param>
    /// <param name="fill">Makes the attributes of the second and the first user one; each is a JSON object as text, or null.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <exception cref="StorageUnavailableException">The database is away, full or busy.</exception>
    public Task<UserMerge> MergeAsync(string fromId, string userId, Func<string?, string?, string?> fill, CancellationToken ct)
    {
        if (fromId == userId)
            throw new ArgumentException("A user cannot be merged into themselves.", nameof(userId));
        return store.WriteAsync(async context =>
        {
            // The row goes first: that waits for appends that hold it, and what they wrote is then seen and moved.
            var taken = await TakeAwayAsync(context, fromId, ct);
            var assignmentId = await CarriedAsync(context, fromId, userId, ct) ? taken?.AssignmentId ?? fromId : null;
            if (taken is not { } from)
                return await MoveShownAsync(context, fromId, userId, assignmentId, ct);
            var user = await FillAsync(context, userId, from.AttributesJson, assignmentId, fill, ct);
            var interactions = await context.CountAsync($"SELECT count(*) FROM interactions WHERE user_key = @from AND kind <> {KindKeys.TakenBack}", ct, ("from", from.Key));
            await context.ExecuteAsync("UPDATE interactions SET user_key = @user WHERE user_key = @from", ct, ("user", user.Key), ("from", from.Key));
            var ratings = await MoveRatingsAsync(context, from.Key, user.Key, ct);
            await context.MoveUserAsync(fromId, userId, from.Key, ct);
            await context.ExecuteAsync("DELETE FROM rewrites WHERE user_key = @from", ct, ("from", from.Key));
            context.Add(new TombstoneRow { UserKey = from.Key, ErasedAt = store.Now, Change = await store.Provider.NextChangeAsync(context, ct) });
            await context.SaveChangesAsync(ct);
            await context.NoteRewrittenAsync(store, [user.Key], ct);
            return new UserMerge(from.Key, user, (int)interactions, ratings);
        }, ct);
    }

    /// <summary>Whether the user goes on with the variants that the visitor saw: the visitor was in an experiment, and the user was in none.</summary>
    private static async Task<bool> CarriedAsync(RecoDbContext context, string fromId, string userId, CancellationToken ct)
    {
        return await WasInExperimentAsync(fromId) && !await WasInExperimentAsync(userId);

        // Lists count from the moment they are shown, and stay in the counts when they are deleted.
        async Task<bool> WasInExperimentAsync(string id) => await context.CountAsync(
            """
            SELECT count(*) FROM (
                SELECT 1 AS one FROM impressions WHERE user_id = @id AND variant IS NOT NULL
                UNION ALL SELECT 1 FROM recommendation_viewers WHERE user_id = @id AND variant <> '') AS t
            """,
            ct, ("id", id)) > 0;
    }

    /// <summary>A visitor who did nothing has no row, and may have been shown lists, which the user acts on afterwards.</summary>
    private async Task<UserMerge> MoveShownAsync(RecoDbContext context, string fromId, string userId, string? assignmentId, CancellationToken ct)
    {
        await context.MoveUserAsync(fromId, userId, fromKey: 0, ct);
        var user = assignmentId is null ? null : await FillAsync(context, userId, null, assignmentId, (own, _) => own, ct);
        if ((user?.Key ?? await context.Users.Where(user => user.Id == userId).Select(user => (int?)user.Key).SingleOrDefaultAsync(ct)) is { } key)
            await context.NoteDueAsync(key, ct);
        return user is null ? UserMerge.Nothing : UserMerge.Nothing with { User = user };
    }

    private static async Task<(int Key, string? AttributesJson, string? AssignmentId)?> TakeAwayAsync(RecoDbContext context, string id, CancellationToken ct)
    {
        await using var command = context.Command("DELETE FROM users WHERE id = @id RETURNING key, attributes_json, assignment_id", ("id", id));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt32(0), reader.GetText(1), reader.GetText(2)) : null;
    }

    /// <summary>The user, who cannot be erased before the transaction ends, with the attributes of both.</summary>
    private async Task<StoredUser> FillAsync(RecoDbContext context, string id, string? more, string? assignmentId, Func<string?, string?, string?> fill, CancellationToken ct)
    {
        await store.Provider.ResolveUsersAsync(context, [id], store.Now.ToUnixTimeMilliseconds(), ct);
        var user = await context.Users.Locked(store.Provider, $"SELECT * FROM users WHERE id = {id}").AsTracking().SingleAsync(ct);
        var (filled, assignment) = (fill(user.AttributesJson, more), user.AssignmentId ?? assignmentId);
        if (filled != user.AttributesJson || assignment != user.AssignmentId)
        {
            (user.AttributesJson, user.AssignmentId) = (filled, assignment);
            await context.SaveUserAsync(store, user, ct);
        }

        return user.ToStored();
    }

    /// <summary>One that was taken back counts as a rating without a value, given then. Of two given at one time the later arrival stays, as when both had come from one user.</summary>
    private static async Task<int> MoveRatingsAsync(RecoDbContext context, int fromKey, int userKey, CancellationToken ct)
    {
        await context.ExecuteAsync(
            """
            DELETE FROM ratings WHERE user_key = @from AND EXISTS (
                SELECT 1 FROM ratings r WHERE r.user_key = @user AND r.item_key = ratings.item_key
                    AND (r.occurred_at, r.received_at) >= (ratings.occurred_at, ratings.received_at))
            """,
            ct, ("user", userKey), ("from", fromKey));
        await context.ExecuteAsync(
            "DELETE FROM ratings WHERE user_key = @user AND item_key IN (SELECT item_key FROM ratings WHERE user_key = @from)", ct, ("user", userKey), ("from", fromKey));
        var moved = await context.CountAsync("SELECT count(*) FROM ratings WHERE user_key = @from AND NOT deleted", ct, ("from", fromKey));
        await context.ExecuteAsync("UPDATE ratings SET user_key = @user WHERE user_key = @from", ct, ("user", userKey), ("from", fromKey));
        return (int)moved;
    }
}
