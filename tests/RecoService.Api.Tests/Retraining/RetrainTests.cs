using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>Model runs as an operator starts, watches and stops them.</summary>
public sealed class RetrainTests
{
    [Fact]
    public async Task Retrain_EmptyStore_IsRefusedWithTheReason()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        var run = await service.Admin.RetrainAsync();

        AssertEnded(run, "refused", "no interactions");
        Assert.Equal(JsonValueKind.Null, (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion").ValueKind);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_FirstModel_IsPublishedWithWhatItMeasured(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartFilledAsync(database);

        using var response = await service.Admin.PostAsync("/admin/retrain", null);
        var accepted = await response.ReadJsonAsync(HttpStatusCode.Accepted);
        Assert.Equal($"/admin/runs/{accepted.GetProperty("runId").GetInt64()}", response.Headers.Location!.ToString());
        var run = await service.Admin.WaitForRunAsync(response.Headers.Location.ToString());

        AssertEnded(run, "published", null);
        Assert.Equal(("finished", 1.0), (run.GetProperty("stage").GetString(), run.GetProperty("progress").GetDouble()));
        var metrics = run.GetProperty("metrics");
        Assert.Equal((2700, 300, 300, 0), (
            metrics.GetProperty("trainInteractions").GetInt32(), metrics.GetProperty("holdoutInteractions").GetInt32(),
            metrics.GetProperty("judgedUsers").GetInt32(), metrics.GetProperty("strangers").GetInt32()));
        Assert.True(Ndcg(metrics, "candidate") > 2 * Ndcg(metrics, "popularity"), metrics.ToString());
        Assert.True(metrics.GetProperty("versusPopularity").GetProperty("low").GetDouble() > 0, metrics.ToString());
        Assert.Equal(JsonValueKind.Null, metrics.GetProperty("current").ValueKind);
        Assert.InRange(metrics.GetProperty("refit").GetProperty("overlap").GetDouble(), 0.05, 1);
        Assert.Equal(8, run.GetProperty("options").GetProperty("implicit-als").GetProperty("factors").GetInt32());
        var list = await service.Storefront.GetJsonAsync("/recommendations/user-000?limit=10");
        Assert.Equal(run.GetProperty("modelVersion").GetInt32(), list.GetProperty("modelVersion").GetInt32());
        Assert.All(list.GetProperty("items").EnumerateArray(), item => Assert.StartsWith("item-0-", item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
        var status = await service.Admin.GetJsonAsync("/admin/status");
        Assert.Equal("published", status.GetProperty("lastRun").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Retrain_CatalogueTooLargeToBeSolvedExactly_SaysSoInMetricsAndLog()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        using var log = new LogCapture();
        await using var service = await TestService.StartAsync(
            database, ["--Reco:Retraining:Recommender=ease", "--Reco:Trainers:ease:MaxItems=20", "--Reco:Trainers:ease:RestrictedNeighbours=15"], log.AddTo);
        await TasteShop.FillAsync(service.Storefront);

        var run = await service.Admin.RetrainAsync();

        AssertEnded(run, "published", null);
        var note = Assert.Single(run.GetProperty("metrics").GetProperty("notes").EnumerateArray()).GetString()!;
        Assert.Matches("^ease: [0-9]+ items have interactions, more than MaxItems \\(20\\), so each has weights from at most 15 items like it. 100.0% of them can be reached.$", note);
        Assert.Equal(
            [$"Model run {run.GetProperty("runId").GetInt64()}: {note}"],
            log.Lines.Where(line => line.Category.EndsWith(".RetrainWorker", StringComparison.Ordinal) && line.Level == LogLevel.Warning).Select(line => line.Message));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_NothingNew_IsSkippedUntilForcedOrSomethingChanges(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartFilledAsync(database);
        var first = await service.Admin.RetrainAsync();
        AssertEnded(first, "published", null);

        AssertEnded(await service.Admin.RetrainAsync(), "skipped", "Nothing has changed");
        AssertEnded(await service.Admin.RetrainAsync(), "skipped", "Nothing has changed");

        var forced = await service.Admin.RetrainAsync(force: true);
        AssertEnded(forced, "published", "overridden");
        Assert.True(forced.GetProperty("force").GetBoolean());
        Assert.NotEqual(Version(first), await ServedVersionAsync(service));

        await service.Storefront.PostInteractionsAsync(new { userId = "user-000", itemId = "new", kind = "view" });
        var changed = await service.Admin.RetrainAsync();
        AssertEnded(changed, "published", null);
        Assert.Equal(Version(forced), changed.GetProperty("metrics").GetProperty("current").GetProperty("version").GetInt32());
        Assert.Equal(Version(changed), await ServedVersionAsync(service));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Cancel_RunUnderWay_IsCancelledAndTheOldModelServes(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await PublishOneAsync(database);
        await using var service = await TestService.StartAsync(database, TasteShop.SlowTraining);
        var before = await service.Storefront.RecommendAsync("user-007");

        using var started = await service.Admin.PostAsync("/admin/retrain", null);
        await started.ReadJsonAsync(HttpStatusCode.Accepted);
        var location = started.Headers.Location!.ToString();
        await Wait.UntilAsync(async () =>
        {
            var run = await service.Admin.GetJsonAsync(location);
            return run.GetProperty("stage").GetString() == "training implicit-als" && run.GetProperty("progress").GetDouble() is > 0 and < 1;
        }, "the run shows its stage and progress");

        using var second = await service.Admin.PostAsync("/admin/retrain", null);
        await second.ReadJsonAsync(HttpStatusCode.Conflict);
        Assert.Equal(location, second.Headers.Location!.ToString());
        Assert.Equal(location, $"/admin/runs/{(await service.Admin.GetJsonAsync("/admin/status")).GetProperty("runningRunId").GetInt64()}");

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.Accepted);
        AssertEnded(await service.Admin.WaitForRunAsync(location), "cancelled", "operator");
        Assert.Equal(version, await ServedVersionAsync(service));
        Assert.Equal(before, await service.Storefront.RecommendAsync("user-007"));

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.Conflict);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/runs/999/cancel", null, HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/admin/runs/999", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_WorseThanTheCurrentModel_IsRefusedWithTheInterval(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await PublishOneAsync(database);
        await using var service = await TestService.StartAsync(database, TasteShop.BadTraining);

        var run = await service.Admin.RetrainAsync();

        AssertEnded(run, "refused", "worse than the current model");
        Assert.Matches(@"95% interval -0\.\d+ to -0\.\d+, 300 users", run.GetProperty("reason").GetString());
        Assert.True(run.GetProperty("metrics").GetProperty("versusCurrent").GetProperty("high").GetDouble() < 0);
        Assert.Equal(JsonValueKind.Null, run.GetProperty("modelVersion").ValueKind);
        Assert.Equal(version, await ServedVersionAsync(service));

        var forced = await service.Admin.RetrainAsync(force: true);
        AssertEnded(forced, "published", "overridden");
        Assert.Equal(Version(forced), await ServedVersionAsync(service));
    }

    [Fact]
    public async Task Retrain_FirstModelWorseThanPopularity_IsRefused()
    {
        // Everybody buys the same and likes it little; what hardly anybody buys is rated best. Ranking by predicted rating then ranks the wrong way round.
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Retraining:Recommender=biased-mf", "--Reco:Trainers:biased-mf:Factors=0", "--Reco:Retraining:Threads=1"]);
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var ratings = from day in Enumerable.Range(0, 10)
                      from user in Enumerable.Range(0, 100)
                      let item = (user + day) % 12
                      select new { userId = $"u{user}", itemId = $"common-{item:00}", kind = "rating", value = 2, occurredAt = start.AddDays(day).AddMinutes(user) };
        var rare = Enumerable.Range(0, 30).Select(item => new { userId = $"u{item}", itemId = $"rare-{item:00}", kind = "rating", value = 5, occurredAt = start });
        await service.Storefront.PostInteractionsAsync([.. rare.Concat(ratings.Take(970))]);
        await service.Storefront.PostInteractionsAsync([.. ratings.Skip(970)]);

        var run = await service.Admin.RetrainAsync();

        AssertEnded(run, "refused", "worse than popularity");
        Assert.True(run.GetProperty("metrics").GetProperty("versusPopularity").GetProperty("high").GetDouble() < 0);
        Assert.Empty((await service.Admin.GetJsonAsync("/admin/models")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Retrain_DivergingTraining_FailsAndSaysWhatToChange()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database,
            ["--Reco:Retraining:Recommender=biased-mf", "--Reco:Trainers:biased-mf:LearningRate=1", "--Reco:Trainers:biased-mf:Regularization=1000", "--Reco:Trainers:biased-mf:BiasRegularization=1000", "--Reco:Retraining:Threads=1"]);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 500).Select(n =>
            new { userId = $"u{n % 20}", itemId = $"i{n / 20}", kind = "rating", value = 1 + (n % 5), occurredAt = DateTimeOffset.UnixEpoch.AddDays(n) })]);
        var before = await service.Storefront.RecommendAsync("somebody");

        AssertEnded(await service.Admin.RetrainAsync(), "failed", "Lower LearningRate");

        Assert.Equal(before, await service.Storefront.RecommendAsync("somebody"));
        Assert.Equal("failed", (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("lastRun").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Schedule_Interval_RunsByItself()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, "--Reco:Retraining:Enabled=true", "--Reco:Retraining:Interval=00:00:01", "--Reco:Retraining:FirstRunDelay=1.00:00:00"]);
        await TasteShop.FillAsync(service.Storefront);

        await Wait.UntilAsync(async () =>
        {
            var runs = (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray().ToList();
            Assert.All(runs, run => Assert.Equal("schedule", run.GetProperty("trigger").GetString()));
            var outcomes = runs.Select(run => run.GetProperty("outcome").GetString()).ToList();
            return outcomes.Contains("published") && outcomes.Contains("skipped");
        }, "scheduled runs have published and then found nothing new");
        Assert.NotEqual(JsonValueKind.Null, (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("nextRunAt").ValueKind);
    }

    [Fact]
    public async Task Schedule_Cron_ShowsTheNextRun()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Retraining:Enabled=true", "--Reco:Retraining:Cron=0 30 3 * * ?"]);

        var next = (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("nextRunAt").GetString()!;

        Assert.Equal("03:30:00", DateTimeOffset.Parse(next, CultureInfo.InvariantCulture).UtcDateTime.ToString("HH:mm:ss"));
    }

    [Fact]
    public async Task Retrain_TinyStore_IsNeverAFailure()
    {
        // Nobody to judge, one, a few; an item, a few: whatever is divided by a count meets a zero here.
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, "--Reco:Retraining:AlsoTrain=biased-mf", "--Reco:Trainers:biased-mf:Epochs=2", "--Reco:Trainers:biased-mf:Factors=2"]);
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var number = 0; number < 16; number++)
        {
            await service.Storefront.PostInteractionsAsync(new { userId = $"u{number % 3}", itemId = $"i{number / 2}", kind = "rating", value = 1 + (number % 5), occurredAt = start.AddDays(number) });

            var run = await service.Admin.RetrainAsync();

            Assert.Contains(run.GetProperty("outcome").GetString(), new[] { "published", "refused" });
            if (number == 0)
                AssertEnded(run, "published", "could not be judged");
        }
    }

    [Fact]
    public async Task Retrain_CatalogueThatSaysNothing_LeavesContentOutAndSaysWhy()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartFilledAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/item-0-00", """{ "available": true }""");

        var run = await service.Admin.RetrainAsync();

        AssertEnded(run, "published", null);
        Assert.Contains("tells items apart", run.GetProperty("metrics").GetProperty("leftOut").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(await service.Storefront.RecommendAsync("user-000"));
    }

    [Fact]
    public async Task Retrain_ImplausibleStore_IsNeverAFailure()
    {
        // One moment for everything, and kinds that only speak against an item.
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 50).Select(n => new { userId = $"u{n % 5}", itemId = $"i{n % 7}", kind = "dislike", occurredAt = DateTimeOffset.UnixEpoch })]);

        var run = await service.Admin.RetrainAsync();

        Assert.Contains(run.GetProperty("outcome").GetString(), new[] { "published", "refused" });
        Assert.NotEqual(JsonValueKind.Null, run.GetProperty("reason").ValueKind);
        await service.Storefront.RecommendAsync("u0");
    }

    [Fact]
    public async Task Retrain_RunOfAMachineThatIsGone_WaitsUntilItsLeaseHasRunOut()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (await TestService.StartAsync(database))
        {
            // The schema is there.
        }

        var expires = TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeMilliseconds();
        await database.ExecuteAsync($"""
            INSERT INTO model_runs (id, holder, "trigger", force, stage, progress, started_at, seed, cancel_requested) VALUES (7, 'elsewhere/1/1', 'manual', 0, 'loading', 0, {expires}, 42, 0);
            UPDATE leases SET holder = 'elsewhere/1/1', run_id = 7, expires_at = {expires} WHERE name = 'retrain'
            """);

        await using var service = await StartFilledAsync(database);
        using var early = await service.Admin.PostAsync("/admin/retrain", null);
        await early.ReadJsonAsync(HttpStatusCode.Conflict);
        Assert.Equal("/admin/runs/7", early.Headers.Location!.ToString());

        await database.ExecuteAsync("UPDATE leases SET expires_at = 1 WHERE name = 'retrain'");
        AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        AssertEnded(await service.Admin.GetJsonAsync("/admin/runs/7"), "interrupted", "elsewhere/1/1");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Stop_RunUnderWay_IsRecordedAsInterrupted(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await PublishOneAsync(database);
        string location;
        await using (var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, TasteShop.SlowTraining)))
        {
            using var client = await process.ConnectWhenReadyAsync();
            using var started = await client.PostAsync("/admin/retrain", null);
            location = started.Headers.Location!.ToString();
            await Wait.UntilAsync(async () => (await client.GetJsonAsync(location)).GetProperty("stage").GetString() == "training implicit-als", "the run trains");

            await process.TerminateAsync();

            Assert.Equal(0, process.ExitCode);
        }

        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        AssertEnded(await service.Admin.GetJsonAsync(location), "interrupted", "service was stopped");
        Assert.Equal(version, await ServedVersionAsync(service));
    }

    /// <summary>Fills the taste shop and publishes a good model of it.</summary>
    internal static async Task<int> PublishOneAsync(TestDatabase database)
    {
        await using var service = await StartFilledAsync(database);
        var run = await service.Admin.RetrainAsync();
        AssertEnded(run, "published", null);
        return Version(run);
    }

    internal static async Task<TestService> StartFilledAsync(TestDatabase database, params string[] settings)
    {
        var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, .. settings]);
        await TasteShop.FillAsync(service.Storefront);
        return service;
    }

    internal static int Version(JsonElement run) => run.GetProperty("modelVersion").GetInt32();

    internal static async Task<int> ServedVersionAsync(TestService service) =>
        (await service.Storefront.GetJsonAsync("/recommendations/user-000")).GetProperty("modelVersion").GetInt32();

    internal static void AssertEnded(JsonElement run, string outcome, string? reason)
    {
        Assert.True(run.GetProperty("outcome").GetString() == outcome, $"Expected {outcome}: {run}");
        if (reason is null)
            Assert.Equal(JsonValueKind.Null, run.GetProperty("reason").ValueKind);
        else
            Assert.Contains(reason, run.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static double Ndcg(JsonElement metrics, string model) => metrics.GetProperty(model).GetProperty("ndcg").GetDouble();
}
