using System.Net;
using System.Text.Json;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Documentation;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Gorse;

/// <summary>Lists as Gorse's clients ask for them, over a shop of known tastes and its trained model.</summary>
public sealed class GorseListsTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Lists_OfATrainedShop_AreThoseOfThePlacements(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database, GorseShop.Settings);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        await GorseShop.CallAsync(service, "POST", "/items", """
            [{ "ItemId": "item-2-11", "Categories": ["Two", "Late"], "Timestamp": "2020-01-01" }, { "ItemId": "item-2-10", "Categories": ["Two"], "Timestamp": "2021-01-01" }]
            """);

        var ids = Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh"));
        Assert.Equal(10, ids.Count);
        // Ids, or scores from the second version on.
        var scores = Scores(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?n=4", apiVersion: "2"));
        Assert.Equal(ids.Take(4), scores.Select(score => score.Id));
        Assert.Equal(scores.OrderByDescending(score => score.Score), scores);
        Assert.Equal(ids.Skip(3).Take(4), Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?n=4&offset=3")));
        Assert.Empty(Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?n=0")));
        Assert.Equal(ids, Scores(await GorseShop.CallAsync(service, "GET", "/collaborative-filtering/fresh")).Select(score => score.Id));

        // A taste, after which nothing of it that has feedback comes again.
        await GorseShop.CallAsync(service, "POST", "/feedback", """
            [{ "FeedbackType": "star", "UserId": "fresh", "ItemId": "item-2-00" }, { "FeedbackType": "read", "UserId": "fresh", "ItemId": "item-2-01" }, { "FeedbackType": "star", "UserId": "fresh", "ItemId": "item-2-02" }]
            """);
        var personal = Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?n=5"));
        Assert.All(personal, item => Assert.StartsWith("item-2-", item, StringComparison.Ordinal));
        Assert.Empty(personal.Intersect(["item-2-00", "item-2-01", "item-2-02"]));

        // Categories hold together.
        Assert.Equal(["item-2-10", "item-2-11"], Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?category=Two")).Order());
        Assert.Equal(["item-2-11"], Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?category=Two&category=Late")));
        Assert.Equal(["item-2-11"], Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh/Late")));

        // What is written back does not come again either.
        var shown = Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?n=3&write-back-type=read&write-back-delay=10m"));
        Assert.Equal(personal.Take(3), shown);
        Assert.Empty(Texts(await GorseShop.CallAsync(service, "GET", "/recommend/fresh?n=10")).Intersect(shown));
        Assert.Equal(shown.Append("item-2-01").Order(), (await GorseShop.CallAsync(service, "GET", "/user/fresh/feedback/read")).EnumerateArray().Select(one => one.GetProperty("ItemId").GetString()).Order());

        var session = Scores(await GorseShop.CallAsync(service, "POST", "/session/recommend?n=4", """[{ "FeedbackType": "star", "UserId": "s", "ItemId": "item-1-00", "Timestamp": "2024-01-01" }, { "FeedbackType": "star", "ItemId": "item-1-03" }]"""));
        Assert.Equal(4, session.Count);
        Assert.All(session, score => Assert.StartsWith("item-1-", score.Id, StringComparison.Ordinal));
        Assert.Empty(Scores(await GorseShop.CallAsync(service, "POST", "/session/recommend", "[]")));

        var latest = Scores(await GorseShop.CallAsync(service, "GET", "/latest?n=2&category=Two"));
        Assert.Equal([("item-2-10", 1609459200d), ("item-2-11", 1577836800d)], latest.Select(score => (score.Id, score.Score)));
        Assert.Equal(latest, Scores(await GorseShop.CallAsync(service, "GET", "/latest/Two")));
        Assert.Equal(3, Scores(await GorseShop.CallAsync(service, "GET", "/non-personalized/popular?n=3")).Count);
        Assert.Equal(Scores(await GorseShop.CallAsync(service, "GET", "/popular?n=3")), Scores(await GorseShop.CallAsync(service, "GET", "/non-personalized/popular?n=3")));
        Assert.Equal("recommender nobody not found", await GorseShop.RefuseAsync(service.Admin, "GET", "/non-personalized/nobody", HttpStatusCode.NotFound));

        foreach (var path in (string[])["/item/item-0-00/neighbors?n=3", "/item-to-item/neighbors/item-0-00?n=3"])
        {
            var neighbours = Scores(await GorseShop.CallAsync(service, "GET", path));
            Assert.Equal(3, neighbours.Count);
            Assert.All(neighbours, score => Assert.StartsWith("item-0-", score.Id, StringComparison.Ordinal));
        }

        Assert.Empty(Scores(await GorseShop.CallAsync(service, "GET", "/item/nothing/neighbors")));
        Assert.Equal("recommender home not found", await GorseShop.RefuseAsync(service.Admin, "GET", "/item-to-item/home/item-0-00", HttpStatusCode.NotFound));
        Assert.NotEmpty(Scores(await GorseShop.CallAsync(service, "GET", "/user/fresh/neighbors?n=3")));
        Assert.Equal(Scores(await GorseShop.CallAsync(service, "GET", "/user/fresh/neighbors")), Scores(await GorseShop.CallAsync(service, "GET", "/user-to-user/neighbors/fresh")));
        Assert.Equal("recommender other not found", await GorseShop.RefuseAsync(service.Admin, "GET", "/user-to-user/other/fresh", HttpStatusCode.NotFound));
    }

    /// <summary>The figures count what was shown, and not what the offset passed over.</summary>
    [Fact]
    public async Task Recommend_WithAnOffset_IsAnImpressionOfWhatIsShown()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, GorseShop.Settings);
        await GorseShop.CallAsync(service, "POST", "/items", JsonSerializer.Serialize(Enumerable.Range(0, 8).Select(number => new { ItemId = $"i{number}" })));

        var shown = Texts(await GorseShop.CallAsync(service, "GET", "/recommend/paging?n=2&offset=3"));

        Assert.Equal(2, shown.Count);
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE user_id = 'paging'") == 1, "the impression is stored");
        Assert.Equal(1, await database.CountAsync($"SELECT count(*) FROM impressions WHERE user_id = 'paging' AND item_ids_json = '{JsonSerializer.Serialize(shown)}'"));
    }

    [Fact]
    public async Task Calls_WithoutTheRight_AreRefusedInPlainText()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, GorseShop.Settings);

        foreach (var path in (string[])["/recommend/u", "/users", "/user/u", "/feedback", "/latest", "/item/i/neighbors", "/user/u/neighbors"])
            Assert.NotEmpty(await GorseShop.RefuseAsync(service.Anonymous, "GET", path, HttpStatusCode.Unauthorized));
        foreach (var path in (string[])["/users", "/user/u", "/feedback", "/user/u/feedback", "/user/u/neighbors", "/user-to-user/neighbors/u"])
            Assert.NotEmpty(await GorseShop.RefuseAsync(service.Storefront, "GET", path, HttpStatusCode.Forbidden));
        foreach (var (method, path) in ((string, string)[])[("POST", "/user"), ("POST", "/items"), ("PATCH", "/item/i"), ("DELETE", "/item/i"), ("DELETE", "/user/u")])
        {
            Assert.NotEmpty(await GorseShop.RefuseAsync(service.Storefront, method, path, HttpStatusCode.Forbidden, "{}"));
            Assert.NotEmpty(await GorseShop.RefuseAsync(service.Viewer, method, path, HttpStatusCode.Forbidden, "{}"));
        }

        // What a storefront does, its key may do.
        using var posted = await GorseShop.SendAsync(service.Storefront, "POST", "/feedback", """[{ "FeedbackType": "read", "UserId": "u", "ItemId": "i" }]""");
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        using var recommended = await GorseShop.SendAsync(service.Storefront, "GET", "/recommend/u");
        Assert.Equal(HttpStatusCode.OK, recommended.StatusCode);
        using var listed = await GorseShop.SendAsync(service.Viewer, "GET", "/users");
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.NotEmpty(await GorseShop.RefuseAsync(service.Admin, "GET", "/nowhere", HttpStatusCode.NotFound));
        Assert.NotEmpty(await GorseShop.RefuseAsync(service.Admin, "PUT", "/users", HttpStatusCode.MethodNotAllowed, "{}"));
    }

    [Fact]
    public async Task Health_NeedsNoKey_AndPagesOfOtherHostsMayAsk()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, GorseShop.Settings);

        foreach (var path in (string[])["/health/live", "/health/ready"])
        {
            using var response = await GorseShop.SendAsync(service.Anonymous, "GET", path);
            Assert.Equal(
                """{"Ready":true,"DataStoreError":null,"CacheStoreError":null,"DataStoreConnected":true,"CacheStoreConnected":true}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        using var preflight = await GorseShop.SendAsync(service.Anonymous, "OPTIONS", "/recommend/u");
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Contains("X-API-Key", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Calls_WorkAsTheyStand()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, GorseShop.Settings);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-0115", "{}", HttpStatusCode.Created);
        List<string> answers = [];

        foreach (var line in CurlLine.In(Repository.Read("docs/gorse.md")))
        {
            using var request = line.ToRequest(service.Address);
            using var response = await service.Storefront.SendAsync(request, TestContext.Current.CancellationToken);
            answers.Add(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(["""{"RowAffected":1}""", """["item-0115"]"""], answers);
    }

    [Theory]
    [InlineData("star=admire", "there is no kind 'admire'")]
    [InlineData("star", "'star' is not TYPE=KIND")]
    [InlineData("=like", "'=like' is not TYPE=KIND")]
    [InlineData("star=like,star=view", "the type 'star' stands twice")]
    public async Task Start_ABadFeedbackType_IsRefused(string types, string reason)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        var refusal = await Assert.ThrowsAsync<InvalidSettingsException>(() => TestService.StartAsync(database, [$"--Reco:Compatibility:GorseFeedbackTypes={types}"]));

        Assert.Contains($"Reco:Compatibility:GorseFeedbackTypes: {reason}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switch_Off_ThereIsNoSuchPath()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        using var response = await GorseShop.SendAsync(service.Admin, "GET", "/users");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private static List<string> Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private static List<(string Id, double Score)> Scores(JsonElement list) => [.. list.EnumerateArray().Select(item => (item.GetProperty("Id").GetString()!, item.GetProperty("Score").GetDouble()))];
}
