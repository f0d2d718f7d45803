using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Recommendations;

public sealed class SimilarEndpointsTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task GetSimilar_TrainedOnFourTastes_NamesTheOwnTaste(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await TasteShop.FillAsync(service.Storefront);
        await service.Admin.RetrainAsync();

        var items = (await service.Storefront.GetJsonAsync("/items/item-2-07/similar?limit=10"));
        var users = (await service.Admin.GetJsonAsync("/users/user-001/similar?limit=10"));

        Assert.Equal(("item-2-07", 1), (items.GetProperty("itemId").GetString(), items.GetProperty("modelVersion").GetInt32()));
        Assert.Equal(10, items.GetProperty("items").GetArrayLength());
        Assert.All(items.GetProperty("items").EnumerateArray(), item => Assert.StartsWith("item-2-", item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
        Assert.DoesNotContain("item-2-07", items.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
        Assert.All(users.GetProperty("users").EnumerateArray(), user => Assert.Equal(1, int.Parse(user.GetProperty("userId").GetString()!["user-".Length..]) % 4));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task GetSimilar_ItemTakenOut_IsNamedNoMore(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await TasteShop.FillAsync(service.Storefront);
        await service.Admin.RetrainAsync();
        var first = (await service.Storefront.GetJsonAsync("/items/item-2-07/similar?limit=1")).GetProperty("items")[0].GetProperty("itemId").GetString();

        await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{first}", """{ "available": false }""", HttpStatusCode.Created);

        var items = (await service.Storefront.GetJsonAsync("/items/item-2-07/similar?limit=50")).GetProperty("items");
        Assert.DoesNotContain(first, items.EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task GetSimilar_ItemNobodyTouched_IsLikeWhatReadsLikeIt(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await TasteShop.FillAsync(service.Storefront);
        foreach (var (item, title) in new[] { ("new-lamp", "brass lamp"), ("old-lamp", "lamp of brass"), ("a", "sofa"), ("b", "chair"), ("c", "table"), ("d", "shelf"), ("e", "carpet"), ("f", "bed") })
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{item}", $$"""{ "title": "{{title}}" }""", HttpStatusCode.Created);
        await service.Admin.RetrainAsync();

        var similar = Assert.Single((await service.Storefront.GetJsonAsync("/items/new-lamp/similar")).GetProperty("items").EnumerateArray());

        Assert.Equal(("old-lamp", "content"), (similar.GetProperty("itemId").GetString(), similar.GetProperty("source").GetString()));
    }

    [Fact]
    public async Task GetSimilar_NobodyKnowsIt_Is404AndABadLimitIs400()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "b", kind = "purchase" });

        foreach (var path in new[] { "/items/nothing/similar", "/users/nobody/similar" })
        {
            using var response = await service.Admin.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        foreach (var path in new[] { "/items/b/similar?limit=0", "/users/u/similar?limit=201", "/items/b/similar?limit=x" })
        {
            using var response = await service.Admin.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("limit", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Empty((await service.Storefront.GetJsonAsync("/items/b/similar")).GetProperty("items").EnumerateArray());
        Assert.Empty((await service.Admin.GetJsonAsync("/users/u/similar")).GetProperty("users").EnumerateArray());
    }
}
