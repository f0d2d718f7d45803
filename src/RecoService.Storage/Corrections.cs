using RecoService.Storage.Columns;

namespace RecoService.Storage;

/// <param name="Count">How many interactions or ratings were changed; 0 when all of it had been done before.</param>
/// <param name="UserKeys">The users whose histories changed, ascending.</param>
public sealed record Correction(int Count, IReadOnlyList<int> UserKeys);

/// <param name="Created">Set when the id was new: what an append of the interaction would have answered.</param>
/// <param name="Correction">What was changed, when the id was stored already.</param>
public sealed record PutResult(AppendResult? Created, Correction Correction);

/// <summary>
/// Takes back and corrects what users did. Every change notes the users whose histories it rewrote, so that every replica reads them anew.
/// What is taken back stays taken back: the id is kept without its content, and a late retry of the original is a duplicate.
/// </summary>
public sealed class Corrections
{
    private readonly Store store;
    private readonly InteractionLog log;
    private readonly string update;

    internal Corrections(Store store, InteractionLog log)
    {
        this.store = store;
        this.log = log;
        update = $"""
            UPDATE interactions SET user_key = @user, item_key = @item, kind = @kind, occurred_at = coalesce(@at, occurred_at), {Columns.SetTo("@")}
            WHERE id = @id AND (user_key <> @user OR item_key <> @item OR kind <> @kind OR occurred_at <> coalesce(@at, occurred_at) OR {Columns.DiffersFrom("@")})
            """;
    }

    private InteractionColumns Columns => store.Provider.Columns;

    /// <summary>Takes one interaction back. Null: no interaction has this id, and none that was taken back had it.</summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<Correction?> DeleteAsync(string id, CancellationToken ct) => DeleteWhereAsync("id", id, ct);

    /// <summary>Takes back every interaction of an order; ratings stay. Null: no interaction names this order, and none that was taken back did.</summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<Correction?> DeleteOrderAsync(string orderId, CancellationToken ct) => DeleteWhereAsync("order_id", orderId, ct);

    private Task<Correction?> DeleteWhereAsync(string column, string value, CancellationToken ct) => store.WriteAsync(async context =>
    {
        var users = await context.ReadIntsAsync($"UPDATE interactions SET {Columns.ClearInteraction} WHERE {column} = @value AND kind <> {KindKeys.TakenBack} RETURNING user_key", ct, ("value", value));
        if (users.Count == 0 && await context.CountAsync($"SELECT count(*) FROM interactions WHERE {column} = @value", ct, ("value", value)) == 0)
            return null;
        return await NoteAsync(context, users, ct);
    }, ct);

