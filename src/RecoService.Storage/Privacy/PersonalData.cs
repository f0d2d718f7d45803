using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Privacy;

/// <summary>One thing that is held of a user.</summary>
/// <param name="Type">user, interaction, taken-back, impression, figures, attribution or excluded.</param>
/// <param name="Fields">By name: texts, numbers, flags, times and JSON; without those that are not known.</param>
public sealed record PersonalRecord(string Type, IReadOnlyDictionary<string, object> Fields);

/// <summary>Reads all that is held of a user, a page at a time, so that neither memory nor a transaction grows with the user.</summary>
public sealed class PersonalData
{
    private const int PageSize = 500;

    private readonly Store store;

    internal PersonalData(Store store) => this.store = store;

    /// <summary>Whether anything is held of somebody, known or only shown lists.</summary>
    public Task<bool> IsHeldAsync(string userId, CancellationToken ct) => store.ReadSnapshotAsync(async context => userId.Length > 0 && await context.CountAsync(
        """
        SELECT count(*) FROM (
            SELECT 1 AS one FROM users WHERE id = @user
            UNION ALL SELECT 1 FROM impressions WHERE user_id = @user
            UNION ALL SELECT 1 FROM recommendation_viewers WHERE user_id = @user LIMIT 1) AS held
        """,
        ct, ("user", userId)) > 0, ct);

    /// <summary>All of it. What is written meanwhile may or may not be among it.</summary>
    /// <exception cref="StorageUnavailableException">The database is away or busy.</exception>
    public async IAsyncEnumerable<PersonalRecord> ReadAsync(string userId, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var record in await RowsAsync("user", "SELECT id AS user_id, attributes_json, assignment_id, created_at, updated_at FROM users WHERE id = @user", ct, ("user", userId)))
            yield return record;
        await foreach (var interaction in InteractionsAsync(userId, ct))
            yield return interaction;
        foreach (var record in await RowsAsync(
            "taken-back", $"SELECT id AS interaction_id, order_id, occurred_at, received_at FROM interactions WHERE kind = {KindKeys.TakenBack} AND user_key = (SELECT key FROM users WHERE id = @user)", ct, ("user", userId)))
        {
            yield return record;
        }

        await foreach (var impression in ImpressionsAsync(userId, ct))
            yield return impression;
        const string figures = "SELECT day, placement, model_version, variant, lists, impressions, empty_lists, fallback_items, timed_lists, made_in FROM recommendation_viewers WHERE user_id = @user ORDER BY day, placement";
        const string attributions = "SELECT recommendation_id, item_id, occurred_at, list_at, placement, source, model_version, variant, position, quantity, value FROM attributions WHERE user_id = @user ORDER BY occurred_at";
        foreach (var (type, sql) in new[] { ("figures", figures), ("attribution", attributions), ("excluded", "SELECT interactions_a_day FROM inhuman_users WHERE user_id = @user") })
        {
            foreach (var record in await RowsAsync(type, sql, ct, ("user", userId)))
                yield return record;
        }
    }

    private async IAsyncEnumerable<PersonalRecord> InteractionsAsync(string userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var log = new InteractionLog(store);
        string? cursor = null;
        do
        {
            var page = await log.ListAsync(userId, cursor, PageSize, ct);
            foreach (var row in page.Items)
            {
                yield return Record(
                    "interaction", ("interactionId", row.Id), ("itemId", row.ItemId), ("kind", row.Kind), ("value", row.Value), ("occurredAt", row.OccurredAt), ("receivedAt", row.ReceivedAt),
                    ("sessionId", row.SessionId), ("orderId", row.OrderId), ("quantity", row.Quantity), ("unitPrice", row.UnitPrice), ("attributes", Json(row.AttributesJson)), ("recommendationId", row.RecommendationId?.ToString()));
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private async IAsyncEnumerable<PersonalRecord> ImpressionsAsync(string userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var after = last;
            var page = await store.ReadAsync(context => context.Impressions.AsNoTracking()
                .Where(row => row.UserId == userId && row.RecommendationId > after).OrderBy(row => row.RecommendationId).Take(PageSize).ToListAsync(ct), ct);
            foreach (var row in page)
            {
                yield return Record(
                    "impression", ("recommendationId", row.RecommendationId.ToString()), ("placement", row.Placement), ("variant", row.Variant), ("modelVersion", row.ModelVersion), ("occurredAt", row.OccurredAt),
                    ("itemIds", Json(row.ItemIdsJson)), ("context", Json(row.ContextJson)), ("sources", Json(row.SourcesJson)), ("propensities", Json(row.PropensitiesJson)), ("itemVariants", Json(row.ItemVariantsJson)),
                    ("shadowItemIds", Json(row.ShadowItemIdsJson)), ("fallbackItems", row.FallbackItems), ("madeInMicroseconds", row.MadeIn));
                last = row.RecommendationId;
            }

            if (page.Count < PageSize)
                yield break;
        }
    }

    private Task<List<PersonalRecord>> RowsAsync(string type, string sql, CancellationToken ct, (string Name, object? Value) parameter) => store.ReadSnapshotAsync(async context =>
    {
        var records = new List<PersonalRecord>();
        await using var command = context.Command(sql, parameter);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            records.Add(Record(type, [.. Enumerable.Range(0, reader.FieldCount).Select(column => FieldOf(reader, column))]));
        return records;
    }, ct);

    /// <summary>A column in the words of the wire: times as times, JSON as JSON.</summary>
    private static (string Name, object? Value) FieldOf(DbDataReader row, int column)
    {
        var name = row.GetName(column);
        if (row.IsDBNull(column))
            return (name, null);
        if (name.EndsWith("_at", StringComparison.Ordinal))
            return (CamelCase(name), row.GetTime(column));
        return name.EndsWith("_json", StringComparison.Ordinal) ? (CamelCase(name[..^5]), Json(row.GetString(column))) : (CamelCase(name), row.GetValue(column));
    }

    private static string CamelCase(string name)
    {
        var words = name.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    private static object? Json(string? json) => json is null ? null : JsonElement.Parse(json);

    private static PersonalRecord Record(string type, params (string Name, object? Value)[] fields) =>
        new(type, fields.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!, StringComparer.Ordinal));
}
