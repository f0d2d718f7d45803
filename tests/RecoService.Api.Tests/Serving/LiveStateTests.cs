using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

public sealed class LiveStateTests
{
    private const int Bought = 120;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task LiveChanges_AsManyAsTheStateMayTakeIn_AreBuiltIntoANewStateAndNoneIsLost(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:LiveChangeLimit=50", "--Reco:Recommendations:FeedInterval=00:00:00.05"]);
        var snapshots = service.Shop.Serving.Snapshots;
        for (var item = 0; item < Bought + 5; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/item-{item}", "{}", System.Net.HttpStatusCode.Created);

        for (var item = 0; item < Bought; item++)
            await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = $"item-{item}", kind = "purchase" });

        await Wait.UntilAsync(() => Task.FromResult(snapshots.Current!.State.LiveChangeCount < 50), "the state is built anew");
        Assert.Equal(Enumerable.Range(Bought, 5).Select(item => $"item-{item}"), await service.Storefront.RecommendAsync("u", limit: 200));
    }
}
