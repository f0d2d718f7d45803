using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using RecoService.Engine.Data;
using RecoService.Storage.Attribution;
using RecoService.Storage.Columns;

namespace RecoService.Storage;

/// <summary>What users did: append-only, except that a user has one rating of an item.</summary>
public sealed class InteractionLog
{
    private readonly Store store;
    private readonly string listSql;

    internal InteractionLog(Store store)
    {
        this.store = store;
        listSql = ListSql(store.Provider.Columns);
    }

    /// <summary>
    /// Stores all of a batch or nothing. Unknown users and items are created (items unlisted); a deleted item stays deleted.
    /// An id that is stored already with the same content makes a duplicate, and so does a rating older than the stored one. A rating's id is not kept.
    /// Whatever has no id gets one; a time ahead of the store's clock is stored as now.
    /// </summary>
    /// <param name="interactions">Must not change before the call has ended.</param>
    /// <param name="ct">Has no effect once the commit has begun.</param>
    /// <param name="skipConflicts">Leaves out the interactions whose id is taken by other content, and stores the rest.</param>
    /// <exception cref="InteractionConflictException">An id is taken by other content.</exception>
    /// <exception cref="StorageUnavailableException">The database is away or busy; when the outcome is unknown it names the ids.</exception>
    public async Task<AppendResult> AppendAsync(IReadOnlyList<NewInteraction> interactions, CancellationToken ct, bool skipConflicts = false)
    {
        if (interactions.Count == 0)
            return new AppendResult([], 0);

        var batch = new InteractionBatch(interactions, await store.KindKeysAsync(ct), store.Provider.Columns, store.Now, skipConflicts);
        try
        {
            return await store.WriteAsync(context => AppendAsync(context, batch, skipConflicts, ct), ct);
        }
        catch (StorageUnavailableException e) when (e.OutcomeIsUnknown)
        {
            throw new StorageUnavailableException(e.Message, e.InnerException) { OutcomeIsUnknown = true, Ids = batch.Ids };
        }
    }

    /// <summary>The same within a transaction.</summary>
    internal async Task<AppendResult> AppendAsync(RecoDbContext context, InteractionBatch batch, bool skipConflicts, CancellationToken ct)
    {
        var userKeys = await store.Provider.ResolveUsersAsync(context, batch.UserIds, batch.Now, ct);
        var itemKeys = await store.Provider.ResolveItemsAsync(context, batch.ItemIds, batch.Now, ct);
        var rows = batch.Rows(userKeys, itemKeys);
        var statuses = new AppendStatus[batch.Ids.Count];

        long change = 0;
        var others = rows.Where(row => row.Content.KindIndex != store.Kinds.RatingIndex).ToList();
        if (others.Count > 0)
        {
            Mark(statuses, others, await store.Provider.InsertInteractionsAsync(context, others, batch.Now, ct));
            if (!skipConflicts && others.Find(row => statuses[row.Index] == AppendStatus.Conflict) is { } conflict)
                throw new InteractionConflictException(conflict.Index, conflict.Id);
            if (others.Exists(row => statuses[row.Index] == AppendStatus.Accepted))
                change = await store.Provider.LastChangeAsync(context, ct);
        }

        // Ratings of one pair within a batch meet each other in their order: one round for the first of each pair, one for the second, ...
        var ratings = rows.Where(row => row.Content.KindIndex == store.Kinds.RatingIndex).ToList();
        var left = ratings;
        while (left.Count > 0)
        {
            HashSet<(int, int)> pairs = [];
            var round = left.ToLookup(row => pairs.Add((row.UserKey, row.ItemKey)));
            var first = round[true].ToList();
            var stored = await store.Provider.UpsertRatingsAsync(context, first, batch.Now, ct);
            Mark(statuses, first, Array.ConvertAll(stored, isStored => isStored ? AppendStatus.Accepted : AppendStatus.Duplicate));
            left = [.. round[false]];
        }

        if (change == 0 && ratings.Exists(row => statuses[row.Index] == AppendStatus.Accepted))
            change = await store.Provider.LastChangeAsync(context, ct);
        return batch.ResultOf(userKeys, itemKeys, rows, statuses, change);
    }

