using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Models;

/// <summary>Rolling back and forward, pins, damage and retention.</summary>
public sealed class ModelEndpointsTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Publish_EarlierVersion_ServesItHoldsLaterRunsAndUnpinLetsThemPublish(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        var first = RetrainTests.Version(await service.Admin.RetrainAsync());
        var second = RetrainTests.Version(await service.Admin.RetrainAsync(force: true));

        var back = await PublishAsync(service, first);
        Assert.Equal((first, true, "admin"), (back.GetProperty("modelVersion").GetInt32(), back.GetProperty("pinned").GetBoolean(), back.GetProperty("publishedBy").GetString()));
        Assert.Equal(first, await RetrainTests.ServedVersionAsync(service));
        Assert.True((await service.Admin.GetJsonAsync("/admin/status")).GetProperty("pinned").GetBoolean());

        await PublishAsync(service, second);
        Assert.Equal(second, await RetrainTests.ServedVersionAsync(service));

        await service.Storefront.PostInteractionsAsync(new { userId = "user-000", itemId = "new", kind = "view" });
        var held = await service.Admin.RetrainAsync();
        RetrainTests.AssertEnded(held, "held", $"Model version {second} is pinned");
        Assert.Equal(second, await RetrainTests.ServedVersionAsync(service));

        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/unpin", null);
        Assert.Equal(second, await RetrainTests.ServedVersionAsync(service));
        Assert.False((await service.Admin.GetJsonAsync("/admin/status")).GetProperty("pinned").GetBoolean());

        var published = await service.Admin.RetrainAsync();
        RetrainTests.AssertEnded(published, "published", null);
        Assert.Equal(RetrainTests.Version(published), await RetrainTests.ServedVersionAsync(service));

        // The held one is there to be published, too.
        await PublishAsync(service, RetrainTests.Version(held));
        Assert.Equal(RetrainTests.Version(held), await RetrainTests.ServedVersionAsync(service));
    }

    public static TheoryData<StorageProvider, string> BrokenManifests => new MatrixTheoryData<StorageProvider, string>(
        [StorageProvider.Sqlite, StorageProvider.Postgres], ["", "[", "null", "[]", "{}", "\"1\"", "[\"a\"]", "[999999]", "[VERSION,999999]", "[99999999999]", "[1.5]"]);

    [Theory]
    [MemberData(nameof(BrokenManifests))]
    public async Task Start_BrokenManifest_ServesThePublicationBeforeItAndSaysWhy(StorageProvider provider, string manifest)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        int first, second;
        await using (var service = await RetrainTests.StartFilledAsync(database))
        {
            first = RetrainTests.Version(await service.Admin.RetrainAsync());
            second = RetrainTests.Version(await service.Admin.RetrainAsync(force: true));
        }

        await database.ExecuteAsync($"UPDATE publications SET manifest_json = '{manifest.Replace("VERSION", $"{second}", StringComparison.Ordinal)}' WHERE model_version = {second}");

        await using var next = await TestService.StartAsync(database, TasteShop.QuickTraining);
        Assert.Equal(first, await RetrainTests.ServedVersionAsync(next));
        var status = await next.Admin.GetJsonAsync("/admin/status");
        Assert.Equal("degraded", status.GetProperty("status").GetString());
        Assert.Contains(status.GetProperty("reasons").EnumerateArray(), reason => reason.GetString()!.Contains($"Model version {second} cannot be served", StringComparison.Ordinal));
        await next.Admin.GetJsonAsync("/admin/models");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Publication_BrokenManifestWhileServing_KeepsWhatIsServedAndTheNextRunMendsIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        var first = RetrainTests.Version(await service.Admin.RetrainAsync());
        // The same version again, as by an unpin, with a manifest that nobody can read.
        await database.ExecuteAsync($"INSERT INTO publications (model_version, manifest_json, pinned, published_at, published_by) SELECT model_version, 'x', pinned, published_at, 'somebody' FROM publications WHERE model_version = {first}");

        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("status").GetString() == "degraded", "the damage is reported");
        Assert.Equal(first, await RetrainTests.ServedVersionAsync(service));

        var mended = await service.Admin.RetrainAsync();
        RetrainTests.AssertEnded(mended, "published", null);
        Assert.Equal(RetrainTests.Version(mended), await RetrainTests.ServedVersionAsync(service));
        Assert.Equal("ready", (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Publish_UnknownVersion_IsNotFound()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/7/publish", null, HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/unpin", null, HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Publish_ModelThatKnewAnErasedUser_DoesNotBringHimBack(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await RetrainTests.StartFilledAsync(database);
        var first = RetrainTests.Version(await service.Admin.RetrainAsync());
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/user-005", null, HttpStatusCode.Accepted);
        await service.Admin.RetrainAsync();

        await PublishAsync(service, first);

        Assert.Equal(first, await RetrainTests.ServedVersionAsync(service));
        Assert.Equal(await service.Storefront.RecommendAsync("nobody"), await service.Storefront.RecommendAsync("user-005"));
        Assert.NotEqual(await service.Storefront.RecommendAsync("nobody"), await service.Storefront.RecommendAsync("user-006"));
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/users/user-005", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Start_CurrentModelDamaged_ReportsItAndServesTheOneBefore(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        int first, second;
        await using (var service = await RetrainTests.StartFilledAsync(database))
        {
            first = RetrainTests.Version(await service.Admin.RetrainAsync());
            second = RetrainTests.Version(await service.Admin.RetrainAsync(force: true));
        }

        await DamageAsync(database, second);

        await using (var service = await TestService.StartAsync(database, TasteShop.QuickTraining))
        {
            Assert.Equal(first, await RetrainTests.ServedVersionAsync(service));
            var status = await service.Admin.GetJsonAsync("/admin/status");
            Assert.Equal(("degraded", first), (status.GetProperty("status").GetString(), status.GetProperty("modelVersion").GetInt32()));
            Assert.Contains($"Model version {second} cannot be served", status.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
            Assert.Equal("degraded", (await service.Anonymous.GetJsonAsync("/health/ready")).GetProperty("status").GetString());

            var publications = await database.CountAsync("SELECT count(*) FROM publications");
            var problem = await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{second}/publish", null, HttpStatusCode.Conflict);
            Assert.Contains("checksum", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(publications, await database.CountAsync("SELECT count(*) FROM publications"));
            Assert.Equal(first, await RetrainTests.ServedVersionAsync(service));

            // Nothing is new, but what should be served is not, so the next run repairs it.
            var run = await service.Admin.RetrainAsync();
            RetrainTests.AssertEnded(run, "published", null);
            Assert.Equal("ready", (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task Start_OnlyModelDamaged_ServesTheCatalogue()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var version = await RetrainTests.PublishOneAsync(database);
        await DamageAsync(database, version);

        await using var service = await TestService.StartAsync(database);

        var list = await service.Storefront.GetJsonAsync("/recommendations/user-000");
        Assert.Equal(JsonValueKind.Null, list.GetProperty("modelVersion").ValueKind);
        Assert.Equal(20, list.GetProperty("items").GetArrayLength());
        Assert.Equal("degraded", (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Retrain_ManyTimes_KeepsTheLastTenPublicationsAndWhatWasPinned()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database,
            ["--Reco:Retraining:KeepRuns=1", TasteShop.ImplicitAls, "--Reco:Trainers:implicit-als:Factors=2", "--Reco:Trainers:implicit-als:Epochs=1", "--Reco:Retraining:Threads=1"]);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 60).Select(n => new { userId = $"u{n % 10}", itemId = $"i{n % 7}", kind = "view", occurredAt = DateTimeOffset.UnixEpoch.AddDays(n) })]);
        var versions = new List<int>();
        for (var run = 0; run < 14; run++)
        {
            versions.Add(RetrainTests.Version(await service.Admin.RetrainAsync(force: true)));
            if (run == 0)
            {
                await PublishAsync(service, versions[0]);
                await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/unpin", null);
            }
        }

        var kept = (await service.Admin.GetJsonAsync("/admin/models?limit=100")).GetProperty("items").EnumerateArray()
            .Where(model => model.GetProperty("trainer").GetString() == "implicit-als").Select(model => model.GetProperty("version").GetInt32()).Order();

        Assert.Equal([versions[0], .. versions[^10..]], kept);
        await PublishAsync(service, versions[0]);
        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{versions[1]}/publish", null, HttpStatusCode.NotFound);

        // A pin that stays for months must not let the models of held runs pile up.
        for (var run = 0; run < 3; run++)
        {
            await service.Storefront.PostInteractionsAsync(new { userId = "u1", itemId = "i1", kind = "view" });
            RetrainTests.AssertEnded(await service.Admin.RetrainAsync(force: true), "held", "pinned");
        }

        // The pinned one, nine that were published before it, and the last run's.
        Assert.Equal(1 + 9 + 1, await database.CountAsync("SELECT count(*) FROM models WHERE trainer = 'implicit-als'"));
    }

    private static Task<JsonElement> PublishAsync(TestService service, int version) =>
        service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{version}/publish", null);

    private static async Task DamageAsync(TestDatabase database, int version)
    {
        var damaged = database.Provider == StorageProvider.Postgres
            ? $"UPDATE model_chunks SET content = set_byte(content, 100, 255 - get_byte(content, 100)) WHERE version = {version} AND part = 0"
            : $"UPDATE model_chunks SET content = CAST(substr(content, 1, 100) || x'ABCD' || substr(content, 103) AS BLOB) WHERE version = {version} AND part = 0";
        Assert.Equal(1, await database.ExecuteAsync(damaged));
    }
}
