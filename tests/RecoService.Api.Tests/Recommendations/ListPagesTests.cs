using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>Pages of one list, lists that caches may keep, and values of a request that filters speak of.</summary>
public sealed class ListPagesTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Cursor_UnderWritesAndARestart_RepeatsNothingAndMissesNothing(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var shown = new List<string>();
        string? cursor = null;
        await using (var service = await TestService.StartAsync(database))
        {
            for (var item = 0; item < 25; item++)
                await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/item-{item:00}", "{}", HttpStatusCode.Created);
            await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 10).SelectMany(item => Enumerable.Range(0, 10 - item).Select(user => new { userId = $"u{user}", itemId = $"item-{item:00}", kind = "view" }))]);
            cursor = await TakeAsync(service, null);
            Assert.Equal(["item-00", "item-01", "item-02", "item-03", "item-04"], shown);

            // The last of all becomes the first, one of the next is bought, and one of those shown loses its users.
            await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(50, 20).Select(user => new { userId = $"u{user}", itemId = "item-24", kind = "view" })]);
            await service.Storefront.PostInteractionsAsync(new { userId = "reader", itemId = "item-06", kind = "purchase" });
            await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/u0", null, HttpStatusCode.Accepted);
            cursor = await TakeAsync(service, cursor);
            Assert.Equal("item-24", shown[5]);
        }

        // Any replica goes on with it, and one that has just started.
        await using var again = await TestService.StartAsync(database);
        while (cursor is not null)
            cursor = await TakeAsync(again, cursor);

        Assert.Equal(24, shown.Count);
        Assert.Equal(24, shown.Distinct().Count());
        Assert.DoesNotContain("item-06", shown);

        async Task<string?> TakeAsync(TestService service, string? from)
        {
            var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = "reader", placement = "popular", limit = 5, cursor = from }));
            shown.AddRange(IdsOf(list));
            return list.GetProperty("next").GetString();
        }
    }

    [Fact]
    public async Task Cursor_WithoutAnEnd_EndsAtAThousandItems()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        using (var items = new StringContent("itemId,title\n" + string.Join('\n', Enumerable.Range(0, 1_300).Select(item => $"item-{item:0000},Item {item}")), System.Text.Encoding.UTF8, "text/csv"))
        using (var imported = await service.Admin.PostAsync("/import/items", items))
            await imported.ReadJsonAsync(HttpStatusCode.OK);
        var shown = new List<string>();
        string? cursor = null;
        do
        {
            var list = await service.Storefront.GetJsonAsync($"/placements/new-arrivals?limit=200{(cursor is null ? "" : $"&cursor={cursor}")}");
            shown.AddRange(IdsOf(list));
            cursor = list.GetProperty("next").GetString();
            Assert.True(cursor is null || cursor.Length < 8_192);
        }
        while (cursor is not null);

        Assert.Equal(1_000, shown.Count);
        Assert.Equal(1_000, shown.Distinct().Count());
    }

    [Fact]
    public async Task Get_PublicLists_MayBeKeptAndAreNotSentAgainUntilTheyChange()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:PublicListMaxAge=00:00:30"]);
        foreach (var item in new[] { "a", "b" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", """{ "price": 5, "currency": "EUR" }""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "a", kind = "purchase" });
        var shown = 0;

        foreach (var path in new[] { "/placements/popular", "/placements/trending?maxPrice=10", "/items/a/similar", "/items/a/bought-together", "/placements/similar?itemId=a" })
        {
            using var first = await service.Storefront.GetAsync(path);
            await first.ReadJsonAsync(HttpStatusCode.OK);
            Assert.Equal("public, max-age=30", first.Headers.CacheControl!.ToString());
            Assert.True(first.Headers.ETag!.IsWeak);
            using var second = await AskAsync(path, first.Headers.ETag.ToString());
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.Empty(await second.Content.ReadAsStringAsync());
            using var other = await AskAsync(path, "W/\"0123456789\"");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
            shown += path == "/items/a/similar" ? 0 : 2;
        }

        // What a client keeps is no impression of its own.
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") >= shown, "the lists that were sent are stored");
        Assert.Equal(shown, await database.CountAsync("SELECT count(*) FROM impressions"));

        using var before = await service.Storefront.GetAsync("/placements/popular?limit=1");
        Assert.Equal(["a"], IdsOf(await before.ReadJsonAsync(HttpStatusCode.OK)));
        await service.Storefront.PostInteractionsAsync(new { userId = "v", itemId = "b", kind = "view" }, new { userId = "w", itemId = "b", kind = "view" });
        using var after = await AskAsync("/placements/popular?limit=1", before.Headers.ETag!.ToString());
        Assert.Equal(["b"], IdsOf(await after.ReadJsonAsync(HttpStatusCode.OK)));

        async Task<HttpResponseMessage> AskAsync(string path, string tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            return await service.Storefront.SendAsync(request);
        }
    }

    [Fact]
    public async Task Lists_ForSomebody_MayNotBeKept()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/a", "{}", HttpStatusCode.Created);

        using var personal = await service.Storefront.GetAsync("/recommendations/u");
        Assert.Equal("no-store, private", personal.Headers.CacheControl!.ToString());
        foreach (var (path, body) in new (string, object)[]
        {
            ("/recommendations", new { placement = "popular" }), ("/recommendations/page", new { lists = new[] { new { placement = "home" } } }), ("/recommendations/basket", new { itemIds = new[] { "a" } }),
            ("/recommendations/rank", new { itemIds = new[] { "a" } }), ("/recommendations/session", new { interactions = new[] { new { itemId = "a", kind = "view" } } }),
        })
        {
            using var response = await service.Storefront.PostAsJsonAsync(path, body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("no-store, private", response.Headers.CacheControl!.ToString());
            Assert.Null(response.Headers.ETag);
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Context_ValuesOfTheRequest_CountInFilters(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/small", """{ "attributes": { "for": "phone", "least": 1 } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/large", """{ "attributes": { "for": "desktop", "least": 9 } }""", HttpStatusCode.Created);

        async Task<List<string>> ShowAsync(string filter, object? context) => IdsOf(await service.Storefront.SendJsonAsync(
            HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { placement = "new-arrivals", filter, context })));

        Assert.Equal(["small"], await ShowAsync("for = context.device", new { device = "phone" }));
        Assert.Equal(["large"], await ShowAsync("for = context.device", new { device = "desktop" }));
        Assert.Empty(await ShowAsync("for = context.device", null));
        Assert.Equal(["small"], await ShowAsync("least <= context.hour", new { hour = 5 }));
        Assert.Equal(["large", "small"], await ShowAsync("context.vip = true", new { vip = true }));
        Assert.Empty(await ShowAsync("context.vip = true", new { vip = false }));
        var page = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", """{ "context": { "device": "phone" }, "lists": [{ "placement": "new-arrivals", "filter": "for = context.device" }] }""");
        Assert.Equal(["small"], IdsOf(page.GetProperty("lists")[0]));
    }

    private static List<string> IdsOf(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
}
