using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class PlacementEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static readonly string[] OfTheUser = ["home", "popular", "trending", "new-arrivals", "recently-viewed"];

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Post_EveryPlacement_ShowsWhatItSaysAndFollowsTheWrites(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        foreach (var (item, day) in new[] { ("oldest", 1), ("older", 2), ("new", 3), ("newest", 4) })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", JsonSerializer.Serialize(new { title = "x", addedAt = $"2026-01-0{day}T00:00:00Z" }), HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(
            new { userId = "a", itemId = "older", kind = "purchase" }, new { userId = "b", itemId = "older", kind = "view" },
            new { userId = "b", itemId = "oldest", kind = "view", occurredAt = "2026-01-01T00:00:00Z" });

        Assert.Equal(["newest", "new", "older", "oldest"], await ShowAsync(service, new { placement = "new-arrivals" }));
        Assert.Equal(["newest", "new", "oldest"], await ShowAsync(service, new { userId = "a", placement = "new-arrivals" }));
        Assert.Equal(["newest", "new", "older", "oldest"], await ShowAsync(service, new { userId = "a", placement = "new-arrivals", allowConsumed = true }));
        Assert.Equal(["older", "oldest"], (await ShowAsync(service, new { placement = "popular" }))[..2]);
        Assert.Equal(["older", "oldest"], await ShowAsync(service, new { userId = "b", placement = "recently-viewed" }));
        Assert.Equal(["older"], await ShowAsync(service, new { userId = "a", placement = "recently-viewed" }));
        Assert.Equal(["new", "oldest"], await ShowAsync(service, new { interactions = new[] { new { itemId = "oldest", kind = "view" }, new { itemId = "new", kind = "view" } }, placement = "recently-viewed" }));
        Assert.Equal(await service.Storefront.RecommendAsync("b"), await ShowAsync(service, new { userId = "b" }));
        Assert.Equal(["new"], await ShowAsync(service, new { placement = "new-arrivals", exclude = new[] { "newest", "unheard of" }, limit = 1 }));
        Assert.Empty(await ShowAsync(service, new { placement = "similar", itemId = "oldest" }));

        // What is unavailable is in no list after its change was answered, and comes back the same way.
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/older", """{ "available": false }""");
        foreach (var placement in OfTheUser)
            Assert.DoesNotContain("older", await ShowAsync(service, new { userId = "b", placement, allowConsumed = true }));
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/older", """{ "available": true }""");
        Assert.Contains("older", await ShowAsync(service, new { userId = "b", placement = "recently-viewed" }));
        await Wait.UntilAsync(
            async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'recently-viewed' AND configuration_version = 'new-items=0' AND user_id = 'b'") == 3, "the impressions are stored");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Post_Filter_HoldsForEveryItemFromTheNextRequestOn(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/cheap", """{ "price": 5, "currency": "EUR", "categories": ["Home > Lamps"], "attributes": { "brand": "A", "tags": ["new"] } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/dear", """{ "price": 50, "currency": "EUR", "categories": ["Home > Lamps"], "attributes": { "brand": "B", "tags": ["refurbished"] } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/other", """{ "price": 7, "currency": "EUR", "categories": ["Garden"], "attributes": { "brand": "B" } }""", HttpStatusCode.Created);
        async Task<List<string>> Ids(string filter, string? itemId = null) => [.. (await ShowAsync(service, new { placement = "popular", filter, itemId })).Order()];

        Assert.Equal(["cheap", "other"], await Ids("price < 10"));
        Assert.Equal(["cheap"], await Ids("price < 50 and brand in (\"A\", \"C\") and not tags contains \"refurbished\""));
        Assert.Equal(["cheap", "dear"], await Ids("category = \"Home\""));
        Assert.Equal(["dear"], await Ids("category = current.category and itemId != current.itemId", "cheap"));
        Assert.Equal(["other"], await Ids("tags is missing"));
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/dear", """{ "price": 9 }""");
        Assert.Equal(["cheap", "dear", "other"], await Ids("price < 10"));
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/cheap", """{ "available": false }""");
        Assert.Equal(["dear", "other"], await Ids("price < 10"));
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/late", """{ "price": 1, "currency": "EUR", "attributes": { "colour": "red" } }""", HttpStatusCode.Created);
        Assert.Equal(["late"], await Ids("colour = \"red\""));

        var filled = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "placement": "new-arrivals", "filter": "price < 5", "fallback": "relax", "limit": 2 }""");
        Assert.Equal(["late", "other"], ItemsOf(filled));
        Assert.Equal("relax", filled.GetProperty("fallback").GetString());
        filled = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "placement": "new-arrivals", "filter": "price < 5", "fallback": "popular", "limit": 2 }""");
        Assert.Equal(["late"], ItemsOf(filled));
        Assert.Equal(JsonValueKind.Null, filled.GetProperty("fallback").ValueKind);

        var page = await service.Storefront.SendJsonAsync(
            HttpMethod.Post, "/recommendations/page", """{ "lists": [{ "placement": "popular", "filter": "price < 5" }, { "placement": "new-arrivals", "filter": "price < 9" }, { "placement": "popular" }] }""");
        Assert.Equal([["late"], ["other"], ["dear"]], page.GetProperty("lists").EnumerateArray().Select(ItemsOf));
    }

    /// <summary>Each says where, and what was expected.</summary>
    [Theory]
    [InlineData("", "at character 0: Expected")]
    [InlineData("price <", "at character 7: Expected")]
    [InlineData("price < \"a\"", "at character 8: ")]
    [InlineData("(price < 5", "at character 10: Expected")]
    [InlineData("price < 5 andd brand = \"a\"", "at character 10: Expected")]
    [InlineData("nothing-has-it = 5", "at character 0: ")]
    [InlineData("price < 5; DROP TABLE items", "at character 9: Expected")]
    public async Task Post_BadFilter_Says(string filter, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var (path, body, field) in new (string, object, string)[] { ("/recommendations", new { filter }, "filter"), ("/recommendations/page", new { lists = new[] { new { placement = "home", filter } } }, "lists[0].filter") })
        {
            using var response = await service.Storefront.PostAsJsonAsync(path, body);
            var problem = await response.ReadJsonAsync(HttpStatusCode.BadRequest);
            Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task BoughtTogether_AfterTheNextState_SaysWhatGoesWithAnItemAndABasket(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var filling = await TestService.StartAsync(database))
        {
            foreach (var item in new[] { "camera", "film", "bag", "socks" })
                await filling.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
            await filling.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 20).SelectMany(user => new[]
            {
                new { userId = $"u{user}", itemId = "camera", kind = "purchase", occurredAt = "2026-01-05T10:00:00Z" },
                new { userId = $"u{user}", itemId = user < 15 ? "film" : "bag", kind = "purchase", occurredAt = "2026-01-05T11:00:00Z" },
                new { userId = $"u{user}", itemId = "socks", kind = "purchase", occurredAt = "2026-02-05T11:00:00Z" },
            })]);
        }

        await using var service = await TestService.StartAsync(database);

        var list = await service.Storefront.GetJsonAsync("/items/camera/bought-together?limit=5");
        Assert.Equal(["film", "bag"], ItemsOf(list));
        Assert.Equal("bought-together", list.GetProperty("placement").GetString());
        Assert.Equal(["film"], ItemsOf(await service.Storefront.GetJsonAsync("/items/camera/bought-together?limit=1")));
        Assert.Equal(["film", "bag"], await ShowAsync(service, new { placement = "bought-together", itemId = "camera" }));
        var basket = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/basket", """{ "itemIds": ["camera", "unheard of"], "limit": 3 }""");
        Assert.Equal(["film", "bag", "socks"], ItemsOf(basket));
        Assert.Equal(["bag", "socks"], await ShowAsync(service, new { placement = "basket", itemIds = new[] { "camera", "film" } }));
        Assert.Equal(["socks"], await ShowAsync(service, new { placement = "basket", itemIds = new[] { "camera", "film" }, filter = "itemId != \"bag\"" }));
        await service.Storefront.SendJsonAsync(HttpMethod.Get, "/items/unheard-of/bought-together", null, HttpStatusCode.NotFound);

        using var head = new HttpRequestMessage(HttpMethod.Head, "/items/camera/bought-together");
        using var unseen = await service.Storefront.SendAsync(head);
        Assert.Equal(HttpStatusCode.OK, unseen.StatusCode);
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE placement IN ('basket', 'bought-together')") == 6, "the six lists that were seen are stored");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rank_GivenItems_AreAllThereAndTheUnknownLast(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database, ["--Reco:Retraining:Recommender=item-knn"]);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-2-05", """{ "available": false }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-1-01", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/items/item-1-01", null, HttpStatusCode.NoContent);

        var answer = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/rank", """
            { "interactions": [{ "itemId": "item-2-00", "kind": "click" }, { "itemId": "item-2-01", "kind": "click" }],
              "itemIds": ["item-0-03", "never heard of", "item-1-01", "item-2-05", "item-2-06", "item-2-05"] }
            """);

        var items = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["item-2-05", "item-2-06"], ItemsOf(answer)[..2].Order());
        Assert.Equal(["item-0-03", "never heard of", "item-1-01"], ItemsOf(answer)[2..]);
        Assert.Equal([true, true, true, false, false], items.Select(item => item.GetProperty("isKnown").GetBoolean()));
        Assert.All(items.Take(2), item => Assert.Equal("item-knn", item.GetProperty("source").GetString()));
        Assert.Equal(JsonValueKind.Null, items[4].GetProperty("score").ValueKind);
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'rank'") == 1, "the order that was shown is stored");
    }

    [Fact]
    public async Task Post_AList_SaysWhichAndIsAnImpressionOfItsOwn()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/some", "{}", HttpStatusCode.Created);

        var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "placement": "new-arrivals", "limit": 200 }""");

        Assert.Equal("new-arrivals", list.GetProperty("placement").GetString());
        Assert.Equal(JsonValueKind.Null, list.GetProperty("modelVersion").ValueKind);
        Assert.NotEqual(Guid.Empty, list.GetProperty("recommendationId").GetGuid());
        Assert.Equal("new-arrivals", list.GetProperty("items")[0].GetProperty("source").GetString());
    }

    [Fact]
    public async Task PostPage_SixLists_NoItemTwiceAndTheEarlierListKeepsIt()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(item => service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/page-{item:00}", "{}", HttpStatusCode.Created)));
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 12).Select(item => new { userId = "reader", itemId = $"page-{item:00}", kind = "view" })]);
        string[] placements = ["recently-viewed", "new-arrivals", "popular", "home", "similar", "new-arrivals"];

        var page = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", JsonSerializer.Serialize(new
        {
            userId = "reader",
            itemId = "page-00",
            exclude = new[] { "page-11" },
            lists = placements.Select(placement => new { placement, limit = 6 }),
        }));

        var lists = page.GetProperty("lists").EnumerateArray().ToList();
        Assert.Equal(placements, lists.Select(list => list.GetProperty("placement").GetString()));
        Assert.Equal(6, lists.Select(list => list.GetProperty("recommendationId").GetGuid()).Distinct().Count());
        var items = lists.Select(ItemsOf).ToList();
        Assert.Equal([6, 6, 6, 6, 0, 6], items.Select(list => list.Count));
        Assert.Equal(30, items.SelectMany(list => list).Distinct().Count());
        Assert.DoesNotContain("page-11", items.SelectMany(list => list));
        // The first list is what it is alone.
        Assert.Equal(items[0], await ShowAsync(service, new { userId = "reader", itemId = "page-00", placement = "recently-viewed", exclude = new[] { "page-11" }, limit = 6 }));
    }

    [Theory]
    [InlineData("/recommendations", """{ "placement": "similar", "itemId": "unheard of" }""")]
    [InlineData("/recommendations/page", """{ "itemId": "unheard of", "lists": [{ "placement": "home" }, { "placement": "similar" }] }""")]
    public async Task Post_AboutAnItemThatIsNot_Is404(string path, string body) =>
        await (await services.OnAsync(StorageProvider.Sqlite)).Storefront.SendJsonAsync(HttpMethod.Post, path, body, HttpStatusCode.NotFound);

    [Theory]
    [InlineData("", """{ "placement": "nowhere" }""", "placement", "'nowhere' is not a placement; the placements are home, similar, bought-together, basket, rank, popular, trending, new-arrivals, recently-viewed, buy-again, on-sale")]
    [InlineData("", """{ "placement": "Home" }""", "placement", "'Home' is not a placement")]
    [InlineData("", """{ "placement": 1 }""", "placement", "must be")]
    [InlineData("", """{ "placement": "similar" }""", "itemId", "is missing; the placement similar is about an item")]
    [InlineData("", """{ "placement": "bought-together", "itemIds": ["a"] }""", "itemId", "is missing; the placement bought-together is about an item")]
    [InlineData("", """{ "placement": "basket" }""", "itemIds", "is missing; the placement basket is about items")]
    [InlineData("", """{ "fallback": "Popular" }""", "fallback", "must be none, popular, relax")]
    [InlineData("/page", """{ "lists": [{ "placement": "home", "fallback": "" }] }""", "lists[0].fallback", "must be none, popular, relax")]
    [InlineData("", """{ "itemIds": [] }""", "itemIds", "must hold 1 to 1000 item ids")]
    [InlineData("", """{ "itemIds": ["a", null] }""", "itemIds[1]", "")]
    [InlineData("/rank", "{}", "itemIds", "is missing")]
    [InlineData("/rank", """{ "itemIds": [] }""", "itemIds", "must hold 1 to 1000 item ids")]
    [InlineData("/rank", """{ "itemIds": ["a"], "limit": 3 }""", "limit", "is not a known field")]
    [InlineData("/rank", """{ "itemIds": ["a"], "userId": "" }""", "userId", "")]
    [InlineData("/basket", "{}", "itemIds", "is missing")]
    [InlineData("/basket", """{ "itemIds": [] }""", "itemIds", "must hold 1 to 1000 item ids")]
    [InlineData("/basket", """{ "itemIds": ["a"], "limit": 0 }""", "limit", "between 1 and 200")]
    [InlineData("/basket", """{ "itemIds": ["a"], "placement": "home" }""", "placement", "is not a known field")]
    [InlineData("", """{ "itemId": "" }""", "itemId", "")]
    [InlineData("", """{ "userId": "a\u0000b" }""", "userId", "")]
    [InlineData("", """{ "limit": 0 }""", "limit", "between 1 and 200")]
    [InlineData("", """{ "limit": 201 }""", "limit", "between 1 and 200")]
    [InlineData("", """{ "interactions": [] }""", "interactions", "must hold 1 to 1000")]
    [InlineData("", """{ "interactions": [{ "itemId": "i", "kind": "look" }] }""", "interactions[0].kind", "is unknown")]
    [InlineData("", """{ "userId": "u", "interactions": [{ "itemId": "i", "kind": "view" }] }""", "interactions", "stand beside a userId")]
    [InlineData("", """{ "cursor": "" }""", "cursor", "is not the `next` of a list")]
    [InlineData("", """{ "cursor": "AAAAAAAA" }""", "cursor", "is not the `next` of a list")]
    [InlineData("", """{ "cursor": "no base64!" }""", "cursor", "is not the `next` of a list")]
    [InlineData("", """{ "context": { "device": null } }""", "context.device", "must be a text, a number, true or false")]
    [InlineData("", """{ "context": { "device": ["phone"] } }""", "context.device", "must be a text, a number, true or false")]
    [InlineData("", """{ "context": { "": 1 } }""", "context", "has a name that is empty")]
    [InlineData("", """{ "context": { "hour": 1e999 } }""", "context.hour", "must be a text, a number, true or false")]
    [InlineData("", """{ "context": { "a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1, "h": 1, "i": 1, "j": 1, "k": 1, "l": 1, "m": 1, "n": 1, "o": 1, "p": 1, "q": 1, "r": 1, "s": 1, "t": 1, "u": 1 } }""", "context", "holds 21 values")]
    [InlineData("", """{ "exclude": ["a", null] }""", "exclude[1]", "")]
    [InlineData("", """{ "exclude": ["a", ""] }""", "exclude[1]", "")]
    [InlineData("", """{ "exclude": "a" }""", "exclude", "must be")]
    [InlineData("", """{ "allowConsumed": "no" }""", "allowConsumed", "must be")]
    [InlineData("", """{ "placements": "home" }""", "placements", "is not a known field")]
    [InlineData("/page", "{}", "lists", "must hold 1 to 20 lists")]
    [InlineData("/page", """{ "lists": [] }""", "lists", "must hold 1 to 20 lists")]
    [InlineData("/page", """{ "lists": [null] }""", "lists[0]", "is null")]
    [InlineData("/page", """{ "lists": [{ "placement": "home" }, {}] }""", "lists[1].placement", "is missing; the placements are home")]
    [InlineData("/page", """{ "lists": [{ "placement": "home", "limit": 999 }] }""", "lists[0].limit", "between 1 and 200")]
    [InlineData("/page", """{ "lists": [{ "placement": "home" }, { "placement": "x" }] }""", "lists[1].placement", "'x' is not a placement")]
    [InlineData("/page", """{ "lists": [{ "placement": "home", "userId": "u" }] }""", "lists[0].userId", "is not a known field")]
    [InlineData("/page", """{ "lists": [{ "placement": "similar" }] }""", "itemId", "is missing")]
    public async Task Post_BadBody_NamesTheField(string path, string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Post, $"/recommendations{path}", body, HttpStatusCode.BadRequest);

        Assert.Contains(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TooMany_IsRefused()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var (path, body, field) in new (string, object, string)[]
        {
            ("/recommendations", new { exclude = Enumerable.Range(0, 1_001).Select(item => $"i{item}") }, "exclude"),
            ("/recommendations/page", new { lists = Enumerable.Repeat(new { placement = "home" }, 21) }, "lists"),
        })
        {
            using var response = await service.Storefront.PostAsJsonAsync(path, body);
            var problem = await response.ReadJsonAsync(HttpStatusCode.BadRequest);
            Assert.StartsWith("must hold", problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        }
    }

    private static async Task<List<string>> ShowAsync(TestService service, object body) =>
        ItemsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(body)));

    private static List<string> ItemsOf(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
}
