using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Privacy;

/// <summary>What a user may demand, over HTTP: to be forgotten by every replica, every model and every file; and to be told what is held of them.</summary>
public sealed class ErasureTests
{
    private const string Needle = "needle-7f3a91c2";

    private static readonly string[] SoonSettled = ["--Reco:Privacy:SettleAfter=00:00:00.5"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    private static async Task<string> EraseAsync(TestService service, string userId)
    {
        using var response = await service.Admin.DeleteAsync($"/users/{userId}", Ct);
        var id = (await response.ReadJsonAsync(HttpStatusCode.Accepted)).GetProperty("erasureId").GetString()!;
        Assert.Equal($"/privacy/erasures/{id}", response.Headers.Location!.ToString());
        return response.Headers.Location.ToString();
    }

    private static async Task<JsonElement> WhenAsync(TestService service, string receipt, string status)
    {
        JsonElement answer = default;
        await Wait.UntilAsync(async () => (answer = await service.Admin.GetJsonAsync(receipt)).GetProperty("status").GetString() == status, $"the erasure is {status}");
        return answer;
    }

    private static async Task FillAsync(TestService service)
    {
        await TasteShop.FillAsync(service.Storefront);
        await service.Admin.SendJsonAsync(HttpMethod.Put, $"/users/{Needle}", $$$"""{"attributes":{"name":"{{{Needle}}}"}}""", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync(
            [.. Enumerable.Range(0, 5).Select(number => new { id = $"{Needle}-{number}", userId = Needle, itemId = $"item-0-0{number}", kind = "purchase", sessionId = $"session of {Needle}" })]);
    }

    /// <summary>Two replicas where the database can be shared: one is asked, the other forgets, and the run that is due makes the last model that knew the user go.</summary>
    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Erase_WithARetrainDue_IsDoneOnEveryReplicaAndLeavesNoByte(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string[] settings = [.. SoonSettled, "--Reco:Privacy:RetrainWithin=00:00:02", "--Reco:Retraining:Enabled=true", "--Reco:Retraining:Interval=10.00:00:00", "--Reco:Retraining:FirstRunDelay=01:00:00"];
        var version = 0;
        await using (var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, .. settings]))
        {
            await FillAsync(service);
            version = RetrainTests.Version(await service.Admin.RetrainAsync());
            await using var replica = provider == StorageProvider.Postgres ? await TestService.StartAsync(database, [.. TasteShop.QuickTraining, .. settings]) : null;
            var other = replica ?? service;
            var own = await other.Storefront.RecommendAsync(Needle);
            Assert.NotEqual(await other.Storefront.RecommendAsync("nobody"), own);
            Assert.NotEmpty(await StoredBytes.FindAsync(provider, database.ConnectionString, Needle));

            var receipt = await EraseAsync(service, Needle);

            await Wait.UntilAsync(() => Task.FromResult(!(other.Shop.Serving.Snapshots.Current!.State.Users is var users && users.TryGetIndex(Needle, out var index) && users.IsKnown(index))), "the other replica has dropped the user");
            var done = await WhenAsync(other, receipt, "done");

            var deleted = done.GetProperty("deleted");
            Assert.Equal((1, 5), (deleted.GetProperty("users").GetInt64(), deleted.GetProperty("interactions").GetInt64()));
            Assert.True(deleted.GetProperty("impressions").GetInt64() >= 1, done.ToString());
            var learned = done.GetProperty("models").EnumerateArray().Single(model => model.GetProperty("version").GetInt32() == version);
            Assert.Equal((true, false), (learned.GetProperty("stored").GetBoolean(), learned.GetProperty("served").GetBoolean()));
            Assert.Equal(learned.GetProperty("retiredAt").GetDateTimeOffset(), done.GetProperty("lastRetiredAt").GetDateTimeOffset());
            Assert.Equal(JsonValueKind.String, done.GetProperty("retrainAskedAt").ValueKind);
            Assert.Contains((await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray(), run => run.GetProperty("trigger").GetString() == "erasure");
            Assert.DoesNotContain(Needle, done.ToString(), StringComparison.Ordinal);

            // A roll back to a model that learned from the user does not bring them back.
            await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{version}/publish", null);
            Assert.Equal("retraining", (await service.Admin.GetJsonAsync(receipt)).GetProperty("status").GetString());
            Assert.False(service.Shop.Serving.Snapshots.Current!.State.Users.TryGetIndex(Needle, out var index) && service.Shop.Serving.Snapshots.Current.State.Users.IsKnown(index));
        }

        // A connection that is still being closed keeps dead rows for as long.
        List<string> left = [];
        await Wait.UntilAsync(async () => (left = await StoredBytes.FindAsync(provider, database.ConnectionString, Needle)).Count == 0 || left.Exists(place => place.StartsWith("statistics of ", StringComparison.Ordinal)), "no file holds the id");
        Assert.Empty(left);
    }

    [Fact]
    public async Task Erase_BeforeTheRetrain_IsRetrainingAndNamesTheModel()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, .. SoonSettled]);
        await FillAsync(service);
        var version = RetrainTests.Version(await service.Admin.RetrainAsync());

        var receipt = await EraseAsync(service, Needle);
        Assert.Equal("erasing", (await service.Admin.GetJsonAsync(receipt)).GetProperty("status").GetString());
        var open = await WhenAsync(service, receipt, "retraining");

        var models = open.GetProperty("models").EnumerateArray().ToList();
        Assert.Contains(models, model => model.GetProperty("version").GetInt32() == version && model.GetProperty("served").GetBoolean());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (open.GetProperty("lastRetiredAt").ValueKind, open.GetProperty("retrainAskedAt").ValueKind));
        Assert.InRange(open.GetProperty("retrainDueAt").GetDateTimeOffset() - open.GetProperty("requestedAt").GetDateTimeOffset(), TimeSpan.FromHours(24), TimeSpan.FromHours(24));
        Assert.Equal("retraining", (await service.Viewer.GetJsonAsync(receipt)).GetProperty("status").GetString());

        await service.Admin.RetrainAsync(force: true);
        await WhenAsync(service, receipt, "done");
    }

    [Theory]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("019ad9e05c007000800000000000abcd", HttpStatusCode.BadRequest)]
    [InlineData("019ad9e0-5c00-7000-8000-00000000abcd", HttpStatusCode.NotFound)]
    public async Task Receipt_OfNoErasure_IsRefused(string id, HttpStatusCode expected)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        var answer = await service.Admin.SendJsonAsync(HttpMethod.Get, $"/privacy/erasures/{id}", null, expected);

        Assert.Equal(expected == HttpStatusCode.BadRequest, answer.TryGetProperty("errors", out var errors) && errors.TryGetProperty("erasureId", out _));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Export_OfAUser_IsALinePerRecordAndNothingOfOthers(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/a%2Fb", """{"attributes":{"city":"Tromsø"}}""", HttpStatusCode.Created);
        // More than is gathered before it is sent.
        foreach (var page in Enumerable.Range(0, 1_500).Chunk(500))
            await service.Storefront.PostInteractionsAsync([.. page.Select(number => new { id = $"i{number}", userId = "a/b", itemId = "i", kind = "view" })]);
        await service.Storefront.PostInteractionsAsync(new { userId = "bob", itemId = "of-bob", kind = "view" });
        var list = await service.Storefront.GetJsonAsync("/recommendations/a%2Fb");
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 1, "the list is stored");

        using var response = await service.Viewer.GetAsync("/users/a%2Fb/data", Ct);

        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var lines = (await response.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal("Tromsø", lines[0].GetProperty("attributes").GetProperty("city").GetString());
        Assert.Equal(1_500, lines.Where(line => line.GetProperty("type").GetString() == "interaction").Select(line => line.GetProperty("interactionId").GetString()).Distinct().Count());
        var shown = Assert.Single(lines, line => line.GetProperty("type").GetString() == "impression");
        Assert.Equal(list.GetProperty("recommendationId").GetString(), shown.GetProperty("recommendationId").GetString());
        Assert.All(lines.Where(line => line.GetProperty("type").GetString() == "interaction"), line => Assert.Equal("i", line.GetProperty("itemId").GetString()));
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/users/nobody/data", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Retention_OfAKind_DeletesWhatIsOlderAndLetsTheItemBeShownAgain(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Interactions:Kinds:purchase:RetentionDays=30"]);
        var now = TimeProvider.System.GetUtcNow();
        await service.Storefront.PostInteractionsAsync(
            new { userId = "ann", itemId = "old", kind = "purchase", occurredAt = now.AddDays(-31) }, new { userId = "ann", itemId = "recent", kind = "purchase", occurredAt = now.AddDays(-29) },
            new { userId = "ann", itemId = "old", kind = "view", occurredAt = now.AddDays(-31) }, new { userId = "bob", itemId = "old", kind = "view" }, new { userId = "bob", itemId = "recent", kind = "view" });
        Assert.Empty(await service.Storefront.RecommendAsync("ann"));

        Assert.Equal(1, await service.Shop.Erasing.Retention.SweepAsync(Ct));

        var left = (await service.Admin.GetJsonAsync("/users/ann/interactions")).GetProperty("items").EnumerateArray().Select(row => $"{row.GetProperty("kind").GetString()} {row.GetProperty("itemId").GetString()}");
        Assert.Equal(["purchase recent", "view old"], left);
        await Wait.UntilAsync(async () => (await service.Storefront.RecommendAsync("ann")).SequenceEqual(["old"]), "the item may be shown again");
    }
}
