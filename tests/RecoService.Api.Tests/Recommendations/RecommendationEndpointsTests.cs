using System.Net;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class RecommendationEndpointsTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Get_EmptyStore_AnswersAnEmptyList(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);

        Assert.Empty(await service.Storefront.RecommendAsync("nobody"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Get_AfterAPurchase_LeavesTheItemOutAtOnce(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        foreach (var itemId in new[] { "a", "b", "c" })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{itemId}", """{ "title": "x" }""", HttpStatusCode.Created);
        Assert.Equal(["a", "b", "c"], await service.Storefront.RecommendAsync("u"));

        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "b", kind = "purchase" });

        Assert.Equal(["a", "c"], await service.Storefront.RecommendAsync("u"));
        Assert.Equal(["b", "a", "c"], await service.Storefront.RecommendAsync("somebody else"));
    }
}
