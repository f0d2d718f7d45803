using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Recommendations;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Experiments;

/// <summary>
/// Two replicas over one database, which share out the visits: whatever is shown by one and clicked on the other is counted once, and both know and report the same.
/// </summary>
public sealed class ReplicaTests
{
    private const int Visitors = 40;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What was clicked at the place that explores is the best of it on both, after either of them has counted.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Exploration_OfBoth_CountsEachPlaceOnceAndLearnsTheSame(StorageProvider provider)
    {
        await using var replicas = await Replicas.StartAsync(provider, "--Reco:Placements:popular:Exploration=epsilon-greedy", "--Reco:Placements:popular:ExplorationShare=0.5", "--Reco:Placements:popular:ExplorationEpsilon=1");
        var clicks = new List<object>();
        var shown = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var visit = 0; visit < 3 * Visitors; visit++)
        {
            var list = await ShowAsync(replicas[visit % 2], $"visitor {visit}", 2, "popular");
            var drawn = ItemsOf(list)[1];
            shown[drawn] = shown.GetValueOrDefault(drawn) + 1;
            if (drawn == "i4")
                clicks.Add(new { userId = $"visitor {visit}", itemId = drawn, kind = "click", recommendationId = list.GetProperty("recommendationId").GetGuid() });
        }

        await replicas[1].Storefront.PostInteractionsAsync([.. clicks]);
        await replicas.CountAsync(3 * Visitors);
        await Task.WhenAll(replicas.All.Select(replica => replica.Shop.Serving.Trials.ReadAsync(Ct)));

