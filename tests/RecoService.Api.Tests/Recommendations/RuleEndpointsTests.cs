using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>Merchandising rules over HTTP: stored, checked, and acting on the next list of every placement and replica.</summary>
public sealed class RuleEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rules_OfEveryAction_ActOnTheNextListTogetherAndAreGoneWithTheirDeletion(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database);
        Assert.Equal("i0 i1 i2 i3 i4 i5 i6 i7", await ShowAsync(service));

        await AddAsync(service, "out", """{ "items": "itemId = \"i0\"", "action": { "exclude": true } }""");
        Assert.Equal("i1 i2 i3 i4 i5 i6 i7", await ShowAsync(service));
        await AddAsync(service, "first", """{ "items": "itemId in (\"i0\", \"i6\")", "action": { "pin": 2 } }""");
        Assert.Equal("i1 i6 i2 i3 i4 i5 i7", await ShowAsync(service));
        await AddAsync(service, "up", """{ "items": "itemId = \"i7\"", "action": { "boost": 100 } }""");
        Assert.Equal("i7 i6 i1 i2 i3 i4 i5", await ShowAsync(service));
        await AddAsync(service, "down", """{ "items": "itemId = \"i1\"", "action": { "bury": 0.01 } }""");
        Assert.Equal("i7 i6 i2 i3 i4 i5 i1", await ShowAsync(service));
        await AddAsync(service, "mix", """{ "placements": ["popular"], "items": "price >= 0", "action": { "limit": { "by": "brand", "most": 2 } } }""");
        // Brand A is 2 and 4 now; the pinned i6, which is of A too, counts for no limit. Of brand B the boosted i7 and i3.
        Assert.Equal("i7 i6 i2 i3 i4", await ShowAsync(service));
        Assert.Equal("i7 i6 i2 i3 i4 i5 i1", await ShowAsync(service, "new-arrivals"));
        // Every way to a list.
        Assert.StartsWith("i7 i6", IdsOf(await service.Storefront.GetJsonAsync("/recommendations/nobody")), StringComparison.Ordinal);
        Assert.StartsWith("i7 i6", IdsOf(await service.Storefront.GetJsonAsync("/placements/popular")), StringComparison.Ordinal);
        var batch = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/batch", """{ "userIds": ["nobody"] }""");
        Assert.StartsWith("i7 i6", IdsOf(batch), StringComparison.Ordinal);

        foreach (var rule in new[] { "out", "first", "up", "down", "mix" })
            await service.Admin.SendJsonAsync(HttpMethod.Delete, $"/admin/rules/{rule}", null, HttpStatusCode.NoContent);
        Assert.Equal("i0 i1 i2 i3 i4 i5 i6 i7", await ShowAsync(service));
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/rules/out", null, HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/admin/rules/out", null, HttpStatusCode.NotFound);
        Assert.Empty((await service.Admin.GetJsonAsync("/admin/rules")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rule_ChangedAndRestarted_KeepsItsRevisionsAndRefusesWhoHasSeenAnOlderOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        long first;
        await using (var service = await StartAsync(database))
        {
            var made = await AddAsync(service, "r", """{ "items": "itemId = \"i5\"", "action": { "pin": 1 }, "when": "context.device = \"phone\"", "from": "2026-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z" }""");
            first = made.GetProperty("revision").GetInt64();
            Assert.Equal(("context.device = \"phone\"", true, JsonValueKind.Null), (made.GetProperty("when").GetString(), made.GetProperty("enabled").GetBoolean(), made.GetProperty("fault").ValueKind));
            Assert.Equal("""{"pin":1}""", made.GetProperty("action").ToString());
            await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/rules", """{ "id": "r", "items": "price > 0", "action": { "exclude": true } }""", HttpStatusCode.Conflict);
            Assert.StartsWith("i0", await ShowAsync(service), StringComparison.Ordinal);
            Assert.StartsWith("i5", await ShowAsync(service, context: new { device = "phone" }), StringComparison.Ordinal);

            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/rules/r?revision={first}", """{ "items": "itemId = \"i4\"", "action": { "pin": 1 } }""");
            var late = await service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/rules/r?revision={first}", """{ "items": "itemId = \"i3\"", "action": { "pin": 1 } }""", HttpStatusCode.Conflict);
            Assert.Contains("Nothing was changed", late.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.StartsWith("i4", await ShowAsync(service), StringComparison.Ordinal);
        }

        await using var again = await TestService.StartAsync(database);
        Assert.StartsWith("i4", await ShowAsync(again), StringComparison.Ordinal);
        await again.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/rules/r", null, HttpStatusCode.NoContent);
        var revisions = (await again.Admin.GetJsonAsync("/admin/rules/r/revisions")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([true, false, false], revisions.Select(revision => revision.GetProperty("deleted").GetBoolean()));
        Assert.Equal(first, revisions[2].GetProperty("revision").GetInt64());
        await again.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/r?revision=0", """{ "items": "itemId = \"i2\"", "action": { "pin": 1 } }""", HttpStatusCode.Created);
        Assert.StartsWith("i2", await ShowAsync(again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_OfTwoReplicas_ActOnBoth()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var one = await StartAsync(database);
        await using var other = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1"]);

        await AddAsync(one, "r", """{ "items": "itemId = \"i7\"", "action": { "pin": 1 } }""");
        Assert.StartsWith("i7", await ShowAsync(one), StringComparison.Ordinal);
        await Wait.UntilAsync(async () => (await ShowAsync(other)).StartsWith("i7", StringComparison.Ordinal), "the other replica follows");
        await other.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/r", """{ "items": "itemId = \"i6\"", "action": { "pin": 1 }, "enabled": true }""");
        Assert.StartsWith("i6", await ShowAsync(other), StringComparison.Ordinal);
        await Wait.UntilAsync(async () => (await ShowAsync(one)).StartsWith("i6", StringComparison.Ordinal), "the first replica follows");
    }

    /// <summary>Requests go on while a rule begins and ends; each list is one of the two, and the change comes once.</summary>
    [Fact]
    public async Task Rule_BeginsAndEndsWhileRequestsGoOn()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        var now = TimeProvider.System.GetUtcNow();
        await AddAsync(service, "r", JsonSerializer.Serialize(new { items = "itemId = \"i7\"", action = new { pin = 1 }, from = now.AddSeconds(1.5), until = now.AddSeconds(3) }));
        var firsts = new List<string>();

        await Wait.UntilAsync(async () =>
        {
            firsts.Add((await ShowAsync(service))[..2]);
            return TimeProvider.System.GetUtcNow() > now.AddSeconds(3.2);
        }, "the rule has ended");

        Assert.Subset(new HashSet<string>(["i0", "i7"], StringComparer.Ordinal), firsts.ToHashSet(StringComparer.Ordinal));
        Assert.Equal("i0", firsts[^1]);
        // It begins once at most and ends once at most, in between on a machine that answers.
        Assert.InRange(firsts.Zip(firsts.Skip(1)).Count(pair => pair.First != pair.Second), 0, 2);
    }

    [Theory]
    [InlineData("{}", "items", "is missing")]
    [InlineData("{}", "action", "is missing; it is one of boost, bury, pin, exclude and limit")]
    [InlineData("""{ "items": "price <", "action": { "exclude": true } }""", "items", "at character 7: Expected")]
    [InlineData("""{ "items": "prize < 3", "action": { "exclude": true } }""", "items", "at character 0: ")]
    [InlineData("""{ "items": "brand > 3", "action": { "exclude": true } }""", "items", "at character ")]
    [InlineData("""{ "items": "price > 3", "when": "price > 3", "action": { "exclude": true } }""", "when", "names a field of the items")]
    [InlineData("""{ "items": "price > 3", "when": "context.", "action": { "exclude": true } }""", "when", "at character ")]
    [InlineData("""{ "items": "price > 3", "placements": ["home", "nowhere"], "action": { "exclude": true } }""", "placements[1]", "'nowhere' is not a placement")]
    [InlineData("""{ "items": "price > 3", "placements": [null], "action": { "exclude": true } }""", "placements[0]", "'null' is not a placement")]
    [InlineData("""{ "items": "price > 3", "placements": [], "action": { "exclude": true } }""", "placements", "is empty")]
    [InlineData("""{ "items": "price > 3", "action": {} }""", "action", "names 0 of boost")]
    [InlineData("""{ "items": "price > 3", "action": { "pin": 1, "exclude": true } }""", "action", "names 2 of boost")]
    [InlineData("""{ "items": "price > 3", "action": { "boost": 0.5 } }""", "action.boost", "must be 1 to 100")]
    [InlineData("""{ "items": "price > 3", "action": { "boost": 101 } }""", "action.boost", "must be 1 to 100")]
    [InlineData("""{ "items": "price > 3", "action": { "bury": 0 } }""", "action.bury", "must be 0.01 to 1")]
    [InlineData("""{ "items": "price > 3", "action": { "pin": 0 } }""", "action.pin", "must be 1 to 200")]
    [InlineData("""{ "items": "price > 3", "action": { "pin": 201 } }""", "action.pin", "must be 1 to 200")]
    [InlineData("""{ "items": "price > 3", "action": { "exclude": false } }""", "action.exclude", "must be true")]
    [InlineData("""{ "items": "price > 3", "action": { "limit": {} } }""", "action.limit.by", "is missing")]
    [InlineData("""{ "items": "price > 3", "action": { "limit": { "by": "brand" } } }""", "action.limit.most", "must be 1 to 200")]
    [InlineData("""{ "items": "price > 3", "action": { "hide": true } }""", "action.hide", "is not a known field")]
    [InlineData("""{ "items": "price > 3", "action": { "exclude": true }, "from": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z" }""", "until", "lies before from")]
    [InlineData("""{ "items": "price > 3", "action": { "exclude": true }, "id": "" }""", "id", "")]
    public async Task Post_ABadRule_NamesTheFieldAndStoresNothing(string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using (var known = await service.Admin.PutAsJsonAsync("/items/of-rules", new { price = 5, currency = "EUR", attributes = new { brand = "A" } }))
            Assert.True(known.IsSuccessStatusCode);

        var problem = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/rules", body, HttpStatusCode.BadRequest);

        Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty((await service.Admin.GetJsonAsync("/admin/rules")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Put_WithAnotherIdInTheBody_IsRefused()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/a", """{ "id": "b", "items": "price is missing", "action": { "exclude": true } }""", HttpStatusCode.BadRequest);

        Assert.StartsWith("is another one", problem.GetProperty("errors").GetProperty("id")[0].GetString(), StringComparison.Ordinal);
    }

    /// <summary>Eight items, i0 the most popular and the newest; the even ones are of brand A.</summary>
    private static async Task<TestService> StartAsync(TestDatabase database)
    {
        var service = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1"]);
        for (var item = 0; item < 8; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", JsonSerializer.Serialize(new { price = item, currency = "EUR", addedAt = $"2026-01-{20 - item:00}T00:00:00Z", attributes = new { brand = item % 2 == 0 ? "A" : "B" } }), HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 8).SelectMany(item => Enumerable.Range(0, 8 - item).Select(user => new { userId = $"u{user}", itemId = $"i{item}", kind = "view" }))]);
        return service;
    }

    private static async Task<JsonElement> AddAsync(TestService service, string id, string rule)
    {
        var made = await service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/rules/{id}", rule, HttpStatusCode.Created);
        Assert.Equal(id, made.GetProperty("id").GetString());
        return made;
    }

    private static async Task<string> ShowAsync(TestService service, string placement = "popular", object? context = null) =>
        IdsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { placement, context })));

    private static string IdsOf(JsonElement list) => string.Join(' ', list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
}
