using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

public sealed class ImpressionRetentionTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Sweep_OldAndNewImpressions_DeletesAllTheOldOnes(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:ImpressionRetentionDays=30"]);
        var now = TimeProvider.System.GetUtcNow();
        // More than one piece.
        var old = Enumerable.Range(0, 5_050).Select(number => Shown(now.AddDays(-31).AddSeconds(-number))).ToList();
        var young = Shown(now.AddDays(-29));
        await service.Shop.Store.Impressions.AppendAsync([.. old, young], CancellationToken.None);

        await service.Shop.Serving.Retention.SweepAsync(CancellationToken.None);

        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM impressions"));
        Assert.NotNull(await service.Shop.Store.Impressions.GetAsync(young.RecommendationId, CancellationToken.None));
    }

    private static Impression Shown(DateTimeOffset at) => new(Guid.CreateVersion7(at), "u", "default", null, 1, "", at, ["a", "b"]);
}
