using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Recommendations;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>Runs that learn from what users were shown, and did with it.</summary>
public sealed class LearnFromListsTests
{
    private const int Lists = 300;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_WithFeedback_LearnsFromWhatWasShownAsFarAsSettingsLetIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new ShiftedTime();
        var items = new List<string>();
        await using (var service = await StartAsync(database, clock, "--Reco:Trainers:implicit-als:Feedback=Debiased"))
        {
            var shop = new ClickingShop(seed: 5);
            await shop.StockAsync(service);
            await ShowAsync(service, database, shop, clock);
            var exposures = (await service.Shop.Store.Interactions.LoadDatasetAsync(TestContext.Current.CancellationToken, shown: service.Shop.Settings.ExposuresAt(clock.GetUtcNow()))).Exposures;
            Assert.Equal((shop.Shown, shop.Clicks), (exposures.Count, exposures.TouchedCount));

            var run = await service.Admin.RetrainAsync(force: true);

            Assert.Equal("debiased", run.GetProperty("options").GetProperty("implicit-als").GetProperty("feedback").GetString());
            items.Add(await ListOfAsync(service, run));
        }

        foreach (var settings in new[] { "--Reco:Retraining:MaxShownItems=0", "--Reco:Retraining:ShownItemsWindow=01:00:00", "--Reco:Prediction:OutcomeDelay=30.00:00:00" })
        {
            await using var service = await StartAsync(database, clock, "--Reco:Trainers:implicit-als:Feedback=Debiased", settings);
            items.Add(await ListOfAsync(service, await service.Admin.RetrainAsync(force: true)));
        }

        await using (var service = await StartAsync(database, clock))
            items.Add(await ListOfAsync(service, await service.Admin.RetrainAsync(force: true)));

        // With nothing to read the models are those without feedback.
        Assert.All(items[1..], other => Assert.Equal(items[^1], other));
        Assert.NotEqual(items[^1], items[0]);
    }

    [Fact]
    public async Task Retrain_AutoOnceEnoughWasShown_TriesToLearnFromIt()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite, inMemory: true);
        var clock = new ShiftedTime();
        await using var service = await StartAsync(
            database, clock, "--Reco:Retraining:Recommender=auto", "--Reco:Retraining:AutoCandidates=popularity,implicit-als,policy-gradient", "--Reco:Retraining:AutoBudget=00:00:20", "--Reco:Retraining:HoldoutFraction=0.02");
        var shop = new ClickingShop(seed: 6);
        await shop.StockAsync(service);
        await service.Admin.RetrainAsync(force: true);
        await ShowAsync(service, database, shop, clock);

        var run = await service.Admin.RetrainAsync(force: true);

        var rows = run.GetProperty("metrics").GetProperty("selection").EnumerateArray().ToDictionary(row => row.GetProperty("trainer").GetString()!);
        Assert.True(rows["implicit-als"].GetProperty("trials").GetInt32() > 2, run.ToString());
        // No place explored, so there is no policy to learn from.
        Assert.StartsWith("No list that was shown has propensities.", rows["policy-gradient"].GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retrain_PolicyGradientWithoutExploration_IsRefusedWithTheReason()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite, inMemory: true);
        var clock = new ShiftedTime();
        await using var service = await StartAsync(database, clock, "--Reco:Retraining:Recommender=policy-gradient");
        await new ClickingShop(seed: 7).StockAsync(service);

        var run = await service.Admin.RetrainAsync();

        Assert.Equal("failed", run.GetProperty("outcome").GetString());
        Assert.Contains("Let a placement explore (Reco:Placements:NAME:Exploration)", run.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    /// <summary>From lists that explore, over HTTP, to lists in the order of the policy.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Retrain_PolicyGradientAfterExploration_ServesIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new ShiftedTime();
        await using var service = await StartAsync(
            database, clock, "--Reco:Retraining:Recommender=policy-gradient", "--Reco:Placements:mixed:Exploration=epsilon-greedy", "--Reco:Placements:mixed:ExplorationShare=0.5", "--Reco:Placements:mixed:ExplorationEpsilon=1",
            "--Reco:Trainers:policy-gradient:CandidateTrainer=popularity", "--Reco:Trainers:policy-gradient:ValidationFraction=0.6", "--Reco:Trainers:policy-gradient:MinEffectiveRounds=20");
        var shop = new ClickingShop(seed: 8);
        await shop.StockAsync(service);
        await ShowAsync(service, database, shop, clock, lists: 900);

        var run = await service.Admin.RetrainAsync(force: true);

        Assert.True(run.GetProperty("outcome").GetString() == "published", run.ToString());
        var note = run.GetProperty("metrics").GetProperty("notes").EnumerateArray().Select(text => text.GetString()!).First(text => text.StartsWith("policy-gradient:", StringComparison.Ordinal));
        Assert.Matches("drawn places that it had not learned from, the policy earns 0[.][0-9]+ touches a place", note);
        var list = await service.Storefront.GetJsonAsync("/recommendations/u3?limit=5");
        Assert.Equal(run.GetProperty("modelVersion").GetInt32(), list.GetProperty("modelVersion").GetInt32());
        Assert.NotEmpty(list.GetProperty("items").EnumerateArray());

        // Later nothing explores any more: what is served cannot be trained again, and is compared with all the same.
        await using var later = await StartAsync(database, clock, "--Reco:Retraining:MaxShownItems=0", "--Reco:Retraining:MinJudgedUsers=50000");
        var next = (await later.Admin.RetrainAsync()).GetProperty("metrics");
        Assert.Equal((run.GetProperty("modelVersion").GetInt32(), false), (next.GetProperty("current").GetProperty("version").GetInt32(), next.GetProperty("current").GetProperty("retrained").GetBoolean()));
        Assert.Contains("could not be trained again to be compared with: No list that was shown has propensities.", next.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    private static Task<TestService> StartAsync(TestDatabase database, ShiftedTime clock, params string[] settings) => TestService.StartAsync(
        database, [.. ClickingShop.Settings, "--Reco:Retraining:Recommender=implicit-als", "--Reco:Trainers:implicit-als:Factors=8", "--Reco:Retraining:Threads=1", .. settings],
        builder => builder.Services.AddSingleton<TimeProvider>(clock));

    private static async Task ShowAsync(TestService service, TestDatabase database, ClickingShop shop, ShiftedTime clock, int lists = Lists)
    {
        await shop.ShowAsync(service, lists, () => clock.Shift += TimeSpan.FromMinutes(20));
        clock.Shift += TimeSpan.FromHours(2);
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == lists, "all lists are stored");
        await service.Shop.Serving.Figures.FollowAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The items of some users with their scores, by the model of a run.</summary>
    private static async Task<string> ListOfAsync(TestService service, JsonElement run)
    {
        Assert.True(run.GetProperty("outcome").GetString() == "published", run.ToString());
        var lists = await Task.WhenAll(Enumerable.Range(0, 10).Select(user => service.Storefront.GetJsonAsync($"/recommendations/u{user}?limit=10")));
        Assert.All(lists, list => Assert.Equal(run.GetProperty("modelVersion").GetInt32(), list.GetProperty("modelVersion").GetInt32()));
        return string.Join('\n', lists.Select(list => list.GetProperty("items").GetRawText()));
    }
}