        Assert.Equal(3 * Visitors, await replicas.Database.CountAsync("SELECT SUM(shown) FROM exploration_trials"));
        Assert.Equal(shown.Count, await replicas.Database.CountAsync("SELECT count(*) FROM exploration_trials"));
        Assert.Equal(clicks.Count, await replicas.Database.CountAsync("SELECT count(*) FROM attributions WHERE drawn"));
        var trials = new List<string>();
        foreach (var replica in replicas.All)
            trials.Add(string.Join(' ', (await replica.Shop.Store.Exploration.ReadTrialsAsync(DateTimeOffset.UnixEpoch, Ct)).OrderBy(trial => trial.ItemKey).Select(trial => $"{trial.ItemKey}:{trial.Rewards}/{trial.Count}")));
        Assert.Equal(trials[0], trials[1]);
        // By one seed both draw the same, from the same beliefs.
        for (var seed = 0; seed < 20; seed++)
            Assert.Equal(ItemsOf(await ShowAsync(replicas[0], "somebody", 4, "popular", seed)), ItemsOf(await ShowAsync(replicas[1], "somebody", 4, "popular", seed)));
    }

    /// <summary>Each user sees a list on either replica and clicks what is new; the second list of a user is made by the other one.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Interleaving_OfBoth_CountsEachUserOnceAndReportsTheSame(StorageProvider provider)
    {
        await using var replicas = await Replicas.StartAsync(provider);
        await replicas.BeginAsync("interleaved");
        await VisitAsync(replicas, "e/interleaved", "i5");

        var (report, preferred) = await ReportAsync(replicas, "interleaving");

        Assert.Equal((Visitors, Visitors, 0, 0), (report.GetProperty("users").GetInt32(), preferred.GetProperty("secondWins").GetInt32(), preferred.GetProperty("firstWins").GetInt32(), preferred.GetProperty("ties").GetInt32()));
        Assert.Equal(2, preferred.GetProperty("credit").GetProperty("estimate").GetDouble());
    }

    /// <summary>Each replica makes the lists beside those that it shows, as far as it has time; together they are all that were shown.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Shadow_OfBoth_ComparesEachListOnceAndReportsTheSame(StorageProvider provider)
    {
        await using var replicas = await Replicas.StartAsync(provider, "--Reco:Recommendations:ShadowProcessorShare=1");
        await replicas.BeginAsync("shadow");
        await VisitAsync(replicas, "e/shadow", "i0");

        var (report, shadow) = await ReportAsync(replicas, "shadow");

        Assert.Equal(2 * Visitors, shadow.GetProperty("lists").GetInt32() + shadow.GetProperty("notCompared").GetInt32());
        Assert.True(shadow.GetProperty("lists").GetInt32() > 0);
        Assert.InRange(report.GetProperty("users").GetInt32(), 1, Visitors);
        // i5 i4 i3 i2 beside i0 i1 i2 i3.
        Assert.Equal((0.5, 0), (shadow.GetProperty("overlap").GetDouble(), shadow.GetProperty("clicksKept").GetDouble()));
    }

    /// <summary>The figures of a split with its guardrails; who is erased on one replica is in the report of neither.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Report_OfBoth_CountsEachListOnceAndForgetsWhoIsErased(StorageProvider provider)
    {
        await using var replicas = await Replicas.StartAsync(provider);
        await replicas.BeginAsync("split");
        await VisitAsync(replicas, "e/", "i5");
        var report = await ReportAsync(replicas);
        Assert.Equal((Visitors, 2 * Visitors), (report.GetProperty("users").GetInt32(), report.GetProperty("variants").EnumerateArray().Sum(variant => variant.GetProperty("lists").GetInt32())));
        Assert.Equal(2 * Visitors, await replicas.Database.CountAsync("SELECT SUM(timed_lists) FROM recommendation_viewers WHERE user_id LIKE 'visitor %'"));

        foreach (var visitor in Enumerable.Range(0, 4))
            await replicas[visitor % 2].Admin.SendJsonAsync(HttpMethod.Delete, $"/users/visitor%20{visitor}", null, HttpStatusCode.Accepted);

        report = await ReportAsync(replicas);
        Assert.Equal(Visitors - 4, report.GetProperty("users").GetInt32());
        Assert.Equal(2 * (Visitors - 4), await replicas.Database.CountAsync("SELECT SUM(timed_lists) FROM recommendation_viewers WHERE user_id LIKE 'visitor %'"));
        Assert.Equal(0, await replicas.Database.CountAsync("SELECT count(*) FROM impressions WHERE user_id IN ('visitor 0', 'visitor 1', 'visitor 2', 'visitor 3')"));
    }

    /// <summary>Each replica learns for itself, from the same rows: the same models, and the same probabilities.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite, 5)]
    [InlineData(StorageProvider.Postgres, 6)]
    public async Task Predictions_OfBoth_AreLearnedFromTheSame(StorageProvider provider, int seed)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new ShiftedTime();
        void UseClock(WebApplicationBuilder builder) => builder.Services.AddSingleton<TimeProvider>(clock);
        string[] settings = [.. ClickingShop.Settings, "--Reco:Prediction:MinClicks=50", "--Reco:Prediction:MinPurchases=10", "--Reco:Recommendations:FeedInterval=00:00:00.1"];
        await using var one = await TestService.StartAsync(database, settings, UseClock);
        await using var other = await TestService.StartAsync(database, settings, UseClock);
        TestService[] replicas = [one, other];
        var shop = new ClickingShop(seed);
        await shop.StockAsync(one);
        for (var part = 0; part < 6; part++)
            await shop.ShowAsync(replicas[part % 2], 60, () => clock.Shift += TimeSpan.FromMinutes(40));
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 360, "the lists are stored");
        await Task.WhenAll(replicas.Select(replica => replica.Shop.Serving.Figures.FollowAsync(Ct)));
        // Histories are built anew with the publication, on each.
        var version = (await one.Admin.RetrainAsync(force: true)).GetProperty("modelVersion").GetInt32();
        await Wait.UntilAsync(async () => (await other.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion") is { ValueKind: JsonValueKind.Number } served && served.GetInt32() == version, "the other replica follows");
        foreach (var replica in replicas)
            await replica.Shop.Serving.Responses.LearnAsync(Ct);

        Assert.All(replicas, replica => Assert.Equal((shop.Shown, shop.Clicks, shop.Purchases), replica.Shop.Serving.Responses.Last!.Learned is var learned ? (learned.ShownItems, learned.Clicks, learned.Purchases) : default));
        Assert.Equal(one.Shop.Serving.Responses.Last!.Learned.Predictor!.Clicks.Metrics, other.Shop.Serving.Responses.Last!.Learned.Predictor!.Clicks.Metrics);
        for (var user = 0; user < 10; user++)
        {
            var body = JsonSerializer.Serialize(new { userId = $"u{user}", context = new { device = "phone" }, itemIds = Enumerable.Range(0, ClickingShop.Items).Select(ClickingShop.Item) });
            var answers = new List<JsonElement[]>();
            foreach (var replica in replicas)
                answers.Add([.. (await replica.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/predict", body)).GetProperty("items").EnumerateArray()]);
            Assert.All(answers[0].Zip(answers[1]), pair => Assert.Equal(pair.First.GetProperty("clickProbability").GetDouble(), pair.Second.GetProperty("clickProbability").GetDouble(), 1e-4));
        }
    }

    /// <summary>Each visitor sees a list of each replica and clicks an item of it where it is there, on the other one.</summary>
    private static async Task VisitAsync(Replicas replicas, string label, string clicked)
    {
        var clicks = new List<object>();
        for (var visit = 0; visit < 2 * Visitors; visit++)
        {
            var user = $"visitor {visit % Visitors}";
            var list = await ShowAsync(replicas[(visit + (visit / Visitors)) % 2], user, 4);
            if (ItemsOf(list).Contains(clicked))
                clicks.Add(new { userId = user, itemId = clicked, kind = "click", recommendationId = list.GetProperty("recommendationId").GetGuid() });
        }

        await replicas[1].Storefront.PostInteractionsAsync([.. clicks.Take(clicks.Count / 2)]);
        await replicas[0].Storefront.PostInteractionsAsync([.. clicks.Skip(clicks.Count / 2)]);
        await replicas.CountAsync(2 * Visitors);
        Assert.Equal(2 * Visitors, await replicas.Database.CountAsync($"SELECT count(*) FROM impressions WHERE variant LIKE '{label}%'"));
    }

    private static Task<JsonElement> ShowAsync(TestService service, string userId, int limit, string placement = "home", int? seed = null) =>
        service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", seed is { } one
            ? JsonSerializer.Serialize(new { userId, limit, placement, allowConsumed = true, seed = one })
            : JsonSerializer.Serialize(new { userId, limit, placement, allowConsumed = true }));

    private static List<string> ItemsOf(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];

    private static async Task<JsonElement> ReportAsync(Replicas replicas)
    {
        var reports = new List<JsonElement>();
        foreach (var replica in replicas.All)
            reports.Add(await replica.Admin.GetJsonAsync("/admin/experiments/e/report"));
        Assert.Equal(Timeless(reports[0]), Timeless(reports[1]));
        return reports[0];

        // Each answers with the moment that it was asked.
        static string Timeless(JsonElement report) => string.Join(", ", report.EnumerateObject().Where(member => member.Name != "until").Select(member => $"{member.Name} {member.Value}"));
    }

    private static async Task<(JsonElement Report, JsonElement Part)> ReportAsync(Replicas replicas, string part)
    {
        var report = await ReportAsync(replicas);
        return (report, report.GetProperty(part));
    }

    /// <summary>Two processes' worth of services over one database, with six items of which i0 is the most popular and i5 the newest.</summary>
    private sealed class Replicas(TestDatabase database, TestService[] services) : IAsyncDisposable
    {
        public TestDatabase Database => database;

        public IReadOnlyList<TestService> All => services;

        public TestService this[int replica] => services[replica];

        public static async Task<Replicas> StartAsync(StorageProvider provider, params string[] settings)
        {
            string[] all = ["--Reco:Recommendations:FeedInterval=00:00:00.1", "--Reco:Attribution:Interval=01:00:00", .. settings];
            var database = await TestDatabase.CreateAsync(provider);
            var replicas = new Replicas(database, [await TestService.StartAsync(database, all), await TestService.StartAsync(database, all)]);
            for (var item = 0; item < 6; item++)
                await replicas[0].Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", JsonSerializer.Serialize(new { addedAt = $"2026-01-{10 + item:00}T00:00:00Z" }), HttpStatusCode.Created);
            await replicas[0].Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 6).SelectMany(item => Enumerable.Range(0, 10 * (6 - item)).Select(user => new { userId = $"u{user}", itemId = $"i{item}", kind = "view" }))]);
            await Wait.UntilAsync(async () => (await replicas[1].Storefront.RecommendAsync("nobody", 6)).SequenceEqual(["i0", "i1", "i2", "i3", "i4", "i5"]), "the other replica follows");
            return replicas;
        }

        /// <summary>An experiment on the one, which the other follows.</summary>
        public async Task BeginAsync(string method)
        {
            await services[0].Admin.SendJsonAsync(
                HttpMethod.Put, "/admin/experiments/e", $$"""{ "method": "{{method}}", "placements": ["home"], "variants": [{ "name": "control", "share": 1 }, { "name": "new", "share": 1, "overrides": { "placement": { "sources": "new-arrivals" } } }] }""",
                HttpStatusCode.Created);
            await services[0].Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null);
            await Wait.UntilAsync(() => Task.FromResult(services[1].Shop.Serving.ActiveExperiments.Current.Experiments.Count == 1), "the other replica follows");
        }

        /// <summary>Both at once, when all lists are stored beside the one that was asked for at the start.</summary>
        public async Task CountAsync(int lists)
        {
            await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE user_id LIKE 'visitor %'") == lists, "the lists are stored");
            await Task.WhenAll(services.Select(replica => replica.Shop.Serving.Figures.FollowAsync(Ct)));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var service in services)
                await service.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
