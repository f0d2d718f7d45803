using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using RecoService.Api.Ingesting;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace RecoService.Api.OpenApi;

/// <summary>Fills in values that work as they stand against the demo shop, so that "Try it out" answers at the first click.</summary>
internal sealed class DemoShopExamples : IOperationFilter
{
    private const string Item = """
        { "title": "Oak chair", "description": "A chair of solid oak.", "categories": ["Furniture"], "price": 89.90, "salePrice": 79.90, "currency": "EUR",
          "available": true, "hidden": false, "groupId": "oak-chair", "attributes": { "colour": "natural" } }
        """;

    private static readonly Dictionary<string, JsonNode> Parameters = new(StringComparer.Ordinal) { ["userId"] = "user-0001", ["itemId"] = "item-0001", ["id"] = "swagger-click-1", ["orderId"] = "swagger-order-1", ["runId"] = 1, ["erasureId"] = "019ad9e0-5c00-7000-8000-000000000000", ["version"] = 1, ["placement"] = "trending", ["keyName"] = "swagger-key", ["section"] = "log", ["ruleId"] = "swagger-rule", ["experimentId"] = "swagger-experiment", ["query"] = "lamp" };

    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["AppendInteractions"] = """[{ "id": "swagger-click-1", "userId": "user-0001", "itemId": "item-0007", "kind": "click" }, { "userId": "user-0001", "itemId": "item-0012", "kind": "purchase", "orderId": "swagger-order-1", "quantity": 1, "unitPrice": 19.90 }]""",
        ["IngestSegment"] = """{ "type": "track", "event": "Product Viewed", "messageId": "swagger-segment-1", "userId": "user-0001", "properties": { "product_id": "item-0007", "price": 19.90 } }""",
        ["IngestGa4"] = """{ "client_id": "visitor-7", "user_id": "user-0001", "events": [{ "name": "add_to_cart", "params": { "items": [{ "item_id": "item-0012", "price": 19.90, "quantity": 1 }] } }] }""",
        ["IngestCloudEvents"] = """{ "specversion": "1.0", "id": "swagger-cloud-1", "source": "/shop", "type": "com.shop.product.viewed", "data": { "userId": "user-0001", "itemId": "item-0007" } }""",
        ["PutInteraction"] = """{ "userId": "user-0001", "itemId": "item-0012", "kind": "purchase", "orderId": "swagger-order-1", "quantity": 2, "unitPrice": 19.90 }""",
        ["GetSessionRecommendations"] = """{ "interactions": [{ "itemId": "item-0007", "kind": "view" }, { "itemId": "item-0012", "kind": "add-to-cart" }], "limit": 10 }""",
        ["GetPlacementList"] = """{ "userId": "user-0001", "placement": "new-arrivals", "limit": 10, "filter": "price < 100", "exclude": ["item-0007"], "include": ["title", "price"] }""",
        ["GetBasketList"] = """{ "userId": "user-0001", "itemIds": ["item-0007", "item-0012"], "limit": 10 }""",
        ["RankItems"] = """{ "userId": "user-0001", "itemIds": ["item-0007", "item-0012", "item-0030"] }""",
        ["PredictResponses"] = """{ "userId": "user-0001", "context": { "device": "phone" }, "itemIds": ["item-0007", "item-0012", "item-0030"] }""",
        ["GetPageLists"] = """{ "userId": "user-0001", "itemId": "item-0001", "lists": [{ "placement": "similar", "limit": 6 }, { "placement": "home", "limit": 6 }, { "placement": "popular", "limit": 6 }] }""",
        ["CreateRule"] = """{ "id": "swagger-rule", "placements": ["home"], "when": "context.device = \"phone\"", "items": "price < 20", "action": { "boost": 1.5 }, "enabled": true }""",
        ["PutLogLevel"] = """{ "minimumLevel": "Warning" }""",
        ["PutSchedule"] = """{ "cron": "0 0 3 * * ?" }""",
        ["CreateKey"] = """{ "name": "swagger-key", "role": "Storefront", "scopes": ["recommendations", "interactions"], "requestsPerSecond": 100 }""",
        ["RotateKey"] = """{ "overlapSeconds": 3600 }""",
        ["PutRule"] = """{ "placements": ["similar"], "items": "price >= 0", "action": { "limit": { "by": "category", "most": 3 } }, "enabled": false }""",
        ["CreateExperiment"] = """{ "id": "swagger-experiment", "name": "Are more diverse lists clicked more often?", "placements": ["home"], "traffic": 0.1, "metric": "clickThroughRate", "variants": [{ "name": "control", "share": 1 }, { "name": "diverse", "share": 1, "overrides": { "placement": { "diversity": 0.3 } } }] }""",
        ["PutExperiment"] = """{ "name": "Do new items sell?", "placements": ["home"], "traffic": 0.1, "metric": "revenuePerUser", "variants": [{ "name": "control", "share": 3 }, { "name": "newer", "share": 1, "overrides": { "placement": { "freshness": 0.2, "newItemShare": 0.2 } } }] }""",
        ["DecideExperiment"] = """{ "variant": "control" }""",
        ["GetBatchRecommendations"] = """{ "userIds": ["user-0001", "user-0002"], "limit": 10 }""",
        ["PutRating"] = """{ "value": 4.5 }""",
        ["MergeUser"] = """{ "from": "visitor-7" }""",
        ["PutItem"] = Item,
        ["PatchItem"] = """{ "available": false }""",
        ["PutUser"] = """{ "attributes": { "country": "DE" } }""",
        ["PatchUser"] = """{ "attributes": { "newsletter": true } }""",
        ["Retrain"] = """{ "force": false }""",
        ["ImportItems"] = """{"itemId":"item-9001","title":"Oak chair","categories":["Furniture"],"price":89.90,"salePrice":79.90,"currency":"EUR"}""",
        ["ImportUsers"] = """{"userId":"user-9001","attributes":{"country":"DE"}}""",
        ["ImportInteractions"] = """{"userId":"user-0001","itemId":"item-0007","kind":"click","occurredAt":"2026-01-05T10:00:00Z"}""",
    };

    private static readonly Dictionary<string, string> CsvFiles = new(StringComparer.Ordinal)
    {
        ["ImportItems"] = "itemId,title,categories,price,salePrice,currency\nitem-9002,Oak table,Furniture,249.00,199.00,EUR\n",
        ["ImportUsers"] = "userId,attributes\nuser-9002,\"{\"\"country\"\":\"\"DE\"\"}\"\n",
        ["ImportInteractions"] = "userId,itemId,kind,occurredAt\nuser-0001,item-0008,click,2026-01-05T10:00:00Z\n",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if ((parameter.In == ParameterLocation.Path || parameter.Required) && Parameters.TryGetValue(parameter.Name!, out var value))
                parameter.Example = value.DeepClone();
        }

        if (operation.OperationId is { } name && Bodies.TryGetValue(name, out var body))
        {
            foreach (var (mediaType, content) in operation.RequestBody?.Content ?? new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal))
            {
                if (content is OpenApiMediaType written)
                    written.Example = ExampleOf(name, mediaType, body);
            }
        }
    }

    /// <summary>Null of what is not text.</summary>
    private static JsonNode? ExampleOf(string name, string mediaType, string body) => mediaType switch
    {
        "application/json" when CsvFiles.ContainsKey(name) => new JsonArray(JsonNode.Parse(body)),
        "application/json" => JsonNode.Parse(body),
        CloudEvents.BatchMediaType => new JsonArray(JsonNode.Parse(body)),
        CloudEvents.MediaType => JsonNode.Parse(body),
        "text/tab-separated-values" => JsonValue.Create(CsvFiles[name].Replace(',', '\t')),
        "text/csv" => JsonValue.Create(CsvFiles[name]),
        "application/gzip" or "application/octet-stream" => null,
        _ => JsonValue.Create(body),
    };
}
