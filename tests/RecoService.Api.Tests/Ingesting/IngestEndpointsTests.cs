using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Ingesting;

/// <summary>Events as Segment, Google Analytics 4 and senders of CloudEvents send them become interactions.</summary>
public sealed class IngestEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.Postgres];

    private static Task<JsonElement> SendAsync(TestService service, string path, string body) => service.Storefront.SendJsonAsync(HttpMethod.Post, path, body);

    private static async Task<List<string>> StoredAsync(TestService service, string userId) =>
        [.. (await service.Admin.GetJsonAsync($"/users/{userId}/interactions")).GetProperty("items").EnumerateArray()
            .Select(one => string.Join(' ', one.GetProperty("itemId"), one.GetProperty("kind"), one.GetProperty("occurredAt"), one.GetProperty("orderId"), one.GetProperty("quantity"), one.GetProperty("unitPrice") is { ValueKind: JsonValueKind.Number } price ? price.GetDouble() : null, one.GetProperty("sessionId"))).Order(StringComparer.Ordinal)];

    private static void AssertCounts(JsonElement answer, int accepted, int duplicates = 0, int ignored = 0, int refused = 0) => Assert.Equal(
        (accepted, duplicates, ignored, refused),
        (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32(), answer.GetProperty("ignored").GetInt32(), answer.GetProperty("refused").GetArrayLength()));

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Segment_ABatch_IsStoredOnce(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var list = Guid.NewGuid();
        var batch = $$"""
            { "batch": [
              { "type": "track", "event": "Product Viewed", "messageId": "sm1", "userId": "seg", "anonymousId": "anon", "timestamp": "2026-01-02T03:04:05Z", "properties": { "product_id": "p1", "price": 5, "recommendationId": "{{list}}" }, "context": { "ip": "::1" } },
              { "type": "track", "event": "Order Completed", "messageId": "sm2", "userId": "seg", "timestamp": "2026-01-02T03:04:06Z", "properties": { "order_id": "o1", "products": [{ "product_id": "p1", "price": 5, "quantity": 2 }, { "sku": "p2", "price": 7.5 }] } },
              { "type": "page", "name": "Home", "userId": "seg" },
              { "type": "track", "event": "Product List Viewed", "messageId": "sm3", "userId": "seg", "properties": { "products": [] } },
              { "type": "track", "event": "Product Added", "messageId": "sm4", "anonymousId": "seg-anonymous", "timestamp": "2026-01-02T03:04:07Z", "properties": { "sku": "p3", "quantity": 1 } }
            ] }
            """;

        AssertCounts(await SendAsync(service, "/ingest/segment", batch), accepted: 4, ignored: 2);
        AssertCounts(await SendAsync(service, "/ingest/segment", batch), accepted: 0, duplicates: 4, ignored: 2);

        Assert.Equal(["p1 purchase 2026-01-02T03:04:06Z o1 2 5 ", "p1 view 2026-01-02T03:04:05Z   5 anon", "p2 purchase 2026-01-02T03:04:06Z o1  7.5 "], await StoredAsync(service, "seg"));
        Assert.Equal(["p3 add-to-cart 2026-01-02T03:04:07Z  1  seg-anonymous"], await StoredAsync(service, "seg-anonymous"));
        Assert.Contains((await service.Admin.GetJsonAsync("/users/seg/interactions")).GetProperty("items").EnumerateArray(), one => one.GetProperty("recommendationId").ValueKind == JsonValueKind.String && one.GetProperty("recommendationId").GetGuid() == list);
    }

    /// <summary>The same calls in a file and live are the same interactions.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Segment_WhatWasImported_IsADuplicate(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        const string call = """{"type":"track","event":"Product Viewed","messageId":"imported|1","userId":"seg-file","timestamp":"2026-01-02T03:04:05Z","properties":{"product_id":"p1"}}""";
        using var content = new StringContent(call, Encoding.UTF8, "application/x-ndjson");
        using var imported = await service.Admin.PostAsync("/import/interactions?format=segment", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, imported.StatusCode);

        AssertCounts(await SendAsync(service, "/ingest/segment", $"[{call}]"), accepted: 0, duplicates: 1);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Ga4_Events_BecomeAnInteractionPerItem(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        const string body = """
            { "client_id": "c", "user_id": "ga", "timestamp_micros": "1767323045000000", "events": [
              { "name": "view_item", "params": { "items": [{ "item_id": "p1" }], "session_id": "s" } },
              { "name": "purchase", "params": { "transaction_id": "t", "items": [{ "item_id": "p1", "quantity": 2, "price": 3.5 }, { "item_id": "p1", "quantity": 0 }, { "item_name": "p2" }] } },
              { "name": "page_view", "params": { "page_title": "x" } },
              { "name": "add_to_cart", "params": {} } ] }
            """;

        AssertCounts(await SendAsync(service, "/ingest/ga4", body), accepted: 4, ignored: 2);
        AssertCounts(await SendAsync(service, "/ingest/ga4", body), accepted: 0, duplicates: 4, ignored: 2);

        Assert.Equal(["p1 purchase 2026-01-02T03:04:05Z t   ", "p1 purchase 2026-01-02T03:04:05Z t 2 3.5 ", "p1 view 2026-01-02T03:04:05Z    s", "p2 purchase 2026-01-02T03:04:05Z t   "], await StoredAsync(service, "ga"));
        // Without a moment or an order nobody can tell a second view from a repetition.
        const string view = """{ "client_id": "ga-visitor", "events": [{ "name": "view_item", "params": { "items": [{ "item_id": "p1" }] } }] }""";
        AssertCounts(await SendAsync(service, "/ingest/ga4", view), accepted: 1);
        AssertCounts(await SendAsync(service, "/ingest/ga4", view), accepted: 1);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task CloudEvents_InEveryMode_AreInteractions(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        const string one = """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "com.shop.order.purchased", "time": "2026-01-02T03:04:05Z", "subject": "p1", "data": { "userId": "ce", "orderId": "o", "quantity": 2 } }""";
        const string two = """{ "specversion": "1.0", "id": "2", "source": "/s", "type": "com.shop.product", "data": { "user_id": "ce", "item_id": "p2", "kind": "view", "occurredAt": "2026-01-02T03:04:06Z" } }""";

        AssertCounts(await PostAsync(one, "application/cloudevents+json"), accepted: 1);
        AssertCounts(await PostAsync($"[{one},{two}]", "application/cloudevents-batch+json"), accepted: 1, duplicates: 1);
        AssertCounts(await PostAsync("""{ "userId": "ce", "itemId": "p3" }""", "application/json", ("ce-specversion", "1.0"), ("ce-id", "3"), ("ce-source", "/s"), ("ce-type", "liked"), ("ce-time", "2026-01-02T03:04:07Z")), accepted: 1);
        AssertCounts(await PostAsync("""{ "specversion": "1.0", "id": "4", "source": "/s", "type": "com.shop.login", "data": {} }""", "application/cloudevents+json"), accepted: 0, ignored: 1);

        Assert.Equal(["p1 purchase 2026-01-02T03:04:05Z o 2  ", "p2 view 2026-01-02T03:04:06Z    ", "p3 like 2026-01-02T03:04:07Z    "], await StoredAsync(service, "ce"));

        async Task<JsonElement> PostAsync(string body, string type, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/ingest/cloudevents") { Content = new StringContent(body, Encoding.UTF8, type) };
            foreach (var (name, value) in headers)
                request.Headers.Add(name, value);
            using var response = await service.Storefront.SendAsync(request, TestContext.Current.CancellationToken);
            return await response.ReadJsonAsync(HttpStatusCode.OK);
        }
    }

    /// <summary>A sender cannot mend an event, so one bad one does not keep the others out.</summary>
    [Fact]
    public async Task Ingest_OneBadEvent_IsToldAndTheOthersAreStored()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await SendAsync(service, "/ingest/segment", """
            [{ "event": "Product Viewed", "userId": "mixed", "properties": { "product_id": "p1" } }, 7,
             { "event": "Product Viewed", "properties": { "product_id": "p1" } }, { "event": "Product Viewed", "userId": "mixed", "timestamp": "once", "properties": { "product_id": "p1" } },
             { "event": "Product Viewed", "userId": "mixed", "properties": { "product_id": "p1", "quantity": "many" } }, { "event": "Product Viewed", "userId": "mixed" }]
            """);

        AssertCounts(answer, accepted: 1, refused: 5);
        Assert.Equal([1, 2, 3, 4, 5], answer.GetProperty("refused").EnumerateArray().Select(one => one.GetProperty("index").GetInt32()));
        Assert.Equal(
            ["body must be an object", "userId is missing", "timestamp 'once' is no time", "quantity is no number", "properties is missing"],
            answer.GetProperty("refused").EnumerateArray().Select(one => one.GetProperty("problems")[0].GetString()!.Split(';')[0]));
        Assert.Single(await StoredAsync(service, "mixed"));
    }

    [Theory]
    [InlineData("/ingest/segment", "{", "body", "is not JSON")]
    [InlineData("/ingest/segment", "[]", "body", "must hold 1 to 1000 events")]
    [InlineData("/ingest/segment", """{ "batch": [] }""", "body", "must hold 1 to 1000 events")]
    [InlineData("/ingest/segment", "[7, null]", "[1]", "must be an object")]
    [InlineData("/ingest/segment", """{ "event": "Product Viewed", "userId": "\ud800", "properties": { "product_id": "p" } }""", "[0]", "not valid Unicode")]
    [InlineData("/ingest/ga4", """{ "events": [] }""", "body", "must hold 1 to 1000 events")]
    [InlineData("/ingest/ga4", """{ "events": [{ "name": "view_item", "params": { "items": [{ "item_id": "p" }] } }] }""", "[0]", "userId is missing")]
    [InlineData("/ingest/ga4", """{ "client_id": "c", "timestamp_micros": -5, "events": [{ "name": "view_item", "params": { "items": [{ "item_id": "p" }] } }] }""", "[0]", "timestamp_micros is no time")]
    [InlineData("/ingest/cloudevents", """{ "id": "1", "source": "/s", "type": "viewed", "data": { "userId": "u", "itemId": "i" } }""", "[0]", "specversion must be 1.0")]
    [InlineData("/ingest/cloudevents", """{ "specversion": "1.0", "source": "/s", "type": "viewed", "data": { "userId": "u", "itemId": "i" } }""", "[0]", "id is missing")]
    [InlineData("/ingest/cloudevents", """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "viewed", "data": "text" }""", "[0]", "data must be an object")]
    public async Task Ingest_NothingGood_Is400AndStoresNothing(string path, string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        Refusal.AssertNames(await Refusal.SendAsync(service, "POST", path, Encoding.UTF8.GetBytes(body), "application/json", HttpStatusCode.BadRequest), field, reason);
    }

    [Fact]
    public async Task Ingest_AnIdWithOtherContent_IsToldAndTheRestIsStored()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await SendAsync(service, "/ingest/segment", """{ "event": "Product Viewed", "messageId": "taken", "userId": "first", "properties": { "product_id": "p" } }""");

        var answer = await SendAsync(service, "/ingest/segment", """
            [{ "event": "Product Viewed", "messageId": "free", "userId": "second", "properties": { "product_id": "p" } }, { "event": "Product Viewed", "messageId": "taken", "userId": "second", "properties": { "product_id": "p" } }]
            """);

        AssertCounts(answer, accepted: 1, refused: 1);
        Assert.Equal((1, "its id is taken by an interaction with other content"), (answer.GetProperty("refused")[0].GetProperty("index").GetInt32(), answer.GetProperty("refused")[0].GetProperty("problems")[0].GetString()));
    }
}
