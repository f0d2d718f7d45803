using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Service;
using RecoService.Api.Tests.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.UserKnn;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>What is served is made of models of different runs: those of a plan stay while the recommender is trained anew, and the other way round.</summary>
public sealed class TrainingPlanTests
{
    private const string Weekly = "--Reco:Retraining:Plans:weekly:Trainers=item-knn:similarity";

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Plan_BesideTheDefaultOne_IsServedWithModelsOfOtherRuns(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await RetrainTests.StartFilledAsync(database, Weekly))
        {
            var early = await RunAsync(service, "weekly");
            RetrainTests.AssertEnded(early, "skipped", "none is published yet");

            var first = await RunAsync(service, "default");
            RetrainTests.AssertEnded(first, "published", null);
            Assert.Equal("default", first.GetProperty("plan").GetString());
            await AssertServedAsync(service, first, "implicit-als");

            var weekly = await RunAsync(service, "weekly");
            RetrainTests.AssertEnded(weekly, "published", null);
            Assert.Equal("weekly", weekly.GetProperty("plan").GetString());
            Assert.Equal(["item-knn"], weekly.GetProperty("options").EnumerateObject().Select(option => option.Name));
            await AssertServedAsync(service, first, "item-knn");
            RetrainTests.AssertEnded(await RunAsync(service, "weekly"), "skipped", "Nothing has changed");
            RetrainTests.AssertEnded(await RunAsync(service, "default"), "skipped", "Nothing has changed");

            var second = await RunAsync(service, "default", force: true);
            RetrainTests.AssertEnded(second, "published", "overridden");
            await AssertServedAsync(service, second, "item-knn");

            await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/models/{RetrainTests.Version(first)}/publish", null, HttpStatusCode.OK);
            await AssertServedAsync(service, first, "item-knn");
            RetrainTests.AssertEnded(await RunAsync(service, "weekly", force: true), "held", "is pinned");
            await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/unpin", null, HttpStatusCode.OK);

            var again = await RunAsync(service, "weekly", force: true);
            RetrainTests.AssertEnded(again, "published", null);
            Assert.Equal([RetrainTests.Version(first), RetrainTests.Version(again)], (await ManifestAsync(database)).Where(version => version == RetrainTests.Version(first) || version >= RetrainTests.Version(weekly)));
        }

