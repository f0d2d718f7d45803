using System.Net;
using System.Text.Json;
using RecoService.Api.Experiments;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Storage;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Tests.Experiments;

/// <summary>What a report says: over HTTP from the lists and clicks of users, and of sums made by hand.</summary>
public sealed class ExperimentReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>80 users see a list each; those of the variant click its first item, those of the control one in four.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Report_OfARunningExperiment_CountsItsUsersAndFindsTheBetterVariant(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        foreach (var item in new[] { "i0", "i1" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/e", """{ "variants": [{ "name": "control", "share": 1 }, { "name": "new", "share": 1, "overrides": { "placement": { "sources": "new-arrivals" } } }], "placements": ["home"] }""", HttpStatusCode.Created);
        Assert.Equal("The experiment has not started.", (await service.Admin.GetJsonAsync("/admin/experiments/e/report")).GetProperty("text").GetString());
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null);
        Assert.StartsWith("Nothing is known yet: 0 users have seen 'control'", (await service.Admin.GetJsonAsync("/admin/experiments/e/report")).GetProperty("text").GetString(), StringComparison.Ordinal);

        var split = new PlacementExperiment("e", "own e", 0, 1, [new("control", 1), new("new", 1)]);
        var (counts, clicks, last) = (new Dictionary<string, int> { ["control"] = 0, ["new"] = 0 }, new Dictionary<string, int> { ["control"] = 0, ["new"] = 0 }, Guid.Empty);
        for (var number = 0; number < 80; number++)
        {
            var user = $"user {number}";
            var variant = split.VariantOf(user)!.Name;
            var list = await service.Storefront.GetJsonAsync($"/recommendations/{user}?limit=1");
            last = list.GetProperty("recommendationId").GetGuid();
            if (counts[variant]++ % 4 != 0 && variant == "control")
                continue;
            clicks[variant]++;
            await service.Storefront.PostInteractionsAsync(new { userId = user, itemId = list.GetProperty("items")[0].GetProperty("itemId").GetString(), kind = "click", recommendationId = last });
        }

        await Wait.UntilAsync(async () => await service.Shop.Store.Impressions.GetAsync(last, CancellationToken.None) is not null, "the last impression is stored");
        await service.Shop.Serving.Figures.FollowAsync(CancellationToken.None);
        var report = await service.Admin.GetJsonAsync("/admin/experiments/e/report");

        Assert.Equal((80, "running", "clickThroughRate"), (report.GetProperty("users").GetInt32(), report.GetProperty("state").GetString(), report.GetProperty("metric").GetString()));
        Assert.False(report.GetProperty("sampleRatio").GetProperty("alarm").GetBoolean());
        foreach (var variant in report.GetProperty("variants").EnumerateArray())
        {
            var name = variant.GetProperty("name").GetString()!;
            Assert.Equal((counts[name], counts[name], clicks[name]), (variant.GetProperty("users").GetInt32(), variant.GetProperty("impressions").GetInt32(), variant.GetProperty("clicks").GetInt32()));
            Assert.Equal((double)clicks[name] / counts[name], variant.GetProperty("metrics")[0].GetProperty("value").GetDouble(), 1e-12);
        }

        var effect = report.GetProperty("variants")[1].GetProperty("metrics")[0].GetProperty("difference");
        Assert.Equal(1 - ((double)clicks["control"] / counts["control"]), effect.GetProperty("estimate").GetDouble(), 1e-12);
        Assert.True(effect.GetProperty("low").GetDouble() > 0);
        Assert.StartsWith("'new' is better than 'control': clickThroughRate differs by +", report.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("variants")[1].GetProperty("metrics")[3].GetProperty("lift").GetProperty("low").ValueKind);
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/admin/experiments/none/report", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public void Of_SharesThatAreMissed_SaysToTrustNothing()
    {
        var report = ReportOf("conversionRate", SumsOf("control", 52_000, 0.1), SumsOf("new", 48_000, 0.2));

        Assert.True(report.SampleRatio!.Alarm);
        Assert.StartsWith("Trust no figure: users fell into the variants otherwise than the shares say (p = ", report.Text, StringComparison.Ordinal);
    }

    /// <summary>20,000 users an arm of whom 10% and 11% buy: (0.11 - 0.10) / 0.10 with its interval by the formulas of the docs.</summary>
    [Fact]
    public void Of_ALift_IsThatOfTheAlwaysValidInterval()
    {
        var report = ReportOf("conversionRate", SumsOf("control", 20_000, 0.1), SumsOf("new", 20_000, 0.11));

        var metric = report.Variants[1].Metrics.First(one => one.Metric == "conversionRate");
        Assert.Equal(0.1, metric.Lift!.Estimate!.Value, 1e-9);
        Assert.Equal(0.01, metric.Difference!.Estimate!.Value, 1e-9);
        // The half-width of rho(0.05, 5000) at 40,000 users, times the standard error of the difference.
        var error = Math.Sqrt(((0.1 * 0.9) + (0.11 * 0.89)) / 19_999);
        var (rho, n) = (0.03984007, 40_000.0);
        var half = error * Math.Sqrt(n) * Math.Sqrt(2 * ((n * rho * rho) + 1) / (n * rho * n * rho) * Math.Log(Math.Sqrt((n * rho * rho) + 1) / 0.05));
        Assert.Equal(0.01 - half, metric.Difference.Low!.Value, 1e-6);
        Assert.Null(metric.AdjustedDifference);
        Assert.Null(report.Variants[0].Metrics[1].Lift);
        Assert.Contains(metric.Difference.Low > 0 ? "is better than" : "Nothing is known yet of 'new' beside 'control': conversionRate differs by +0.01 (", report.Text, StringComparison.Ordinal);
        Assert.InRange(metric.UsersForFivePercent!.Value, 100_000, 1_000_000);
    }

    [Theory]
    [InlineData(60, 40, true, 0.02, 0.0)]
    [InlineData(40, 60, true, 0.0, 0.02)]
    [InlineData(50, 50, false, 0.01, 0.01)]
    public void Of_ADifferenceOfTheFirstDay_SaysSo(int first, int later, bool alarm, double onTheFirst, double afterwards)
    {
        var report = ReportOf("clickThroughRate", ClicksOf("control", 4_000, 40, 40), ClicksOf("new", 4_000, first, later));

        var novelty = report.Variants[1].Metrics[0].Novelty!;
        Assert.Equal(alarm, novelty.Alarm);
        Assert.Equal(onTheFirst, novelty.FirstDay.Estimate!.Value, 1e-9);
        Assert.Equal(afterwards, novelty.Later.Estimate!.Value, 1e-9);
        Assert.Equal(onTheFirst - afterwards, novelty.Fading.Estimate!.Value, 1e-9);
        Assert.Null(report.Variants[0].Metrics[0].Novelty);
        Assert.All(report.Variants[1].Metrics.Skip(1), metric => Assert.Null(metric.Novelty));
        Assert.Null(ReportOf("conversionRate", SumsOf("control", 100, 0.1), SumsOf("new", 100, 0.1)).Variants[1].Metrics[0].Novelty);
    }

    /// <summary>Who bought is who was busy before, and the variant changes nothing: the past explains all.</summary>
    [Fact]
    public void Of_APastThatExplainsAll_IsTakenOut()
    {
        var report = ReportOf("ordersPerUser", SumsOf("control", 1_000, 0.2, before: 0.2), SumsOf("new", 1_000, 0.3, before: 0.3));

        var metric = report.Variants[1].Metrics.First(one => one.Metric == "ordersPerUser");
        Assert.Equal(0.5, metric.Lift!.Estimate!.Value, 1e-9);
        Assert.Equal(0, metric.AdjustedDifference!.Estimate!.Value, 1e-9);
    }

    private static ExperimentReport ReportOf(string metric, params VariantSums[] variants) => ExperimentReports.Of(
        "e",
        new ExperimentDefinition { Plan = new ExperimentRequest { Metric = metric, Variants = [.. variants.Select(variant => new ExperimentVariantRequest { Name = variant.Variant, Share = 1 })] }, State = ExperimentState.Running, StartedAt = Start },
        new ExperimentFigures(variants, 0), Start.AddDays(7), new Guardrails(new ExperimentSettings()));

    /// <summary>So many users see a list of one item; a part of them buys for 2, and those were busy before where it says so.</summary>
    private static VariantSums SumsOf(string name, int users, double part, double before = 0)
    {
        var sums = new VariantSums(name);
        for (var user = 0; user < users; user++)
        {
            var buys = user < (int)Math.Round(part * users) ? 1 : 0;
            sums.Add([1, 0, buys, buys, 2 * buys, 1, before > 0 ? buys : 0, 1, 0, 0, 0, 0, 0]);
        }

        return sums;
    }

    /// <summary>Every user sees ten items on the first day and ten later; so many clicks of a hundred users on each.</summary>
    private static VariantSums ClicksOf(string name, int users, int first, int later)
    {
        var sums = new VariantSums(name);
        for (var user = 0; user < users; user++)
        {
            var (one, other) = (user % 100 < first ? 1 : 0, user * 37 % 100 < later ? 1 : 0);
            sums.Add([20, one + other, 0, 0, 0, 2, 0, 10, one, 0, 0, 0, 0]);
        }

        return sums;
    }
}
