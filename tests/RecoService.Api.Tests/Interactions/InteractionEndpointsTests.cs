using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Interactions;

/// <summary>Every test has users and items of its own.</summary>
public sealed class InteractionEndpointsTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static (int Accepted, int Duplicates) Counts(JsonElement answer) => (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32());

    private static async Task<List<JsonElement>> ListAsync(TestService service, string userId, int limit = 100)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await service.Admin.GetJsonAsync($"/users/{userId}/interactions?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 0, limit);
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return all;
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_AllFields_AreReadBackAsSent(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var recommendationId = Guid.Parse("7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1");

        var answer = await service.Storefront.PostInteractionsAsync(new
        {
            id = "fields-1",
            userId = "fields",
            itemId = "fields-item",
            kind = "purchase",
            value = -2.5,
            occurredAt = "2026-01-02T03:04:05.678+02:00",
            sessionId = "visit",
            orderId = "order",
            quantity = 1.5,
            unitPrice = 19.123456789m,
            recommendationId,
        });

        Assert.Equal((1, 0), Counts(answer));
        var stored = Assert.Single(await ListAsync(service, "fields"));
        Assert.Equal("fields-1", stored.GetProperty("id").GetString());
        Assert.Equal("fields-item", stored.GetProperty("itemId").GetString());
        Assert.Equal("purchase", stored.GetProperty("kind").GetString());
        Assert.Equal(-2.5, stored.GetProperty("value").GetDouble());
        Assert.Equal("2026-01-02T01:04:05.678Z", stored.GetProperty("occurredAt").GetString());
        Assert.Equal("visit", stored.GetProperty("sessionId").GetString());
        Assert.Equal("order", stored.GetProperty("orderId").GetString());
        Assert.Equal(1.5, stored.GetProperty("quantity").GetDouble());
        Assert.Equal(19.123457m, stored.GetProperty("unitPrice").GetDecimal());
        Assert.Equal(recommendationId, stored.GetProperty("recommendationId").GetGuid());
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_SentAgain_ChangesNothingWhereIdsWereGiven(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        object[] batch =
        [
            new { id = "retry-1", userId = "retry", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:00Z" },
            new { id = "retry-2", userId = "retry", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:00Z" },
            new { id = "retry-2", userId = "retry", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:00Z" },
        ];

        Assert.Equal((2, 1), Counts(await service.Storefront.PostInteractionsAsync(batch)));
        Assert.Equal((0, 3), Counts(await service.Storefront.PostInteractionsAsync(batch)));
        Assert.Equal(2, (await ListAsync(service, "retry")).Count);

        // Without an id nothing tells a retry from a second view.
        for (var time = 0; time < 2; time++)
            Assert.Equal((1, 0), Counts(await service.Storefront.PostInteractionsAsync(new { userId = "retry", itemId = "a", kind = "view" })));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_IdWithOtherContent_Is409AndStoresNothing(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await service.Storefront.PostInteractionsAsync(new { id = "conflict-1", userId = "conflict", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:00Z" });
        var before = await service.Get<Database>().CountAsync(CancellationToken.None);

        foreach (var other in new object[]
        {
            new { id = "conflict-1", userId = "conflict", itemId = "b", kind = "view", occurredAt = "2026-01-01T00:00:00Z" },
            new { id = "conflict-1", userId = "someone", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:00Z" },
            new { id = "conflict-1", userId = "conflict", itemId = "a", kind = "click", occurredAt = "2026-01-01T00:00:00Z" },
            new { id = "conflict-1", userId = "conflict", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:01Z" },
            new { id = "conflict-1", userId = "conflict", itemId = "a", kind = "view", occurredAt = "2026-01-01T00:00:00Z", quantity = 2 },
        })
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new[] { new { id = "conflict-new", userId = "conflict", itemId = "a", kind = "view" }, other });
            var problem = await Refusal.SendAsync(service, "POST", "/interactions", body, "application/json", HttpStatusCode.Conflict);
            Refusal.AssertNames(problem, "[1].id", "'conflict-1'");
        }

        Assert.Equal(before, await service.Get<Database>().CountAsync(CancellationToken.None));
        Assert.Single(await ListAsync(service, "conflict"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rating_OfOnePair_IsTheNewestByTimeAndTheLaterOfATie(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        async Task<(int, int)> RateAsync(double value, string time) =>
            Counts(await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/rater/ratings/rated", JsonSerializer.Serialize(new { value, occurredAt = time })));
        async Task<double> StoredAsync() => Assert.Single(await ListAsync(service, "rater")).GetProperty("value").GetDouble();

        Assert.Equal((1, 0), await RateAsync(3, "2026-01-02T00:00:00Z"));
        Assert.Equal((0, 1), await RateAsync(1, "2026-01-01T00:00:00Z"));
        Assert.Equal(3, await StoredAsync());
        Assert.Equal((1, 0), await RateAsync(4.5, "2026-01-02T00:00:00Z"));
        Assert.Equal(4.5, await StoredAsync());
        Assert.Equal((0, 1), await RateAsync(4.5, "2026-01-02T00:00:00Z"));
        Assert.Equal((1, 0), await RateAsync(0.5, "2026-01-03T00:00:00Z"));
        Assert.Equal(0.5, await StoredAsync());
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_1000AtOnce_AreListedNewestFirstPageByPage(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var batch = Enumerable.Range(0, 1000).Select(place => new
        {
            id = $"many-{place}",
            userId = "many",
            itemId = $"many-item-{place % 7}",
            kind = "view",
            occurredAt = DateTimeOffset.UnixEpoch.AddSeconds(place / 3).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        }).ToArray<object>();

        Assert.Equal((1000, 0), Counts(await service.Storefront.PostInteractionsAsync(batch)));

        var listed = await ListAsync(service, "many", limit: 83);
        Assert.Equal(1000, listed.Select(one => one.GetProperty("id").GetString()).Distinct().Count());
        var times = listed.Select(one => one.GetProperty("occurredAt").GetDateTimeOffset()).ToList();
        Assert.Equal(times.OrderDescending(), times);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task List_UnknownUser_IsEmpty(StorageProvider provider) => Assert.Empty(await ListAsync(await services.OnAsync(provider), "never-seen"));

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_WithoutATime_HappenedNow(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var before = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);

        await service.Storefront.PostInteractionsAsync(new { userId = "now", itemId = "now-item", kind = "like" });

        var stored = Assert.Single(await ListAsync(service, "now"));
        Assert.InRange(stored.GetProperty("occurredAt").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow());
        Assert.Equal(stored.GetProperty("receivedAt").GetString(), stored.GetProperty("occurredAt").GetString());
    }
}
