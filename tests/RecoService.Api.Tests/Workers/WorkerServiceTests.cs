using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Workers;

/// <summary>A worker in another language, from its training to its lists, over real HTTP.</summary>
public sealed class WorkerServiceTests
{
    [Fact]
    public async Task Retrain_SampleWorker_IsTrainedStoredJudgedPublishedServedAndRolledBack()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var service = await RetrainTests.StartFilledAsync(database, SampleWorker.Settings))
        {
            var first = await service.Admin.RetrainAsync();
            RetrainTests.AssertEnded(first, "published", null);
            Assert.Equal(50, first.GetProperty("options").GetProperty("item-counts").GetProperty("neighbours").GetInt32());
            var metrics = first.GetProperty("metrics");
            Assert.Equal("item-counts", metrics.GetProperty("candidate").GetProperty("trainer").GetString());
            Assert.True(metrics.GetProperty("versusPopularity").GetProperty("low").GetDouble() > 0, metrics.ToString());
            await AssertServedAsync(service, RetrainTests.Version(first));

            var second = await service.Admin.RetrainAsync(force: true);
            RetrainTests.AssertEnded(second, "published", "overridden");
            await AssertServedAsync(service, RetrainTests.Version(second));
            await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{RetrainTests.Version(first)}/publish", null, HttpStatusCode.OK);
            await AssertServedAsync(service, RetrainTests.Version(first));
        }

        // A replica without the worker serves what it trained, and a run there says what is missing.
        await using var replica = await TestService.StartAsync(database, [.. SampleWorker.Settings, "--Reco:Workers:sample:Command=no-such-program", "--Reco:Trainers:item-counts:neighbours=9"]);
        Assert.StartsWith("item-0-", (await replica.Storefront.RecommendAsync("user-000"))[0], StringComparison.Ordinal);
        var failed = await replica.Admin.RetrainAsync(force: true);
        RetrainTests.AssertEnded(failed, "failed", "there is no program 'no-such-program'");
    }

    [Fact]
    public async Task Retrain_AutoWithAWorker_TriesItAsAnyOther()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(
            database, [.. SampleWorker.Settings, "--Reco:Retraining:Recommender=auto", "--Reco:Retraining:AutoCandidates=popularity,item-counts"]);

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "published", null);
        Assert.Equal(["item-counts", "popularity"], run.GetProperty("metrics").GetProperty("selection").EnumerateArray().Select(row => row.GetProperty("trainer").GetString()));
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "skipped", "Nothing has changed");
    }

    [Fact]
    public async Task Retrain_AutoOfAll_TriesWorkersOnceAModelServes()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, [.. SampleWorker.Settings, "--Reco:Workers:mlnet:Enabled=false", "--Reco:Retraining:Recommender=auto", "--Reco:Retraining:AutoBudget=00:00:15"]);

        var first = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(first, "published", null);
        Assert.DoesNotContain(SampleWorker.Trainer, TriedIn(first));
        // Without a new interaction either: what a run may pick from is not the same any more.
        var second = await service.Admin.RetrainAsync();
        Assert.NotEqual("skipped", second.GetProperty("outcome").GetString());
        // What learns from lists that were shown is thought of from then on, too, and left out for want of them.
        Assert.Equal(TriedIn(first).Append(SampleWorker.Trainer).Append("policy-gradient").Order(StringComparer.Ordinal), TriedIn(second).Order(StringComparer.Ordinal));
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "skipped", "Nothing has changed");

        static List<string?> TriedIn(JsonElement run) =>
            [.. run.GetProperty("metrics").GetProperty("selection").EnumerateArray().Select(row => row.GetProperty("trainer").GetString())];
    }

    [Fact]
    public async Task Retrain_WorkerStandsBehindAndFails_IsLeftOutWithItsReason()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(
            database, SampleWorker.Misbehaving("say-error", TasteShop.ImplicitAls, "--Reco:Retraining:AlsoTrain=item-counts"));

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "published", null);
        Assert.Contains("the matrix is singular", run.GetProperty("metrics").GetProperty("leftOut").GetProperty("item-counts").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hang", "longer than 00:00:02", "--Reco:Workers:sample:MaxDuration=00:00:02")]
    [InlineData("crash", "ended by signal 6", "")]
    [InlineData("leak", "more than its bound of 300 MiB", "")]
    [InlineData("garbage", "no progress: ???[2J this is no progress", "")]
    [InlineData("bad-model", "weights.f32 has", "")]
    [InlineData("no-model", "it left no model", "")]
    [InlineData("say-error", "exit code 3: the matrix is singular", "")]
    public async Task Retrain_WorkerMisbehaves_FailsTheRunWithTheReasonAndTheOldModelServes(string how, string reason, string setting)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var version = await RetrainTests.PublishOneAsync(database);
        await using var service = await TestService.StartAsync(database, SampleWorker.Misbehaving(how, setting.Length == 0 ? [] : [setting]));
        var before = await service.Storefront.RecommendAsync("user-007");

        var run = await service.Admin.RetrainAsync();

        RetrainTests.AssertEnded(run, "failed", reason);
        Assert.Contains("Worker 'sample' could not train 'item-counts'", run.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
        Assert.Equal(before, await service.Storefront.RecommendAsync("user-007"));
        Assert.Empty(WorkerProcesses.With($"{SampleWorker.Script} train"));
    }

    [Fact]
    public async Task Cancel_WorkerHangs_EndsTheWorkerAndTheRun()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var version = await RetrainTests.PublishOneAsync(database);
        await using var service = await TestService.StartAsync(database, SampleWorker.Misbehaving("hang"));
        using var started = await service.Admin.PostAsync("/admin/retrain", null);
        var location = started.Headers.Location!.ToString();
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync(location)).GetProperty("progress").GetDouble() is > 0.4 and < 0.6, "the worker tells its progress");
        Assert.NotEmpty(WorkerProcesses.With($"{SampleWorker.Script} train"));

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.Accepted);

        RetrainTests.AssertEnded(await service.Admin.WaitForRunAsync(location), "cancelled", "operator");
        Assert.Empty(WorkerProcesses.With($"{SampleWorker.Script} train"));
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
    }

    private static async Task AssertServedAsync(TestService service, int version)
    {
        var list = await service.Storefront.GetJsonAsync("/recommendations/user-000?limit=10");
        Assert.Equal(version, list.GetProperty("modelVersion").GetInt32());
        Assert.All(list.GetProperty("items").EnumerateArray(), item => Assert.StartsWith("item-0-", item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
        Assert.Equal(SampleWorker.Trainer, list.GetProperty("items")[0].GetProperty("source").GetString());
    }
}
