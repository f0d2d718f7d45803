using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Hosting;

public sealed class WarmUpTests
{
    [Fact]
    public async Task Start_WithAModel_MakesListsBeforeItIsReadyAndNobodyHasSeenThem()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await RetrainTests.PublishOneAsync(database);
        using var log = new LogCapture();
        await using (var service = await TestService.StartAsync(database, ["--Reco:Recommendations:WarmUpRequests=40", "--Reco:RequestLog:SampleRate=1"], log.AddTo))
            Assert.Equal(20, (await service.Storefront.RecommendAsync("user-003")).Count);

        Assert.Matches("^Warmed up by 40 requests in .* ms; 0 of them were not answered with a list", log.Lines.Single(line => line.Category.EndsWith(".WarmUp", StringComparison.Ordinal)).Message);
        Assert.Single(log.Requests, line => line.Message.Contains("/recommendations", StringComparison.Ordinal));
        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM impressions"));
    }

    [Fact]
    public async Task Start_WithoutKeysOrItems_IsReadyAllTheSame()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:WarmUpRequests=3"]);

        Assert.Empty(await service.Storefront.RecommendAsync("u"));
    }
}