    private static void Mark(AppendStatus[] statuses, List<InteractionRow> rows, AppendStatus[] ends)
    {
        for (var position = 0; position < rows.Count; position++)
            statuses[rows[position].Index] = ends[position];
    }

    /// <summary>A user's ratings and other interactions together, newest first; empty for an unknown user.</summary>
    /// <exception cref="InvalidCursorException">The cursor is unreadable.</exception>
    public Task<Page<StoredInteraction>> ListAsync(string userId, string? cursor, int limit, CancellationToken ct)
    {
        var from = Cursor.Decode(cursor, 2) ?? [long.MaxValue, long.MaxValue];
        return store.ReadSnapshotAsync(async context =>
        {
            await using var command = context.Command(
                listSql, ("userId", userId), ("at", from[0]), ("tie", from[1]), ("limit", limit + 1), ("rating", InteractionKind.Rating));
            await using var reader = await command.ExecuteReaderAsync(ct);
            List<(StoredInteraction Interaction, long Tie)> rows = [];
            while (await reader.ReadAsync(ct))
                rows.Add((ReadStored(reader, userId), reader.GetInt64(5)));
            var page = Cursor.Cut(rows, limit, row => Cursor.Encode(row.Interaction.OccurredAt.ToUnixTimeMilliseconds(), row.Tie));
            return new Page<StoredInteraction>([.. page.Items.Select(row => row.Interaction)], page.Next);
        }, ct);
    }

    // A rating has no number of its own; minus its item's key tells it from the interactions, whose numbers are positive.
    private static string ListSql(InteractionColumns columns) => $"""
        SELECT l.id, i.id AS item_id, l.kind, l.occurred_at, l.received_at, l.tie, {columns.Prefixed("l.")}
        FROM (
            SELECT * FROM (
                SELECT n.id, n.item_key, k.name AS kind, n.occurred_at, n.received_at, n.seq AS tie, {columns.Prefixed("n.")}
                FROM interactions n JOIN kinds k ON k.key = n.kind
                WHERE n.user_key = (SELECT key FROM users WHERE id = @userId) AND (n.occurred_at, n.seq) < (@at, @tie)
                ORDER BY n.occurred_at DESC, n.seq DESC LIMIT @limit) AS others
            UNION ALL
            SELECT * FROM (
                SELECT NULL, r.item_key, @rating, r.occurred_at, r.received_at, -CAST(r.item_key AS bigint) AS tie, {columns.Prefixed("r.")}
                FROM ratings r
                WHERE r.user_key = (SELECT key FROM users WHERE id = @userId) AND NOT r.deleted AND (r.occurred_at, -CAST(r.item_key AS bigint)) < (@at, @tie)
                ORDER BY r.occurred_at DESC, r.item_key LIMIT @limit) AS rated) AS l
        JOIN items i ON i.key = l.item_key
        ORDER BY l.occurred_at DESC, l.tie DESC LIMIT @limit
        """;

    /// <summary>By name, for which columns there are, and in which order, is for the descriptor to say.</summary>
    /// <param name="row">Begins with the id, the item's id, the kind, and the times of occurrence and of arrival.</param>
    /// <param name="userId">Whose it is.</param>
    internal static StoredInteraction ReadStored(DbDataReader row, string userId)
    {
        var (price, list) = (row.GetOrdinal("unit_price"), row.GetOrdinal("recommendation_id"));
        return new StoredInteraction(
            row.GetText(0), userId, row.GetString(1), row.GetString(2), row.GetNumber(row.GetOrdinal("value")), row.GetTime(3), row.GetTime(4),
            row.GetText(row.GetOrdinal("session_id")), row.GetText(row.GetOrdinal("order_id")), row.GetNumber(row.GetOrdinal("quantity")),
            row.IsDBNull(price) ? null : row.GetDecimal(price), row.IsDBNull(list) ? null : row.GetGuid(list))
        { AttributesJson = row.GetText(row.GetOrdinal("attributes")) };
    }

