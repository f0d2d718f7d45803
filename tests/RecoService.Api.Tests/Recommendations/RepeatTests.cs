using System.Globalization;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

/// <summary>A shop where a purchase does not consume its item: recommenders of what is bought again make its lists, and heed what was bought a moment ago.</summary>
public sealed class RepeatTests
{
    private const string Repeats = "--Reco:Interactions:Kinds:purchase:Consumes=false";

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("personal-frequency")]
    [InlineData("tifu-knn")]
    [InlineData("up-cf")]
    [InlineData("repeat-blend")]
    public async Task Get_WhatIsBoughtAgain_StandsFirstAndFollowsTheUser(string recommender)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [$"--Reco:Retraining:Recommender={recommender}", "--Reco:Retraining:Threads=1", Repeats]);
        await FillAsync(service);

        var run = await service.Admin.RetrainAsync();

        Assert.Equal("published", run.GetProperty("outcome").GetString());
        Assert.InRange(run.GetProperty("metrics").GetProperty("candidate").GetProperty("repeatRecall").GetDouble(), 0.99, 1);
        Assert.Equal("daily-3", (await service.Storefront.RecommendAsync("u3", limit: 5))[0]);

        // Another habit begins, and somebody new has one.
        await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(20, 30).Select(day => Bought("u3", "daily-4", day)), .. Enumerable.Range(20, 3).Select(day => Bought("late", "daily-5", day))]);
        Assert.Equal("daily-4", (await service.Storefront.RecommendAsync("u3", limit: 5))[0]);
        Assert.Equal("daily-5", (await service.Storefront.RecommendAsync("late", limit: 5))[0]);
    }

    [Fact]
    public async Task Get_PurchasesThatConsume_LeavesOutWhatWasBought()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Retraining:Recommender=personal-frequency"]);
        await FillAsync(service);
        await service.Admin.RetrainAsync(force: true);

        var list = await service.Storefront.RecommendAsync("u3", limit: 50);

        Assert.DoesNotContain("daily-3", list);
        Assert.DoesNotContain("tea", list);
        Assert.Contains("daily-4", list);
    }

    /// <summary>Forty users buy their own item every day for 15 days, and one of ten others twice; everybody bought tea once.</summary>
    private static Task FillAsync(TestService service) => service.Storefront.PostInteractionsAsync(
    [
        .. from day in Enumerable.Range(0, 15) from user in Enumerable.Range(0, 40) select Bought($"u{user}", $"daily-{user % 10}", day),
        .. from day in Enumerable.Range(0, 2) from user in Enumerable.Range(0, 40) select Bought($"u{user}", $"other-{(user + day) % 10}", 5 * day),
        .. from user in Enumerable.Range(0, 40) select Bought($"u{user}", "tea", 1),
    ]);

    private static object Bought(string userId, string itemId, int day) =>
        new { userId, itemId, kind = "purchase", occurredAt = Start.AddDays(day).ToString("O", CultureInfo.InvariantCulture) };
}
