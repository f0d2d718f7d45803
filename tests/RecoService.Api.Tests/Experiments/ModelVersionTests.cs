using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Tests.Experiments;

/// <summary>A variant serves a stored model beside the published one: what users see of it, what is stored, and what becomes of it when it cannot be read. The first model knows i0 as the most popular, the second i2.</summary>
public sealed class ModelVersionTests
{
    private const string First = "i0 i1 i2";
    private const string Second = "i2 i0 i1";

    private static readonly string[] Users = [.. Enumerable.Range(0, 30).Select(number => $"visitor {number}")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string SeenBy(string user) => new PlacementExperiment("e", "own e", 0, 1, [new("control", 1), new("old", 1)]).VariantOf(user)!.Name == "old" ? First : Second;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Start_OfAVariantWithAModel_ServesItBesideThePublishedOneOnBothReplicasUntilItEnds(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database);
        var (first, second) = await TrainTwiceAsync(service);
        await using var other = await TestService.StartAsync(database, Settings);
        Assert.Equal(Second, await ShowAsync(service, Users[0]));
        var draft = await DraftAsync(service, first);
        Assert.Equal($$"""{"modelVersion":{{first}}}""", draft.GetProperty("variants")[1].GetProperty("overrides").ToString());

        await ChangeAsync(service, "start");

        foreach (var user in Users)
            Assert.Equal(SeenBy(user), await ShowAsync(service, user));
        var (forOld, forControl) = (Users.First(user => SeenBy(user) == First), Users.First(user => SeenBy(user) == Second));
        Assert.Equal((first, first, "e/old"), await VersionsAsync(service, forOld));
        Assert.Equal((second, second, "e/control"), await VersionsAsync(service, forControl));
        // Another placement of the model is as ever, and so is what the service says it serves.
        Assert.Equal(second, (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion").GetInt32());
        await Wait.UntilAsync(async () => await ShowAsync(other, forOld) == First, "the other replica follows");
        // The next publication takes the place of the second model, and not of the first.
        await service.Admin.RetrainAsync(force: true);
        Assert.Equal((First, Second), (await ShowAsync(service, forOld), await ShowAsync(service, forControl)));

        await ChangeAsync(service, "stop");
        Assert.Equal(Second, await ShowAsync(service, forOld));
        Assert.Empty(service.Shop.Serving.Snapshots.Current!.State.TriedModels);
        await ChangeAsync(service, "decide", """{ "variant": "old" }""");
        Assert.Equal((First, First), (await ShowAsync(service, forOld), await ShowAsync(service, forControl)));
        await Wait.UntilAsync(async () => await ShowAsync(other, forControl) == First, "the other replica follows");
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/experiments/e", null, HttpStatusCode.NoContent);
        Assert.Equal(Second, await ShowAsync(service, forOld));
    }

    /// <summary>One half of the users without the model of the other half is no experiment, so nobody takes part.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Restart_WithADamagedModel_ServesThePublishedOneToAllAndSaysSo(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        int first, second;
        await using (var service = await StartAsync(database))
        {
            (first, second) = await TrainTwiceAsync(service);
            await DraftAsync(service, first);
            await ChangeAsync(service, "start");
        }

        await database.ExecuteAsync($"DELETE FROM model_chunks WHERE version = {first}");
        await using var again = await TestService.StartAsync(database, Settings);

        foreach (var user in Users[..10])
            Assert.Equal((second, second, null), await VersionsAsync(again, user));
        Assert.StartsWith($"Nobody takes part now, for model version {first} cannot be served: Model {first} should have", (await again.Admin.GetJsonAsync("/admin/experiments/e/report")).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("ready", (await again.Admin.GetJsonAsync("/admin/status")).GetProperty("status").GetString());
        await ChangeAsync(again, "stop");
        await DraftAsync(again, first, "f");
        var refused = await again.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/f/start", null, HttpStatusCode.Conflict);
        Assert.Contains($"Model {first} should have", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The retention of a run leaves what an experiment names, and takes it once none does.</summary>
    [Fact]
    public async Task Retention_OfAModelThatAnExperimentNames_LeavesItUntilNoneDoes()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database, "--Reco:Retraining:KeepRuns=1");
        var (first, second) = await TrainTwiceAsync(service);
        await DraftAsync(service, first);
        await database.ExecuteAsync($"DELETE FROM publications WHERE model_version = {first}");

        await service.Admin.RetrainAsync(force: true);
        Assert.NotNull(await service.Shop.Store.Models.GetAsync(first, Ct));
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/experiments/e", null, HttpStatusCode.NoContent);
        await service.Admin.RetrainAsync(force: true);

        Assert.Null(await service.Shop.Store.Models.GetAsync(first, Ct));
        Assert.NotNull(await service.Shop.Store.Models.GetAsync(second, Ct));
    }

    [Fact]
    public async Task Draft_OfAModelThatCannotBe_NamesTheFieldAndStartRefusesWhatIsGone()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        var (first, _) = await TrainTwiceAsync(service);

        foreach (var (placements, overrides, reason) in new[]
        {
            ("home", "\"modelVersion\": 99", "99 is not the version of a stored model"),
            ("home", "\"modelVersion\": -1", "-1 is not the version of a stored model"),
            ("home", $$"""{{Named(first)}}, "placement": { "recommender": "popularity" }""", "names a model, and so does placement.recommender"),
            ("popular", Named(first), "changes nothing, for none of the placements takes items from recommender"),
            ("home", $$"""{{Named(first)}}, "placement": { "sources": "popular" }""", "changes nothing, for none of the placements takes items from recommender"),
        })
        {
            var problem = await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/e", BodyOf(overrides, placements), HttpStatusCode.BadRequest);
            Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty("variants[1].overrides.modelVersion")[0].GetString(), StringComparison.Ordinal);
        }

        foreach (var wrong in new[] { "\"1\"", "1.5", "99999999999" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/e", BodyOf($"\"modelVersion\": {wrong}", "home"), HttpStatusCode.BadRequest);
        await DraftAsync(service, first);
        await database.ExecuteAsync($"DELETE FROM model_chunks WHERE version = {first}; DELETE FROM models WHERE version = {first};");
        var refused = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null, HttpStatusCode.Conflict);
        Assert.Contains("is not the version of a stored model", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfMoreModelsThanMemoryIsMeantFor_IsAConflict()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await TrainTwiceAsync(service);
        for (var more = 0; more < 3; more++)
            await service.Admin.RetrainAsync(force: true);
        var versions = (await service.Shop.Store.Models.ListAsync(null, 5, Ct)).Items.Select(model => model.Version).ToList();
        for (var number = 0; number < 4; number++)
        {
            await DraftAsync(service, versions[number], $"e{number}");
            await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/experiments/e{number}/start", null);
        }

        await DraftAsync(service, versions[4], "last");
        var refused = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/last/start", null, HttpStatusCode.Conflict);
        Assert.Contains("more than 4 models beside the published one", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e0/stop", null);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/last/start", null);
    }

