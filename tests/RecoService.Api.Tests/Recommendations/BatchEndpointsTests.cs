using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class BatchEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Post_ManyUsers_GivesEachTheListThatGetGives(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        var version = RetrainTests.Version(await service.Admin.RetrainAsync());
        await service.Storefront.PostInteractionsAsync(new { userId = "new \"user\"\u00e9", itemId = "item-1-03", kind = "click" }, new { userId = "user-002", itemId = "item-3-01", kind = "dislike" });
        string[] userIds = [.. Enumerable.Range(0, TasteShop.Users).Select(TasteShop.UserId), "new \"user\"\u00e9", "nobody", "user-002"];

        var lines = await PostAsync(service, userIds, limit: 7);

        // One line for a user who is named twice.
        Assert.Equal(userIds.Distinct(), lines.Select(line => line.GetProperty("userId").GetString()));
        Assert.All(lines, line => Assert.Equal(version, line.GetProperty("modelVersion").GetInt32()));
        foreach (var line in lines.Where((_, position) => position % 29 == 0 || position >= TasteShop.Users))
            Assert.Equal(await service.Storefront.RecommendAsync(line.GetProperty("userId").GetString()!, limit: 7), line.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!));
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM impressions WHERE user_id = 'user-001'"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Post_ShortLists_AreFilledUpAsTheHomeListIs(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Placements:home:Sources=buy-again", "--Reco:Placements:home:Fallback=popular", "--Reco:Placements:home:AllowConsumed=true"]);
        foreach (var item in new[] { "a", "b", "c" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", """{ "title": "t" }""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "c", kind = "purchase" }, new { userId = "v", itemId = "a", kind = "view" });

        var lines = await PostAsync(service, ["u", "v", "nobody"], limit: 3);

        foreach (var line in lines)
        {
            string[] items = [.. line.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
            Assert.Equal(await service.Storefront.RecommendAsync(line.GetProperty("userId").GetString()!, limit: 3), items);
            Assert.Equal(["a", "b", "c"], items.Order(StringComparer.Ordinal));
        }

        Assert.Equal(["buy-again", "catalogue", "catalogue"], lines[0].GetProperty("items").EnumerateArray().Select(item => item.GetProperty("source").GetString()));
    }

    [Theory]
    [InlineData("{}", "userIds", "must hold 1 to 10000")]
    [InlineData("""{ "userIds": [] }""", "userIds", "must hold 1 to 10000")]
    [InlineData("""{ "userIds": ["u", null] }""", "userIds[1]", "is missing")]
    [InlineData("""{ "userIds": ["u", ""] }""", "userIds[1]", "")]
    [InlineData("""{ "userIds": ["u"], "limit": -1 }""", "limit", "between 1 and 200")]
    [InlineData("""{ "userIds": "u" }""", "userIds", "must be an array")]
    public async Task Post_BadBody_NamesTheField(string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/batch", body, HttpStatusCode.BadRequest);

        Assert.Contains(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MoreUsersThanTheLimit_IsRefused()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Limits:MaxUsersPerBatch=2"]);

        Assert.Equal(2, (await PostAsync(service, ["a", "b"], limit: 1)).Count);
        await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/batch", """{ "userIds": ["a", "b", "c"] }""", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Post_SameUserManyTimes_IsAnsweredOnce()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var lines = await PostAsync(service, [.. Enumerable.Range(0, 5_000).Select(position => $"u{position % 3}")], limit: 1);

        Assert.Equal(["u0", "u1", "u2"], lines.Select(line => line.GetProperty("userId").GetString()));
    }

    [Fact]
    public async Task Post_ListsBeyondTheKeysLimit_AreRefusedAndSayWhatToDo()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Security:ApiKeys:1:RequestsPerSecond=40"]);
        var (most, tooMany) = (UserIds(40), UserIds(41));

        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/batch", JsonSerializer.Serialize(new { userIds = tooMany }), HttpStatusCode.BadRequest);
        Assert.Contains("at most 40 at once", problem.GetProperty("errors").GetProperty("userIds")[0].GetString(), StringComparison.Ordinal);
        // A user named again costs nothing, and what is refused no list.
        await Wait.UntilAsync(async () => await StatusOfAsync(service, [.. most, .. most]) == HttpStatusCode.OK, "the key has all its requests");

        Assert.Equal(HttpStatusCode.TooManyRequests, await FirstRefusalAsync(service, most));
        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(service, most, service.Admin));
        await Wait.UntilAsync(async () => await StatusOfAsync(service, most) == HttpStatusCode.OK, "the key has requests again");
    }

    private static string[] UserIds(int count) => [.. Enumerable.Range(0, count).Select(user => $"u{user}")];

    /// <summary>Asks for as many lists as the key has in a second, until there are too few left.</summary>
    private static async Task<HttpStatusCode> FirstRefusalAsync(TestService service, string[] userIds)
    {
        for (var request = 0; request < 1_000; request++)
        {
            if (await StatusOfAsync(service, userIds) is not HttpStatusCode.OK and var refused)
                return refused;
        }

        return HttpStatusCode.OK;
    }

    private static async Task<HttpStatusCode> StatusOfAsync(TestService service, string[] userIds, HttpClient? client = null)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { userIds, limit = 1 }), Encoding.UTF8, "application/json");
        using var response = await (client ?? service.Storefront).PostAsync("/recommendations/batch", body);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            Assert.InRange(response.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        return response.StatusCode;
    }

    private static async Task<List<JsonElement>> PostAsync(TestService service, string[] userIds, int limit)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { userIds, limit }), Encoding.UTF8, "application/json");
        using var response = await service.Storefront.PostAsync("/recommendations/batch", body);
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
