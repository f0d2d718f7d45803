using System.Net;
using System.Text.Json;
using RecoService.Api.Recommendations;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>A list comes from memory, and is written as the serializer would write it.</summary>
public sealed class WarmRequestTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Recommendations_Warm_ExecuteNoDatabaseCommand(StorageProvider provider)
    {
        using var commands = new RequestCommands();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining, commands.AddTo);
        await TasteShop.FillAsync(service.Admin);
        await service.Admin.RetrainAsync(force: true);
        await service.Admin.PostInteractionsAsync(new { userId = "arrived since", itemId = "item-0-00", kind = "purchase" });
        await service.Storefront.RecommendAsync(TasteShop.UserId(1));

        var before = commands.Count;
        foreach (var userId in new[] { TasteShop.UserId(1), TasteShop.UserId(2), "arrived since", "nobody" })
            Assert.NotEmpty(await service.Storefront.RecommendAsync(userId));
        Assert.Equal(before, commands.Count);

        // What does read is seen by the same count.
        await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/u/ratings/item-0-00", """{ "value": 4 }""");
        var written = commands.Count;
        Assert.True(written > before, "A write was not counted.");
        await service.Admin.GetJsonAsync("/users/u");
        Assert.True(commands.Count > written, "A read was not counted.");
    }

    /// <summary>Filters, rules, fields, reasons and several placements together need no more of the database than a plain list.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task RichLists_Warm_ExecuteNoDatabaseCommand(StorageProvider provider)
    {
        using var commands = new RequestCommands();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, "--Reco:Placements:home:Diversity=0.3", "--Reco:Placements:home:Exploration=thompson"], commands.AddTo);
        await TasteShop.FillAsync(service.Admin);
        await service.Admin.RetrainAsync(force: true);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/new", """{ "title": "New", "price": 5 }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/boost", """{ "items": "price > 1", "action": { "boost": 2 } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/last", """{ "items": "itemId = \"new\"", "action": { "pin": 2 } }""", HttpStatusCode.Created);
        var user = TasteShop.UserId(1);
        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Get, $"/recommendations/{user}?filter=not price > 100&include=title,price,attributes.brand&explain=true&allowConsumed=true", null),
            (HttpMethod.Post, "/recommendations", $$"""{ "userId": "{{user}}", "placement": "home", "filter": "price is missing or price < 9", "include": ["title"], "explain": true, "context": { "device": "phone" }, "seed": 7 }"""),
            (HttpMethod.Post, "/recommendations", """{ "interactions": [ { "itemId": "item-0-00", "kind": "view" } ], "limit": 3, "explain": true }"""),
            (HttpMethod.Post, "/recommendations/page", $$"""{ "userId": "{{user}}", "itemId": "item-0-00", "lists": [ { "placement": "home" }, { "placement": "similar" }, { "placement": "bought-together" }, { "placement": "buy-again" }, { "placement": "trending" }, { "placement": "on-sale", "fallback": "popular" } ] }"""),
            (HttpMethod.Post, "/recommendations/basket", """{ "itemIds": [ "item-0-00", "item-0-01" ] }"""),
            (HttpMethod.Post, "/recommendations/rank", $$"""{ "userId": "{{user}}", "itemIds": [ "item-0-00", "new", "unheard" ] }"""),
            (HttpMethod.Get, "/items/item-0-00/similar?include=title", null),
            (HttpMethod.Get, "/items/item-0-00/bought-together", null),
            (HttpMethod.Get, "/placements/popular?include=title", null),
        ];
        foreach (var request in requests)
            await SendAsync(request);

        var before = commands.Count;
        foreach (var request in requests)
            Assert.NotEmpty(await SendAsync(request));
        Assert.Equal(before, commands.Count);

        async Task<string> SendAsync((HttpMethod Method, string Path, string? Body) request)
        {
            using var message = new HttpRequestMessage(request.Method, request.Path);
            if (request.Body is { } body)
                message.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await service.Storefront.SendAsync(message);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, text);
            return text;
        }
    }

    [Theory]
    [InlineData("user-1", "item")]
    [InlineData("\u00fc \ud83d\ude00 a/b", "quote\" back\\slash <b>&'+ \u2028 \u00e9")]
    public async Task Answer_OfAnyIds_IsWhatTheSerializerWrites(string userId, string itemId)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{Uri.EscapeDataString(itemId)}", "{}", HttpStatusCode.Created);

        using var response = await service.Storefront.GetAsync($"/recommendations/{Uri.EscapeDataString(userId)}");
        var bytes = await response.Content.ReadAsByteArrayAsync();

        var list = JsonSerializer.Deserialize<RecommendationResponse>(bytes, WireJson.Options)!;
        Assert.Equal((userId, itemId), (list.UserId, list.Items.Single().ItemId));
        Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(list, WireJson.Options), bytes);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(bytes.Length, response.Content.Headers.ContentLength);
    }

    /// <summary>With fields, reasons and a rule, by either way to a list.</summary>
    [Fact]
    public async Task Answer_WithAllThatCanBeAsked_IsWhatTheSerializerWrites()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/i", """{ "title": "Öl & \"Salz\"", "price": 1.5, "currency": "EUR", "categories": ["a"] }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/up", """{ "items": "price > 1", "action": { "pin": 1 } }""", HttpStatusCode.Created);

        var personal = await service.Storefront.GetStringAsync("/recommendations/u?explain=true&include=title,price,categories");
        var list = await PostAsync("""{ "placement": "popular", "limit": 1, "explain": true, "include": ["title", "price", "categories"] }""");

        const string item = """{"itemId":"i","score":0,"source":"catalogue","reasons":{"code":"popular","text":"Popular with other customers","items":[],"rules":["up"]},"item":{"title":"Öl & \"Salz\"","price":1.5,"categories":["a"]}}""";
        Assert.EndsWith($$""","modelVersion":null,"items":[{{item}}]}""", personal, StringComparison.Ordinal);
        Assert.StartsWith("""{"placement":"popular","recommendationId":""", list, StringComparison.Ordinal);
        Assert.Contains($$""","modelVersion":null,"fallback":null,"items":[{{item}}],"next":""", list, StringComparison.Ordinal);
        Assert.EndsWith(""","next":null}""", await PostAsync("""{ "placement": "popular", "limit": 2 }"""), StringComparison.Ordinal);

        async Task<string> PostAsync(string body)
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await service.Storefront.PostAsync("/recommendations", content);
            Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            return await response.Content.ReadAsStringAsync();
        }
    }
}
