using System.Text.Json;
using RecoService.Api.Importing.Values;
using RecoService.Api.Retraining;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>A shop that has just been filled does not wait for the schedule.</summary>
public sealed class FirstRunTests
{
    private static readonly string[] Scheduled =
        [.. TasteShop.QuickTraining, "--Reco:Retraining:Enabled=true", "--Reco:Retraining:Interval=1.00:00:00", "--Reco:Retraining:FirstRunDelay=00:00:01"];

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Import_IntoAnEmptyShop_IsFollowedByAFirstModel(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, Scheduled);
        await Wait.UntilAsync(async () => await WaitingForAsync(service) is { } reason && reason.Contains("no interactions yet", StringComparison.Ordinal), "the status says that there is nothing to learn from");

        await TasteShop.FillAsync(service.Storefront);

        await Wait.UntilAsync(async () => await WaitingForAsync(service) is null, "a first model serves");
        // The model serves a moment before the end of its run is written down.
        await Wait.UntilAsync(async () => await PublishedAsync(service) >= 1, "its run is recorded");
        var run = (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray().First(item => item.GetProperty("outcome").GetString() == "published");
        Assert.Equal("first-model", run.GetProperty("trigger").GetString());
        var watch = service.Shop.Retraining.First;
        await Wait.UntilAsync(() => Task.FromResult(watch.ExecuteTask!.IsCompletedSuccessfully), "nobody looks any more once a judged model serves");
    }

    /// <summary>A new version of the service may not read the models of the one before; nobody should have to wait for new interactions or for the schedule.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Start_WithAModelThatCannotBeRead_IsFollowedByANewOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        int version;
        await using (var before = await RetrainTests.StartFilledAsync(database))
            version = (await before.Admin.RetrainAsync()).GetProperty("modelVersion").GetInt32();
        // The number of the model's type becomes that of another version.
        await database.ExecuteAsync(provider == StorageProvider.Postgres
            ? "UPDATE model_chunks SET content = set_byte(content, 12, 9) WHERE part = 0"
            : "UPDATE model_chunks SET content = CAST(substr(content, 1, 12) || x'09' || substr(content, 14) AS BLOB) WHERE part = 0");

        await using var service = await TestService.StartAsync(database, Scheduled);

        Assert.NotEmpty(await service.Storefront.RecommendAsync(TasteShop.UserId(1)));
        await Wait.UntilAsync(async () => await PublishedAsync(service) >= 2, "a new model is trained from the same interactions");
        var run = (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items")[0];
        Assert.Equal("unreadable-model", run.GetProperty("trigger").GetString());
        await Wait.UntilAsync(async () => await RetrainTests.ServedVersionAsync(service) > version, "it serves");
    }

    [Fact]
    public async Task Status_WhileWritesHavePaused_CountsDown()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [.. Scheduled, "--Reco:Retraining:FirstRunDelay=01:00:00"]);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });

        await Wait.UntilAsync(async () => await WaitingForAsync(service) is { } reason && reason.StartsWith("The first run starts in 3", StringComparison.Ordinal), "the status counts down from an hour");
        Assert.Empty((await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Status_WithoutASchedule_SaysThatNoRunStartsByItself()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database);

        Assert.Contains("Reco:Retraining:Enabled is false", await WaitingForAsync(service), StringComparison.Ordinal);
        await service.Admin.RetrainAsync();
        Assert.Null(await WaitingForAsync(service));
    }

    [Fact]
    public async Task Import_AfterAModelThatNobodyCouldJudge_IsFollowedByAnother()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, Scheduled);
        // Somebody tries the API with one interaction, and imports the shop afterwards.
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
        await Wait.UntilAsync(async () => await PublishedAsync(service) >= 1, "there is a model, of one interaction");

        await TasteShop.FillAsync(service.Storefront);

        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray()
            .Any(run => run.GetProperty("metrics") is { ValueKind: JsonValueKind.Object } metrics && metrics.GetProperty("judgedUsers").GetInt32() > 0), "there is a model that somebody judged");
    }

    [Theory]
    [InlineData(0, 0, 10)]
    [InlineData(0, 5, 15)]
    [InlineData(0, 49, 59)]
    [InlineData(0, 55, 60)]
    [InlineData(0, 600, 60)]
    public void DueAt_Writes_AreWaitedForButNotForEver(int begun, int changed, int due) =>
        Assert.Equal(At(due), FirstRun.DueAt(At(begun), At(changed), TimeSpan.FromSeconds(10)));

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 20)]
    [InlineData(3, 80)]
    [InlineData(9, 3600)]
    [InlineData(1_000_000, 3600)]
    public void PauseOf_RunsThatDidNotHelp_DoubleItUpToTheInterval(int attempts, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), FirstRun.PauseOf(new RetrainingSettings { FirstRunDelay = TimeSpan.FromSeconds(10), Interval = TimeSpan.FromHours(1) }, attempts));

    private static DateTimeOffset At(int seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private static async Task<string?> WaitingForAsync(TestService service) => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("waitingFor").GetString();

    private static async Task<int> PublishedAsync(TestService service) =>
        (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items").EnumerateArray().Count(run => run.GetProperty("outcome").GetString() == "published");
}
