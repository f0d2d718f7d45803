using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using RecoService.Api.Experiments;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Recommending;
using RecoService.Storage;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Tests.Experiments;

/// <summary>What a variant must not make worse: over HTTP from the lists that users get, and of sums made by hand.</summary>
public sealed class GuardrailTests
{
    private const string Quiet = "--Reco:Experiments:MaxLatency=00:01:00";

    /// <summary>Nothing is as dear as the variant's filter wants it, so all its lists are empty; the control's are what the recommender does not have, for there is none.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Report_OfAVariantWithoutItems_RaisesTheAlarm(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, [Quiet]);
        await ShowAsync(service, """{ "filter": "price > 1000000" }""");

        var report = await service.Admin.GetJsonAsync("/admin/experiments/e/report");

        Assert.Equal(["emptyLists 0 False", "fallbackItems 1 False"], TextOf(report, 0));
        Assert.Equal(["emptyLists 1 True", "fallbackItems null False"], TextOf(report, 1));
        var difference = Guardrail(report, 1, 0).GetProperty("difference");
        Assert.Equal((1.0, true), (difference.GetProperty("estimate").GetDouble(), difference.GetProperty("low").GetDouble() > 0));
        Assert.False(Guardrail(report, 0, 0).TryGetProperty("difference", out _));
        Assert.EndsWith("Beware of 'new': 100% of its lists are empty, 100% more than of the control's, and the bound is 1%.", report.GetProperty("text").GetString(), StringComparison.Ordinal);
        // Each list was timed, whatever the machine.
        Assert.All([0, 1], variant => Assert.InRange(Guardrail(report, variant, 2).GetProperty("value").GetDouble(), 0.001, 60_000));
        Assert.Equal(60_000, Guardrail(report, 1, 2).GetProperty("bound").GetDouble());
        // A page, and a list with a filter of its own, go other ways.
        var user = (await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", """{ "userId": "p", "lists": [{ "placement": "home", "limit": 2 }] }""")).GetProperty("lists")[0].GetProperty("recommendationId").GetGuid();
        await Wait.UntilAsync(async () => await service.Shop.Store.Impressions.GetAsync(user, CancellationToken.None) is not null, "the list of the page is stored");
        Assert.True((await service.Shop.Store.Impressions.GetAsync(user, CancellationToken.None))!.MadeIn > TimeSpan.Zero);
    }

    /// <summary>What sells is the variant's first source, and nothing stands in for it; the other way round it is an alarm.</summary>
    [Theory]
    [InlineData("""{ "sources": "popular" }""", "{}", false)]
    [InlineData("{}", """{ "sources": "popular" }""", true)]
    public async Task Report_OfAVariantOfFallbacks_RaisesTheAlarmWhereItHasMore(string variant, string control, bool alarm)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [Quiet]);
        await ShowAsync(service, variant, control);

        var report = await service.Admin.GetJsonAsync("/admin/experiments/e/report");

        Assert.Equal(alarm ? ["emptyLists 0 False", "fallbackItems 1 True"] : ["emptyLists 0 False", "fallbackItems 0 False"], TextOf(report, 1));
        Assert.Equal(alarm, report.GetProperty("text").GetString()!.EndsWith("Beware of 'new': 100% of its items are fallbacks, 100% more than of the control's, and the bound is 5%.", StringComparison.Ordinal));
    }

    /// <summary>Every second list of a user takes longer: 5 and 25 ms beside 5 and 5 are 10 more, which is not beyond the bound.</summary>
    [Theory]
    [InlineData(25, false)]
    [InlineData(26, true)]
    public void Of_ListsThatTakeLonger_RaisesTheAlarmBeyondTheBound(int milliseconds, bool alarm)
    {
        var guardrail = Of(SumsOf(2_000, later: 5), SumsOf(2_000, milliseconds), isControl: false)[2];

        Assert.Equal((alarm, 10.0), (guardrail.Alarm, guardrail.Bound));
        Assert.Equal((5.0 + milliseconds) / 2, guardrail.Value!.Value, 1e-9);
        Assert.Equal((milliseconds - 5.0) / 2, guardrail.Difference!.Estimate!.Value, 1e-9);
    }

    [Fact]
    public void Of_TheControl_HasValuesAndNoAlarm() =>
        Assert.All(Of(SumsOf(2_000, 500), SumsOf(2_000, 500), isControl: true), guardrail => Assert.Equal((null, false), (guardrail.Difference, guardrail.Alarm)));

    /// <summary>All lists of 29 users may well be slow by accident.</summary>
    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void Of_AHandfulOfUsers_SaysNothing(int users, bool alarm) => Assert.Equal(alarm, Of(SumsOf(2_000, 5), SumsOf(users, 500), isControl: false)[2].Alarm);

    [Fact]
    public void Of_NoListsThatWereTimed_SaysNothing()
    {
        var untimed = new VariantSums("new");
        for (var user = 0; user < 100; user++)
            untimed.Add([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);

        var guardrail = Of(SumsOf(100, 5), untimed, isControl: false)[2];

        Assert.Equal((null, false), (guardrail.Value, guardrail.Alarm));
        Assert.Equal((null, null), (guardrail.Difference!.Estimate, guardrail.Difference.Low));
    }

    [Theory]
    [InlineData("MaxEmptyLists", "1.5", "must be between 0 and 1")]
    [InlineData("MaxFallbackItems", "-0.1", "must be between 0 and 1")]
    [InlineData("MaxLatency", "00:02:00", "must be between 00:00:00 and 00:01:00")]
    [InlineData("MaxLatency", "fast", "")]
    [InlineData("MostLatency", "00:00:01", "")]
    public void Settings_WrongOnes_AreNamed(string setting, string value, string reason)
    {
        var errors = Assert.Throws<InvalidSettingsException>(() => SettingsExtensions.Read(
            new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>($"Reco:Experiments:{setting}", value)]).Build(), BuiltInTrainers.Registry)).Errors;

        Assert.Contains(errors, error => error.StartsWith($"Reco:Experiments:{setting}", StringComparison.Ordinal) && error.Contains(reason, StringComparison.Ordinal));
    }

    private static IReadOnlyList<GuardrailReport> Of(VariantSums control, VariantSums variant, bool isControl) => new Guardrails(new ExperimentSettings()).Of(control, variant, isControl);

    /// <summary>Each user sees two lists, of which the first takes 5 ms, some users a little more and some less.</summary>
    private static VariantSums SumsOf(int users, int later)
    {
        var sums = new VariantSums("new");
        for (var user = 0; user < users; user++)
            sums.Add([2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 2, 5 + later + (users % 2 == 0 ? (user % 2 * 2) - 1 : 0)]);
        return sums;
    }

    /// <summary>Sixty users see two items each of the list that their variant gives them.</summary>
    private static async Task ShowAsync(TestService service, string variant, string control = "{}")
    {
        foreach (var item in new[] { "i0", "i1", "i2" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", """{ "price": 5 }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(
            HttpMethod.Put, "/admin/experiments/e",
            $$"""{ "placements": ["home"], "variants": [{ "name": "control", "share": 1, "overrides": { "placement": {{control}} } }, { "name": "new", "share": 1, "overrides": { "placement": {{variant}} } }] }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null);
        var last = Guid.Empty;
        var split = new PlacementExperiment("e", "own e", 0, 1, [new("control", 1), new("new", 1)]);
        // As many of each variant as the report wants to say anything.
        foreach (var name in new[] { "control", "new" })
        {
            foreach (var user in Enumerable.Range(0, 1_000).Select(number => $"user {number}").Where(user => split.VariantOf(user)!.Name == name).Take(35))
                last = (await service.Storefront.GetJsonAsync($"/recommendations/{user}?limit=2")).GetProperty("recommendationId").GetGuid();
        }

        await Wait.UntilAsync(async () => await service.Shop.Store.Impressions.GetAsync(last, CancellationToken.None) is not null, "the last impression is stored");
        await service.Shop.Serving.Figures.FollowAsync(CancellationToken.None);
    }

    private static JsonElement Guardrail(JsonElement report, int variant, int guardrail) => report.GetProperty("variants")[variant].GetProperty("guardrails")[guardrail];

    private static string[] TextOf(JsonElement report, int variant) =>
        [.. report.GetProperty("variants")[variant].GetProperty("guardrails").EnumerateArray().Take(2).Select(one => $"{one.GetProperty("guardrail").GetString()} {(one.GetProperty("value").ValueKind == JsonValueKind.Null ? "null" : one.GetProperty("value").GetDouble())} {one.GetProperty("alarm").GetBoolean()}")];
}