        // The same after a start, and with the plan gone its models go with the next run of the recommender.
        await using (var later = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, Weekly]))
            Assert.Equal("item-knn", await SimilaritySourceAsync(later));
        await using var without = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await AssertServedAsync(without, await RunAsync(without, "default", force: true), "implicit-als");
    }

    [Fact]
    public async Task Plan_WhoseModelCannotBeRead_IsLeftOutOfTheNextSnapshot()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        JsonElement weekly;
        await using (var service = await RetrainTests.StartFilledAsync(database, Weekly))
        {
            await RunAsync(service, "default");
            weekly = await RunAsync(service, "weekly");
            RetrainTests.AssertEnded(weekly, "published", null);
        }

        await database.ExecuteAsync($"UPDATE model_chunks SET content = x'00' WHERE version = {RetrainTests.Version(weekly)}");
        await using var later = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, Weekly]);
        Assert.Equal("implicit-als", await SimilaritySourceAsync(later));

        var run = await RunAsync(later, "default", force: true);

        RetrainTests.AssertEnded(run, "published", "overridden");
        Assert.DoesNotContain(RetrainTests.Version(weekly), await ManifestAsync(database));
        await AssertServedAsync(later, run, "implicit-als");
        RetrainTests.AssertEnded(await RunAsync(later, "weekly"), "published", null);
        await AssertServedAsync(later, run, "item-knn");
    }

    [Fact]
    public async Task Plan_ThatTakesLongerThanItMay_FailsWithTheSettingThatSaysSo()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, SampleWorker.Misbehaving(
            "hang", TasteShop.ImplicitAls, $"--Reco:Retraining:Plans:nightly:Trainers={SampleWorker.Trainer}", "--Reco:Retraining:Plans:nightly:MaxDuration=00:00:02"));
        await RunAsync(service, "default");

        RetrainTests.AssertEnded(await RunAsync(service, "nightly"), "failed", "Reco:Retraining:Plans:nightly:MaxDuration");
    }

    [Fact]
    public async Task Plan_NoTrainerOfWhichGivesAModel_FailsWithTheReasons()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, SampleWorker.Misbehaving(
            "say-error", TasteShop.ImplicitAls, $"--Reco:Retraining:Plans:nightly:Trainers={SampleWorker.Trainer}", $"--Reco:Retraining:Plans:both:Trainers=item-knn"));
        await RunAsync(service, "default");

        RetrainTests.AssertEnded(await RunAsync(service, "nightly"), "failed", "the matrix is singular");
        RetrainTests.AssertEnded(await RunAsync(service, "both"), "published", null);
    }

    [Fact]
    public async Task Retrain_UnknownPlan_Is400AndNamesThoseThereAre()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, Weekly]);

        var problem = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/retrain", "{\"plan\":\"daily\"}", HttpStatusCode.BadRequest);

        Assert.Contains("default, weekly", problem.GetProperty("errors").GetProperty("plan")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM model_runs"));
    }

    [Fact]
    public async Task Status_ScheduledPlans_SayWhenTheyRunNext()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, Weekly, "--Reco:Retraining:Enabled=true", "--Reco:Retraining:Plans:weekly:Interval=03:00:00"]);

        var status = await service.Admin.GetJsonAsync("/admin/status");

        var (next, weekly) = (status.GetProperty("nextRunAt").GetDateTimeOffset(), status.GetProperty("plans").GetProperty("weekly").GetDateTimeOffset());
        Assert.InRange((weekly - next).TotalMinutes, 119, 121);
    }

    [Fact]
    public async Task Schedule_OfAPlan_StartsItsRuns()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var service = await RetrainTests.StartFilledAsync(database, Weekly))
            await RunAsync(service, "default");
        await using var scheduled = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, Weekly, "--Reco:Retraining:Enabled=true", "--Reco:Retraining:Plans:weekly:Interval=00:00:01"]);

        await Wait.UntilAsync(async () => (await scheduled.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray().Any(
            run => run.GetProperty("plan").GetString() == "weekly" && run.GetProperty("trigger").GetString() == "schedule" && run.GetProperty("outcome").GetString() == "published"), "the plan's run is published");

        Assert.Equal("item-knn", await SimilaritySourceAsync(scheduled));
    }

    /// <summary>What this process has trained, it need not read.</summary>
    [Fact]
    public async Task Retrain_ModelThatCannotBeReadBack_ServesWhereItWasTrained()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        // The name of the trainer is known, and the format of its models is not.
        var registry = BuiltInTrainers.Registry.With<UserKnnOptions>("user-knn", options => new UserKnnTrainer(options));
        string[] settings = [.. TasteShop.QuickTraining, "--Reco:Retraining:AlsoTrain=user-knn"];
        await using var service = await TestService.StartAsync(database, settings, builder => builder.Services.AddSingleton(registry));
        await TasteShop.FillAsync(service.Storefront);

        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);

        Assert.Contains("user-knn", service.Shop.Serving.Snapshots.Current!.State.Models.Select(model => model.Name));
        await using var replica = await TestService.StartAsync(database, settings, builder => builder.Services.AddSingleton(registry));
        Assert.Contains("cannot be served", (await replica.Admin.GetJsonAsync("/admin/status")).GetProperty("reasons").ToString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> RunAsync(TestService service, string plan, bool force = false)
    {
        using var response = await service.Admin.PostAsJsonAsync("/admin/retrain", new { plan, force });
        await response.ReadJsonAsync(HttpStatusCode.Accepted);
        return await service.Admin.WaitForRunAsync(response.Headers.Location!.ToString());
    }

    private static async Task AssertServedAsync(TestService service, JsonElement recommender, string similarity)
    {
        Assert.Equal(RetrainTests.Version(recommender), await RetrainTests.ServedVersionAsync(service));
        Assert.Equal(similarity, await SimilaritySourceAsync(service));
    }

    private static async Task<string?> SimilaritySourceAsync(TestService service) =>
        (await service.Storefront.GetJsonAsync("/items/item-0-00/similar?limit=3")).GetProperty("items")[0].GetProperty("source").GetString();

    internal static async Task<int[]> ManifestAsync(TestDatabase database) =>
        JsonSerializer.Deserialize<int[]>((await database.ReadTextsAsync("SELECT manifest_json FROM publications ORDER BY sequence DESC LIMIT 1")).Single())!;
}
