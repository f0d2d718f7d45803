using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Interactions;

/// <summary>What a storefront takes back or corrects is so in the very next list. Every test has users and items of its own.</summary>
public sealed class CorrectionEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.Postgres];

    private static async Task PutItemsAsync(TestService service, params string[] itemIds)
    {
        foreach (var itemId in itemIds)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{itemId}", """{ "title": "t" }""", HttpStatusCode.Created);
    }

    private static async Task<bool> IsShownAsync(TestService service, string userId, string itemId) => (await service.Storefront.RecommendAsync(userId, limit: 200)).Contains(itemId);

    private static async Task<List<JsonElement>> StoredAsync(TestService service, string userId) =>
        [.. (await service.Admin.GetJsonAsync($"/users/{userId}/interactions")).GetProperty("items").EnumerateArray()];

    private static Task<JsonElement> DeleteAsync(TestService service, string path, HttpStatusCode expected = HttpStatusCode.NoContent) =>
        service.Storefront.SendJsonAsync(HttpMethod.Delete, path, null, expected);

    private static Task<JsonElement> PutAsync(TestService service, string id, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        service.Storefront.SendJsonAsync(HttpMethod.Put, $"/interactions/{id}", JsonSerializer.Serialize(body), expected);

    private static int Changed(JsonElement answer) => answer.GetProperty("changed").GetInt32();

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delete_Purchase_BringsTheItemBackAtOnceAndForGood(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "del-item");
        var purchase = new { id = "del-1", userId = "del", itemId = "del-item", kind = "purchase" };
        await service.Storefront.PostInteractionsAsync(purchase);
        Assert.False(await IsShownAsync(service, "del", "del-item"));

        await DeleteAsync(service, "/interactions/del-1");

        Assert.True(await IsShownAsync(service, "del", "del-item"));
        Assert.Empty(await StoredAsync(service, "del"));
        await DeleteAsync(service, "/interactions/del-1");
        var retry = await service.Storefront.PostInteractionsAsync(purchase);
        Assert.Equal((0, 1), (retry.GetProperty("accepted").GetInt32(), retry.GetProperty("duplicates").GetInt32()));
        Assert.True(await IsShownAsync(service, "del", "del-item"));
        Assert.Empty(await StoredAsync(service, "del"));
    }

    [Theory]
    [InlineData("/interactions/unknown-1", "'unknown-1'")]
    [InlineData("/orders/unknown-2", "'unknown-2'")]
    [InlineData("/users/unknown-3/ratings/unknown-4", "'unknown-3'")]
    public async Task Delete_Unknown_Is404AndSaysWhat(string path, string named)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await Refusal.SendAsync(service, "DELETE", path, null, null, HttpStatusCode.NotFound);

        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task DeleteOrder_BringsEveryItemOfItBack(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "order-a", "order-b", "order-c");
        await service.Storefront.PostInteractionsAsync(
            new { userId = "buyer", itemId = "order-a", kind = "purchase", orderId = "o-1" }, new { userId = "buyer", itemId = "order-b", kind = "purchase", orderId = "o-1" },
            new { userId = "buyer", itemId = "order-c", kind = "purchase", orderId = "o-2" });

        Assert.Equal(2, Changed(await DeleteAsync(service, "/orders/o-1", HttpStatusCode.OK)));

        Assert.Equal((true, true, false), (await IsShownAsync(service, "buyer", "order-a"), await IsShownAsync(service, "buyer", "order-b"), await IsShownAsync(service, "buyer", "order-c")));
        Assert.Equal(0, Changed(await DeleteAsync(service, "/orders/o-1", HttpStatusCode.OK)));
        Assert.Equal("order-c", Assert.Single(await StoredAsync(service, "buyer")).GetProperty("itemId").GetString());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task DeleteRating_BringsTheItemBackAndANewOneCounts(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "rated-item");
        Task<JsonElement> RateAsync(object rating) => service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/rates/ratings/rated-item", JsonSerializer.Serialize(rating));
        var old = new { value = 2, occurredAt = "2026-01-02T00:00:00Z" };
        await RateAsync(old);
        Assert.False(await IsShownAsync(service, "rates", "rated-item"));

        await DeleteAsync(service, "/users/rates/ratings/rated-item");

        Assert.True(await IsShownAsync(service, "rates", "rated-item"));
        await DeleteAsync(service, "/users/rates/ratings/rated-item");
        Assert.Equal(0, (await RateAsync(old)).GetProperty("accepted").GetInt32());
        Assert.Empty(await StoredAsync(service, "rates"));

        await RateAsync(new { value = 5, occurredAt = TimeProvider.System.GetUtcNow().AddSeconds(5) });
        Assert.Equal(5, Assert.Single(await StoredAsync(service, "rates")).GetProperty("value").GetDouble());
        Assert.False(await IsShownAsync(service, "rates", "rated-item"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Put_CreatesThenCorrectsUserAndItem(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "put-a", "put-b");

        Assert.Equal(1, Changed(await PutAsync(service, "put-1", new { userId = "put-u", itemId = "put-a", kind = "purchase", occurredAt = "2026-01-02T00:00:00Z", quantity = 3 }, HttpStatusCode.Created)));
        Assert.Equal((false, true), (await IsShownAsync(service, "put-u", "put-a"), await IsShownAsync(service, "put-u", "put-b")));

        var correction = new { id = "put-1", userId = "put-v", itemId = "put-b", kind = "purchase", quantity = 1 };
        Assert.Equal(1, Changed(await PutAsync(service, "put-1", correction)));

        Assert.Equal((true, true), (await IsShownAsync(service, "put-u", "put-a"), await IsShownAsync(service, "put-u", "put-b")));
        Assert.Equal((true, false), (await IsShownAsync(service, "put-v", "put-a"), await IsShownAsync(service, "put-v", "put-b")));
        Assert.Empty(await StoredAsync(service, "put-u"));
        var stored = Assert.Single(await StoredAsync(service, "put-v"));
        Assert.Equal((1.0, "2026-01-02T00:00:00Z"), (stored.GetProperty("quantity").GetDouble(), stored.GetProperty("occurredAt").GetString()!.Replace(".000", "", StringComparison.Ordinal)));
        Assert.Equal(0, Changed(await PutAsync(service, "put-1", correction)));

        await DeleteAsync(service, "/interactions/put-1");
        var problem = await PutAsync(service, "put-1", correction, HttpStatusCode.Conflict);
        Refusal.AssertNames(problem, "id", "was taken back");
        Assert.True(await IsShownAsync(service, "put-v", "put-b"));
    }

    [Theory]
    [InlineData("""{ "id": "other", "userId": "u", "itemId": "i", "kind": "view" }""", "id", "the path says 'bad-1'")]
    [InlineData("""{ "userId": "u", "itemId": "i", "kind": "rating", "value": 3 }""", "kind", "a rating has no id")]
    [InlineData("""{ "itemId": "i", "kind": "view" }""", "userId", "is missing")]
    [InlineData("""{ "userId": "u", "itemId": "i", "kind": "steal" }""", "kind", "'steal' is unknown")]
    [InlineData("""{ "userId": "u", "itemId": "i", "kind": "view", "quantity": 0 }""", "quantity", "above 0")]
    [InlineData("""{ "userId": "u", "itemId": "i", "kind": "view", "colour": 1 }""", "colour", "")]
    public async Task Put_Invalid_Is400NamesTheFieldAndChangesNothing(string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);

        var problem = await Refusal.SendAsync(service, "PUT", "/interactions/bad-1", System.Text.Encoding.UTF8.GetBytes(body), "application/json", HttpStatusCode.BadRequest);

        Refusal.AssertNames(problem, field, reason);
        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Return_BringsTheItemBackUntilItIsBoughtAgain(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "ret-item");
        async Task<bool> AfterAsync(string kind, string time)
        {
            await service.Storefront.PostInteractionsAsync(new { userId = "ret", itemId = "ret-item", kind, occurredAt = $"2026-01-0{time}:00Z" });
            return await IsShownAsync(service, "ret", "ret-item");
        }

        Assert.False(await AfterAsync("purchase", "1T00:00"));
        Assert.True(await AfterAsync("return", "2T00:00"));
        // Of one line sold twice, the second return finds nothing more to undo.
        Assert.True(await AfterAsync("return", "2T00:01"));
        Assert.False(await AfterAsync("purchase", "3T00:00"));
        // An order that arrives late was returned before anybody here knew of it.
        Assert.True(await AfterAsync("return", "3T12:00"));
        Assert.True(await AfterAsync("purchase", "1T12:00"));
        Assert.Equal(6, (await StoredAsync(service, "ret")).Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task AnotherReplica_HearsOfEveryCorrectionSoon(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var writes = await TestService.StartAsync(database);
        await PutItemsAsync(writes, "a", "b", "c", "d");
        await using var reads = await TestService.StartAsync(database);
        await writes.Storefront.PostInteractionsAsync(
            new { id = "x-1", userId = "u", itemId = "a", kind = "purchase" }, new { userId = "u", itemId = "b", kind = "purchase", orderId = "o" }, new { id = "x-3", userId = "u", itemId = "c", kind = "purchase" });
        await writes.Storefront.SendJsonAsync(HttpMethod.Put, "/users/u/ratings/d", """{ "value": 3 }""");
        Task SeesAsync(params string[] shown) => Wait.UntilAsync(
            async () => (await reads.Storefront.RecommendAsync("u")).Order().SequenceEqual(shown), $"the other replica shows {string.Join(' ', shown)}", TimeSpan.FromSeconds(15));
        await SeesAsync();

        await DeleteAsync(writes, "/interactions/x-1");
        await SeesAsync("a");
        await DeleteAsync(writes, "/orders/o", HttpStatusCode.OK);
        await SeesAsync("a", "b");
        await PutAsync(writes, "x-3", new { userId = "u", itemId = "a", kind = "purchase" });
        await SeesAsync("b", "c");
        await DeleteAsync(writes, "/users/u/ratings/d");
        await SeesAsync("b", "c", "d");
        await writes.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "a", kind = "return" });
        await SeesAsync("a", "b", "c", "d");
        Assert.Equal(["a", "b", "c", "d"], (await writes.Storefront.RecommendAsync("u")).Order());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Deleted_IsNotBroughtBackByARestartARunOrARollback(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string item;
        int version;
        await using (var service = await RetrainTests.StartFilledAsync(database))
        {
            version = RetrainTests.Version(await service.Admin.RetrainAsync());
            Assert.Equal("skipped", (await service.Admin.RetrainAsync()).GetProperty("outcome").GetString());
            item = "item-0-00";
            Assert.False(await IsShownAsync(service, "user-000", item));

            await DeleteAsync(service, "/interactions/p-0-0");

            Assert.True(await IsShownAsync(service, "user-000", item));
            var run = await service.Admin.RetrainAsync(force: false);
            Assert.NotEqual("skipped", run.GetProperty("outcome").GetString());
            var metrics = run.GetProperty("metrics");
            Assert.Equal((TasteShop.Users * TasteShop.Days) - 1, metrics.GetProperty("trainInteractions").GetInt32() + metrics.GetProperty("holdoutInteractions").GetInt32());
            Assert.True(await IsShownAsync(service, "user-000", item));
        }

        await using var restarted = await TestService.StartAsync(database, TasteShop.QuickTraining);
        Assert.True(await IsShownAsync(restarted, "user-000", item));
        await restarted.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{version}/publish", null);
        Assert.True(await IsShownAsync(restarted, "user-000", item));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task StoreBusy_Is503AndNothingChangesUntilItIsSentAgain(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Storage:WriteTimeout=00:00:00.5"]);
        foreach (var item in (string[])["a", "b"])
            await service.Admin.SendUntilTakenAsync(HttpMethod.Put, $"/items/{item}", new { title = "t" }, HttpStatusCode.Created);
        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "x-1", userId = "u", itemId = "a", kind = "purchase", orderId = "o" } });
        await using (var connection = await database.OpenAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = provider == StorageProvider.Sqlite ? "BEGIN IMMEDIATE" : "BEGIN; LOCK TABLE interactions, ratings IN EXCLUSIVE MODE";
            await command.ExecuteNonQueryAsync();

            foreach (var path in (string[])["/interactions/x-1", "/orders/o"])
                await DeleteAsync(service, path, HttpStatusCode.ServiceUnavailable);
            await PutAsync(service, "x-1", new { userId = "u", itemId = "b", kind = "purchase" }, HttpStatusCode.ServiceUnavailable);
        }

        Assert.Equal("a", Assert.Single(await StoredAsync(service, "u")).GetProperty("itemId").GetString());
        Assert.Equal(["b"], await service.Storefront.RecommendAsync("u"));
        await service.Storefront.SendUntilTakenAsync(HttpMethod.Delete, "/interactions/x-1", null, HttpStatusCode.NoContent);
        Assert.Equal(["a", "b"], (await service.Storefront.RecommendAsync("u")).Order());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delete_OfAnErasedUser_Is404AndTheIdIsFree(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "erased-item");
        await service.Storefront.PostInteractionsAsync(new { id = "erased-1", userId = "erased", itemId = "erased-item", kind = "purchase" }, new { id = "erased-2", userId = "erased", itemId = "erased-item", kind = "view" });
        await DeleteAsync(service, "/interactions/erased-1");
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/erased", null, HttpStatusCode.Accepted);

        await DeleteAsync(service, "/interactions/erased-1", HttpStatusCode.NotFound);
        await DeleteAsync(service, "/interactions/erased-2", HttpStatusCode.NotFound);
        await PutAsync(service, "erased-1", new { userId = "somebody-else", itemId = "erased-item", kind = "purchase" }, HttpStatusCode.Created);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task WritersAndCorrectorsOfOneUser_EndWithTheListsOfTheStore(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.05"]);
        var items = Enumerable.Range(0, 24).Select(item => $"i-{item:00}").ToArray();
        await PutItemsAsync(service, items);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var n = 0; n < 6; n++)
            {
                var position = (worker * 6) + n;
                await service.Storefront.PostInteractionsAsync(new { id = $"x-{position}", userId = "u", itemId = items[position], kind = "purchase" });
                if (position % 3 == 0)
                    await DeleteAsync(service, $"/interactions/x-{position}");
                else if (position % 3 == 1)
                    await PutAsync(service, $"x-{position}", new { userId = "v", itemId = items[position], kind = "purchase" });
            }
        })));

        Assert.Equal(items.Where((_, position) => position % 3 != 2), (await service.Storefront.RecommendAsync("u", 200)).Order(StringComparer.Ordinal));
        Assert.Equal(items.Where((_, position) => position % 3 != 1), (await service.Storefront.RecommendAsync("v", 200)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ConsumesForDays_OfAnItem_BringsItBackAfterThem(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "tea", "coffee");
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/coffee", """{ "consumesForDays": 30 }""");
        var before = TimeProvider.System.GetUtcNow();
        async Task<(bool Tea, bool Coffee)> AfterAsync(string userId, int days)
        {
            await service.Storefront.PostInteractionsAsync(
                [.. new[] { "tea", "coffee" }.Select(itemId => (object)new { userId, itemId, kind = "purchase", occurredAt = before.AddDays(-days) })]);
            return (await IsShownAsync(service, userId, "tea"), await IsShownAsync(service, userId, "coffee"));
        }

        Assert.Equal((false, true), await AfterAsync("drinks-then", 31));
        Assert.Equal((false, false), await AfterAsync("drinks-now", 29));
        Assert.Equal((false, false), await AfterAsync("drinks-then", 1));

        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/coffee", """{ "consumesForDays": 0 }""");
        Assert.True(await IsShownAsync(service, "drinks-now", "coffee"));
        using var batch = await service.Storefront.PostAsync("/recommendations/batch", new StringContent("""{ "userIds": ["drinks-now"], "limit": 200 }""", System.Text.Encoding.UTF8, "application/json"));
        var line = await batch.Content.ReadAsStringAsync();
        Assert.True(line.Contains("\"coffee\"", StringComparison.Ordinal) && !line.Contains("\"tea\"", StringComparison.Ordinal), line);
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/coffee", """{ "consumesForDays": null }""");
        Assert.False(await IsShownAsync(service, "drinks-now", "coffee"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ConsumesForDays_OfAKind_BringsItsItemsBack(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Interactions:Kinds:purchase:ConsumesForDays=30"]);
        await PutItemsAsync(service, "old", "young", "disliked");
        var now = TimeProvider.System.GetUtcNow();
        await service.Storefront.PostInteractionsAsync(
            new { userId = "u", itemId = "old", kind = "purchase", occurredAt = now.AddDays(-31) }, new { userId = "u", itemId = "young", kind = "purchase", occurredAt = now.AddDays(-29) },
            new { userId = "u", itemId = "disliked", kind = "dislike", occurredAt = now.AddDays(-400) });

        Assert.Equal(["old"], await service.Storefront.RecommendAsync("u"));
    }
}