    /// <summary>
    /// Everything that training learns from, as one consistent read: ratings and the configured kinds, without deleted items.
    /// The watermark says how far the log had been read.
    /// </summary>
    /// <param name="ct">Cancels the read.</param>
    /// <param name="withContent">Reads what the catalogue says of the listed items too, and the attributes of users; items that nobody has touched become items of the dataset.</param>
    /// <param name="withExcludedUsers">Reads the users, too, who are left out of the figures of lists because they act like programs.</param>
    /// <param name="shown">Which of the lists that were shown are read too; null: none.</param>
    public async Task<InteractionDataset> LoadDatasetAsync(CancellationToken ct, bool withContent = false, bool withExcludedUsers = false, ExposureWindow? shown = null)
    {
        var kinds = await store.KindKeysAsync(ct);
        return await store.ReadSnapshotAsync(async context =>
        {
            var marker = await store.Provider.ReadMarkerAsync(context, ct);
            var builder = new InteractionDatasetBuilder(store.Kinds);
            var deleted = (await context.Items.Where(item => item.DeletedAt != null).Select(item => item.Key).ToListAsync(ct)).ToHashSet();
            HashSet<int> excluded = withExcludedUsers ? [] : [.. await context.ReadIntsAsync("SELECT u.key FROM users u JOIN inhuman_users x ON x.user_id = u.id", ct)];
            await store.Provider.ReadInteractionsAsync(context, kinds, AddUnlessLeftOut, ct);
            if (withContent)
            {
                await ItemContents.ReadAsync(context, builder, ct);
                await UserContents.ReadAsync(context, builder, ct);
            }

            if (shown is not null)
                await ExposureReader.ReadAsync(context, shown, withExcludedUsers, builder, ct);
            return builder.Build(marker);

            void AddUnlessLeftOut(int userKey, int itemKey, byte kindIndex, float value, long occurredAt)
            {
                if (!deleted.Contains(itemKey) && !excluded.Contains(userKey))
                    builder.Add(userKey, itemKey, kindIndex, value, occurredAt);
            }
        }, ct);
    }

    /// <summary>How far the log goes now; null while there is no interaction in it.</summary>
    public Task<string?> ReadWatermarkAsync(CancellationToken ct) => store.ReadSnapshotAsync(async context =>
        await context.CountAsync("SELECT CASE WHEN EXISTS (SELECT 1 FROM interactions) OR EXISTS (SELECT 1 FROM ratings) THEN 1 ELSE 0 END", ct) == 0
            ? null
            : await store.Provider.ReadMarkerAsync(context, ct), ct);

    /// <summary>Whether an interaction or a rating was written, corrected or taken back, or a user erased, since the dataset with this watermark was loaded. True for a watermark of another store.</summary>
    public Task<bool> HasChangedSinceAsync(string watermark, CancellationToken ct)
    {
        if (!store.Provider.IsMarker(watermark))
            return Task.FromResult(true);

        return store.ReadSnapshotAsync(async context =>
        {
            var marker = await store.Provider.ReadMarkerAsync(context, ct);
            if (marker == watermark)
                return false;
            if (store.Provider.IsAhead(watermark, marker))
                return true;
            foreach (var table in (string[])["interactions", "ratings", "tombstones", "rewrites"])
            {
                await using var command = context.Command($"SELECT 1 FROM {table} WHERE change > @covered AND {store.Provider.IsBetween} LIMIT 1", ("covered", store.Provider.CoveredChange(watermark)));
                store.Provider.BindBetween(command, watermark, marker);
                if (await command.ExecuteScalarAsync(ct) is not null)
                    return true;
            }

            return false;
        }, ct);
    }
}
