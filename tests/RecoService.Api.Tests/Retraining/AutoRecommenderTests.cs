using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Retraining;

/// <summary>Runs that pick their recommender themselves.</summary>
public sealed class AutoRecommenderTests
{
    [Fact]
    public async Task Retrain_Auto_PublishesWhatSuitsTheShop()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(database, "--Reco:Retraining:Recommender=auto", "--Reco:Retraining:AutoCandidates=popularity,implicit-als");

        var run = await service.Admin.RetrainAsync();

        Assert.Equal("published", run.GetProperty("outcome").GetString());
        var metrics = run.GetProperty("metrics");
        Assert.Equal("implicit-als", metrics.GetProperty("candidate").GetProperty("trainer").GetString());
        Assert.Equal(["implicit-als", "popularity"], metrics.GetProperty("selection").EnumerateArray().Select(row => row.GetProperty("trainer").GetString()));
        Assert.True(metrics.GetProperty("selection")[0].GetProperty("ndcg").GetDouble() > 2 * metrics.GetProperty("selection")[1].GetProperty("ndcg").GetDouble());
        Assert.Equal(8, run.GetProperty("options").GetProperty("auto").GetProperty("implicit-als").GetProperty("factors").GetInt32());
        Assert.Equal("implicit-als", (await service.Storefront.GetJsonAsync("/recommendations/user-000")).GetProperty("items")[0].GetProperty("source").GetString());
        Assert.Equal("skipped", (await service.Admin.RetrainAsync()).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Retrain_AutoAndNobodyToJudge_PublishesPopularity()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Retraining:Recommender=auto", "--Reco:Retraining:Threads=1"]);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "purchase" });

        var run = await service.Admin.RetrainAsync();

        Assert.Equal("published", run.GetProperty("outcome").GetString());
        Assert.Equal("popularity", (await service.Storefront.GetJsonAsync("/recommendations/other")).GetProperty("items")[0].GetProperty("source").GetString());
    }
}
