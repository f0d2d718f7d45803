using System.Text.Json;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Wire;

namespace RecoService.Api.Ingesting;

/// <summary>
/// CloudEvents 1.0 (CNCF), one or a batch in JSON, or one with its attributes in the headers. <c>data</c> is an interaction; without a <c>kind</c> the last word of the <c>type</c> is one, without an
/// <c>itemId</c> the <c>subject</c>. Source and id together name the event.
/// </summary>
internal static class CloudEvents
{
    public const string MediaType = "application/cloudevents+json";
    public const string BatchMediaType = "application/cloudevents-batch+json";
    private const string HeaderPrefix = "ce-";

    public static IReadOnlyList<JsonElement> EventsOf(JsonElement body, IHeaderDictionary headers)
    {
        if (headers.ContainsKey(HeaderPrefix + "specversion"))
        {
            var attributes = headers.Where(header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)).ToDictionary(header => header.Key[HeaderPrefix.Length..].ToLowerInvariant(), header => (object)header.Value.ToString(), StringComparer.Ordinal);
            attributes["data"] = body;
            return [JsonSerializer.SerializeToElement(attributes)];
        }

        return body.ValueKind == JsonValueKind.Array ? [.. body.EnumerateArray()] : [body];
    }

    public static IEnumerable<InteractionRequest> Read(JsonElement one, FieldScope fields)
    {
        if (one.Member("specversion").AsText() is not { } version || !version.StartsWith("1.", StringComparison.Ordinal))
            fields.Add("specversion", "must be 1.0");
        var (id, source, type) = (one.Member("id").AsText(), one.Member("source").AsText(), one.Member("type").AsText());
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("id", id), ("source", source), ("type", type)])
        {
            if (string.IsNullOrEmpty(value))
                fields.Add(name, "is missing");
        }

        var data = one.Member("data");
        var kind = ForeignEvent.KindOf((data.ValueKind == JsonValueKind.Object ? data.Member("kind").AsText() : null) ?? type?[(type.LastIndexOfAny(['.', '/', ':']) + 1)..]);
        if (kind is null)
            return [];
        if (data.ValueKind != JsonValueKind.Object)
        {
            fields.Add("data", "must be an object: an interaction");
            return [];
        }

        return
        [
            new InteractionRequest
            {
                Id = data.Member("id").AsText() ?? ForeignEvent.IdOf(id, source),
                UserId = data.Member("userId", "user_id").AsText(),
                ItemId = data.Member("itemId", "item_id", "product_id").AsText() ?? one.Member("subject").AsText(),
                Kind = kind,
                Value = data.Member("value", "rating").AsNumber(fields, "data.value"),
                OccurredAt = data.Member("occurredAt").AsTime(fields, "data.occurredAt") ?? one.Member("time").AsTime(fields, "time"),
                SessionId = data.Member("sessionId", "session_id").AsText(),
                OrderId = data.Member("orderId", "order_id").AsText(),
                Quantity = data.Member("quantity").AsNumber(fields, "data.quantity"),
                UnitPrice = ForeignEvent.PriceOf(data.Member("unitPrice", "unit_price", "price"), fields, "data.unitPrice"),
                RecommendationId = ForeignEvent.ListOf(data),
            },
        ];
    }
}
