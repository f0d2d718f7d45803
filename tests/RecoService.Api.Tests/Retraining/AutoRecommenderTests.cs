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
        var picked = metrics.GetProperty("selection")[0];
        // The first model is picked among the options as they are configured, for a shop waits for it.
        Assert.Equal(("configured", 1), (picked.GetProperty("origin").GetString(), picked.GetProperty("trials").GetInt32()));
        Assert.Equal(8, picked.GetProperty("options").GetProperty("factors").GetInt32());
        Assert.True(picked.GetProperty("listMicroseconds").GetDouble() > 0);
        Assert.True(picked.GetProperty("trainSeconds").GetDouble() <= picked.GetProperty("seconds").GetDouble());
        Assert.Equal(8, run.GetProperty("options").GetProperty("auto").GetProperty("implicit-als").GetProperty("factors").GetInt32());
        Assert.Equal("implicit-als", (await service.Storefront.GetJsonAsync("/recommendations/user-000")).GetProperty("items")[0].GetProperty("source").GetString());
        Assert.Equal("skipped", (await service.Admin.RetrainAsync()).GetProperty("outcome").GetString());
    }

    /// <summary>Once a model serves there is time: what was picked last is tried first, and options are searched from there.</summary>
    [Fact]
    public async Task Retrain_AutoOnceAModelServes_SearchesOptions()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(
            database, "--Reco:Retraining:Recommender=auto", "--Reco:Retraining:AutoCandidates=popularity,implicit-als", "--Reco:Retraining:AutoBudget=00:00:20");
        await service.Admin.RetrainAsync();
        await service.Storefront.PostInteractionsAsync(new { userId = "user-000", itemId = "one-more", kind = "purchase" });

        var run = await service.Admin.RetrainAsync();

        var tried = run.GetProperty("metrics").GetProperty("selection").EnumerateArray().Single(row => row.GetProperty("trainer").GetString() == "implicit-als");
        Assert.True(tried.GetProperty("trials").GetInt32() > 2, run.ToString());
    }

    /// <summary>No list takes less than a microsecond, so that the quickest has to do; what that cost is said.</summary>
    [Fact]
    public async Task Retrain_AutoWithABoundOnLists_SaysWhatItGaveUp()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await RetrainTests.StartFilledAsync(
            database, "--Reco:Retraining:Recommender=auto", "--Reco:Retraining:AutoCandidates=popularity,implicit-als,user-knn", "--Reco:Retraining:MaxServingMicroseconds=1");

        var metrics = (await service.Admin.RetrainAsync()).GetProperty("metrics");

        var rows = metrics.GetProperty("selection").EnumerateArray().ToList();
        Assert.Equal(rows.Min(row => row.GetProperty("listMicroseconds").GetDouble()), rows[0].GetProperty("listMicroseconds").GetDouble());
        if (rows[0].GetProperty("ndcg").GetDouble() < rows.Max(row => row.GetProperty("ndcg").GetDouble()))
            Assert.Contains("but a list of", metrics.GetProperty("givenUp").GetString(), StringComparison.Ordinal);
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
