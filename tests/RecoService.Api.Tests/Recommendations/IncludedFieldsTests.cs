using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>What stands beside an item's id: fields of the live catalogue, in every answer that has a list.</summary>
public sealed class IncludedFieldsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string Everything = "title,imageUrl,price,salePrice,currency,categories,addedAt,groupId,attributes.brand,attributes.size,attributes.tags,attributes.vegan,attributes.nobody";

    private const string Full = """
        {"title":"Öl \"extra\" <b>","imageUrl":"https://shop.example/oil.png","price":19.95,"salePrice":15.5,"currency":"EUR","categories":["Food > Oil","Gifts"],"addedAt":"2026-01-31T09:00:00+00:00","groupId":"g1","attributes":{"brand":"A","size":0.75,"tags":["new","bio"],"vegan":true,"nobody":null}}
        """;

    private const string Bare = """
        {"title":null,"imageUrl":null,"price":null,"salePrice":null,"currency":null,"categories":[],"addedAt":"2026-01-30T09:00:00+00:00","groupId":null,"attributes":{"brand":null,"size":null,"tags":null,"vegan":null,"nobody":null}}
        """;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Include_InEveryAnswer_ShowsTheFieldsOfNow(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await StartAsync(database, "--Reco:Placements:similar:Fallback=popular"))
        {
            foreach (var (path, itemIds) in ((string, string[])[])
                [("/recommendations/nobody", ["oil", "bare", "other"]), ("/placements/popular", ["oil", "bare", "other"]), ("/items/other/bought-together", ["oil"]), ("/items/other/similar", ["oil", "bare"])])
            {
                AssertShown(await service.Storefront.GetJsonAsync($"{path}?include={Everything}"), itemIds);
            }

            var names = Everything.Split(',');
            AssertShown(await PostAsync(service, "/recommendations", new { placement = "popular", include = names }), ["oil", "bare", "other"]);
            AssertShown(await PostAsync(service, "/recommendations/basket", new { itemIds = new[] { "other" }, include = names }), ["oil", "bare"]);
            AssertShown(await PostAsync(service, "/recommendations/rank", new { itemIds = new[] { "bare", "unknown", "oil" }, include = names }), ["oil", "bare", "unknown"]);
            var page = await PostAsync(service, "/recommendations/page", new { include = names, lists = new[] { new { placement = "popular", limit = 1 }, new { placement = "new-arrivals", limit = 1 } } });
            AssertShown(page.GetProperty("lists")[0], ["oil"]);
            AssertShown(page.GetProperty("lists")[1], ["bare"]);

            // In the order asked, each once, and several parameters are one.
            var few = await service.Storefront.GetJsonAsync("/recommendations/nobody?include=price,title&include=attributes.brand,price&limit=1");
            Assert.Equal("""{"price":19.95,"title":"Öl \"extra\" <b>","attributes":{"brand":"A"}}""", few.GetProperty("items")[0].GetProperty("item").GetRawText());
            Assert.False((await service.Storefront.GetJsonAsync("/recommendations/nobody")).GetProperty("items")[0].TryGetProperty("item", out _));

            await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/oil", """{ "title": "Oil", "price": 18 }""");
            Assert.Equal("""{"title":"Oil","price":18}""", (await service.Storefront.GetJsonAsync("/placements/popular?include=title,price&limit=1")).GetProperty("items")[0].GetProperty("item").GetRawText());
        }

        await using var again = await TestService.StartAsync(database);
        Assert.Equal("""{"title":"Oil","imageUrl":"https://shop.example/oil.png"}""", (await again.Storefront.GetJsonAsync("/recommendations/nobody?include=title,imageUrl&limit=1")).GetProperty("items")[0].GetProperty("item").GetRawText());
    }

    /// <summary>A cache would go on showing the old price.</summary>
    [Fact]
    public async Task Include_AFieldThatChanges_ChangesTheTag()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        const string path = "/placements/popular?include=price";
        using var first = await service.Storefront.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotModified, await AskAgainAsync());

        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/oil", """{ "title": "Another" }""");
        Assert.Equal(HttpStatusCode.NotModified, await AskAgainAsync());
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/oil", """{ "price": 18 }""");
        Assert.Equal(HttpStatusCode.OK, await AskAgainAsync());

        async Task<HttpStatusCode> AskAgainAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString());
            using var response = await service.Storefront.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Explain_InAGet_SaysTheReasonByTheTitleInTheLanguageOfTheCaller()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/other", """{ "title": "Salt" }""");

        using var similar = await AskAsync("/items/other/bought-together?explain=true&include=title");
        Assert.Contains("Accept-Language", similar.Headers.Vary);
        var first = (await similar.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("items")[0];
        Assert.Equal("bought-together", first.GetProperty("reasons").GetProperty("code").GetString());
        Assert.Contains("Salt", first.GetProperty("reasons").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("other", first.GetProperty("reasons").GetProperty("items")[0].GetProperty("itemId").GetString());
        using var chinese = await AskAsync("/items/other/bought-together?explain=true&include=title", "zh");
        Assert.NotEqual(similar.Headers.ETag, chinese.Headers.ETag);
        using var personal = await AskAsync("/recommendations/u0?explain=true&allowConsumed=true");
        Assert.All((await personal.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray(), item => Assert.NotEmpty(item.GetProperty("reasons").GetProperty("text").GetString()!));
        using var plain = await AskAsync("/placements/popular");
        Assert.DoesNotContain("Accept-Language", plain.Headers.Vary);

        async Task<HttpResponseMessage> AskAsync(string path, string language = "en")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept-Language", language);
            return await service.Storefront.SendAsync(request);
        }
    }

    [Fact]
    public async Task Include_TitlesThatAreNotKept_IsRefusedWithTheSetting()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database, "--Reco:Catalogue:KeepTitles=false");

        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Get, "/recommendations/nobody?include=title,price", null, HttpStatusCode.BadRequest);

        Assert.Equal("title is not kept in memory; set Reco:Catalogue:KeepTitles to true", problem.GetProperty("errors").GetProperty("include")[0].GetString());
        Assert.Equal("""{"price":19.95}""", (await service.Storefront.GetJsonAsync("/recommendations/nobody?include=price")).GetProperty("items")[0].GetProperty("item").GetRawText());
    }

    [Theory]
    [InlineData("tilte", "'tilte' is no field; the fields are title, imageUrl, price")]
    [InlineData("attributes.", "'attributes.' is no field")]
    [InlineData("title,,price", "'' is no field")]
    [InlineData("Title", "'Title' is no field")]
    [InlineData("title, price", "' price' is no field")]
    [InlineData("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", "names 21 fields; the most are 20")]
    public async Task Include_WhatIsNoField_IsRefused(string include, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        foreach (var path in (string[])["/recommendations/nobody", "/placements/popular"])
        {
            var problem = await service.Storefront.SendJsonAsync(HttpMethod.Get, $"{path}?include={Uri.EscapeDataString(include)}", null, HttpStatusCode.BadRequest);
            Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty("include")[0].GetString(), StringComparison.Ordinal);
        }

        var posted = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { include = include.Split(',') }), HttpStatusCode.BadRequest);
        Assert.StartsWith(reason, posted.GetProperty("errors").GetProperty("include")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seed_OfAPlacementWithVariety_GivesTheSameListAgainAndAnotherForAnother()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Placements:mixed:Sources=popular", "--Reco:Placements:mixed:Variety=1"]);
        for (var item = 0; item < 30; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", "{}", HttpStatusCode.Created);

        var first = await ShowAsync(1);
        Assert.Equal(first, await ShowAsync(1));
        Assert.NotEqual(first, await ShowAsync(2));
        Assert.Equal(await ShowAsync(0), await ShowAsync(null));

        async Task<string> ShowAsync(int? seed) => string.Join(' ', (await PostAsync(service, "/recommendations", new { placement = "mixed", seed })).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
    }

    private static void AssertShown(JsonElement list, string[] expected)
    {
        var items = list.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(expected, items.Select(item => item.GetProperty("itemId").GetString()));
        foreach (var item in items)
        {
            switch (item.GetProperty("itemId").GetString())
            {
                case "oil":
                    Assert.Equal(Full, item.GetProperty("item").GetRawText());
                    break;
                case "bare":
                    Assert.Equal(Bare, item.GetProperty("item").GetRawText());
                    break;
                case "unknown":
                    Assert.False(item.TryGetProperty("item", out _));
                    break;
            }
        }
    }

    private static Task<JsonElement> PostAsync(TestService service, string path, object body) => service.Storefront.SendJsonAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body));

    /// <summary>Three items: one of which all is known, one of which nothing is, and one that was bought with the first.</summary>
    private static async Task<TestService> StartAsync(TestDatabase database, params string[] arguments)
    {
        await using (var service = await TestService.StartAsync(database))
            await FillAsync(service);
        // What was bought together is counted when a state is built.
        return await TestService.StartAsync(database, arguments);
    }

    private static async Task FillAsync(TestService service)
    {
        await service.Admin.SendJsonAsync(
            HttpMethod.Put, "/items/oil",
            """
            { "title": "Öl \"extra\" <b>", "imageUrl": "https://shop.example/oil.png", "price": 19.95, "salePrice": 15.5, "currency": "EUR", "categories": ["Food > Oil", "Gifts"], "addedAt": "2026-01-31T09:00:00Z",
              "groupId": "g1", "attributes": { "brand": "A", "size": 0.75, "tags": ["new", "bio"], "vegan": true } }
            """,
            HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/bare", """{ "addedAt": "2026-01-30T09:00:00Z" }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/other", """{ "addedAt": "2026-01-01T09:00:00Z" }""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(
        [
            .. Enumerable.Range(0, 3).Select(user => new { userId = $"u{user}", itemId = "oil", kind = "purchase" }), .. Enumerable.Range(3, 2).Select(user => new { userId = $"u{user}", itemId = "bare", kind = "view" }),
            new { userId = "u0", itemId = "other", kind = "purchase" },
        ]);
    }
}