    /// <summary>
    /// Takes a rating back. It counts as one without a value, given now: older ratings that arrive later change nothing, later ones count.
    /// Null: there is no rating of this item by this user, and none that was taken back.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public Task<Correction?> DeleteRatingAsync(string userId, string itemId, CancellationToken ct) => store.WriteAsync(async context =>
    {
        const string pair = "user_key = (SELECT key FROM users WHERE id = @user) AND item_key = (SELECT key FROM items WHERE id = @item)";
        var change = await store.Provider.NextChangeAsync(context, ct);
        var users = await context.ReadIntsAsync(
            $"""
            UPDATE ratings SET
                deleted = true, {Columns.ClearRating}, occurred_at = CASE WHEN occurred_at < @now THEN @now ELSE occurred_at + 1 END, change = @change
            WHERE {pair} AND NOT deleted RETURNING user_key
            """,
            ct, ("user", userId), ("item", itemId), ("now", store.Now.ToUnixTimeMilliseconds()), ("change", change));
        if (users.Count == 0 && await context.CountAsync($"SELECT count(*) FROM ratings WHERE {pair}", ct, ("user", userId), ("item", itemId)) == 0)
            return null;
        return await NoteAsync(context, users, ct);
    }, ct);

    /// <summary>
    /// Stores an interaction under its id, or puts it in the place of the one that is stored there. Without a time of its own it keeps the stored one.
    /// The POST that first used the id stays a duplicate.
    /// </summary>
    /// <param name="interaction">With an id; not a rating, for those have none.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InteractionTakenBackException">The interaction of this id was taken back.</exception>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public async Task<PutResult> PutAsync(NewInteraction interaction, CancellationToken ct)
    {
        var id = interaction.Id ?? throw new ArgumentException("An interaction is stored under an id.", nameof(interaction));
        ArgumentOutOfRangeException.ThrowIfEqual(interaction.KindIndex, store.Kinds.RatingIndex);
        var batch = new InteractionBatch([interaction], await store.KindKeysAsync(ct), Columns, store.Now, skipConflicts: false);
        return await store.WriteAsync(async context =>
        {
            var userKeys = await store.Provider.ResolveUsersAsync(context, batch.UserIds, batch.Now, ct);
            var itemKeys = await store.Provider.ResolveItemsAsync(context, batch.ItemIds, batch.Now, ct);
            var row = batch.Rows(userKeys, itemKeys)[0];
            if (await FindAsync(context, id, ct) is not { } before)
                return new PutResult(await InsertAsync(context, batch, row, userKeys, itemKeys, ct), new Correction(0, []));
            if (before.Kind == KindKeys.TakenBack)
                throw new InteractionTakenBackException(id);
            var changed = await UpdateAsync(context, row, ct);
            return new PutResult(null, await NoteAsync(context, changed ? [before.UserKey, row.UserKey] : [], ct) with { Count = changed ? 1 : 0 });
        }, ct);
    }

    /// <summary>
    /// Stores interactions under their ids, all or none. One that is there is replaced, and one that was taken back comes again: unlike with
    /// <see cref="PutAsync"/>, an id names what a user may do, undo and do once more. Ratings follow their own rule, the newer one wins.
    /// </summary>
    /// <param name="interactions">With ids, ratings apart.</param>
    /// <param name="addValues">Whether the value is added to that of the one that is there.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>What was new, and whose history was rewritten.</returns>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public async Task<(AppendResult Appended, Correction Correction)> UpsertAsync(IReadOnlyList<NewInteraction> interactions, bool addValues, CancellationToken ct)
    {
        var batch = new InteractionBatch(interactions, await store.KindKeysAsync(ct), Columns, store.Now, skipConflicts: true);
        return await store.WriteAsync(async context =>
        {
            var appended = await log.AppendAsync(context, batch, skipConflicts: true, ct);
            List<int> users = [];
            for (var position = 0; position < interactions.Count; position++)
            {
                if (!appended.Interactions[position].IsAccepted && interactions[position].KindIndex != store.Kinds.RatingIndex)
                    users.AddRange(await ReplaceAsync(context, batch.RowOf(position, appended.Interactions[position]), addValues, ct));
            }

            return (appended, await NoteAsync(context, users, ct));
        }, ct);
    }

    /// <summary>The users whose histories this changed.</summary>
    private async Task<int[]> ReplaceAsync(RecoDbContext context, InteractionRow row, bool addValue, CancellationToken ct)
    {
        if (await FindAsync(context, row.Id, ct) is not { } before)
            throw new LostRaceException("The interaction of this id was erased meanwhile.");
        if (addValue && before is { Kind: not KindKeys.TakenBack, Value: { } value })
            row = row with { Content = row.Content with { Value = value + (row.Content.Value ?? 0) } };
        return await UpdateAsync(context, row, ct) ? [before.UserKey, row.UserKey] : [];
    }

    private async Task<(int UserKey, short Kind, double? Value)?> FindAsync(RecoDbContext context, string id, CancellationToken ct)
    {
        await using var command = context.Command($"SELECT user_key, kind, value FROM interactions WHERE id = @id{store.Provider.ForUpdate}", ("id", id));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt32(0), reader.GetInt16(1), reader.GetNumber(2)) : null;
    }

    private async Task<AppendResult> InsertAsync(RecoDbContext context, InteractionBatch batch, InteractionRow row, int[] userKeys, int[] itemKeys, CancellationToken ct)
    {
        var statuses = await store.Provider.InsertInteractionsAsync(context, [row], batch.Now, ct);
        // Where somebody else was faster it is a correction of theirs.
        return statuses[0] == AppendStatus.Accepted
            ? batch.ResultOf(userKeys, itemKeys, [row], statuses, await store.Provider.LastChangeAsync(context, ct))
            : throw new LostRaceException("Another interaction of this id was stored meanwhile.");
    }

    private async Task<bool> UpdateAsync(RecoDbContext context, InteractionRow row, CancellationToken ct) => await context.ExecuteAsync(
        update, ct,
        [
            ("id", row.Id), ("user", row.UserKey), ("item", row.ItemKey), ("kind", row.Kind), ("at", row.Content.OccurredAt is null ? null : row.OccurredAt),
            .. Columns.Content.Select(column => (column.Name, column.ValueOf(row.Content))),
        ]) > 0;

    private async Task<Correction> NoteAsync(RecoDbContext context, List<int> users, CancellationToken ct)
    {
        int[] distinct = [.. users.Distinct().Order()];
        await context.NoteRewrittenAsync(store, distinct, ct);
        return new Correction(users.Count, distinct);
    }
}
