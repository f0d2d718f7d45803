using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>A shop of four tastes whose items say whose they are, and what is in its lists of items and for users that it has no interactions of.</summary>
public sealed class ColdStartTests
{
    private static readonly string[] Words = ["lamp", "chair", "rug", "vase"];

    public static TheoryData<StorageProvider, string> Shops => new()
    {
        { StorageProvider.Sqlite, "content" }, { StorageProvider.Postgres, "content" }, { StorageProvider.Sqlite, "" },
    };

    /// <summary>By content and by its place, or by its place alone where there is no model of contents.</summary>
    [Theory]
    [MemberData(nameof(Shops))]
    public async Task Items_WithoutInteractions_AreInTheListsOfTheirTaste(StorageProvider provider, string alsoTrain)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database, $"--Reco:Retraining:AlsoTrain={alsoTrain}");
        await PutItemAsync(service, "untouched", group: 1);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        for (var group = 0; group < Words.Length; group++)
            await PutItemAsync(service, $"arrived-{group}", group);

        for (var user = 0; user < Words.Length; user++)
        {
            // A tenth of twenty places is kept: for what suits the user best.
            var (last, before) = (await LastAsync(service, user, 1), await LastAsync(service, user, 2));
            Assert.Contains(($"arrived-{user}", "new"), new[] { last, before });
            Assert.Equal(user == 1, last == ("untouched", "cold-start") || before == ("untouched", "cold-start"));
        }

        var explained = await service.Storefront.SendJsonAsync(
            HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = TasteShop.UserId(1), limit = 20, explain = true }));
        var untouched = explained.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("itemId").GetString() == "untouched");
        Assert.Equal("content", untouched.GetProperty("reasons").GetProperty("code").GetString());
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/items/arrived-1", null, HttpStatusCode.NoContent);
        Assert.DoesNotContain("arrived-1", await service.Storefront.RecommendAsync(TasteShop.UserId(1), limit: 200));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "implicit-als", "attributes")]
    [InlineData(StorageProvider.Postgres, "implicit-als", "attributes")]
    [InlineData(StorageProvider.Sqlite, "ease", "popular-in-group")]
    public async Task Users_WithAttributesAndNothingElse_GetWhatSuitsThem(StorageProvider provider, string recommender, string source)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database, $"--Reco:Retraining:Recommender={recommender}", "--Reco:Recommendations:NewItemShare=0");
        for (var user = 0; user < TasteShop.Users; user++)
            await PutUserAsync(service, TasteShop.UserId(user), $$"""{ "taste": "{{Words[user % Words.Length]}}", "age": {{(20 * (user % Words.Length)) + (user % 7)}} }""");
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        var popular = await service.Storefront.RecommendAsync("nobody");

        for (var group = 0; group < Words.Length; group++)
        {
            await PutUserAsync(service, $"new-{group}", $$"""{ "taste": "{{Words[group]}}", "age": {{(20 * group) + 3}} }""");
            var items = await ExplainedAsync(service, $"new-{group}");
            Assert.Equal(10, items.Count);
            Assert.All(items, item => Assert.Equal((source, source), (item.GetProperty("source").GetString(), item.GetProperty("reasons").GetProperty("code").GetString())));
            Assert.All(items, item => Assert.StartsWith($"item-{group}-", item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
            Assert.NotEqual("", items[0].GetProperty("reasons").GetProperty("text").GetString());
        }

        // The first purchase says more than any attribute.
        await service.Storefront.PostInteractionsAsync(new { userId = "new-0", itemId = "item-3-07", kind = "purchase" });
        Assert.All(await ExplainedAsync(service, "new-0"), item => Assert.NotEqual(source, item.GetProperty("source").GetString()));
        // Attributes taken away are forgotten at once, and those of somebody whom nobody is like say nothing.
        await PutUserAsync(service, "new-1", "{}");
        Assert.Equal(popular, await service.Storefront.RecommendAsync("new-1"));
        await PutUserAsync(service, "new-2", """{ "taste": "unheard" }""");
        Assert.Equal(popular, await service.Storefront.RecommendAsync("new-2"));
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/new-3", null, HttpStatusCode.Accepted);
        Assert.Equal(popular, await service.Storefront.RecommendAsync("new-3"));
    }

    private static async Task PutUserAsync(TestService service, string userId, string attributes)
    {
        using var body = new StringContent($$"""{ "attributes": {{attributes}} }""", System.Text.Encoding.UTF8, "application/json");
        using var response = await service.Admin.PutAsync($"/users/{userId}", body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<List<JsonElement>> ExplainedAsync(TestService service, string userId)
    {
        var answer = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId, limit = 10, explain = true }));
        return [.. answer.GetProperty("items").EnumerateArray()];
    }

    private static async Task<TestService> StartAsync(TestDatabase database, params string[] settings)
    {
        var service = await RetrainTests.StartFilledAsync(database, settings);
        for (var group = 0; group < Words.Length; group++)
        {
            for (var item = 0; item < 30; item++)
                await PutItemAsync(service, $"item-{group}-{item:00}", group);
        }

        return service;
    }

    private static Task PutItemAsync(TestService service, string itemId, int group) =>
        service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{itemId}", JsonSerializer.Serialize(new { title = $"A {Words[group]}", categories = new[] { Words[group] } }), HttpStatusCode.Created);

    private static async Task<(string?, string?)> LastAsync(TestService service, int user, int fromEnd)
    {
        var items = (await service.Storefront.GetJsonAsync($"/recommendations/{TasteShop.UserId(user)}?limit=20")).GetProperty("items");
        var item = items[items.GetArrayLength() - fromEnd];
        return (item.GetProperty("itemId").GetString(), item.GetProperty("source").GetString());
    }
}
