using System.Net;
using System.Text.Json;
using RecoService.Api.Experiments;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Tests.Experiments;

/// <summary>Experiments over HTTP: drafted, checked, started, stopped and decided, and what users see meanwhile.</summary>
public sealed class ExperimentEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string Usual = "i0 i1 i2 i3 i4 i5";
    private const string Newest = "i5 i4 i3 i2 i1 i0";

    /// <summary>Half of the users of the personal list see what is new in the place of what sells.</summary>
    private const string NewFirst = """{ "name": "Does the new sell?", "placements": ["home"], "variants": [{ "name": "control", "share": 1 }, { "name": "new", "share": 1, "overrides": { "placement": { "sources": "new-arrivals" } } }] }""";

    private static readonly string[] Users = [.. Enumerable.Range(0, 60).Select(number => $"visitor {number}")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Who sees what is new, by the hash that is documented.</summary>
    private static bool SeesNew(string id, string user) => new PlacementExperiment(id, $"own {id}", 0, 1, [new("control", 1), new("new", 1)]).VariantOf(user)!.Name == "new";

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Experiment_FromDraftToDecision_ShowsEachUserOneVariantAndThenAllTheWinner(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await StartAsync(database))
        {
            var made = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments", NewFirst.Replace("{ \"name\": \"Does", "{ \"id\": \"e\", \"name\": \"Does", StringComparison.Ordinal), HttpStatusCode.Created);
            Assert.Equal(("e", "draft", "clickThroughRate", 1), (made.GetProperty("id").GetString(), made.GetProperty("state").GetString(), made.GetProperty("metric").GetString(), made.GetProperty("traffic").GetDouble()));
            Assert.Equal("""{"placement":{"sources":"new-arrivals"}}""", made.GetProperty("variants")[1].GetProperty("overrides").ToString());
            Assert.Equal(JsonValueKind.Null, made.GetProperty("variants")[0].GetProperty("overrides").ValueKind);
            foreach (var user in Users[..10])
                Assert.Equal(Usual, await ShowAsync(service, user));

            var started = await ChangeAsync(service, "e", "start");
            Assert.Equal("running", started.GetProperty("state").GetString());
            foreach (var user in Users)
                Assert.Equal(SeesNew("e", user) ? Newest : Usual, await ShowAsync(service, user));
            Assert.InRange(Users.Count(user => SeesNew("e", user)), 18, 42);
            var (forNew, forControl) = (Users.First(user => SeesNew("e", user)), Users.First(user => !SeesNew("e", user)));
            Assert.Equal("e/new", await VariantAsync(service, $$"""{ "userId": "{{forNew}}" }"""));
            Assert.Equal("e/control", await VariantAsync(service, $$"""{ "userId": "{{forControl}}", "filter": "price >= 0" }"""));
            // Another placement, and somebody of whom no more than a visit is known, take no part.
            Assert.Null(await VariantAsync(service, $$"""{ "userId": "{{forNew}}", "placement": "popular" }"""));
            Assert.Null(await VariantAsync(service, """{ "interactions": [{ "itemId": "i3", "kind": "view" }] }"""));
            // A page asks for each of its lists.
            var page = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", $$"""{ "userId": "{{forNew}}", "lists": [{ "placement": "home", "limit": 2 }, { "placement": "popular", "limit": 2 }] }""");
            Assert.Equal("i5 i4|i0 i1", string.Join('|', page.GetProperty("lists").EnumerateArray().Select(IdsOf)));

            Assert.Equal("stopped", (await ChangeAsync(service, "e", "stop")).GetProperty("state").GetString());
            foreach (var user in Users[..10])
                Assert.Equal(Usual, await ShowAsync(service, user));
            Assert.Null(await VariantAsync(service, $$"""{ "userId": "{{forNew}}" }"""));

            var decided = await ChangeAsync(service, "e", "decide", """{ "variant": "new" }""");
            Assert.Equal(("decided", "new"), (decided.GetProperty("state").GetString(), decided.GetProperty("winner").GetString()));
            foreach (var user in Users[..10])
                Assert.Equal(Newest, await ShowAsync(service, user));
        }

        await using var again = await TestService.StartAsync(database);
        Assert.Equal(Newest, await ShowAsync(again, "visitor 1"));
        Assert.Null(await VariantAsync(again, """{ "userId": "visitor 1" }"""));
        await ChangeAsync(again, "e", "decide", """{ "variant": "control" }""");
        Assert.Equal(Usual, await ShowAsync(again, "visitor 1"));
        var revisions = (await again.Admin.GetJsonAsync("/admin/experiments/e/revisions")).GetProperty("items").EnumerateArray().Select(revision => revision.GetProperty("state").GetString());
        Assert.Equal(["decided", "decided", "stopped", "running", "draft"], revisions);
        await again.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/experiments/e", null, HttpStatusCode.NoContent);
        await again.Admin.SendJsonAsync(HttpMethod.Get, "/admin/experiments/e", null, HttpStatusCode.NotFound);
        Assert.Equal(Usual, await ShowAsync(again, "visitor 1"));
    }

    [Fact]
    public async Task Experiments_OfTwoReplicas_ShowAUserTheSameOnBoth()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var one = await StartAsync(database);
        await using var other = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1"]);
        await DraftAsync(one, "e", NewFirst);
        await ChangeAsync(one, "e", "start");
        var first = Users.First(user => SeesNew("e", user));

        await Wait.UntilAsync(async () => await ShowAsync(other, first) == Newest, "the other replica follows");

        foreach (var user in Users)
            Assert.Equal(await ShowAsync(one, user), await ShowAsync(other, user));
        await ChangeAsync(other, "e", "stop");
        await Wait.UntilAsync(async () => await ShowAsync(one, first) == Usual, "the first replica follows");
    }

    /// <summary>A visitor looks around, logs in, and goes on seeing the same variant: here, on another replica and after a restart.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Merge_OfAVisitorWhoSawAVariant_KeepsItForTheUser(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var one = await StartAsync(database);
        await using var other = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1"]);
        await DraftAsync(one, "e", NewFirst);
        await ChangeAsync(one, "e", "start");
        await Wait.UntilAsync(() => Task.FromResult(other.Shop.Serving.ActiveExperiments.Current.Experiments.Count == 1), "the other replica follows");
        var (visitor, users) = (Users.First(user => SeesNew("e", user)), Users.Where(user => !SeesNew("e", user)).Take(2).ToList());
        Assert.Equal("e/new", await VariantAsync(one, $$"""{ "userId": "{{visitor}}" }"""));
        Assert.Equal("e/control", await VariantAsync(one, $$"""{ "userId": "{{users[1]}}" }"""));

        foreach (var user in users)
            await one.Storefront.SendJsonAsync(HttpMethod.Post, $"/users/{Uri.EscapeDataString(user)}/merge", JsonSerializer.Serialize(new { from = visitor }), HttpStatusCode.OK);

        Assert.Equal(Newest, await ShowAsync(one, users[0]));
        Assert.Equal("e/new", await VariantAsync(one, $$"""{ "userId": "{{users[0]}}" }"""));
        // Who had seen a variant of their own keeps it.
        Assert.Equal(Usual, await ShowAsync(one, users[1]));
        await Wait.UntilAsync(async () => await ShowAsync(other, users[0]) == Newest, "the other replica knows of the merge");
        await using var again = await TestService.StartAsync(database);
        Assert.Equal(Newest, await ShowAsync(again, users[0]));
        Assert.Equal(Usual, await ShowAsync(again, users[1]));
    }

    /// <summary>Every user sees both variants in one list and clicks what is new: 30 users are enough.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Interleaved_UsersClickTheNew_SaysSoAfterAFewUsers(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database);
        await DraftAsync(service, "e", NewFirst.Replace("\"placements\"", "\"method\": \"interleaved\", \"placements\"", StringComparison.Ordinal));
        Assert.Equal("interleaved", (await ChangeAsync(service, "e", "start")).GetProperty("method").GetString());
        Assert.StartsWith("Nothing is known yet: 0 users preferred", (await service.Admin.GetJsonAsync("/admin/experiments/e/report")).GetProperty("text").GetString(), StringComparison.Ordinal);
        var (ids, last) = (new HashSet<string>(StringComparer.Ordinal), Guid.Empty);
        var clicks = new List<object>();
        foreach (var user in Users[..30])
        {
            // By either call.
            var list = user.EndsWith('1')
                ? await service.Storefront.GetJsonAsync($"/recommendations/{Uri.EscapeDataString(user)}?limit=4")
                : await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = user, limit = 4, seed = user.Length }));
            ids.Add(IdsOf(list));
            last = list.GetProperty("recommendationId").GetGuid();
            Assert.Equal(["i0", "i1", "i4", "i5"], IdsOf(list).Split(' ').Order(StringComparer.Ordinal));
            clicks.Add(new { userId = user, itemId = "i5", kind = "click", recommendationId = last });
        }

        // What is clicked becomes popular, and would be of both variants.
        await service.Storefront.PostInteractionsAsync([.. clicks]);

        Assert.True(ids.Count > 1, string.Join('|', ids));
        Impression? stored = null;
        await Wait.UntilAsync(async () => (stored = await service.Shop.Store.Impressions.GetAsync(last, Ct)) is not null, "the impression is stored");
        Assert.Equal("e/interleaved", stored!.Variant);
        Assert.Equal(stored.ItemIds.Select(item => item is "i4" or "i5" ? "new" : "control"), stored.ItemVariants);
        await service.Shop.Serving.Figures.FollowAsync(Ct);
        var report = await service.Admin.GetJsonAsync("/admin/experiments/e/report");

        var preferred = report.GetProperty("interleaving");
        Assert.Equal((30, 30, 0, 0, 0.5), (report.GetProperty("users").GetInt32(), preferred.GetProperty("secondWins").GetInt32(), preferred.GetProperty("firstWins").GetInt32(), preferred.GetProperty("ties").GetInt32(), preferred.GetProperty("preference").GetDouble()));
        Assert.Equal(2 * Math.Pow(0.5, 30), preferred.GetProperty("p").GetDouble(), 1e-15);
        Assert.Contains("30 users preferred 'new', 0 'control', 0 neither", report.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Empty(report.GetProperty("variants").EnumerateArray());
        var rows = (await service.Admin.GetJsonAsync("/admin/metrics/recommendations?by=variant")).GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("variant").GetString()!, row => row.GetProperty("clicks").GetInt32(), StringComparer.Ordinal);
        Assert.Equal((30, 0), (rows["e/new"], rows["e/control"]));
        await ChangeAsync(service, "e", "decide", """{ "variant": "new" }""");
        Assert.Equal(Newest, await ShowAsync(service, "somebody"));
    }

    /// <summary>Users see the usual list and click its first item, which the newest three of six do not have.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Shadow_OfAnotherList_ComparesItAndShowsItToNobody(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database, "--Reco:Recommendations:ShadowProcessorShare=1");
        await DraftAsync(service, "e", NewFirst.Replace("\"placements\"", "\"method\": \"shadow\", \"placements\"", StringComparison.Ordinal));
        await ChangeAsync(service, "e", "start");
        Assert.StartsWith("Nothing is known yet: 0 users", (await service.Admin.GetJsonAsync("/admin/experiments/e/report")).GetProperty("text").GetString(), StringComparison.Ordinal);
        var clicks = new List<object>();
        var last = Guid.Empty;
        foreach (var user in Users[..40])
        {
            var list = await service.Storefront.GetJsonAsync($"/recommendations/{Uri.EscapeDataString(user)}?limit=4");
            Assert.Equal("i0 i1 i2 i3", IdsOf(list));
            last = list.GetProperty("recommendationId").GetGuid();
            clicks.Add(new { userId = user, itemId = "i0", kind = "click", recommendationId = last });
        }

        Impression? stored = null;
        await Wait.UntilAsync(async () => (stored = await service.Shop.Store.Impressions.GetAsync(last, Ct)) is not null, "the impression is stored");
        Assert.Equal("e/shadow", stored!.Variant);
        await service.Storefront.PostInteractionsAsync([.. clicks]);
        await service.Shop.Serving.Figures.FollowAsync(Ct);
        var report = await service.Admin.GetJsonAsync("/admin/experiments/e/report");

        var shadow = report.GetProperty("shadow");
        Assert.Equal(("control", "new"), (shadow.GetProperty("shown").GetString(), shadow.GetProperty("beside").GetString()));
        Assert.Equal(40, shadow.GetProperty("lists").GetInt32() + shadow.GetProperty("notCompared").GetInt32());
        // i5 i4 i3 i2 beside i0 i1 i2 i3: half of it, in the other order, and nothing that was clicked.
        Assert.Equal((0.5, -1, 0), (shadow.GetProperty("overlap").GetDouble(), shadow.GetProperty("rankCorrelation").GetDouble(), shadow.GetProperty("clicksKept").GetDouble()));
        Assert.Equal(-0.5, shadow.GetProperty("gain").GetProperty("estimate").GetDouble(), 1e-12);
        Assert.StartsWith("'new' loses what users click: it has 50% of the items shown, and 0% of those clicked.", report.GetProperty("text").GetString(), StringComparison.Ordinal);
        await ChangeAsync(service, "e", "decide", """{ "variant": "new" }""");
        Assert.Equal("i5 i4 i3 i2", IdsOf(await service.Storefront.GetJsonAsync("/recommendations/somebody?limit=4")));
    }

    /// <summary>Two experiments of a layer share no user; one of a layer of its own is independent of both.</summary>
    [Fact]
    public async Task Experiments_OfALayer_HaveNoUserInCommon()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await DraftAsync(service, "a", InLayer(0.5));
        await DraftAsync(service, "b", InLayer(0.6));
        await DraftAsync(service, "c", NewFirst.Replace("new-arrivals", "popular", StringComparison.Ordinal));
        await ChangeAsync(service, "a", "start");
        await ChangeAsync(service, "c", "start");

        var refused = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/b/start", null, HttpStatusCode.Conflict);
        Assert.Contains("the layer 'one' has no 0.6 of its users free", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/b", InLayer(0.5), HttpStatusCode.OK);
        await ChangeAsync(service, "b", "start");

        var labels = new List<string[]>();
        foreach (var user in Users)
            labels.Add((await VariantAsync(service, $$"""{ "userId": "{{user}}", "filter": "price >= 0" }"""))!.Split(','));
        Assert.All(labels, own => Assert.Equal(2, own.Length));
        Assert.All(labels, own => Assert.StartsWith("c/", own[1], StringComparison.Ordinal));
        Assert.InRange(labels.Count(own => own[0].StartsWith("a/", StringComparison.Ordinal)), 18, 42);
        Assert.Equal(60, labels.Count(own => own[0].StartsWith("a/", StringComparison.Ordinal)) + labels.Count(own => own[0].StartsWith("b/", StringComparison.Ordinal)));
        Assert.Equal(4, labels.GroupBy(own => $"{own[0]} {own[1]}", StringComparer.Ordinal).Count(group => group.Key.StartsWith("a/", StringComparison.Ordinal)));

        static string InLayer(double traffic) => JsonSerializer.Serialize(new
        {
            placements = new[] { "home" },
            layer = "one",
            traffic,
            variants = new object[] { new { name = "control", share = 1 }, new { name = "other", share = 1, overrides = new { placement = new { diversity = 0.2 } } } },
        });
    }

    [Fact]
    public async Task Variant_WithoutARuleAndForEligibleRequestsAlone_IsSeenByThoseAlone()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/up", """{ "items": "itemId = \"i3\"", "action": { "pin": 1 } }""", HttpStatusCode.Created);
        await DraftAsync(service, "e", """{ "eligibility": "context.device = \"phone\"", "variants": [{ "name": "control", "share": 1 }, { "name": "new", "share": 1, "overrides": { "withoutRules": ["up"] } }] }""");
        await ChangeAsync(service, "e", "start");
        var (without, control) = (Users.First(user => SeesNew("e", user)), Users.First(user => !SeesNew("e", user)));

        Assert.Equal("i0", await FirstAsync(without, "phone"));
        Assert.Equal("i3", await FirstAsync(without, "desktop"));
        Assert.Equal("i3", await FirstAsync(control, "phone"));
        Assert.Equal("e/control", await VariantAsync(service, $$"""{ "userId": "{{control}}", "context": { "device": "phone" } }"""));
        Assert.Null(await VariantAsync(service, $$"""{ "userId": "{{control}}", "context": { "device": "desktop" } }"""));

        async Task<string> FirstAsync(string user, string device) =>
            IdsOf(await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", $$"""{ "userId": "{{user}}", "limit": 1, "context": { "device": "{{device}}" } }"""));
    }

    /// <summary>Every step that is not the next one is a conflict, and changes nothing.</summary>
    [Fact]
    public async Task Step_OutOfTurn_IsAConflict()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await DraftAsync(service, "e", NewFirst);
        await RefusedAsync("stop", "the experiment is draft; only one that is running can be stopped.");
        await RefusedAsync("decide", "the experiment is draft; start it first.", """{ "variant": "new" }""");
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments", NewFirst.Replace("{ \"name\": \"Does", "{ \"id\": \"e\", \"name\": \"Does", StringComparison.Ordinal), HttpStatusCode.Conflict);

        await ChangeAsync(service, "e", "start");
        await RefusedAsync("start", "the experiment is running; only a draft can be started.");
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/e", NewFirst, HttpStatusCode.Conflict);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/experiments/e", null, HttpStatusCode.Conflict);
        var problem = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/decide", """{ "variant": "newer" }""", HttpStatusCode.BadRequest);
        Assert.Equal("'newer' is not one of control, new", problem.GetProperty("errors").GetProperty("variant")[0].GetString());

        await ChangeAsync(service, "e", "stop");
        await RefusedAsync("stop", "the experiment is stopped; only one that is running can be stopped.");
        await RefusedAsync("start", "the experiment is stopped; only a draft can be started.");
        Assert.Equal(3, (await service.Admin.GetJsonAsync("/admin/experiments/e")).GetProperty("revision").GetInt64());
        foreach (var step in new[] { "start", "stop" })
            await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/experiments/none/{step}", null, HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/none/decide", """{ "variant": "new" }""", HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/experiments/none", null, HttpStatusCode.NotFound);

        async Task RefusedAsync(string step, string reason, string? body = null)
        {
            var refused = await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/experiments/e/{step}", body, HttpStatusCode.Conflict);
            Assert.Equal($"Nothing was changed: {reason}", refused.GetProperty("detail").GetString());
        }
    }

    /// <summary>Eight replicas' worth of starts at one moment never give two experiments the same users.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Start_OfManyInOneLayerAtOnce_GivesNoUserTwice(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await StartAsync(database);
        for (var number = 0; number < 6; number++)
            await DraftAsync(service, $"e{number}", """{ "layer": "l", "traffic": 0.25, "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => new ExperimentWrites(service.Shop).StartAsync($"e{number}", TimeProvider.System.GetUtcNow(), Ct)));

        Assert.Equal((4, 2), (outcomes.Count(outcome => outcome.Stored is not null), outcomes.Count(outcome => outcome.Conflict is not null)));
        var parts = outcomes.Where(outcome => outcome.Stored is not null).Select(outcome => JsonDocument.Parse(outcome.Stored!.Definition!).RootElement.GetProperty("from").GetDouble()).Order();
        Assert.Equal([0, 0.25, 0.5, 0.75], parts);
    }

    [Theory]
    [InlineData("{}", "variants", "must hold 2 to 10 variants")]
    [InlineData("""{ "variants": [{ "name": "a", "share": 1 }] }""", "variants", "must hold 2 to 10 variants")]
    [InlineData("""{ "variants": [null, { "name": "a", "share": 1 }] }""", "variants[0]", "is null")]
    [InlineData("""{ "variants": [{ "share": 1 }, { "name": "a", "share": 1 }] }""", "variants[0].name", "is missing")]
    [InlineData("""{ "variants": [{ "name": "a", "share": 1 }, { "name": "a", "share": 1 }] }""", "variants[1].name", "'a' is the name of another variant")]
    [InlineData("""{ "variants": [{ "name": "a/b", "share": 1 }, { "name": "a", "share": 1 }] }""", "variants[0].name", "must have 1 to 64 letters")]
    [InlineData("""{ "variants": [{ "name": "a", "share": 0 }, { "name": "b", "share": 1 }] }""", "variants[0].share", "must be above 0")]
    [InlineData("""{ "variants": [{ "name": "a", "share": 1 }, { "name": "b" }] }""", "variants[1].share", "must be above 0")]
    [InlineData("""{ "traffic": 0, "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "traffic", "must be above 0 and at most 1")]
    [InlineData("""{ "traffic": 1.01, "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "traffic", "must be above 0 and at most 1")]
    [InlineData("""{ "layer": "a,b", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "layer", "must have 1 to 64 letters")]
    [InlineData("""{ "id": "", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "id", "must have 1 to 64 letters")]
    [InlineData("""{ "method": "both", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "method", "must be one of split, interleaved, shadow")]
    [InlineData("""{ "method": "interleaved", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }, { "name": "c", "share": 1 }] }""", "variants", "must hold 2 variants where they are interleaved")]
    [InlineData("""{ "method": "interleaved", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "withoutRules": ["r"] } }] }""", "variants[1].overrides.withoutRules", "rules act on both variants")]
    [InlineData("""{ "method": "interleaved", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "explorationShare": 0.1 } } }] }""", "variants[1].overrides.placement.explorationShare", "an interleaved list cannot explore")]
    [InlineData("""{ "method": "shadow", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }, { "name": "c", "share": 1 }] }""", "variants", "must hold 2 variants where they are shadow")]
    [InlineData("""{ "variants": [{ "name": "shadow", "share": 1 }, { "name": "b", "share": 1 }] }""", "variants[0].name", "is what lists of both variants go by")]
    [InlineData("""{ "variants": [{ "name": "interleaved", "share": 1 }, { "name": "b", "share": 1 }] }""", "variants[0].name", "is what lists of both variants go by")]
    [InlineData("""{ "metric": "joy", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "metric", "must be one of clickThroughRate")]
    [InlineData("""{ "placements": ["nowhere"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "placements[0]", "'nowhere' is not a placement")]
    [InlineData("""{ "eligibility": "price > 3", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "eligibility", "names a field of the items")]
    [InlineData("""{ "eligibility": "context.", "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1 }] }""", "eligibility", "at character ")]
    [InlineData("""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "diversity": 2 } } }] }""", "variants[1].overrides.placement.diversity", "The field Diversity must be between 0 and 1")]
    [InlineData("""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "sources": "best" } } }] }""", "variants[1].overrides.placement.sources", "'best' is no source")]
    [InlineData("""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "sources": "similar" } } }] }""", "variants[1].overrides.placement.sources", "would make 'home' a placement about something else")]
    [InlineData("""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "filter": "price <" } } }] }""", "variants[1].overrides.placement.filter", "at character 7")]
    [InlineData("""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "recommender": "best" } } }] }""", "variants[1].overrides.placement.recommender", "'best' is not a served model")]
    [InlineData("""{ "placements": ["home"], "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "placement": { "rotateAfter": 2 } } }] }""", "variants[1].overrides.placement.rotateAfter", "needs a placement that rotates")]
    [InlineData("""{ "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "withoutRules": ["gone"] } }] }""", "variants[1].overrides.withoutRules", "'gone' is not a rule of the shop")]
    [InlineData("""{ "variants": [{ "name": "a", "share": 1 }, { "name": "b", "share": 1, "overrides": { "speed": 1 } }] }""", "variants[1].overrides.speed", "is not a known field")]
    public async Task Post_ABadExperiment_NamesTheFieldAndStoresNothing(string body, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var problem = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments", body, HttpStatusCode.BadRequest);

        Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty((await service.Admin.GetJsonAsync("/admin/experiments")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("", 1, 0.0, 1.0)]
    [InlineData("0-0.5", 0.5, 0.5, 1.0)]
    [InlineData("0-0.5", 0.6, null, null)]
    [InlineData("0.2-0.5", 0.2, 0.0, 0.2)]
    [InlineData("0.2-0.5", 0.3, 0.5, 0.8)]
    [InlineData("0-0.3,0.5-0.9", 0.2, 0.3, 0.5)]
    [InlineData("0-0.3,0.5-0.9", 0.25, null, null)]
    [InlineData("0-0.3333333333333333,0.3333333333333333-0.6666666666666666", 0.3333333333333334, 0.6666666666666666, 1.0)]
    public void FreePart_OfALayer_IsTheFirstThatIsWideEnough(string taken, double width, double? from, double? to)
    {
        var parts = taken.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('-')).Select(part => (double.Parse(part[0], System.Globalization.CultureInfo.InvariantCulture), double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture)));

        var free = ExperimentWrites.FreePart(parts, width);

        Assert.Equal((from, to), (free?.From, free?.To));
    }

    /// <summary>Six items: i0 is the most popular, i5 the newest.</summary>
    private static async Task<TestService> StartAsync(TestDatabase database, params string[] settings)
    {
        var service = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:00:00.1", .. settings]);
        for (var item = 0; item < 6; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", JsonSerializer.Serialize(new { price = item, currency = "EUR", addedAt = $"2026-01-{10 + item:00}T00:00:00Z" }), HttpStatusCode.Created);
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, 6).SelectMany(item => Enumerable.Range(0, 6 - item).Select(user => new { userId = $"u{user}", itemId = $"i{item}", kind = "view" }))]);
        return service;
    }

    private static Task DraftAsync(TestService service, string id, string body) => service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/experiments/{id}", body, HttpStatusCode.Created);

    private static Task<JsonElement> ChangeAsync(TestService service, string id, string step, string? body = null) =>
        service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/experiments/{id}/{step}", body);

    private static async Task<string> ShowAsync(TestService service, string user) => IdsOf(await service.Storefront.GetJsonAsync($"/recommendations/{Uri.EscapeDataString(user)}"));

    /// <summary>What is kept with a list.</summary>
    private static async Task<string?> VariantAsync(TestService service, string body)
    {
        var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", body);
        Impression? impression = null;
        await Wait.UntilAsync(async () => (impression = await service.Shop.Store.Impressions.GetAsync(list.GetProperty("recommendationId").GetGuid(), Ct)) is not null, "the impression is stored");
        return impression!.Variant;
    }

    private static string IdsOf(JsonElement list) => string.Join(' ', list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
}
