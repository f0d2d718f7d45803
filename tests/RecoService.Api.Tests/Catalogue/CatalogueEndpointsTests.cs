using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Catalogue;

/// <summary>Every test has users and items of its own.</summary>
public sealed class CatalogueEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string FullItem = """
        { "title": "Mug", "description": "Holds\n350 ml", "categories": ["kitchen", "mugs", "kitchen"], "price": 12.5, "salePrice": 9.95, "currency": "EUR", "available": true, "hidden": false,
          "addedAt": "2026-01-02T03:04:05Z", "groupId": "mug", "imageUrl": "https://shop.example/mug.jpg", "attributes": { "colour": "cream", "size": { "ml": 350, "cm": 9 } } }
        """;

    private static Task<JsonElement> SendAsync(TestService service, string method, string path, string? json, HttpStatusCode expected = HttpStatusCode.OK) =>
        service.Admin.SendJsonAsync(new HttpMethod(method), path, json, expected);

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Item_PutPatchedAndPutAgain_IsReadBackAsItStands(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);

        var put = await SendAsync(service, "PUT", "/items/mug", FullItem, HttpStatusCode.Created);
        Assert.Equal(["kitchen", "mugs"], put.GetProperty("categories").EnumerateArray().Select(category => category.GetString()!));
        Assert.Equal((12.5m, 9.95m), (put.GetProperty("price").GetDecimal(), put.GetProperty("salePrice").GetDecimal()));
        Assert.Equal("2026-01-02T03:04:05Z", put.GetProperty("addedAt").GetString());
        Assert.True(put.GetProperty("listed").GetBoolean());
        Assert.Equal(put.ToString(), (await service.Storefront.GetJsonAsync("/items/mug")).ToString());

        var patched = await SendAsync(service, "PATCH", "/items/mug", """{ "price": null, "title": "Cup", "attributes": { "colour": null, "size": { "cm": 10 }, "new": [1] } }""");
        Assert.Equal("Cup", patched.GetProperty("title").GetString());
        Assert.Equal(JsonValueKind.Null, patched.GetProperty("price").ValueKind);
        Assert.Equal(9.95m, patched.GetProperty("salePrice").GetDecimal());
        Assert.Equal("Holds\n350 ml", patched.GetProperty("description").GetString());
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{ "size": { "ml": 350, "cm": 10 }, "new": [1] }"""), patched.GetProperty("attributes")));
        Assert.True(JsonElement.DeepEquals(patched.GetProperty("attributes"), (await service.Admin.GetJsonAsync("/items/mug")).GetProperty("attributes")));

        var replaced = await SendAsync(service, "PUT", "/items/mug", "{}");
        Assert.Equal(JsonValueKind.Null, replaced.GetProperty("title").ValueKind);
        Assert.Equal(JsonValueKind.Null, replaced.GetProperty("salePrice").ValueKind);
        Assert.Equal(JsonValueKind.Null, replaced.GetProperty("attributes").ValueKind);
        Assert.True(replaced.GetProperty("available").GetBoolean());
        Assert.Equal(put.GetProperty("createdAt").GetString(), (await service.Admin.GetJsonAsync("/items/mug")).GetProperty("createdAt").GetString());
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task User_PutPatchedAndErased_IsReadBackAsItStands(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);

        await SendAsync(service, "PUT", "/users/anna", """{ "attributes": { "country": "DE", "news": true } }""", HttpStatusCode.Created);
        var patched = await SendAsync(service, "PATCH", "/users/anna", """{ "attributes": { "news": null, "age": 40 } }""");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{ "country": "DE", "age": 40 }"""), patched.GetProperty("attributes")));
        await SendAsync(service, "PATCH", "/users/anna", "{}");
        Assert.Equal(patched.GetProperty("attributes").ToString(), (await service.Admin.GetJsonAsync("/users/anna")).GetProperty("attributes").ToString());
        Assert.Equal(JsonValueKind.Null, (await SendAsync(service, "PUT", "/users/anna", "{}")).GetProperty("attributes").ValueKind);

        await SendAsync(service, "DELETE", "/users/anna", null, HttpStatusCode.Accepted);
        await SendAsync(service, "GET", "/users/anna", null, HttpStatusCode.NotFound);
        await SendAsync(service, "PATCH", "/users/anna", "{}", HttpStatusCode.NotFound);
        await SendAsync(service, "DELETE", "/users/anna", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "items")]
    [InlineData(StorageProvider.Postgres, "items")]
    [InlineData(StorageProvider.Sqlite, "users")]
    [InlineData(StorageProvider.Postgres, "users")]
    public async Task List_WithCursors_ShowsEachOnceWhileOthersComeAndGo(StorageProvider provider, string what)
    {
        var service = await services.OnAsync(provider);
        for (var position = 0; position < 12; position++)
            await SendAsync(service, "PUT", $"/{what}/page-{position}", "{}", HttpStatusCode.Created);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service.Admin.GetJsonAsync($"/{what}?limit=5{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(one => one.GetProperty(what == "items" ? "itemId" : "userId").GetString()!));
            if (cursor is null)
                await SendAsync(service, "DELETE", $"/{what}/{seen[0]}", null, what == "users" ? HttpStatusCode.Accepted : HttpStatusCode.NoContent);
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 12).Select(position => $"page-{position}"), seen.Where(id => id.StartsWith("page-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task DeletedItem_NamedByAnInteraction_StaysDeletedUntilPutBack(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await SendAsync(service, "PUT", "/items/gone", "{}", HttpStatusCode.Created);
        Assert.Contains("gone", await service.Storefront.RecommendAsync("gone-user", 200));

        await SendAsync(service, "DELETE", "/items/gone", null, HttpStatusCode.NoContent);
        Assert.DoesNotContain("gone", await service.Storefront.RecommendAsync("gone-user", 200));
        await service.Storefront.PostInteractionsAsync(new { userId = "gone-other", itemId = "gone", kind = "view" }, new { userId = "gone-other", itemId = "gone", kind = "rating", value = 5 });

        await SendAsync(service, "GET", "/items/gone", null, HttpStatusCode.NotFound);
        await SendAsync(service, "PATCH", "/items/gone", "{}", HttpStatusCode.NotFound);
        await SendAsync(service, "DELETE", "/items/gone", null, HttpStatusCode.NotFound);
        Assert.DoesNotContain("gone", await service.Storefront.RecommendAsync("gone-user", 200));

        await SendAsync(service, "PUT", "/items/gone", "{}", HttpStatusCode.Created);
        Assert.Contains("gone", await service.Storefront.RecommendAsync("gone-user", 200));
        Assert.DoesNotContain("gone", await service.Storefront.RecommendAsync("gone-other", 200));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Item_MadeUnavailableOrHidden_LeavesTheVeryNextListAndComesBack(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await SendAsync(service, "PUT", "/items/shy", "{}", HttpStatusCode.Created);
        foreach (var (off, on) in new[] { ("""{ "available": false }""", """{ "available": true }"""), ("""{ "hidden": true }""", """{ "hidden": null }"""), ("""{ "available": false }""", """{ "available": null }""") })
        {
            Assert.Contains("shy", await service.Storefront.RecommendAsync("shy-user", 200));
            await SendAsync(service, "PATCH", "/items/shy", off);
            Assert.DoesNotContain("shy", await service.Storefront.RecommendAsync("shy-user", 200));
            await SendAsync(service, "PATCH", "/items/shy", on);
        }

        Assert.Contains("shy", await service.Storefront.RecommendAsync("shy-user", 200));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Items_OfOneGroup_AreShownOnce(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        foreach (var itemId in new[] { "group-1", "group-2", "group-3" })
            await SendAsync(service, "PUT", $"/items/{itemId}", """{ "groupId": "group" }""", HttpStatusCode.Created);
        async Task<List<string>> ShownAsync() => [.. (await service.Storefront.RecommendAsync("group-user", 200)).Where(id => id.StartsWith("group-", StringComparison.Ordinal))];

        var first = Assert.Single(await ShownAsync());
        await SendAsync(service, "PATCH", $"/items/{first}", """{ "available": false }""");
        Assert.NotEqual(first, Assert.Single(await ShownAsync()));
        await SendAsync(service, "PATCH", $"/items/{first}", """{ "available": true, "groupId": null }""");
        Assert.Equal(2, (await ShownAsync()).Count);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task ErasedUser_IsForgottenAtOnceAndNewAfterwards(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await SendAsync(service, "PUT", "/items/bought", "{}", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(new { id = "erased-1", userId = "erased", itemId = "bought", kind = "purchase" });
        Assert.DoesNotContain("bought", await service.Storefront.RecommendAsync("erased", 200));

        await SendAsync(service, "DELETE", "/users/erased", null, HttpStatusCode.Accepted);

        Assert.Contains("bought", await service.Storefront.RecommendAsync("erased", 200));
        Assert.Empty((await service.Admin.GetJsonAsync("/users/erased/interactions")).GetProperty("items").EnumerateArray());
        await service.Storefront.PostInteractionsAsync(new { id = "erased-1", userId = "erased", itemId = "other", kind = "purchase" });
        Assert.Contains("bought", await service.Storefront.RecommendAsync("erased", 200));
        Assert.DoesNotContain("other", await service.Storefront.RecommendAsync("erased", 200));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task ItemThatOnlyInteractionsName_IsShownWhereUnlistedItemsAre(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await TestService.StartAsync(database))
        {
            await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "unlisted", kind = "view" });
            Assert.Equal(["unlisted"], await service.Storefront.RecommendAsync("v"));
            Assert.False((await service.Storefront.GetJsonAsync("/items/unlisted")).GetProperty("listed").GetBoolean());
        }

        await using var strict = await TestService.StartAsync(database, ["--Reco:Recommendations:RecommendUnlistedItems=false"]);
        Assert.Empty(await strict.Storefront.RecommendAsync("v"));
        await strict.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "unlisted too", kind = "view" });
        Assert.Empty(await strict.Storefront.RecommendAsync("v"));
        await strict.Admin.SendJsonAsync(HttpMethod.Put, "/items/unlisted", "{}", HttpStatusCode.Created);
        Assert.Equal(["unlisted"], await strict.Storefront.RecommendAsync("v"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Recommendations_AnyLimit_AreThatManyAndNoneTwice(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 250).Select(position => new { userId = $"u{position % 3}", itemId = $"i{position}", kind = "purchase" })]);
        foreach (var (limit, count) in new[] { (1, 1), (2, 2), (64, 64), (200, 200) })
        {
            var list = await service.Storefront.RecommendAsync("somebody new", limit);
            Assert.Equal(count, list.Distinct().Count());
            Assert.Equal(count, list.Count);
        }

        Assert.Equal(20, (await service.Storefront.GetJsonAsync("/recommendations/x")).GetProperty("items").GetArrayLength());
        var own = await service.Storefront.RecommendAsync("u0", 200);
        Assert.Equal(166, own.Count);
        Assert.DoesNotContain("i0", own);
    }
}
