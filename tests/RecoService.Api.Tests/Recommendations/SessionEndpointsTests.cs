using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class SessionEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Post_ThreeClicksOfATaste_ListsThatTasteAndStoresNothingButTheImpression(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database, ["--Reco:Retraining:Recommender=item-knn"]);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        var before = await database.CountAsync("SELECT count(*) FROM interactions");

        var answer = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", """
            { "interactions": [{ "itemId": "item-2-00", "kind": "click" }, { "itemId": "never heard of", "kind": "view" },
              { "itemId": "item-2-05", "kind": "click" }, { "itemId": "item-2-11", "kind": "purchase" }], "limit": 10 }
            """);

        var items = answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!).ToList();
        Assert.Equal(10, items.Count);
        Assert.All(items, item => Assert.StartsWith("item-2-", item, StringComparison.Ordinal));
        // What the request names is not answered with, whatever was done with it.
        Assert.Empty(items.Intersect(["item-2-00", "item-2-05", "item-2-11"]));
        Assert.Equal(await RetrainTests.ServedVersionAsync(service), answer.GetProperty("modelVersion").GetInt32());
        Assert.Equal(before, await database.CountAsync("SELECT count(*) FROM interactions"));
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE user_id = '' AND placement = 'home' AND variant IS NULL AND configuration_version = 'new-items=0.1'") == 1, "the impression is stored");
    }

    [Fact]
    public async Task Post_IncludeContext_MayBringBackWhatWasNotConsumed()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var item in (string[])["ctx-1", "ctx-2", "ctx-3"])
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
        const string interactions = """ "interactions": [{ "itemId": "ctx-1", "kind": "add-to-cart" }, { "itemId": "ctx-2", "kind": "purchase" }] """;

        var without = await ItemsAsync($"{{ {interactions} }}");
        var with = await ItemsAsync($$"""{ {{interactions}}, "includeContext": true }""");

        Assert.Equal(["ctx-3"], without);
        Assert.Equal(["ctx-1", "ctx-3"], with.Order());

        async Task<List<string>> ItemsAsync(string body) =>
            [.. (await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", body)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
    }

    [Theory]
    [InlineData("{}", "interactions", "must hold 1 to 1000")]
    [InlineData("""{ "interactions": [] }""", "interactions", "must hold 1 to 1000")]
    [InlineData("""{ "interactions": [null] }""", "interactions[0]", "is null")]
    [InlineData("""{ "interactions": [{ "kind": "view" }] }""", "interactions[0].itemId", "is missing")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view" }, { "itemId": "i", "kind": "look" }] }""", "interactions[1].kind", "is unknown")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "rating" }] }""", "interactions[0].value", "is missing")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view", "occurredAt": "1969-01-01T00:00:00Z" }] }""", "interactions[0].occurredAt", "lies before")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view", "userId": "u" }] }""", "interactions[0].userId", "is not a known field")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view" }], "limit": 0 }""", "limit", "between 1 and 200")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view" }], "includeContext": "yes" }""", "includeContext", "must be")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view" }], "limit": 201 }""", "limit", "between 1 and 200")]
    [InlineData("""{ "interactions": [{ "itemId": "i", "kind": "view" }], "limit": "ten" }""", "limit", "must be")]
    public async Task Post_BadBody_NamesTheField(string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", body, HttpStatusCode.BadRequest);

        Assert.Contains(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }
}
