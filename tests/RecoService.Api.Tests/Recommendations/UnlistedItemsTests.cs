using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>What one caller names is not shown to everybody, whichever way it came.</summary>
public sealed class UnlistedItemsTests
{
    private static readonly string[] AsShipped = ["--Reco:Recommendations:RecommendUnlistedItems=", "--Reco:Recommendations:UnlistedItemMinUsers=", "--Reco:Recommendations:NewItemShare=0.5"];

    [Theory]
    [InlineData(StorageProvider.Sqlite, "")]
    [InlineData(StorageProvider.Postgres, "")]
    [InlineData(StorageProvider.Sqlite, "true")]
    [InlineData(StorageProvider.Postgres, "true")]
    public async Task Junk_ByEveryWay_IsInNobodysList(StorageProvider provider, string recommendUnlisted)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(
            database, [.. AsShipped, $"--Reco:Recommendations:RecommendUnlistedItems={recommendUnlisted}", "--Reco:Recommendations:FeedInterval=00:00:00.05"]);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        // Without a catalogue, what 25 users have bought is shown, once a model has learned it.
        Assert.Equal(20, (await service.Storefront.RecommendAsync("stranger")).Count);

        await service.Storefront.PostInteractionsAsync(new { userId = "u1", itemId = "junk-view", kind = "view" }, new { userId = "u1", itemId = "junk-purchase", kind = "purchase" });
        for (var user = 0; user < 5; user++)
            await service.Storefront.PostInteractionsAsync(new { userId = $"u{user}", itemId = "junk-by-five", kind = "add-to-cart" });
        await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/u1/ratings/junk-rating", """{ "value": 5 }""");
        await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", """{ "interactions": [{ "itemId": "junk-session", "kind": "purchase" }] }""");
        using (var body = new StringContent("userId,itemId,kind,occurredAt\nu1,junk-import,purchase,2026-01-01T00:00:00Z\n", Encoding.UTF8, "text/csv"))
        using (var imported = await service.Admin.PostAsync("/import/interactions", body))
            await imported.ReadJsonAsync(System.Net.HttpStatusCode.OK);
        await AssertNoJunkAsync(service);

        // A model that was trained on all of it; only the item of five users may be shown, and only to whoever did not act on it with a kind that consumes.
        await service.Admin.RetrainAsync(force: true);
        await AssertNoJunkAsync(service, except: "junk-by-five");

        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-0-00", """{ "title": "listed" }""", System.Net.HttpStatusCode.Created);
        var list = await service.Storefront.RecommendAsync("stranger");
        Assert.Equal(recommendUnlisted == "true" ? 20 : 1, list.Count);
        Assert.Contains("item-0-00", await service.Storefront.RecommendAsync("stranger", limit: 200));
    }

    private static async Task AssertNoJunkAsync(TestService service, string except = "none")
    {
        var shown = new List<string>();
        foreach (var userId in (string[])["stranger", "user-001", "u3"])
            shown.AddRange(await service.Storefront.RecommendAsync(userId, limit: 200));
        shown.AddRange(ItemsOf(await service.Storefront.GetJsonAsync("/items/item-2-07/similar?limit=200")));
        shown.AddRange(ItemsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", """{ "interactions": [{ "itemId": "item-2-07", "kind": "view" }], "limit": 200 }""")));
        using var body = new StringContent("""{ "userIds": ["stranger", "user-002"], "limit": 200 }""", Encoding.UTF8, "application/json");
        using var batch = await service.Storefront.PostAsync("/recommendations/batch", body);
        shown.AddRange((await batch.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(line => ItemsOf(JsonDocument.Parse(line).RootElement)));

        Assert.NotEmpty(shown);
        Assert.DoesNotContain(shown, itemId => itemId.StartsWith("junk", StringComparison.Ordinal) && itemId != except);
    }

    private static IEnumerable<string> ItemsOf(JsonElement answer) => answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!);
}
