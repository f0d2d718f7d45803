using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

public sealed class HotSwapTests
{
    private const int Swaps = 200;
    private const int Readers = 8;
    private const int ItemsOfModel = 20;
    private const int HiddenAtOnce = 6;
    private const int Limit = 10;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Get_WhileModelsAreSwapped_IsWhollyOfTheVersionItNames(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        // The models know different items, and those of the later one would be new to the earlier.
        await using var service = await TestService.StartAsync(database, ["--Reco:Recommendations:NewItemShare=0"]);
        var (even, odd) = (await SaveFactorsAsync(service), await SavePopularityAsync(service));
        await SwapToAsync(service, even);
        var sources = new Dictionary<int, (string Prefix, string Source)> { [even] = ("a-", "implicit-als"), [odd] = ("b-", "popularity") };

        // Item -> which of the changes hid it; only changes whose answer has arrived stand here.
        var hidden = ImmutableDictionary<string, int>.Empty;
        // Every step of the writer lets every reader read once more, during it or soon after; without a bound they would take all the processor there is.
        using var permits = new SemaphoreSlim(Readers);
        var done = false;
        var readers = Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
        {
            using var client = service.CreateClient(TestService.StorefrontKey);
            var reads = new Dictionary<int, int> { [even] = 0, [odd] = 0 };
            while (true)
            {
                await permits.WaitAsync();
                if (Volatile.Read(ref done))
                    return reads;

                var before = Volatile.Read(ref hidden);
                var list = await client.GetJsonAsync($"/recommendations/reader-{reader}?limit={Limit}");
                var after = Volatile.Read(ref hidden);

                var version = list.GetProperty("modelVersion").GetInt32();
                reads[version]++;
                var items = list.GetProperty("items").EnumerateArray().ToList();
                Assert.Equal(Limit, items.Count);
                foreach (var item in items)
                {
                    var itemId = item.GetProperty("itemId").GetString()!;
                    Assert.Equal(sources[version], (itemId[..2], item.GetProperty("source").GetString()!));
                    Assert.False(before.TryGetValue(itemId, out var change) && after.TryGetValue(itemId, out var later) && change == later, $"{itemId} was unavailable.");
                }
            }
        })).ToList();

        var order = new Queue<string>();
        for (var swap = 0; swap < Swaps && !readers.Exists(reader => reader.IsCompleted); swap++)
        {
            var itemId = $"{(swap % 2 == 0 ? 'a' : 'b')}-{swap / 2 % ItemsOfModel:00}";
            permits.Release(Readers);
            await SetAvailableAsync(service, itemId, false);
            Volatile.Write(ref hidden, hidden.Add(itemId, swap));
            order.Enqueue(itemId);
            if (order.Count > 2 * HiddenAtOnce)
            {
                Volatile.Write(ref hidden, hidden.Remove(order.Peek()));
                permits.Release(Readers);
                await SetAvailableAsync(service, order.Dequeue(), true);
            }

            var version = swap % 2 == 0 ? odd : even;
            permits.Release(Readers);
            await SwapToAsync(service, version);
            Assert.Equal(version, (await service.Storefront.GetJsonAsync("/recommendations/writer")).GetProperty("modelVersion").GetInt32());
        }

        Volatile.Write(ref done, true);
        permits.Release(Readers);
        var reads = await Task.WhenAll(readers);
        Assert.True(reads.Sum(counts => counts[even]) >= Swaps && reads.Sum(counts => counts[odd]) >= Swaps, "The readers saw both models again and again.");
        Assert.Equal(1 + Swaps, await database.CountAsync("SELECT count(*) FROM publications"));
    }

    /// <summary>Knows the readers and the items named a-.</summary>
    private static async Task<int> SaveFactorsAsync(TestService service)
    {
        for (var reader = 0; reader < Readers; reader++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/users/reader-{reader}", "{}", HttpStatusCode.Created);
        var items = await CreateItemsAsync(service, "a-");
        var users = (await service.Shop.Store.Feed.LoadAsync(TestContext.Current.CancellationToken)).Users.Select(user => user.Key).ToArray();
        var model = new FactorModel(
            KeyMap.FromAscending(users), KeyMap.FromAscending(items),
            new FactorMatrix(users.Length, 1, [.. users.Select(_ => 1f)]), new FactorMatrix(items.Length, 1, [.. items.Select((_, position) => 1f + position)]));
        return await SaveAsync(service, "implicit-als", model);
    }

    /// <summary>Knows the items named b-.</summary>
    private static async Task<int> SavePopularityAsync(TestService service)
    {
        var items = await CreateItemsAsync(service, "b-");
        return await SaveAsync(service, "popularity", new PopularityModel(KeyMap.Empty, KeyMap.FromAscending(items), [.. items.Select((_, position) => 1f + position)]));
    }

    private static async Task<int> SaveAsync(TestService service, string trainer, IScorer model) =>
        (await service.Shop.Store.Models.SaveAsync(
            new NewModel(null, trainer, "{}", 42, "", null, null), stream => ModelSerializer.Write(model, stream), TestContext.Current.CancellationToken)).Version;

    private static async Task<int[]> CreateItemsAsync(TestService service, string prefix)
    {
        for (var item = 0; item < ItemsOfModel; item++)
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{prefix}{item:00}", """{ "title": "x" }""", HttpStatusCode.Created);
        var data = await service.Shop.Store.Feed.LoadAsync(TestContext.Current.CancellationToken);
        return [.. data.Items.Keys.Where((_, item) => data.Items.Ids[item].StartsWith(prefix, StringComparison.Ordinal))];
    }

    private static async Task SwapToAsync(TestService service, int version)
    {
        await service.Shop.Store.Publications.AppendAsync(version, [version], pinned: false, "test", null, TestContext.Current.CancellationToken);
        await service.Shop.Serving.Publisher.PublishCurrentAsync(TestContext.Current.CancellationToken);
    }

    private static Task<JsonElement> SetAvailableAsync(TestService service, string itemId, bool available) =>
        service.Admin.SendJsonAsync(HttpMethod.Patch, $"/items/{itemId}", JsonSerializer.Serialize(new { available }), HttpStatusCode.OK);
}
