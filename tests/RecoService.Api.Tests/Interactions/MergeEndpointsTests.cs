using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Tests.Interactions;

/// <summary>A visitor who logs in becomes the user. Every test has users and items of its own.</summary>
public sealed class MergeEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.Postgres];

    private static async Task<string> MergeAsync(TestService service, string userId, string from)
    {
        var answer = await service.Storefront.SendJsonAsync(HttpMethod.Post, $"/users/{userId}/merge", JsonSerializer.Serialize(new { from }));
        Assert.Equal(["userId", "from", "moved"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal((userId, from), (answer.GetProperty("userId").GetString(), answer.GetProperty("from").GetString()));
        return answer.GetProperty("moved").ToString();
    }

    private static string Moved(int interactions, int ratings) => $$"""{"interactions":{{interactions}},"ratings":{{ratings}}}""";

    private static async Task PutItemsAsync(TestService service, params string[] itemIds)
    {
        foreach (var itemId in itemIds)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{itemId}", """{ "title": "t" }""", HttpStatusCode.Created);
    }

    private static async Task<bool> IsShownAsync(TestService service, string userId, string itemId) => (await service.Storefront.RecommendAsync(userId, limit: 200)).Contains(itemId);

    private static async Task<List<string>> StoredAsync(TestService service, string userId) =>
        [.. (await service.Admin.GetJsonAsync($"/users/{userId}/interactions")).GetProperty("items").EnumerateArray().Select(row => $"{row.GetProperty("kind")} {row.GetProperty("itemId")} {row.GetProperty("value")}".TrimEnd()).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Merge_Visitor_TheNextListsKnowTheUserAndNobodyElse(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await PutItemsAsync(service, "m-bought", "m-rated", "m-own", "m-new");
        await service.Storefront.PostInteractionsAsync(
            new { id = "m-1", userId = "m-visitor", itemId = "m-bought", kind = "purchase", orderId = "m-order" }, new { userId = "m-visitor", itemId = "m-rated", kind = "rating", value = 5, occurredAt = "2026-01-02T00:00:00Z" },
            new { userId = "m-user", itemId = "m-own", kind = "purchase" }, new { userId = "m-user", itemId = "m-rated", kind = "rating", value = 1, occurredAt = "2026-01-01T00:00:00Z" });
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/m-user", """{ "attributes": { "country": "DE" } }""");
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/m-visitor", """{ "attributes": { "country": "AT", "device": "mobile" } }""");

        Assert.Equal(Moved(1, 1), await MergeAsync(service, "m-user", "m-visitor"));

        Assert.Equal((false, false, false), (await IsShownAsync(service, "m-user", "m-bought"), await IsShownAsync(service, "m-user", "m-rated"), await IsShownAsync(service, "m-user", "m-own")));
        Assert.Equal((true, true), (await IsShownAsync(service, "m-visitor", "m-bought"), await IsShownAsync(service, "m-user", "m-new")));
        Assert.Equal(["purchase m-bought", "purchase m-own", "rating m-rated 5"], await StoredAsync(service, "m-user"));
        Assert.Equal("""{"country":"DE","device":"mobile"}""", (await service.Admin.GetJsonAsync("/users/m-user")).GetProperty("attributes").ToString());
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/users/m-visitor", null, HttpStatusCode.NotFound);

        // A retry of either call does no harm.
        Assert.Equal(Moved(0, 0), await MergeAsync(service, "m-user", "m-visitor"));
        var late = await service.Storefront.PostInteractionsAsync(new { id = "m-1", userId = "m-visitor", itemId = "m-bought", kind = "purchase", orderId = "m-order" });
        Assert.Equal(1, late.GetProperty("duplicates").GetInt32());

        // What comes later is of a new visitor, who can log in too.
        await service.Storefront.PostInteractionsAsync(new { userId = "m-visitor", itemId = "m-new", kind = "purchase" });
        Assert.True(await IsShownAsync(service, "m-user", "m-new"));
        Assert.Equal(Moved(1, 0), await MergeAsync(service, "m-user", "m-visitor"));
        Assert.False(await IsShownAsync(service, "m-user", "m-new"));

        // The order is the user's, and can be taken back.
        await service.Storefront.SendJsonAsync(HttpMethod.Delete, "/orders/m-order", null);
        Assert.True(await IsShownAsync(service, "m-user", "m-bought"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Merge_UnknownUserOrVisitor_IsNoFault(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await service.Storefront.PostInteractionsAsync(new { userId = "n-visitor", itemId = "n-item", kind = "purchase" });

        Assert.Equal(Moved(0, 0), await MergeAsync(service, "n-nobody", "n-never"));
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/users/n-nobody", null, HttpStatusCode.NotFound);

        Assert.Equal(Moved(1, 0), await MergeAsync(service, "n-user", "n-visitor"));
        await service.Admin.GetJsonAsync("/users/n-user");
        Assert.Equal(["purchase n-item"], await StoredAsync(service, "n-user"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Merge_IdsThatAreEscapedInAPath_AreThoseOfTheBody(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        const string odd = "o/\u00fc \"x\"?";
        await service.Storefront.PostInteractionsAsync(new { userId = odd + "1", itemId = "odd-item", kind = "purchase" });

        await service.Storefront.SendJsonAsync(HttpMethod.Post, $"/users/{Uri.EscapeDataString(odd)}/merge", JsonSerializer.Serialize(new { from = odd + "1" }));

        Assert.Equal(["purchase odd-item"], (await service.Shop.Store.Interactions.ListAsync(odd, null, 10, TestContext.Current.CancellationToken)).Items.Select(row => $"{row.Kind} {row.ItemId}"));
        var problem = await service.Storefront.SendJsonAsync(HttpMethod.Post, $"/users/{Uri.EscapeDataString(odd)}/merge", JsonSerializer.Serialize(new { from = odd }), HttpStatusCode.BadRequest);
        Refusal.AssertNames(problem, "from", "is the user of the path");
    }

    /// <summary>What both have together may be more than one may have.</summary>
    [Fact]
    public async Task Merge_AttributesThatOutgrowTheLimits_StayAsTheyAre()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var attributes = new Func<char, string>(name => $$$"""{ "attributes": { "{{{name}}}": "{{{new string('x', 10_000)}}}" } }""");
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/big-user", attributes('a'), HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/big-visitor", attributes('b'), HttpStatusCode.Created);

        await MergeAsync(service, "big-user", "big-visitor");

        Assert.Equal(["a"], (await service.Admin.GetJsonAsync("/users/big-user")).GetProperty("attributes").EnumerateObject().Select(member => member.Name));
        Assert.Equal("""{"a":1,"b":2}""", AttributesJson.Fill("""{"a":1}""", """{"a":3,"b":2}""", new WireLimits { AttributesBytes = 13 }));
        Assert.Equal("""{"a":1}""", AttributesJson.Fill("""{"a":1}""", """{"a":3,"b":2}""", new WireLimits { AttributesBytes = 12 }));
        Assert.Null(AttributesJson.Fill(null, null, new WireLimits()));
    }

    [Fact]
    public async Task Merge_OnOneReplica_IsSoonSoOnTheOther()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var writes = await TestService.StartAsync(database);
        await using var reads = await TestService.StartAsync(database);
        await PutItemsAsync(writes, "bought", "viewed", "later");
        await reads.Storefront.PostInteractionsAsync(new { userId = "visitor", itemId = "bought", kind = "purchase" }, new { userId = "visitor", itemId = "viewed", kind = "view" });
        Assert.False(await IsShownAsync(reads, "visitor", "bought"));
        Assert.True(await IsShownAsync(reads, "user", "bought"));

        Assert.Equal(Moved(2, 0), await MergeAsync(writes, "user", "visitor"));

        Assert.Equal((false, true), (await IsShownAsync(writes, "user", "bought"), await IsShownAsync(writes, "visitor", "bought")));
        await Wait.UntilAsync(async () => !await IsShownAsync(reads, "user", "bought") && await IsShownAsync(reads, "visitor", "bought"), "the other replica has merged them");
        Assert.Equal(Reading(writes), Reading(reads));
        Assert.Equal(["purchase bought", "view viewed"], await StoredAsync(reads, "user"));

        // The other way round: what this replica has yet to hear of is moved with the rest.
        await writes.Storefront.PostInteractionsAsync(new { userId = "visitor", itemId = "later", kind = "purchase" });
        Assert.Equal(Moved(1, 0), await MergeAsync(reads, "user", "visitor"));
        Assert.False(await IsShownAsync(reads, "user", "later"));
        await Wait.UntilAsync(async () => !await IsShownAsync(writes, "user", "later") && await IsShownAsync(writes, "visitor", "later"), "the first replica has merged them");
        Assert.Equal(Reading(writes), Reading(reads));

        static (int, string) Reading(TestService service)
        {
            var state = service.Shop.Serving.Snapshots.State;
            return (state.Users.TryGetIndex("user", out var user) ? state.History[user].Items.Length : -1, string.Join(' ', state.RecommendMany([-1], 10)[0].Select(item => $"{state.Items[item.ItemIndex]}:{item.Score}")));
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Retrain_AfterAMerge_LearnsWhatTheVisitorDidOfTheUser(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        var before = await service.Shop.Store.Interactions.LoadDatasetAsync(TestContext.Current.CancellationToken);
        var history = (await StoredAsync(service, "user-000")).Count + (await StoredAsync(service, "user-001")).Count;

        await MergeAsync(service, "user-000", "user-001");
        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "published", null);
        var after = await service.Shop.Store.Interactions.LoadDatasetAsync(TestContext.Current.CancellationToken);
        Assert.Equal((before.Count, before.Users.Count - 1), (after.Count, after.Users.Count));
        Assert.Equal(history, (await StoredAsync(service, "user-000")).Count);
        // The stored model names the visitor no more, on a service that starts with it.
        await using var later = await TestService.StartAsync(database);
        Assert.False(later.Shop.Serving.Snapshots.State.Users.TryGetIndex("user-001", out _));
        Assert.Equal(await service.Storefront.RecommendAsync("user-000"), await later.Storefront.RecommendAsync("user-000"));
    }

    [Fact]
    public async Task Merge_StoreAway_Is503AndSaysWhatBecameOfIt()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "visitor", itemId = "i", kind = "purchase" });
        await server.StopServerAsync();

        var problem = await Refusal.SendAsync(service, "POST", "/users/user/merge", Encoding.UTF8.GetBytes("""{"from":"visitor"}"""), "application/json", HttpStatusCode.ServiceUnavailable);

        Assert.Equal("none", problem.GetProperty("outcome").GetString());
        await server.StartServerAsync();
        var answer = await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/users/user/merge", new { from = "visitor" });
        Assert.Equal(Moved(1, 0), answer.GetProperty("moved").ToString());
    }
}
