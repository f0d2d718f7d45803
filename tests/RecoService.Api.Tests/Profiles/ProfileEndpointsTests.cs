using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Profiles;

/// <summary>What is known of users and items, over HTTP. Every test has a shop of its own.</summary>
public sealed class ProfileEndpointsTests
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.Postgres];

    /// <summary>Three items of a kitchen and one of a garden; Ann views and buys, Bob views, Cid buys without a view.</summary>
    private static async Task FillAsync(TestService service)
    {
        foreach (var (itemId, record) in new[]
        {
            ("pan", """{ "title": "Pan", "categories": ["Home > Kitchen > Pans"], "price": 10, "currency": "EUR", "attributes": { "brand": "Oak" } }"""),
            ("pot", """{ "title": "Pot", "categories": ["Home > Kitchen"], "price": 20, "salePrice": 15, "currency": "EUR", "groupId": "pots", "attributes": { "brand": "Oak" } }"""),
            ("rake", """{ "title": "Rake", "categories": ["Garden"], "price": 40, "currency": "EUR", "attributes": { "brand": ["Elm", "Oak"] } }"""),
            ("lid", """{ "title": "Lid", "categories": ["Home > Kitchen"], "price": 5, "currency": "EUR", "available": false }"""),
        })
        {
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{itemId}", record, HttpStatusCode.Created);
        }

        var now = service.Get<TimeProvider>().GetUtcNow();
        await service.Storefront.PostInteractionsAsync(
            new { id = "a-1", userId = "ann", itemId = "pan", kind = "view", occurredAt = now.AddDays(-3) }, new { id = "a-2", userId = "ann", itemId = "pan", kind = "purchase", orderId = "a-order", occurredAt = now.AddDays(-2) },
            new { userId = "ann", itemId = "pot", kind = "view", occurredAt = now.AddDays(-2) }, new { userId = "ann", itemId = "rake", kind = "view", occurredAt = now.AddDays(-1) },
            new { userId = "bob", itemId = "pan", kind = "view", occurredAt = now.AddDays(-2) }, new { userId = "cid", itemId = "pan", kind = "purchase", occurredAt = now.AddDays(-40) });
    }

    private static JsonElement Named(JsonElement list, string member, string name) => list.EnumerateArray().Single(entry => entry.GetProperty(member).GetString() == name);

    private static IEnumerable<string?> Names(JsonElement list, string member) => list.EnumerateArray().Select(entry => entry.GetProperty(member).GetString());

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task GetUserProfile_AfterTheLastInteraction_IsThePortrait(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await FillAsync(service);

        var profile = await service.Storefront.GetJsonAsync("/users/ann/profile");

        Assert.Equal(
            ["userId", "modelVersion", "lastSeenAt", "items", "consumedItems", "activity", "kinds", "categories", "attributes", "priceBand", "segments", "similarUsers"],
            profile.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("ann", 3, 1), (profile.GetProperty("userId").GetString(), profile.GetProperty("items").GetInt32(), profile.GetProperty("consumedItems").GetInt32()));
        Assert.Equal((4, 4, 3, true), (
            profile.GetProperty("activity").GetProperty("events").GetInt32(), profile.GetProperty("activity").GetProperty("last7Days").GetInt32(),
            profile.GetProperty("activity").GetProperty("days").GetInt32(), profile.GetProperty("activity").GetProperty("complete").GetBoolean()));
        Assert.Equal(["view", "purchase"], Names(profile.GetProperty("kinds"), "kind"));
        // Of a weight of 1 + 8, 1 and 1, nearly all of now.
        Assert.Equal(["Home", "Home > Kitchen", "Home > Kitchen > Pans", "Garden"], Names(profile.GetProperty("categories"), "value"));
        Assert.Equal(10 / 11.0, profile.GetProperty("categories")[0].GetProperty("share").GetDouble(), 0.01);
        Assert.Equal(("brand", "Oak", 1d), (
            profile.GetProperty("attributes")[0].GetProperty("name").GetString(), profile.GetProperty("attributes")[0].GetProperty("values")[0].GetProperty("value").GetString(),
            profile.GetProperty("attributes")[0].GetProperty("values")[0].GetProperty("share").GetDouble()));
        Assert.Equal(("EUR", 10d, 0.5), (
            profile.GetProperty("priceBand").GetProperty("currency").GetString(), profile.GetProperty("priceBand").GetProperty("median").GetDouble(),
            profile.GetProperty("priceBand").GetProperty("catalogueShare").GetDouble()));
        Assert.Equal(["new", "active"], Names(profile.GetProperty("segments"), "name"));
        Assert.InRange(Named(profile.GetProperty("segments"), "name", "active").GetProperty("evidence").GetProperty("daysSinceLast").GetDouble(), 1, 1.1);

        // The next interaction is in the next portrait.
        await service.Storefront.PostInteractionsAsync(new { userId = "ann", itemId = "lid", kind = "click" });
        Assert.Equal(5, (await service.Storefront.GetJsonAsync("/users/ann/profile")).GetProperty("activity").GetProperty("events").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task GetItemProfile_AfterTheLastInteraction_CountsTheAudience(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await FillAsync(service);

        var profile = await service.Storefront.GetJsonAsync("/items/pan/profile");

        Assert.Equal(
            ["itemId", "modelVersion", "available", "groupId", "price", "audience", "trend", "conversion", "repurchase", "similar", "boughtTogether"],
            profile.EnumerateObject().Select(member => member.Name));
        Assert.Equal("""{"users":3,"supporters":3,"buyers":2,"returningBuyers":0,"kinds":[{"kind":"view","users":2,"events":2},{"kind":"purchase","users":2,"events":2}]}""", profile.GetProperty("audience").ToString());
        // Ann bought after a view, Bob did not; Cid had no view.
        var conversion = profile.GetProperty("conversion");
        Assert.Equal((2, 1, 0.5), (conversion.GetProperty("viewers").GetInt32(), conversion.GetProperty("buyers").GetInt32(), conversion.GetProperty("rate").GetDouble()));
        Assert.InRange(conversion.GetProperty("low").GetDouble(), 0.09, 0.1);
        Assert.InRange(conversion.GetProperty("high").GetDouble(), 0.9, 0.91);
        Assert.Equal("""{"price":10,"salePrice":null,"currency":"EUR","category":"Home > Kitchen > Pans","categoryItems":1,"categoryShare":1}""", JsonSerializer.Serialize(profile.GetProperty("price")).Replace("\\u003E", ">", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, profile.GetProperty("repurchase").ValueKind);
        var pot = await service.Storefront.GetJsonAsync("/items/pot/profile");
        Assert.Equal(("pots", 15d, 3, 1d), (
            pot.GetProperty("groupId").GetString(), pot.GetProperty("price").GetProperty("salePrice").GetDouble(), pot.GetProperty("price").GetProperty("categoryItems").GetInt32(),
            pot.GetProperty("price").GetProperty("categoryShare").GetDouble()));
        Assert.False((await service.Storefront.GetJsonAsync("/items/lid/profile")).GetProperty("available").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Profiles_TakenBackMergedAndErased_FollowAtOnceAndAfterARestart(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string[] paths = ["/users/ann/profile", "/users/bob/profile", "/items/pan/profile", "/items/rake/profile"];
        string[] live;
        await using (var service = await TestService.StartAsync(database))
        {
            await FillAsync(service);
            await service.Storefront.PostInteractionsAsync(
                new { userId = "visitor", itemId = "rake", kind = "view" }, new { userId = "visitor", itemId = "rake", kind = "purchase" }, new { userId = "visitor", itemId = "pan", kind = "view" });

            // The order is cancelled: Ann has bought nothing any more.
            await service.Storefront.SendJsonAsync(HttpMethod.Delete, "/orders/a-order", null);
            Assert.Equal(["view"], Names((await service.Storefront.GetJsonAsync("/users/ann/profile")).GetProperty("kinds"), "kind"));
            var pan = await service.Storefront.GetJsonAsync("/items/pan/profile");
            Assert.Equal((4, 1, 0), (pan.GetProperty("audience").GetProperty("users").GetInt32(), pan.GetProperty("audience").GetProperty("buyers").GetInt32(), pan.GetProperty("conversion").GetProperty("buyers").GetInt32()));

            // The visitor is Ann, whose views of the rake and the pan are no second user's.
            await service.Storefront.SendJsonAsync(HttpMethod.Post, "/users/ann/merge", """{ "from": "visitor" }""");
            using (var gone = await service.Storefront.GetAsync("/users/visitor/profile"))
                Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
            Assert.Equal(["view", "purchase"], Names((await service.Storefront.GetJsonAsync("/users/ann/profile")).GetProperty("kinds"), "kind"));
            var rake = await service.Storefront.GetJsonAsync("/items/rake/profile");
            Assert.Equal("""{"users":1,"supporters":1,"buyers":1,"returningBuyers":0,"kinds":[{"kind":"view","users":1,"events":2},{"kind":"purchase","users":1,"events":1}]}""", rake.GetProperty("audience").ToString());
            Assert.Equal(1, rake.GetProperty("conversion").GetProperty("buyers").GetInt32());

            // Cid wants to be forgotten.
            await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/cid", null, HttpStatusCode.Accepted);
            using (var gone = await service.Storefront.GetAsync("/users/cid/profile"))
                Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
            pan = await service.Storefront.GetJsonAsync("/items/pan/profile");
            Assert.Equal((2, 0), (pan.GetProperty("audience").GetProperty("users").GetInt32(), pan.GetProperty("audience").GetProperty("buyers").GetInt32()));
            live = await ReadAsync(service, paths);
        }

        await using var restarted = await TestService.StartAsync(database);
        Assert.Equal(live, await ReadAsync(restarted, paths));
    }

    /// <summary>Without what is as of the last building, and what goes on with the clock.</summary>
    private static async Task<string[]> ReadAsync(TestService service, string[] paths)
    {
        var read = new List<string>();
        foreach (var path in paths)
        {
            var profile = await service.Storefront.GetJsonAsync(path);
            read.Add(string.Join('\n', profile.EnumerateObject().Where(member => member.Name is not ("trend" or "repurchase" or "boughtTogether" or "similar" or "segments"))
                .Select(member => $"{member.Name}: {Rounded(member.Value)}")));
        }

        return [.. read];
    }

    private static string Rounded(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Math.Round(value.GetDouble(), 2).ToString(System.Globalization.CultureInfo.InvariantCulture),
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Rounded))}]",
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().Select(member => $"{member.Name}: {Rounded(member.Value)}"))}}}",
        _ => value.ToString(),
    };

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task GetProfiles_OfATrainedShop_NameNeighboursAndOnlyToAdminsUsers(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await TasteShop.FillAsync(service.Storefront);
        await service.Admin.RetrainAsync();

        var item = await service.Storefront.GetJsonAsync("/items/item-2-07/profile");
        var shown = await service.Storefront.GetJsonAsync("/users/user-001/profile");
        var known = await service.Admin.GetJsonAsync("/users/user-001/profile");

        Assert.Equal(1, item.GetProperty("modelVersion").GetInt32());
        Assert.NotEmpty(item.GetProperty("similar").EnumerateArray());
        Assert.All(Names(item.GetProperty("similar"), "itemId"), id => Assert.StartsWith("item-2-", id, StringComparison.Ordinal));
        Assert.All(Names(item.GetProperty("boughtTogether"), "source"), source => Assert.Equal("bought-together", source));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("similarUsers").ValueKind);
        Assert.DoesNotContain("user-0", shown.ToString().Replace("user-001", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.InRange(known.GetProperty("similarUsers").GetArrayLength(), 1, 10);
        Assert.All(known.GetProperty("similarUsers").EnumerateArray(), user => Assert.Equal(1, int.Parse(user.GetString()!["user-".Length..]) % 4));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task GetProfiles_Warm_ExecuteNoDatabaseCommand(StorageProvider provider)
    {
        using var commands = new RequestCommands();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, configure: commands.AddTo);
        await FillAsync(service);
        await service.Admin.GetJsonAsync("/users/ann/profile");
        await service.Admin.GetJsonAsync("/items/pan/profile");
        await service.Admin.GetJsonAsync("/items/pot");
        Assert.True(commands.Count > 0, "A read was not counted.");

        var before = commands.Count;
        foreach (var path in new[] { "/users/ann/profile", "/users/bob/profile", "/items/pan/profile", "/items/pot/profile", "/items/lid/profile" })
            await service.Admin.GetJsonAsync(path);
        using var nobody = await service.Admin.GetAsync("/users/nobody/profile");
        using var nothing = await service.Admin.GetAsync("/items/nothing/profile");

        Assert.Equal(before, commands.Count);
    }

    [Fact]
    public async Task GetProfiles_Answers_AreKeptByNobody()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await FillAsync(service);

        using var user = await service.Storefront.GetAsync("/users/ann/profile");
        using var nobody = await service.Storefront.GetAsync("/users/nobody/profile");
        using var item = await service.Storefront.GetAsync("/items/pan/profile");

        Assert.Equal("no-store, private", user.Headers.CacheControl!.ToString());
        Assert.Equal("no-store, private", nobody.Headers.CacheControl!.ToString());
        Assert.Equal("no-store", item.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task GetProfiles_NobodyOrNothingThere_Is404()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await FillAsync(service);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/items/lid", null, HttpStatusCode.NoContent);

        foreach (var (path, detail) in new[] { ("/users/nobody/profile", "There is no user 'nobody'."), ("/items/nothing/profile", "There is no item 'nothing'."), ("/items/lid/profile", "There is no item 'lid'.") })
        {
            using var response = await service.Storefront.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(detail, (await response.ReadJsonAsync(HttpStatusCode.NotFound)).GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task Settings_OfProfiles_SayWhatIsNamedAndWhen()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database,
        [
            "--Reco:Profiles:Attributes=colour, brand,colour", "--Reco:Profiles:MaxValues=1", "--Reco:Profiles:ViewKind=click", "--Reco:Profiles:ActiveWithin=12:00:00", "--Reco:Profiles:LoyalDays=1", "--Reco:Profiles:NewFor=01:00:00",
        ]);
        await FillAsync(service);

        var profile = await service.Storefront.GetJsonAsync("/users/ann/profile");

        Assert.Equal(["colour", "brand"], Names(profile.GetProperty("attributes"), "name"));
        Assert.Empty(profile.GetProperty("attributes")[0].GetProperty("values").EnumerateArray());
        Assert.Equal(["Home"], Names(profile.GetProperty("categories"), "value"));
        Assert.Equal(["loyal"], Names(profile.GetProperty("segments"), "name"));
        Assert.Equal(JsonValueKind.Null, (await service.Storefront.GetJsonAsync("/items/pan/profile")).GetProperty("conversion").ValueKind);
    }

    [Fact]
    public async Task GetProfile_WithoutAKey_IsForNobodyElse()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        foreach (var path in new[] { "/users/ann/profile", "/items/pan/profile" })
        {
            using var response = await service.Anonymous.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }
}