    private static string[] Settings => ["--Reco:Retraining:Recommender=popularity", "--Reco:Recommendations:FeedInterval=00:00:00.1"];

    private static string Named(int version) => $"\"modelVersion\": {version}";

    private static string BodyOf(string overrides, string placement) =>
        $$"""{ "placements": ["{{placement}}"], "variants": [{ "name": "control", "share": 1 }, { "name": "old", "share": 1, "overrides": { {{overrides}} } }] }""";

    private static async Task<TestService> StartAsync(TestDatabase database, params string[] settings)
    {
        var service = await TestService.StartAsync(database, [.. Settings, .. settings]);
        for (var item = 0; item < 3; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", "{}", HttpStatusCode.Created);
        return service;
    }

    private static async Task<(int First, int Second)> TrainTwiceAsync(TestService service)
    {
        await ViewAsync("a", [4, 3, 1]);
        var first = (await service.Admin.RetrainAsync(force: true)).GetProperty("modelVersion").GetInt32();
        await ViewAsync("b", [0, 0, 9]);
        return (first, (await service.Admin.RetrainAsync(force: true)).GetProperty("modelVersion").GetInt32());

        Task ViewAsync(string name, int[] views) => service.Storefront.PostInteractionsAsync(
            [.. Enumerable.Range(0, 3).SelectMany(item => Enumerable.Range(0, views[item]).Select(user => new { userId = $"{name}{user}", itemId = $"i{item}", kind = "view" }))]);
    }

    private static Task<JsonElement> DraftAsync(TestService service, int version, string id = "e") =>
        service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/experiments/{id}", BodyOf(Named(version), "home"), HttpStatusCode.Created);

    private static Task<JsonElement> ChangeAsync(TestService service, string step, string? body = null) => service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/experiments/e/{step}", body);

    private static async Task<string> ShowAsync(TestService service, string user) => string.Join(' ', await service.Storefront.RecommendAsync(user));

    /// <summary>The version that a list says, that which is stored with it, and its variant.</summary>
    private static async Task<(int Said, int? Stored, string? Variant)> VersionsAsync(TestService service, string user)
    {
        var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = user }));
        Impression? impression = null;
        await Wait.UntilAsync(async () => (impression = await service.Shop.Store.Impressions.GetAsync(list.GetProperty("recommendationId").GetGuid(), Ct)) is not null, "the impression is stored");
        return (list.GetProperty("modelVersion").GetInt32(), impression!.ModelVersion, impression.Variant);
    }
}
