using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Attribution;

/// <summary>What is refused, what is left out, and what the intervals hold.</summary>
public sealed class FigureEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private const string Path = "/admin/metrics/recommendations";

    [Theory]
    [InlineData("from=yesterday", "from", "is not a day as 2026-01-31")]
    [InlineData("from=2026-02-30", "from", "is not a day as 2026-01-31")]
    [InlineData("from=1969-12-31", "from", "is not a day as 2026-01-31")]
    [InlineData("to=2026-1-1", "to", "is not a day as 2026-01-31")]
    [InlineData("to=", "to", "is not a day as 2026-01-31")]
    [InlineData("from=2026-02-02&to=2026-02-01", "from", "lies behind to")]
    [InlineData("from=2025-01-01&to=2026-01-02", "from", "lies more than 366 days before to")]
    [InlineData("by=placement,weekday", "by", "'weekday' is not one of day, placement, source, modelVersion, variant, position")]
    [InlineData("by=Placement", "by", "'Placement' is not one of")]
    public async Task Get_BadQuery_Is400AndNamesTheField(string query, string field, string reason)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await service.Admin.GetAsync($"{Path}?{query}");

        Refusal.AssertNames(await Refusal.ReadProblemAsync(response, HttpStatusCode.BadRequest), field, reason);
    }

    [Fact]
    public async Task Get_LongestRangeAndSpacedNames_AreTaken()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await service.Admin.GetJsonAsync($"{Path}?from=2025-01-01&to=2026-01-01&by=%20day,%20position,day&placement=nowhere");

        Assert.Equal("""["day","position"]""", answer.GetProperty("by").ToString());
        Assert.Equal(("2025-01-01", "2026-01-01", 0), (answer.GetProperty("from").GetString(), answer.GetProperty("to").GetString(), answer.GetProperty("rows").GetArrayLength()));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Get_ListsOfUsersAndAProgram_LeavesTheProgramOutAndHasIntervalsAroundTheValues(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Attribution:MostInteractionsADay=6"]);
        for (var item = 0; item < 12; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item}", "{}", HttpStatusCode.Created);
        Assert.Equal(JsonValueKind.Null, (await service.Admin.GetJsonAsync(Path)).GetProperty("asOf").ValueKind);
        for (var user = 0; user < 5; user++)
            await ShowAsync($"u{user}", clicks: user % 2 + 1);
        await ShowAsync("program", clicks: 7);
        await service.Shop.Serving.Figures.FollowAsync(TestContext.Current.CancellationToken);

        var answer = await service.Admin.GetJsonAsync(Path);
        var row = answer.GetProperty("rows").EnumerateArray().Single();

        Assert.Equal("""[{"userId":"program","interactionsADay":7}]""", answer.GetProperty("excludedUsers").ToString());
        Assert.Equal(JsonValueKind.String, answer.GetProperty("asOf").ValueKind);
        // Users 0, 2 and 4 clicked once and bought it; 1 and 3 clicked twice. Each saw 10 items.
        Assert.Equal(": lists 5 viewers 5 shown 50 clicks 7 orders 5 lines 5 units 5 revenue 50.25 returns 0 likes 5 rating ", FigureText.Rows(answer));
        Assert.Equal((7.0 / 50, 1.0, 1.0), (Rate(row, "clickThroughRate"), Rate(row, "conversionRate"), Rate(row, "satisfaction")));
        Assert.Equal((0.0, 10.05m, 1005m), (Rate(row, "returnRate"), row.GetProperty("averageOrderValue").GetDecimal(), row.GetProperty("revenuePerThousandImpressions").GetDecimal()));
        Assert.Empty((await service.Admin.GetJsonAsync($"{Path}?placement=nowhere")).GetProperty("rows").EnumerateArray());
        var second = (await service.Admin.GetJsonAsync($"{Path}?by=position&placement=home")).GetProperty("rows")[1];
        Assert.Equal((2, 5, 2, 2 / 5.0), (second.GetProperty("position").GetInt32(), second.GetProperty("impressions").GetInt32(), second.GetProperty("clicks").GetInt32(), Rate(second, "clickThroughRate")));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("conversionRate").ValueKind);

        async Task ShowAsync(string user, int clicks)
        {
            var list = await service.Storefront.GetJsonAsync($"/recommendations/{user}?limit=10");
            var recommendationId = list.GetProperty("recommendationId").GetGuid();
            var items = list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()).ToList();
            await service.Storefront.PostInteractionsAsync([.. items.Take(clicks).Select(itemId => new { userId = user, itemId, kind = "click", recommendationId })]);
            if (clicks <= 2)
                await service.Storefront.PostInteractionsAsync(new { userId = user, itemId = items[0], kind = "purchase", unitPrice = 10.05m }, new { userId = user, itemId = items[1], kind = "like" });
            await Wait.UntilAsync(async () => await service.Shop.Store.Impressions.GetAsync(recommendationId, TestContext.Current.CancellationToken) is not null, "the list is stored");
        }
    }

    private static double Rate(JsonElement row, string name)
    {
        var rate = row.GetProperty(name);
        var value = rate.GetProperty("value").GetDouble();
        Assert.InRange(value, rate.GetProperty("low").GetDouble(), rate.GetProperty("high").GetDouble());
        Assert.InRange(rate.GetProperty("low").GetDouble(), 0, 1);
        Assert.InRange(rate.GetProperty("high").GetDouble(), 0, 1);
        return value;
    }
}
