using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>What the shop says of a user counts in filters and rules from the next request on, on every replica; what a request says of itself is kept with the list.</summary>
public sealed class UserAttributeListsTests
{
    private const string OfTheirBrand = "brand = user.brand";

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task UserAttributes_PutChangedMergedAndErased_CountInTheNextListAndAfterARestart(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await StartAsync(database))
        {
            Assert.Equal("", await ShowAsync(service, "ann", OfTheirBrand));

            await PutAsync(service, "ann", """{ "attributes": { "brand": "A", "budget": 5, "tier": "gold" } }""", HttpStatusCode.Created);
            Assert.Equal("i0 i2 i4", await ShowAsync(service, "ann", OfTheirBrand));
            Assert.Equal("i0 i1 i2 i3 i4", await ShowAsync(service, "ann", "price < user.budget"));
            Assert.Equal("", await ShowAsync(service, "ben", OfTheirBrand));
            await service.Admin.SendJsonAsync(HttpMethod.Patch, "/users/ann", """{ "attributes": { "brand": "B" } }""");
            Assert.Equal("i1 i3", await ShowAsync(service, "ann", OfTheirBrand + " and price < user.budget"));

            // The short form knows the user by the path.
            Assert.Equal("i1 i3", IdsOf(await service.Storefront.GetJsonAsync($"/recommendations/ann?filter={Uri.EscapeDataString(OfTheirBrand)}")));
            await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/gold", """{ "when": "user.tier = \"gold\"", "items": "itemId = \"i4\"", "action": { "pin": 1 } }""", HttpStatusCode.Created);
            Assert.StartsWith("i4 i0", await ShowAsync(service, "ann"), StringComparison.Ordinal);
            Assert.StartsWith("i0 i1", await ShowAsync(service, "ben"), StringComparison.Ordinal);
            using var asked = new StringContent("""{ "userIds": ["ann", "ben"] }""", Encoding.UTF8, "application/json");
            using var batch = await service.Storefront.PostAsync("/recommendations/batch", asked);
            var lists = (await batch.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(["i4 i0", "i0 i1"], lists.Select(list => IdsOf(JsonElement.Parse(list))[..5]));

            // What the visitor is said to be goes over to the user, where nothing is said of the user.
            await PutAsync(service, "visitor", """{ "attributes": { "brand": "A", "tier": "tin" } }""", HttpStatusCode.Created);
            await PutAsync(service, "cleo", """{ "attributes": { "tier": "gold" } }""", HttpStatusCode.Created);
            await service.Storefront.SendJsonAsync(HttpMethod.Post, "/users/cleo/merge", """{ "from": "visitor" }""");
            Assert.Equal("i4 i0 i2", await ShowAsync(service, "cleo", OfTheirBrand));
            Assert.Equal("", await ShowAsync(service, "visitor", OfTheirBrand));
        }

        await using var again = await TestService.StartAsync(database);
        Assert.Equal("i1 i3", await ShowAsync(again, "ann", OfTheirBrand));
        Assert.Equal("i4 i0 i2", await ShowAsync(again, "cleo", OfTheirBrand));
        await again.Admin.SendJsonAsync(HttpMethod.Delete, "/users/ann", null, HttpStatusCode.Accepted);
        Assert.Equal("", await ShowAsync(again, "ann", OfTheirBrand));
        Assert.StartsWith("i0 i1", await ShowAsync(again, "ann"), StringComparison.Ordinal);
        var columns = (await again.Admin.GetJsonAsync("/admin/status")).GetProperty("catalogue").GetProperty("userColumns").EnumerateArray();
        Assert.Equal(["attributes.brand 1", "attributes.tier 1"], columns.Select(column => $"{column.GetProperty("name").GetString()} {column.GetProperty("items")}"));
    }

    /// <summary>An import and a call on one replica reach the other by the feed.</summary>
    [Fact]
    public async Task UserAttributes_OfAnotherReplica_Follow()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var one = await StartAsync(database);
        await using var other = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1"]);

        await PutAsync(one, "ann", """{ "attributes": { "brand": "A" } }""", HttpStatusCode.Created);
        await Wait.UntilAsync(async () => await ShowAsync(other, "ann", OfTheirBrand) == "i0 i2 i4", "the other replica follows");
        using var file = new StringContent("userId,attributes.brand\nann,B\nben,A\n", Encoding.UTF8, "text/csv");
        using var imported = await other.Admin.PostAsync("/import/users", file);
        await imported.ReadJsonAsync(HttpStatusCode.OK);
        foreach (var service in (TestService[])[one, other])
        {
            await Wait.UntilAsync(async () => await ShowAsync(service, "ann", OfTheirBrand) == "i1 i3", "the replica knows of the import");
            Assert.Equal("i0 i2 i4", await ShowAsync(service, "ben", OfTheirBrand));
        }

        await other.Admin.SendJsonAsync(HttpMethod.Delete, "/users/ann", null, HttpStatusCode.Accepted);
        await Wait.UntilAsync(async () => await ShowAsync(one, "ann", OfTheirBrand) == "", "the replica forgets the user");
    }

    /// <summary>An attribute that nearly every user has another value of is no use to a filter, and is said to be left out.</summary>
    [Fact]
    public async Task UserAttributes_BeyondTheBounds_AreSaidInTheStatus()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Catalogue:MaxDistinctValues=2"]);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/i", "{}", HttpStatusCode.Created);
        for (var user = 0; user < 3; user++)
            await PutAsync(service, $"u{user}", $$"""{ "attributes": { "address": "a{{user}}" } }""", HttpStatusCode.Created);

        var status = await service.Admin.GetJsonAsync("/admin/status");

        Assert.Equal(
            "The attribute 'address' of users, as a text, has no column: there are more than 2 distinct texts (Reco:Catalogue:MaxDistinctValues).",
            Assert.Single(status.GetProperty("reasons").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Context_OfARequest_IsKeptWithTheImpression(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database);

        var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "userId": "ann", "placement": "popular", "context": { "device": "phöne", "hour": 7.5, "vip": true } }""");
        var page = await service.Storefront.SendJsonAsync(
            HttpMethod.Post, "/recommendations/page", """{ "context": { "country": "CH" }, "lists": [{ "placement": "popular", "limit": 1 }, { "placement": "new-arrivals", "limit": 1 }] }""");
        var silent = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "placement": "popular", "context": {} }""");

        Assert.Equal("""{"device":"phöne","hour":7.5,"vip":true}""", (await ReadAsync(service, list))!.ContextJson);
        foreach (var part in page.GetProperty("lists").EnumerateArray())
            Assert.Equal("""{"country":"CH"}""", (await ReadAsync(service, part))!.ContextJson);
        Assert.Null((await ReadAsync(service, silent))!.ContextJson);
    }

    private static async Task<Impression?> ReadAsync(TestService service, JsonElement list)
    {
        Impression? impression = null;
        await Wait.UntilAsync(
            async () => (impression = await service.Shop.Store.Impressions.GetAsync(list.GetProperty("recommendationId").GetGuid(), CancellationToken.None)) is not null, "the impression is stored");
        return impression;
    }

    /// <summary>Five items that all cost what their number says, i0 the most popular; the even ones are of brand A.</summary>
    private static async Task<TestService> StartAsync(TestDatabase database)
    {
        var service = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1"]);
        for (var item = 0; item < 5; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", JsonSerializer.Serialize(new { price = item, currency = "EUR", attributes = new { brand = item % 2 == 0 ? "A" : "B" } }), HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 5).SelectMany(item => Enumerable.Range(0, 5 - item).Select(user => new { userId = $"u{user}", itemId = $"i{item}", kind = "view" }))]);
        return service;
    }

    private static async Task PutAsync(TestService service, string userId, string record, HttpStatusCode expected) =>
        await service.Admin.SendJsonAsync(HttpMethod.Put, $"/users/{userId}", record, expected);

    private static async Task<string> ShowAsync(TestService service, string userId, string? filter = null) =>
        IdsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId, placement = "popular", filter })));

    private static string IdsOf(JsonElement list) => string.Join(' ', list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
}
