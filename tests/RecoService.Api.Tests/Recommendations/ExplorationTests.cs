using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>Placements whose places explore, over HTTP: what is drawn, what is stored of it, and what the lists learn from it.</summary>
public sealed class ExplorationTests
{
    private const int Items = 12;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Lists_OfAPlacementThatExplores_AreStoredWithThePropensityOfEachItem(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database, "--Reco:Placements:popular:Exploration=epsilon-greedy", "--Reco:Placements:popular:ExplorationShare=0.5", "--Reco:Placements:popular:ExplorationEpsilon=1");

        var lists = new List<string[]>();
        for (var list = 0; list < 30; list++)
            lists.Add(await ShowAsync(service, """{ "placement": "popular", "limit": 4 }"""));
        await ShowAsync(service, """{ "placement": "trending", "limit": 4 }""");
        await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", """{ "lists": [{ "placement": "popular", "limit": 2 }] }""");
        await service.Storefront.RecommendAsync("somebody");

        // The first place keeps the best. Ten of the eleven left may stand at the second, and any of the nine left at the fourth.
        Assert.All(lists, list => Assert.Equal("i00", list[0]));
        Assert.True(lists.Select(list => list[1]).Distinct().Count() > 4, string.Join(' ', lists.Select(list => list[1])));
        Assert.All(lists, list => Assert.Equal(4, list.Distinct().Count()));
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 33, "the lists are stored");
        Assert.Equal(["[1,0.1,1,0.11111111]"], await database.ReadTextsAsync("SELECT propensities_json FROM impressions WHERE placement = 'popular' AND item_ids_json LIKE '%,%,%,%'"));
        Assert.Equal(31, await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'popular' AND propensities_json LIKE '[1,0.1%'"));
        Assert.Equal(2, await database.CountAsync("SELECT count(*) FROM impressions WHERE placement IN ('trending', 'home') AND propensities_json IS NULL"));

        // The propensities go with the user.
        await ShowAsync(service, """{ "placement": "popular", "userId": "u0", "allowConsumed": true, "limit": 4 }""");
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE user_id = 'u0' AND propensities_json IS NOT NULL") == 1, "the list is stored");
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/u0", null, HttpStatusCode.Accepted);
        Assert.Equal(31, await database.CountAsync("SELECT count(*) FROM impressions WHERE propensities_json IS NOT NULL"));
    }

    [Fact]
    public async Task Lists_OfOneSeed_AreTheSameAndOfNoneAreDrawnAnew()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database, "--Reco:Placements:home:Exploration=epsilon-greedy", "--Reco:Placements:home:ExplorationEpsilon=1", "--Reco:Placements:home:ExplorationShare=0.5");

        var (seeded, short_, plain) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        for (var list = 0; list < 8; list++)
        {
            seeded.Add(string.Join(' ', await ShowAsync(service, """{ "userId": "x", "seed": 7, "limit": 10 }""")));
            plain.Add(string.Join(' ', await ShowAsync(service, """{ "userId": "x", "limit": 10 }""")));
            short_.Add(string.Join(' ', await service.Storefront.RecommendAsync("x", 10)));
        }

        Assert.Single(seeded);
        Assert.InRange(plain.Count, 6, 8);
        Assert.InRange(short_.Count, 6, 8);
        // Nobody sees these, so nothing is drawn and the lists are as good as can be.
        var batch = await service.Admin.SendJsonAsync(HttpMethod.Get, "/recommendations/x/explain/i04", null);
        Assert.Equal(5, batch.GetProperty("position").GetInt32());
    }

    /// <summary>What is clicked at a place that explores is shown there more often: after the figures are counted, by another process, and after a restart.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Lists_AfterClicks_ShowWhatWasClicked(StorageProvider provider)
    {
        const string liked = "i07";
        string[] settings = ["--Reco:Placements:popular:Exploration=epsilon-greedy", "--Reco:Placements:popular:ExplorationShare=0.5", "--Reco:Placements:popular:ExplorationEpsilon=0.5", "--Reco:Attribution:Interval=01:00:00"];
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await StartAsync(database, settings))
        {
            var clicks = new List<object>();
            for (var visit = 0; visit < 120; visit++)
            {
                var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", $$"""{ "placement": "popular", "userId": "visitor {{visit}}", "limit": 2 }""");
                if (list.GetProperty("items")[1].GetProperty("itemId").GetString() == liked)
                    clicks.Add(new { userId = $"visitor {visit}", itemId = liked, kind = "click", recommendationId = list.GetProperty("recommendationId").GetString() });
            }

            // Clicks make it popular, too; a few leave the order as it is.
            await service.Storefront.PostInteractionsAsync([.. clicks.Take(5)]);
            await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 120, "the lists are stored");
            // Nothing is known yet, so the place has the second best, or any of nine: a list of two chooses from ten.
            Assert.Equal(["[1,0.055555556]", "[1,0.5555556]"], (await database.ReadTextsAsync("SELECT propensities_json FROM impressions")).Order());
            Assert.Equal(["i01"], await BestAsync());

            await service.Shop.Serving.Figures.FollowAsync(Ct);
            await service.Shop.Serving.Trials.ReadAsync(Ct);

            Assert.Equal(120, await database.CountAsync("SELECT SUM(shown) FROM exploration_trials"));
            await ShowManyAsync(service, "after");
            Assert.Equal([liked], await BestAsync("after"));
        }

        await using var again = await TestService.StartAsync(database, settings);
        await Wait.UntilAsync(
            async () =>
            {
                await ShowManyAsync(again, "again", 3);
                return (await BestAsync("again")).Contains(liked);
            },
            "what is known is read at the start");

        // What is shown with more than a half is the best of the place.
        async Task<HashSet<string>> BestAsync(string user = "visitor") => [.. (await database.ReadTextsAsync(
            $"SELECT item_ids_json FROM impressions WHERE propensities_json = '[1,0.5555556]' AND user_id LIKE '{user}%'")).Select(json => JsonSerializer.Deserialize<string[]>(json)![1])];

        async Task ShowManyAsync(TestService service, string user, int count = 20)
        {
            for (var visit = 0; visit < count; visit++)
                await ShowAsync(service, $$"""{ "placement": "popular", "userId": "{{user}} {{visit}}", "limit": 2 }""");
            await Wait.UntilAsync(async () => await database.CountAsync($"SELECT count(*) FROM impressions WHERE user_id LIKE '{user}%'") >= count, "the lists are stored");
        }
    }

    /// <summary>The best of the place by what its items brought: UCB1 tries each item first, in their order, and its lists have propensities that off-policy evaluation takes.</summary>
    [Fact]
    public async Task Lists_ByUcb1_TryEachItemAndHavePropensities()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database, "--Reco:Placements:popular:Exploration=ucb1", "--Reco:Placements:popular:ExplorationShare=0.5", "--Reco:Attribution:Interval=01:00:00");
        var best = new List<string>();
        for (var step = 0; step < 3; step++)
        {
            for (var visit = 0; visit < 20; visit++)
                await ShowAsync(service, $$"""{ "placement": "popular", "userId": "visitor {{step}} {{visit}}", "limit": 2 }""");
            await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 20 * (step + 1), "the lists are stored");
            best.AddRange((await database.ReadTextsAsync($"SELECT item_ids_json FROM impressions WHERE propensities_json = '[1,0.9111111]' AND user_id LIKE 'visitor {step}%'")).Select(json => JsonSerializer.Deserialize<string[]>(json)![1]));
            await service.Shop.Serving.Figures.FollowAsync(Ct);
            await service.Shop.Serving.Trials.ReadAsync(Ct);
        }

        // One item at a time: what was not shown at the place yet, by the order of the list.
        Assert.Equal(3, best.Count);
        Assert.Equal("i01", best[0]);
        Assert.Equal(3, best.Distinct().Count());
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM impressions WHERE propensities_json NOT IN ('[1,0.9111111]', '[1,0.011111111]')"));
    }

    /// <summary>LinUCB knows that users click their own category, long before there is enough for predictions: over HTTP, on both databases, and again after a restart.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Lists_ByLinUcb_ShowEachUserTheirCategory(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        string[] settings =
        [
            .. ClickingShop.Settings, "--Reco:Prediction:MinClicks=100000", "--Reco:Placements:curious:Sources=popular", "--Reco:Placements:curious:AllowConsumed=true", "--Reco:Placements:curious:Exploration=linucb",
            "--Reco:Placements:curious:ExplorationShare=0.5", "--Reco:Placements:curious:ExplorationEpsilon=0.01",
        ];
        var clock = new ShiftedTime();
        await using (var service = await TestService.StartAsync(database, settings, UseClock))
        {
            var shop = new ClickingShop(3);
            await shop.StockAsync(service);
            await shop.ShowAsync(service, 400, () => clock.Shift += TimeSpan.FromMinutes(40));
            await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 400, "the lists are stored");
            await service.Shop.Serving.Figures.FollowAsync(Ct);
            await service.Admin.RetrainAsync(force: true);
            await service.Shop.Serving.Responses.LearnAsync(Ct);

            Assert.NotNull(service.Shop.Serving.Responses.Missing);
            await AssertOwnAsync(service);
            await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'curious'") == ClickingShop.Users, "the lists are stored");
            Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM impressions WHERE placement = 'curious' AND propensities_json NOT IN ('[1,0.9911111]', '[1,0.0011111111]')"));
        }

        await using var again = await TestService.StartAsync(database, settings, UseClock);
        await Wait.UntilAsync(() => Task.FromResult(again.Shop.Serving.Responses.Last is not null), "it has learned again");
        await AssertOwnAsync(again);

        void UseClock(WebApplicationBuilder builder) => builder.Services.AddSingleton<TimeProvider>(clock);

        async Task AssertOwnAsync(TestService service)
        {
            var own = 0;
            for (var user = 0; user < ClickingShop.Users; user++)
                own += int.Parse((await ShowAsync(service, $$"""{ "userId": "u{{user}}", "placement": "curious", "limit": 2, "seed": 5 }"""))[1][1..]) % 2 == user % 2 ? 1 : 0;
            // By chance it is half of them.
            Assert.InRange(own, 45, ClickingShop.Users);
        }
    }

    /// <summary>The variant of an experiment explores, and its control does not.</summary>
    [Fact]
    public async Task Experiment_WhoseVariantExplores_StoresPropensitiesOfThatVariantAlone()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await service.Admin.SendJsonAsync(
            HttpMethod.Put, "/admin/experiments/e",
            """{ "placements": ["home"], "variants": [{ "name": "control", "share": 1 }, { "name": "curious", "share": 1, "overrides": { "placement": { "exploration": "epsilon-greedy", "explorationShare": 0.5, "explorationEpsilon": 1 } } }] }""",
            HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null);
        for (var visit = 0; visit < 40; visit++)
            await service.Storefront.RecommendAsync($"visitor {visit}", 4);

        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == 40, "the lists are stored");
        Assert.Equal(["[1,0.1,1,0.11111111]"], await database.ReadTextsAsync("SELECT propensities_json FROM impressions WHERE variant = 'e/curious'"));
        Assert.InRange(await database.CountAsync("SELECT count(*) FROM impressions WHERE variant = 'e/curious'"), 8, 32);
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM impressions WHERE variant = 'e/control' AND propensities_json IS NOT NULL"));
        Assert.Equal(2, (await database.ReadTextsAsync("SELECT configuration_version FROM impressions")).Count);
    }

    /// <summary>Places of an interleaved list are drawn by the teams, so nobody knows a propensity of them.</summary>
    [Fact]
    public async Task Experiment_OfInterleavedLists_StoresNoPropensities()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        string[] explores = ["--Reco:Placements:home:ExplorationShare=0.5"];
        await using (var service = await StartAsync(database))
        {
            await service.Admin.SendJsonAsync(
                HttpMethod.Put, "/admin/experiments/e",
                """{ "placements": ["home"], "method": "interleaved", "variants": [{ "name": "usual", "share": 1 }, { "name": "new", "share": 1, "overrides": { "placement": { "sources": "new-arrivals" } } }] }""",
                HttpStatusCode.Created);
            await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null);
        }

        // The shop explores from now on, and the experiment is running already.
        await using var again = await TestService.StartAsync(database, explores);
        await again.Storefront.RecommendAsync("visitor", 4);
        await again.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/stop", null);
        await again.Storefront.RecommendAsync("visitor", 4);

        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions WHERE user_id = 'visitor'") == 2, "the lists are stored");
        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM impressions WHERE variant = 'e/interleaved' AND propensities_json IS NULL"));
        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM impressions WHERE variant IS NULL AND propensities_json IS NOT NULL"));
    }

    /// <summary>A shop's cap counts for its placements and for its experiments, whatever they inherit.</summary>
    [Theory]
    [InlineData("""{ "explorationShare": 0.3 }""", "explorationShare", "0.3 is above Reco:Recommendations:MostExplorationShare, which is 0.15")]
    [InlineData("""{ "exploration": "thompson" }""", "explorationShare", "0.2 is above Reco:Recommendations:MostExplorationShare, which is 0.15")]
    [InlineData("""{ "explorationShare": 1.5 }""", "explorationShare", "The field ExplorationShare must be between 0 and 1")]
    [InlineData("""{ "exploration": "greedy" }""", "exploration", "'greedy' is not one of off, thompson, normal-thompson, epsilon-greedy, boltzmann, ucb1, linucb")]
    [InlineData("""{ "explorationEpsilon": -1 }""", "explorationEpsilon", "The field ExplorationEpsilon must be between 0 and 1")]
    [InlineData("""{ "exploration": "ucb1", "explorationShare": 0.1, "explorationEpsilon": 0 }""", "explorationEpsilon", "0 is below 0.01, and this policy draws no lots of itself")]
    [InlineData("""{ "exploration": "linucb", "explorationShare": 0.1, "explorationEpsilon": 0.001 }""", "explorationEpsilon", "0.001 is below 0.01, and this policy draws no lots of itself")]
    [InlineData("""{ "exploration": "linucb", "explorationShare": 0.1 }""", "exploration", "'linucb' learns with the predictions, and Reco:Prediction:Enabled is false")]
    [InlineData("""{ "explorationAlpha": -1 }""", "explorationAlpha", "The field ExplorationAlpha must be between 0 and 100")]
    [InlineData("""{ "explorationTemperature": 0 }""", "explorationTemperature", "The field ExplorationTemperature must be between 0.0001 and 10")]
    [InlineData("""{ "explorationPriorStrength": 0 }""", "explorationPriorStrength", "The field ExplorationPriorStrength must be between 0.1 and 1000000")]
    public async Task Experiment_WithABadExploration_NamesTheField(string overrides, string field, string reason)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:MostExplorationShare=0.15", "--Reco:Prediction:Enabled=false", "--Reco:Placements:trending:ExplorationShare=0.1"]);

        var problem = await service.Admin.SendJsonAsync(
            HttpMethod.Post, "/admin/experiments", $$"""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": {{overrides}} } }] }""", HttpStatusCode.BadRequest);

        Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty($"variants[1].overrides.placement.{field}")[0].GetString(), StringComparison.Ordinal);
        // A variant that only changes the policy keeps the share of its placement.
        await service.Admin.SendJsonAsync(
            HttpMethod.Post, "/admin/experiments", """{ "placements": ["trending"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "exploration": "boltzmann" } } }] }""", HttpStatusCode.Created);
    }

    /// <summary>Twelve items: i00 has the most users, i11 the fewest.</summary>
    private static async Task<TestService> StartAsync(TestDatabase database, params string[] settings)
    {
        var service = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1", .. settings]);
        foreach (var item in Enumerable.Range(0, Items))
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item:00}", "{}", HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, Items).SelectMany(item => Enumerable.Range(0, 2 * (Items - item)).Select(user => new { userId = $"u{user}", itemId = $"i{item:00}", kind = "view" }))]);
        return service;
    }

    private static async Task<string[]> ShowAsync(TestService service, string body) =>
        [.. (await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", body)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
}
