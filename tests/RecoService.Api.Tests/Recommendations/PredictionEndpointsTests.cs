using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Documentation;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class PredictionEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string Path = "/recommendations/predict";
    private const int Lists = 1_500;

    /// <summary>Weeks of a shop whose probabilities are known: what the service answers is near them.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite, 3)]
    [InlineData(StorageProvider.Postgres, 4)]
    public async Task Predict_SimulatedShop_IsNearTheTruthAndOrdersLists(StorageProvider provider, int seed)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        var clock = new ShiftedTime();
        await using var service = await TestService.StartAsync(database, ClickingShop.Settings, builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var shop = new ClickingShop(seed);
        await shop.StockAsync(service);
        await shop.ShowAsync(service, Lists, () => clock.Shift += TimeSpan.FromMinutes(20));
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == Lists, "all lists are stored");
        await service.Shop.Serving.Figures.FollowAsync(TestContext.Current.CancellationToken);

        // A publication is what the service learns after, for it builds the histories anew; what was learned before does not count here.
        await service.Admin.RetrainAsync(force: true);
        var published = await database.CountAsync("SELECT max(sequence) FROM publications");
        await Wait.UntilAsync(() => Task.FromResult(service.Shop.Serving.Responses.Last?.PublicationSequence == published), "the probabilities are learned after the publication");
        var prediction = (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("prediction");

        Assert.Equal((shop.Shown, shop.Clicks, shop.Purchases), (prediction.GetProperty("shownItems").GetInt32(), prediction.GetProperty("clicks").GetInt32(), prediction.GetProperty("purchases").GetInt32()));
        Assert.Equal(JsonValueKind.Null, prediction.GetProperty("missing").ValueKind);
        var model = prediction.GetProperty("clickModel");
        Assert.InRange(model.GetProperty("calibrationError").GetDouble(), 0, 0.04);
        Assert.True(model.GetProperty("logLoss").GetDouble() < model.GetProperty("constantLogLoss").GetDouble(), model.ToString());
        Assert.InRange(model.GetProperty("areaUnderCurve").GetDouble(), 0.6, 0.9);
        var (error, spread, mean) = (new List<double>(), new List<double>(), new List<double>());
        for (var user = 0; user < 20; user++)
        {
            var items = await PredictAsync(service, $"u{user}", byPhone: user % 4 < 2);
            Assert.Equal(Enumerable.Range(0, ClickingShop.Items).Select(ClickingShop.Item), items.Select(item => item.GetProperty("itemId").GetString()));
            for (var item = 0; item < items.Count; item++)
            {
                var (truth, click) = (ClickingShop.ClickProbability(user, item, user % 4 < 2), items[item].GetProperty("clickProbability").GetDouble());
                error.Add(Math.Abs(click - truth));
                spread.Add(Math.Abs(truth - 0.146));
                mean.Add(click - truth);
                Assert.InRange(items[item].GetProperty("purchaseProbability").GetDouble(), 1e-6, 0.5);
            }
        }

        Assert.InRange(error.Average(), 0, 0.045);
        Assert.True(error.Average() < 0.5 * spread.Average());
        Assert.InRange(mean.Average(), -0.03, 0.03);
        Assert.True((await PredictAsync(service, "u2", byPhone: false)).Sum(Click) > 1.3 * (await PredictAsync(service, "u2", byPhone: true)).Sum(Click));

        // By the probability of a purchase times the price.
        var predicted = (await PredictAsync(service, "u7", byPhone: false)).ToDictionary(item => item.GetProperty("itemId").GetString()!, item => item.GetProperty("purchaseProbability").GetDouble());
        var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "userId": "u7", "placement": "earning", "limit": 6, "context": { "device": "desktop" } }""");
        var values = list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!).Select(itemId => predicted[itemId] * ClickingShop.PriceOf(int.Parse(itemId[1..]))).ToList();
        Assert.Equal(6, values.Count);
        for (var at = 1; at < values.Count; at++)
            Assert.True(values[at] <= values[at - 1] * 1.001, string.Join(' ', values));
        Assert.True(values[0] > 1.5 * predicted.Average(pair => pair.Value * ClickingShop.PriceOf(int.Parse(pair.Key[1..]))));

        await AssertVariantsAsync(service);
        // The next run says how good the probabilities were.
        var metrics = (await service.Admin.RetrainAsync(force: true)).GetProperty("metrics").GetProperty("prediction");
        Assert.Equal((shop.Shown, shop.Clicks), (metrics.GetProperty("shownItems").GetInt32(), metrics.GetProperty("clicks").GetInt32()));
        Assert.Equal(model.ToString(), metrics.GetProperty("clickModel").ToString());

        // What nobody knows stands in its place, and the calls of the page work.
        var mixed = await service.Storefront.SendJsonAsync(HttpMethod.Post, Path, """{ "itemIds": ["unheard of", "i03", "i01", "i03"] }""");
        Assert.Equal(["unheard of", "i03", "i01"], mixed.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
        Assert.Equal("""{"itemId":"unheard of","isKnown":false,"clickProbability":null,"purchaseProbability":null}""", mixed.GetProperty("items")[0].ToString());
        Assert.True(mixed.GetProperty("items")[1].GetProperty("isKnown").GetBoolean());
        foreach (var line in CurlLine.In(Repository.Read("docs/prediction.md")))
        {
            using var request = line.ToRequest(service.Address);
            using var response = await service.Admin.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, line.Text);
        }

        static double Click(JsonElement item) => item.GetProperty("clickProbability").GetDouble();
    }

    /// <summary>Each variant orders by its own objective, and the control by none.</summary>
    private static async Task AssertVariantsAsync(TestService service)
    {
        string[] names = ["control", "clicks", "purchases", "revenue", "margin"];
        await service.Admin.SendJsonAsync(
            HttpMethod.Put, "/admin/experiments/earn",
            JsonSerializer.Serialize(new { placements = new[] { "plain" }, variants = names.Select(name => new { name, share = 1, overrides = new { placement = new { objective = name == "control" ? "none" : name } } }) }),
            HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/earn/start", null);
        var split = new PlacementExperiment("earn", "own earn", 0, 1, [.. names.Select(name => new ExperimentVariant(name, 1))]);
        var usual = await ShownAsync(UserOf("control"));
        foreach (var name in names)
        {
            var predicted = (await PredictAsync(service, $"u{UserOf(name)}", byPhone: false)).ToDictionary(item => item.GetProperty("itemId").GetString()!);
            var list = await ShownAsync(UserOf(name));
            Assert.Equal(name == "control", list.SequenceEqual(usual));
            var values = list.ConvertAll(ValueOf);
            if (name != "control")
                Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.Second <= pair.First * 1.001, $"{name}: {string.Join(' ', values)}"));

            double ValueOf(string itemId)
            {
                var (item, probability) = (int.Parse(itemId[1..]), predicted[itemId].GetProperty(name == "clicks" ? "clickProbability" : "purchaseProbability").GetDouble());
                return name switch
                {
                    "revenue" => probability * ClickingShop.PriceOf(item),
                    "margin" => probability * (ClickingShop.PriceOf(item) - ClickingShop.CostOf(item)),
                    _ => probability,
                };
            }
        }

        int UserOf(string variant) => Enumerable.Range(0, ClickingShop.Users).First(user => split.VariantOf($"u{user}")!.Name == variant);

        async Task<List<string>> ShownAsync(int user)
        {
            var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = $"u{user}", placement = "plain", limit = 6, context = new { device = "desktop" } }));
            return [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Predict_TooLittleIsKnown_Is409AndSaysWhatItTakes(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Prediction:MinShownItems=700", "--Reco:Prediction:OutcomeDelay=02:00:00"]);
        await service.Shop.Serving.Responses.LearnAsync(TestContext.Current.CancellationToken);

        using var response = await service.Storefront.PostAsync(Path, Json("""{ "itemIds": ["a"] }"""));

        var detail = (await Refusal.ReadProblemAsync(response, HttpStatusCode.Conflict)).GetProperty("detail").GetString();
        Assert.Equal("It takes 700 items that known users were shown in several lists at least 02:00:00 ago, and 100 clicks on them; there are 0 and 0.", detail);
        Assert.Equal(detail, (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("prediction").GetProperty("missing").GetString());
    }

    [Fact]
    public async Task Learn_TooLittleIsKnown_LooksAgainAMinuteLater()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var clock = new ShiftedTime();
        await using var service = await TestService.StartAsync(database, configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var follower = service.Shop.Serving.Responses;
        await Wait.UntilAsync(() => Task.FromResult(follower.Last is not null), "it has looked once");
        var first = follower.Last!.At;
        Assert.Null(follower.Last.Learned.Predictor);

        clock.Shift += TimeSpan.FromMinutes(2);

        await Wait.UntilAsync(() => Task.FromResult(follower.Last.At > first), "it has looked again");
        Assert.True(follower.Last.At >= first.AddMinutes(1));
    }

    [Fact]
    public async Task Predict_SwitchedOff_SaysSo()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Prediction:Enabled=false"]);

        using var response = await service.Storefront.PostAsync(Path, Json("""{ "itemIds": ["a"] }"""));

        Assert.Equal("Reco:Prediction:Enabled is false.", (await Refusal.ReadProblemAsync(response, HttpStatusCode.Conflict)).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("{}", "itemIds", "is missing")]
    [InlineData("""{ "itemIds": [] }""", "itemIds", "must hold 1 to 1000")]
    [InlineData("""{ "itemIds": ["a", ""] }""", "itemIds[1]", "is empty")]
    [InlineData("""{ "itemIds": ["a", null] }""", "itemIds[1]", "is")]
    [InlineData("""{ "itemIds": "a" }""", "itemIds", "must be an array")]
    [InlineData("""{ "itemIds": ["a"], "userId": "" }""", "userId", "is empty")]
    [InlineData("""{ "itemIds": ["a"], "context": { "device": [] } }""", "context.device", "must be a text, a number, true or false")]
    [InlineData("""{ "itemIds": ["a"], "placement": "home" }""", "placement", "is not a known field")]
    [InlineData("""{ "itemIds": ["a"], "limit": 5 }""", "limit", "is not a known field")]
    public async Task Predict_BadRequest_Is400AndNamesTheField(string json, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        Refusal.AssertNames(await Refusal.SendAsync(service, "POST", Path, Encoding.UTF8.GetBytes(json), "application/json", HttpStatusCode.BadRequest), field, reason);
    }

    [Fact]
    public async Task Predict_TooManyItemsOrValues_Is400()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var many = JsonSerializer.Serialize(new { itemIds = Enumerable.Range(0, 1_001).Select(number => $"i{number}"), context = Enumerable.Range(0, 21).ToDictionary(number => $"c{number}", number => number) });

        var problem = await Refusal.SendAsync(service, "POST", Path, Encoding.UTF8.GetBytes(many), "application/json", HttpStatusCode.BadRequest);

        Refusal.AssertNames(problem, "itemIds", "must hold 1 to 1000");
        Refusal.AssertNames(problem, "context", "the most are 20");
    }

    [Fact]
    public async Task Experiment_ObjectiveOfAVariant_IsChecked()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        static string Draft(string objective) => JsonSerializer.Serialize(new { variants = new object[] { new { name = "control", share = 1 }, new { name = "other", share = 1, overrides = new { placement = new { objective } } } } });

        var refused = await Refusal.SendAsync(service, "POST", "/admin/experiments", Encoding.UTF8.GetBytes(Draft("margin")), "application/json", HttpStatusCode.BadRequest);

        Refusal.AssertNames(refused, "variants[1].overrides.placement.objective", "'margin' takes the cost of items, and none has a number as its attribute 'cost'");
        Refusal.AssertNames(await Refusal.SendAsync(service, "POST", "/admin/experiments", Encoding.UTF8.GetBytes(Draft("profit")), "application/json", HttpStatusCode.BadRequest), "variants[1].overrides.placement.objective", "'profit' is not one of none, clicks, purchases, revenue, margin");
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments", Draft("revenue"), HttpStatusCode.Created);
    }

    [Fact]
    public void Settings_WrongOnes_AreNamed()
    {
        var errors = ErrorsOf(("Prediction:MinShownItems", "5000"), ("Prediction:MaxShownItems", "4000"), ("Prediction:ReferencePosition", "0"), ("Prediction:Enabled", "false"), ("Placements:home:Objective", "clicks"), ("Placements:a:Objective", "profit"), ("Placements:b:Objective", "none"));

        Assert.Contains("Reco:Prediction:MinShownItems: 5000 are more than Reco:Prediction:MaxShownItems allows, 4000.", errors);
        Assert.Contains(errors, error => error.StartsWith("Reco:Prediction:ReferencePosition", StringComparison.Ordinal));
        Assert.Contains("Reco:Placements:home:Objective: it takes Reco:Prediction:Enabled.", errors);
        Assert.Contains("Reco:Placements:a:Objective: 'profit' is not one of none, clicks, purchases, revenue, margin.", errors);
        Assert.DoesNotContain(errors, error => error.StartsWith("Reco:Placements:b", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> ErrorsOf(params (string Key, string Value)[] settings) => Assert.Throws<InvalidSettingsException>(() => SettingsExtensions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Reco:{setting.Key}", setting.Value))).Build(), BuiltInTrainers.Registry)).Errors;

    private static async Task<List<JsonElement>> PredictAsync(TestService service, string userId, bool byPhone) =>
        [.. (await service.Storefront.SendJsonAsync(HttpMethod.Post, Path, JsonSerializer.Serialize(new { userId, context = new { device = byPhone ? "phone" : "desktop" }, itemIds = Enumerable.Range(0, ClickingShop.Items).Select(ClickingShop.Item) }))).GetProperty("items").EnumerateArray()];

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
