using System.Globalization;
using System.Text.Json;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Wire;

namespace RecoService.Api.Ingesting;

/// <summary>
/// Events of Google Analytics 4 as its Measurement Protocol sends them: <c>user_id</c> or <c>client_id</c> beside <c>events</c>, each with a <c>name</c> and <c>params</c> that hold the <c>items</c>. What
/// names no items is passed over.
/// </summary>
internal static class Ga4Events
{
    /// <summary>An event, with the body that says whose it is.</summary>
    public static IReadOnlyList<JsonElement> EventsOf(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.Member("events") is { ValueKind: JsonValueKind.Array } events ? [.. events.EnumerateArray()] : [body];

    public static IEnumerable<InteractionRequest> Read(JsonElement body, JsonElement one, FieldScope fields)
    {
        if (ForeignEvent.KindOf(one.Member("name").AsText()) is not { } kind || one.Member("params") is not { ValueKind: JsonValueKind.Object } parameters
            || parameters.Member("items") is not { ValueKind: JsonValueKind.Array } items)
        {
            return [];
        }

        var user = body.Member("user_id").AsText() ?? body.Member("client_id").AsText();
        var (stamp, order) = (one.Member("timestamp_micros") is { ValueKind: not JsonValueKind.Undefined } own ? own : body.Member("timestamp_micros"), parameters.Member("transaction_id").AsText());
        var at = TimeOf(stamp, fields);
        return [.. items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select((item, position) =>
        {
            var itemId = item.Member("item_id", "id", "item_name").AsText();
            return new InteractionRequest
            {
                // What has a moment or an order is the same event when it is sent again.
                Id = at is null && order is null ? null : DumpRecords.IdOf("ga4", user, kind, order ?? stamp.AsText(), itemId, position.ToString(CultureInfo.InvariantCulture)),
                UserId = user,
                ItemId = itemId,
                Kind = kind,
                OccurredAt = at,
                SessionId = parameters.Member("session_id", "ga_session_id").AsText(),
                OrderId = order,
                Quantity = item.Member("quantity").AsNumber(fields, "quantity") is > 0 and { } quantity ? quantity : null,
                UnitPrice = ForeignEvent.PriceOf(item.Member("price"), fields, "price"),
                RecommendationId = ForeignEvent.ListOf(item) ?? ForeignEvent.ListOf(parameters) ?? (Guid.TryParse(item.Member("item_list_id").AsText(), out var list) ? list : null),
            };
        })];
    }

    private static DateTimeOffset? TimeOf(JsonElement micros, FieldScope fields)
    {
        if (micros.AsNumber(fields, "timestamp_micros") is not { } number)
            return null;
        if (number is > 0 and < 1e18)
            return DateTimeOffset.UnixEpoch.AddTicks((long)number * TimeSpan.TicksPerMicrosecond);
        fields.Add("timestamp_micros", "is no time in microseconds since 1970");
        return null;
    }
}
