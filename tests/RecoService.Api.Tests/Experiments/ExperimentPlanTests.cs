using System.Net;
using System.Text.Json;
using RecoService.Api.Experiments;
using RecoService.Api.Serving;
using RecoService.Api.Tests.Service;
using RecoService.Api.Wire;
using RecoService.Engine.Experiments;
using RecoService.Storage;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Tests.Experiments;

/// <summary>How long an experiment takes: by sums made by hand, and over HTTP.</summary>
public sealed class ExperimentPlanTests
{
    /// <summary>2,800 users in 28 days of whom one in ten buys: a variance of 9 in the square of the rate, and 100 new users a day.</summary>
    [Fact]
    public void Of_AConversionRate_IsByTheFormulaOfTheDocs()
    {
        var plan = PlanOf("conversionRate", 2_800, buyers: 280, days: 28, lift: 0.1, shares: [1, 1]);

        var metric = plan.Metrics.Single(one => one.Metric == "conversionRate");
        var needed = new SampleSize().AlwaysValid(9 * 2_800 / 2_799.0, 0.1);
        Assert.Equal((100, 0.1, needed, Math.Ceiling(needed / 100.0)), (plan.UsersPerDay, metric.Value, metric.Users, metric.Days));
        Assert.Equal([7, 14, 28], metric.MinimumDetectableLifts.Select(one => one.Days));
        // Half the lift takes four times the users.
        Assert.Equal(metric.MinimumDetectableLifts[0].Lift, 2 * metric.MinimumDetectableLifts[2].Lift, 2e-4);
        Assert.Equal(Math.Sqrt(needed / 700.0) * 0.1, metric.MinimumDetectableLifts[0].Lift, 1e-3);
        Assert.Equal($"To see a lift of 10% of conversionRate takes about {needed:N0} users of two variants: {metric.Days:N0} days at 100 new users a day.", plan.Text);
    }

    [Fact]
    public void Of_ManyUsers_SaysToRunAWeek() =>
        Assert.EndsWith("new users a day. Let it run a whole week, for weekdays differ.", PlanOf("conversionRate", 280_000, 140_000, 28, 0.1, [1, 1]).Text, StringComparison.Ordinal);

    /// <summary>Of a quarter of the users the control has a half and each of two variants a quarter: 75 of 400 a day.</summary>
    [Fact]
    public void Of_ThreeVariantsAndTraffic_CountsTheSmallest()
    {
        var plan = PlanOf("conversionRate", 11_200, 1_120, 28, 0.1, [2, 1, 1], traffic: 0.25);

        Assert.Equal(75, plan.UsersPerDay);
        Assert.Equal(new SampleSize(Share: 1.0 / 3).AlwaysValid(9 * 11_200 / 11_199.0, 0.1), plan.Metrics.Single(one => one.Metric == "conversionRate").Users);
    }

    [Fact]
    public void Of_NothingKnown_PlansNothing()
    {
        foreach (var plan in new[] { PlanOf("conversionRate", 0, 0, 1, 0.05, [1, 1]), PlanOf("conversionRate", 100, 0, 1, 0.05, [1, 1]) })
        {
            Assert.StartsWith("Nothing can be planned", plan.Text, StringComparison.Ordinal);
            Assert.All(plan.Metrics.Where(metric => metric.Metric != "clickThroughRate"), metric => Assert.Null(metric.Users));
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Plan_OfADraft_IsFromTheListsOfItsPlacements(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        await using var service = await TestService.StartAsync(database);
        foreach (var item in new[] { "i0", "i1" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/e", """{ "variants": [{ "name": "control", "share": 1 }, { "name": "new", "share": 1 }], "placements": ["popular"] }""", HttpStatusCode.Created);
        Assert.StartsWith("Nothing can be planned", (await service.Admin.GetJsonAsync("/admin/experiments/e/plan")).GetProperty("text").GetString(), StringComparison.Ordinal);

        var last = Guid.Empty;
        for (var user = 0; user < 8; user++)
        {
            var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", JsonSerializer.Serialize(new { userId = $"u{user}", placement = user == 7 ? "new-arrivals" : "popular", limit = 1 }));
            last = list.GetProperty("recommendationId").GetGuid();
            if (user % 2 == 0)
                await service.Storefront.PostInteractionsAsync(new { userId = $"u{user}", itemId = list.GetProperty("items")[0].GetProperty("itemId").GetString(), kind = "click", recommendationId = last });
        }

        await Wait.UntilAsync(async () => await service.Shop.Store.Impressions.GetAsync(last, CancellationToken.None) is not null, "the last impression is stored");
        await service.Shop.Serving.Figures.FollowAsync(CancellationToken.None);
        var plan = await service.Admin.GetJsonAsync("/admin/experiments/e/plan?lift=0.2");

        Assert.Equal((7, 1, 0.2), (plan.GetProperty("usersPerDay").GetDouble(), plan.GetProperty("historyDays").GetInt32(), plan.GetProperty("lift").GetDouble()));
        var clicks = plan.GetProperty("metrics")[0];
        Assert.Equal(4.0 / 7, clicks.GetProperty("value").GetDouble(), 1e-12);
        Assert.True(clicks.GetProperty("users").GetInt64() > 100 && clicks.GetProperty("days").GetInt64() > 14, clicks.ToString());
        await service.Admin.SendJsonAsync(HttpMethod.Get, "/admin/experiments/none/plan", null, HttpStatusCode.NotFound);
        foreach (var lift in new[] { "0", "-0.1", "1.5", "NaN" })
        {
            var problem = await service.Admin.SendJsonAsync(HttpMethod.Get, $"/admin/experiments/e/plan?lift={lift}", null, HttpStatusCode.BadRequest);
            Assert.True(problem.GetProperty("errors").TryGetProperty("lift", out _), problem.ToString());
        }
    }

    private static ExperimentPlan PlanOf(string metric, int users, int buyers, int days, double lift, double[] shares, double? traffic = null)
    {
        var sums = new VariantSums("");
        for (var user = 0; user < users; user++)
            sums.Add([10, 1, user < buyers ? 1 : 0, user < buyers ? 1 : 0, 0, 1, 0, 10, 1, 0, 0, 0, 0]);
        var request = new ExperimentRequest { Metric = metric, Traffic = traffic, Variants = [.. shares.Select((share, number) => new ExperimentVariantRequest { Name = $"v{number}", Share = share })] };
        return ExperimentPlans.Of("e", new ExperimentDefinition { Plan = request }, sums, days, lift);
    }
}
