using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.DataDoctor;

/// <summary>The data doctor over HTTP: a shop whose data have faults, what is found, and what it costs.</summary>
public sealed class DataHealthTests
{
    private const string Path = "/admin/data-health";
    private const int People = 30;
    private const int Goods = 10;

    private static readonly DateTimeOffset Today = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Compute_ShopWithPrograms_FindsThemAndMeasuresThatListsAreBetterWithoutThem(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(
            database, ["--Reco:Attribution:MostInteractionsADay=5", "--Reco:Retraining:Recommender=popularity", "--Reco:Retraining:MinJudgedUsers=10", "--Reco:DataHealth:MeasureCosts=true"]);
        var before = await service.Viewer.GetJsonAsync(Path);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, 0), (before.GetProperty("asOf").ValueKind, before.GetProperty("summary").ValueKind, before.GetProperty("findings").GetArrayLength()));
        await FillAsync(service);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/retrain", "{}", HttpStatusCode.Accepted);
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion").ValueKind == JsonValueKind.Number, "a model is served");

        var report = await ComputeAsync(service);

        var programs = Of(report, "programs");
        Assert.Equal("warning", programs.GetProperty("severity").GetString());
        Assert.Equal(40, programs.GetProperty("count").GetInt64());
        Assert.Equal(40.0 / (40 + People), programs.GetProperty("share").GetDouble(), 9);
        Assert.Equal("users", programs.GetProperty("about").GetString());
        Assert.Equal(20, programs.GetProperty("examples").GetArrayLength());
        Assert.All(programs.GetProperty("examples").EnumerateArray(), example => Assert.StartsWith("bot", example.GetString(), StringComparison.Ordinal));
        Assert.Equal("40 users act like programs. They have 400 interactions, which is 67.8% of all.", programs.GetProperty("message").GetString());
        Assert.Contains("left out of figures and of training already", programs.GetProperty("harm").GetString(), StringComparison.Ordinal);
        // Junk that 40 programs took fills popularity's ten places; without them the ten goods do.
        var cost = programs.GetProperty("cost");
        Assert.Equal(("popularity", 0.0), (cost.GetProperty("trainer").GetString(), cost.GetProperty("ndcgWith").GetDouble()));
        Assert.InRange(cost.GetProperty("ndcgWithout").GetDouble(), 0.2, 1);
        Assert.Equal(cost.GetProperty("ndcgWithout").GetDouble(), cost.GetProperty("gain").GetDouble(), 9);
        Assert.True(cost.GetProperty("gainLow").GetDouble() > 0, cost.ToString());
        Assert.InRange(cost.GetProperty("users").GetInt32(), 10, People);
        Assert.Equal(JsonValueKind.Null, programs.GetProperty("notMeasured").ValueKind);

        var unlisted = Of(report, "unlisted-items");
        Assert.Equal((10, "ghost"), (unlisted.GetProperty("count").GetInt64(), unlisted.GetProperty("examples")[0].GetString()));
        Assert.True(unlisted.GetProperty("cost").ValueKind == JsonValueKind.Object, unlisted.ToString());
        var untitled = Of(report, "items-without-title");
        Assert.Equal(JsonValueKind.Null, untitled.GetProperty("cost").ValueKind);
        Assert.Equal("What this costs cannot be measured by leaving something out.", untitled.GetProperty("notMeasured").GetString());
        Assert.Equal(590, report.GetProperty("summary").GetProperty("interactions").GetInt64());
        Assert.Equal(JsonValueKind.String, report.GetProperty("measuredAt").ValueKind);
    }

    [Fact]
    public async Task Compute_WithoutAModel_CountsAndSaysThatCostsAreNotMeasured()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "ghost", kind = "view" });

        var report = await ComputeAsync(service);

        Assert.Equal(JsonValueKind.Null, report.GetProperty("measuredAt").ValueKind);
        Assert.StartsWith("Costs are not measured yet", Of(report, "unlisted-items").GetProperty("notMeasured").GetString(), StringComparison.Ordinal);
        Assert.Equal("error", report.GetProperty("findings")[0].GetProperty("severity").GetString());
    }

    [Fact]
    public async Task Compute_WhileAnotherReplicaComputes_IsToldAndReadByBoth()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await using var replica = await TestService.StartAsync(database);
        await replica.Shop.Store.Health.TryEnterAsync("somebody", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        var answer = await service.Viewer.GetJsonAsync(Path);
        Assert.True(answer.GetProperty("computing").GetBoolean());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("progress").ValueKind);

        await replica.Shop.Store.Health.LeaveAsync("somebody", TestContext.Current.CancellationToken);
        var report = await ComputeAsync(replica);
        Assert.Equal(report.GetProperty("asOf").GetString(), (await service.Viewer.GetJsonAsync(Path)).GetProperty("asOf").GetString());
    }

    [Fact]
    public async Task Schedule_AfterTheStart_CountsByItself()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:DataHealth:Enabled=true"]);

        await Wait.UntilAsync(async () => (await service.Viewer.GetJsonAsync(Path)).GetProperty("asOf").ValueKind == JsonValueKind.String, "the data are counted");

        Assert.Equal("no-interactions", (await service.Viewer.GetJsonAsync(Path)).GetProperty("findings")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Report_ExampleOfAUserWhoIsErased_NamesThemNoMore()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "ann", itemId = "i", kind = "view", sessionId = "s" }, new { userId = "bob", itemId = "i", kind = "view", sessionId = "s" });
        Assert.Equal(["ann", "bob"], Of(await ComputeAsync(service), "shared-sessions").GetProperty("examples").EnumerateArray().Select(user => user.GetString()!));

        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/bob", null, HttpStatusCode.Accepted);

        var report = await service.Viewer.GetJsonAsync(Path);
        Assert.Equal(["ann"], Of(report, "shared-sessions").GetProperty("examples").EnumerateArray().Select(user => user.GetString()!));
        Assert.DoesNotContain("bob", report.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Thirty people buy one of ten goods a day for six days; forty programs take ten pieces of junk each, all on one day; ten views go to an item that the catalogue does not have.</summary>
    private static async Task FillAsync(TestService service)
    {
        var ct = TestContext.Current.CancellationToken;
        await service.Shop.Serving.Figures.FollowAsync(ct);
        foreach (var item in Enumerable.Range(0, Goods).SelectMany(item => new[] { $"good{item}", $"junk{item}" }))
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. from user in Enumerable.Range(0, People)
            from day in Enumerable.Range(0, 6)
            select new { userId = $"u{user}", itemId = $"good{(user + day) % Goods}", kind = "purchase", occurredAt = Today.AddDays(day - 8).AddMinutes(user) }]);
        await service.Storefront.PostInteractionsAsync([.. from bot in Enumerable.Range(0, 40)
            from item in Enumerable.Range(0, Goods)
            select new { userId = $"bot{bot}", itemId = $"junk{item}", kind = "purchase", occurredAt = Today.AddDays(-8).AddMinutes(bot) }]);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 10).Select(user => new { userId = $"u{user}", itemId = "ghost", kind = "view", occurredAt = Today.AddDays(-8).AddMinutes(user) })]);
        await service.Shop.Serving.Figures.FollowAsync(ct);
    }

    private static async Task<JsonElement> ComputeAsync(TestService service)
    {
        var earlier = (await service.Viewer.GetJsonAsync(Path)).GetProperty("asOf").ToString();
        using var response = await service.Admin.PostAsync(Path, null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(Path, response.Headers.Location!.ToString());
        using var accepted = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.True(accepted.RootElement.GetProperty("computing").GetBoolean());
        JsonElement report = default;
        await Wait.UntilAsync(async () =>
        {
            report = await service.Viewer.GetJsonAsync(Path);
            Assert.Equal(JsonValueKind.Null, report.GetProperty("failure").ValueKind);
            return !report.GetProperty("computing").GetBoolean() && report.GetProperty("asOf").ToString() != earlier;
        }, "the data are looked through");
        return report;
    }

    private static JsonElement Of(JsonElement report, string code) => Assert.Single(report.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("code").GetString() == code);
}
