using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Snapshots;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>The columns of the catalogue in two services on one database: one writes, the other follows, and both swap states again and again meanwhile.</summary>
public sealed class CatalogueFollowTests
{
    private const int Changes = 120;
    private const int Items = 10;

    [Theory]
    [InlineData(StorageProvider.Sqlite, 1)]
    [InlineData(StorageProvider.Sqlite, 2)]
    [InlineData(StorageProvider.Postgres, 3)]
    [InlineData(StorageProvider.Postgres, 4)]
    public async Task Columns_OfWriterAndReplicaAfterAnyChangesDuringSwaps_AreThoseLoadedAnew(StorageProvider provider, int seed)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var writes = await TestService.StartAsync(database);
        await using var reads = await TestService.StartAsync(database);
        var version = await SaveModelAsync(writes);
        using var done = new CancellationTokenSource();
        var swapping = Task.Run(() => SwapAsync([writes, reads], version, done.Token));

        var random = new Random(seed);
        for (var change = 0; change < Changes && !swapping.IsCompleted; change++)
            await WriteAsync(writes, random);

        await done.CancelAsync();
        Assert.True(await swapping >= 2, "States were swapped while the items changed.");
        await FollowAsync(writes);
        await FollowAsync(reads);
        var (anew, _) = await reads.Shop.Serving.Loader.LoadCurrentAsync(TestContext.Current.CancellationToken);
        var expected = CatalogueReading.Of(anew.State);
        Assert.Equal(expected, CatalogueReading.Of(writes.Shop.Serving.Snapshots.State));
        Assert.Equal(expected, CatalogueReading.Of(reads.Shop.Serving.Snapshots.State));
        Assert.Contains(expected, line => line.StartsWith("brand (Text): ", StringComparison.Ordinal));
    }

    /// <summary>An answer to a write says that this process knows it.</summary>
    [Fact]
    public async Task Columns_AfterTheAnswerToAWrite_HaveIt()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:FeedInterval=00:01:00"]);

        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/a", """{ "price": 5.5, "salePrice": 5, "currency": "EUR", "addedAt": "2024-01-01T00:00:00Z", "attributes": { "brand": "x", "size": 4 } }""", HttpStatusCode.Created);
        Assert.Equal("listed, servable, revision 1, price (Number) 5.5, salePrice (Number) 5, currency (Text) EUR, addedAt (Time) 1704067200000, brand (Text) x, size (Number) 4", Reading());
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/a", """{ "price": null, "salePrice": null, "attributes": { "size": "L" } }""");
        Assert.Equal("listed, servable, revision 2, currency (Text) EUR, addedAt (Time) 1704067200000, brand (Text) x, size (Text) L", Reading());
        await ImportAsync(service, """{ "itemId": "a", "categories": ["A > B"] }""");
        Assert.Equal("listed, servable, revision 3, currency (Text) EUR, categories (List) [A > B], addedAt (Time) 1704067200000, brand (Text) x, size (Text) L", Reading());
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/items/a", null, HttpStatusCode.NoContent);
        Assert.Equal("deleted, not servable, revision 4", Reading());

        string Reading() => CatalogueReading.ItemOf(service.Shop.Serving.Snapshots.State.Catalogue.Columns, 0);
    }

    private static async Task WriteAsync(TestService service, Random random)
    {
        var (id, value) = ($"i{random.Next(Items)}", random.Next(100));
        switch (random.Next(10))
        {
            case < 4:
                await SendAsync(service, HttpMethod.Put, $"/items/{id}", RecordOf(value));
                break;
            case < 6:
                await SendAsync(service, HttpMethod.Patch, $"/items/{id}", JsonSerializer.Serialize(new { price = value, salePrice = value % 2 == 0 ? (double?)value : null, attributes = AttributesOf(value) }));
                break;
            case < 8:
                await SendAsync(service, HttpMethod.Delete, $"/items/{id}", null);
                break;
            case 8:
                await ImportAsync(service, $$"""{ "itemId": "{{id}}", "groupId": "g{{value % 3}}" }""", $$"""{ "itemId": "i{{Items}}", "price": {{value}} }""");
                break;
            default:
                await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = $"only-{value % 3}", kind = "view" });
                break;
        }
    }

    /// <summary>An item may be gone already.</summary>
    private static async Task SendAsync(TestService service, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await service.Admin.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {response.StatusCode}");
    }

    private static async Task ImportAsync(TestService service, params string[] lines)
    {
        using var file = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        using var response = await service.Admin.PostAsync("/import/items", file);
        await response.ReadJsonAsync(HttpStatusCode.OK);
    }

    private static string RecordOf(int value) => JsonSerializer.Serialize(new
    {
        categories = value % 3 == 0 ? [] : new[] { $"c{value % 4}", $"c{value % 4} > d{value % 2}" },
        price = value % 5 == 0 ? (double?)null : value + 0.99,
        currency = value % 2 == 0 ? "EUR" : null,
        available = value % 6 != 0,
        groupId = value % 2 == 0 ? $"g{value % 3}" : null,
        consumesForDays = value % 7 == 0 ? value : (int?)null,
        attributes = AttributesOf(value),
    });

    private static Dictionary<string, object?> AttributesOf(int value) => new(StringComparer.Ordinal)
    {
        ["brand"] = $"b{value % 5}",
        [$"size{value % 2}"] = (value % 4) switch { 0 => value, 1 => "XL", 2 => value % 3 == 0, _ => null },
        ["tags"] = Enumerable.Range(0, value % 4).Select(position => $"t{(value + position) % 6}").ToArray(),
    };

    /// <returns>How often.</returns>
    private static async Task<int> SwapAsync(TestService[] services, int version, CancellationToken stop)
    {
        var swaps = 0;
        while (!stop.IsCancellationRequested)
        {
            await services[0].Shop.Store.Publications.AppendAsync(version, [version], pinned: false, "test", null, CancellationToken.None);
            foreach (var service in services)
                await service.Shop.Serving.Publisher.PublishCurrentAsync(CancellationToken.None);
            swaps++;
        }

        return swaps;
    }

    private static Task FollowAsync(TestService service) => service.Shop.Serving.Publisher.FollowAsync(TestContext.Current.CancellationToken);

    private static async Task<int> SaveModelAsync(TestService service)
    {
        var model = new PopularityModel(KeyMap.Empty, KeyMap.FromAscending([1, 2]), [1, 2]);
        return (await service.Shop.Store.Models.SaveAsync(
            new NewModel(null, "popularity", "{}", 42, "", null, null), stream => ModelSerializer.Write(model, stream), TestContext.Current.CancellationToken)).Version;
    }
}
