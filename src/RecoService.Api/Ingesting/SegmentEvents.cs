using System.Text.Json;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Wire;

namespace RecoService.Api.Ingesting;

/// <summary>
/// Segment's track calls by the e-commerce specification: <c>Product Viewed</c>, <c>Product Added</c>, <c>Order Completed</c> with its products, and so on; one call, an array of calls, or its
/// <c>batch</c>. What is no such call is passed over.
/// </summary>
internal static class SegmentEvents
{
    public static IReadOnlyList<JsonElement> EventsOf(JsonElement body) => body switch
    {
        { ValueKind: JsonValueKind.Array } => [.. body.EnumerateArray()],
        { ValueKind: JsonValueKind.Object } when body.Member("batch") is { ValueKind: JsonValueKind.Array } batch => [.. batch.EnumerateArray()],
        _ => [body],
    };

    public static IEnumerable<InteractionRequest> Read(JsonElement call, FieldScope fields)
    {
        if (call.Member("type").AsText() is { } type && type != "track")
            return [];
        if (ForeignEvent.KindOf(call.Member("event").AsText()) is not { } kind)
            return [];
        var properties = call.Member("properties");
        if (properties.ValueKind != JsonValueKind.Object)
        {
            fields.Add("properties", "is missing; it names the product");
            return [];
        }

        var products = properties.Member("products") is { ValueKind: JsonValueKind.Array } several ? several.EnumerateArray().Where(product => product.ValueKind == JsonValueKind.Object) : [properties];
        var (user, session, id) = (call.Member("userId").AsText() ?? call.Member("anonymousId").AsText(), call.Member("anonymousId").AsText(), call.Member("messageId").AsText());
        var at = call.Member("timestamp", "originalTimestamp", "sentAt").AsTime(fields, "timestamp");
        return [.. products.Select(product =>
        {
            var item = product.Member("product_id", "sku", "productId").AsText();
            return new InteractionRequest
            {
                Id = ForeignEvent.IdOf(id, item),
                UserId = user,
                ItemId = item,
                Kind = kind,
                Value = kind == "rating" ? properties.Member("rating", "value").AsNumber(fields, "rating") : null,
                OccurredAt = at,
                SessionId = session,
                OrderId = properties.Member("order_id", "orderId").AsText(),
                Quantity = product.Member("quantity").AsNumber(fields, "quantity"),
                UnitPrice = ForeignEvent.PriceOf(product.Member("price"), fields, "price"),
                RecommendationId = ForeignEvent.ListOf(product) ?? ForeignEvent.ListOf(properties),
            };
        })];
    }
}
