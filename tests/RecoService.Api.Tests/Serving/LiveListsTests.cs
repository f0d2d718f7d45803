using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>The demo shop as a developer finds it, with the recommender that it has picked for itself.</summary>
public sealed class PickedDemoServices : SharedServices
{
    protected override string[] Settings => ["--environment=Development"];
}

/// <summary>What a user did a moment ago counts in the very next list, meaningfully: the shelves of the demo shop are the planted tastes.</summary>
public sealed class LiveListsTests(PickedDemoServices services) : IClassFixture<PickedDemoServices>
{
    private static readonly ConcurrentDictionary<TestService, Lazy<Task<ILookup<string, string>>>> Catalogues = new();

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task NewUser_ThreeClicksOnAShelf_GetsThatShelf(StorageProvider provider)
    {
        var service = await StartAsync(provider);
        foreach (var shelf in await ShelvesOf(service))
        {
            var userId = $"new-{provider}-{shelf.Key}";

            await ActAsync(service, userId, "click", shelf.Skip(4).Take(3));

            var list = await service.Storefront.RecommendAsync(userId, limit: 10);
            Assert.True(list.Intersect(shelf).Count() >= 5, $"{shelf.Key}: {list.Intersect(shelf).Count()} of 10");
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Session_ThreeClicksOnAShelf_GetsThatShelf(StorageProvider provider)
    {
        var service = await StartAsync(provider);
        foreach (var shelf in await ShelvesOf(service))
        {
            var answer = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", JsonSerializer.Serialize(
                new { interactions = shelf.Skip(4).Take(3).Select(itemId => new { itemId, kind = "click" }), limit = 10 }));

            var list = answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!);
            Assert.True(list.Intersect(shelf).Count() >= 5, $"{shelf.Key}: {list.Intersect(shelf).Count()} of 10");
        }
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task TrainedUser_TenEventsOnAnotherShelf_GetsItToo(StorageProvider provider)
    {
        var service = await StartAsync(provider);
        var shelves = await ShelvesOf(service);
        var found = new List<int>();
        for (var user = 100; user < 112; user++)
        {
            var userId = string.Create(CultureInfo.InvariantCulture, $"user-{user:0000}");
            var before = await service.Storefront.RecommendAsync(userId, limit: 200);
            var shelf = shelves.MinBy(shelf => before.Take(50).Intersect(shelf).Count())!;

            await ActAsync(service, userId, "click", shelf.Take(10));

            var list = await service.Storefront.RecommendAsync(userId, limit: 10);
            found.Add(list.Intersect(shelf).Count());
        }

        // Which recommender was picked is the machine's, and how much ten clicks weigh against a long history is the recommender's.
        Assert.True(found.Average() >= 3 && found.Min() >= 1, $"Of 10 each: {string.Join(' ', found)}");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Dislike_OfAnItem_LowersItsNeighbours(StorageProvider provider)
    {
        var service = await StartAsync(provider);
        var (placesBefore, placesAfter) = (0.0, 0.0);
        foreach (var shelf in await ShelvesOf(service))
        {
            var userId = $"choosy-{provider}-{shelf.Key}";
            await ActAsync(service, userId, "click", shelf.Skip(4).Take(3));
            var before = await service.Storefront.RecommendAsync(userId, limit: 200);
            var disliked = before.Intersect(shelf).Take(3).ToList();
            var neighbours = await NeighboursAsync(service, disliked);

            await ActAsync(service, userId, "dislike", disliked);

            // What is disliked leaves the list, and what stood behind it moves up; that is not what is looked at.
            placesBefore += MeanPlace([.. before.Except(disliked)], neighbours);
            placesAfter += MeanPlace(await service.Storefront.RecommendAsync(userId, limit: 200), neighbours);
        }

        Assert.True(placesAfter > placesBefore, $"{placesBefore} to {placesAfter}");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task AnotherReplica_HearsOfANewUserSoon(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var writes = await TestService.StartAsync(database, ["--environment=Development", TasteShop.ImplicitAls]);
        await WaitForModelAsync(writes);
        await using var reads = await TestService.StartAsync(database, ["--environment=Development", TasteShop.ImplicitAls]);
        var shelf = (await ShelvesOf(writes))[0];

        await ActAsync(writes, "traveller", "click", shelf.Skip(4).Take(3));

        await Wait.UntilAsync(
            async () => (await reads.Storefront.RecommendAsync("traveller", limit: 10)).Intersect(shelf).Count() >= 5, "the other replica knows", TimeSpan.FromSeconds(15));
        Assert.Equal(await writes.Storefront.RecommendAsync("traveller", limit: 10), await reads.Storefront.RecommendAsync("traveller", limit: 10));
    }

    [Fact]
    public async Task TransactionBegunFirstAndCommittedLast_IsServedByEveryReplica()
    {
        var service = await StartAsync(StorageProvider.Postgres);
        var database = services.DatabaseOf(StorageProvider.Postgres);
        var list = await service.Storefront.RecommendAsync("user-0200");
        await using var connection = await database.OpenAsync();
        await using var first = connection.CreateCommand();
        first.CommandText = $"""
            BEGIN;
            INSERT INTO ratings (user_key, item_key, value, occurred_at, received_at)
            SELECT u.key, i.key, 5, 1767225600000, 1767225600000 FROM users u, items i WHERE u.id = 'user-0200' AND i.id = '{list[0]}'
            """;
        Assert.Equal(1, await first.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        // By a client of its own process, so that the feed and nothing else brings it.
        await using (var other = await database.OpenAsync())
        {
            await using var second = other.CreateCommand();
            second.CommandText = $"""
                INSERT INTO ratings (user_key, item_key, value, occurred_at, received_at)
                SELECT u.key, i.key, 5, 1767225600000, 1767225600000 FROM users u, items i WHERE u.id = 'user-0200' AND i.id = '{list[1]}'
                """;
            Assert.Equal(1, await second.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        await Wait.UntilAsync(async () => !(await service.Storefront.RecommendAsync("user-0200")).Contains(list[1]), "the second transaction is served");
        Assert.Contains(list[0], await service.Storefront.RecommendAsync("user-0200"));

        first.CommandText = "COMMIT";
        await first.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await Wait.UntilAsync(async () => !(await service.Storefront.RecommendAsync("user-0200")).Contains(list[0]), "the late one is served too", TimeSpan.FromSeconds(15));
    }

    private static Task ActAsync(TestService service, string userId, string kind, IEnumerable<string> itemIds) =>
        service.Storefront.PostInteractionsAsync([.. itemIds.Select(itemId => new { userId, itemId, kind })]);

    private static async Task<List<string>> NeighboursAsync(TestService service, IEnumerable<string> itemIds)
    {
        var neighbours = new List<string>();
        foreach (var itemId in itemIds)
        {
            var similar = await service.Storefront.GetJsonAsync($"/items/{itemId}/similar?limit=5");
            neighbours.AddRange(similar.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!));
        }

        return [.. neighbours.Except(itemIds).Distinct()];
    }

    /// <summary>What has left the list stands behind its end.</summary>
    private static double MeanPlace(List<string> list, List<string> itemIds) => itemIds.Average(itemId => list.IndexOf(itemId) is >= 0 and var position ? position : list.Count);

    private async Task<TestService> StartAsync(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await WaitForModelAsync(service);
        return service;
    }

    private static Task WaitForModelAsync(TestService service) => Wait.UntilAsync(
        async () => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion").ValueKind == JsonValueKind.Number, "the first model is served", TimeSpan.FromMinutes(3));

    /// <summary>What each shelf has to sell, what most users bought first.</summary>
    private static async Task<List<IGrouping<string, string>>> ShelvesOf(TestService service)
    {
        var lookup = await Catalogues.GetOrAdd(service, _ => new(async () =>
        {
            var items = (await service.Storefront.GetJsonAsync("/items?limit=1000")).GetProperty("items").EnumerateArray()
                .Where(item => item.GetProperty("available").GetBoolean())
                .ToDictionary(item => item.GetProperty("itemId").GetString()!, item => item.GetProperty("categories")[0].GetString()!);
            var popular = await service.Storefront.RecommendAsync("nobody knows him", limit: 200);
            return popular.Where(items.ContainsKey).Concat(items.Keys.Order(StringComparer.Ordinal)).Distinct().ToLookup(itemId => items[itemId]);
        })).Value;
        return [.. lookup.OrderBy(shelf => shelf.Key, StringComparer.Ordinal)];
    }
}
