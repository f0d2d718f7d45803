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
            attributes = new { device = "phone", tags = new[] { "a", "b" } },
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
        Assert.Equal("""{"device":"phone","tags":["a","b"]}""", stored.GetProperty("attributes").GetRawText());
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
        var before = await service.Shop.Store.Database.CountAsync(CancellationToken.None);

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

        Assert.Equal(before, await service.Shop.Store.Database.CountAsync(CancellationToken.None));
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
        var batch = Enumerable.Range(0, 1000).Select(position => new
        {
            id = $"many-{position}",
            userId = "many",
            itemId = $"many-item-{position % 7}",
            kind = "view",
            occurredAt = DateTimeOffset.UnixEpoch.AddSeconds(position / 3).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
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

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_AnswerNamesTheIdsThatWereMadeAndADuplicate(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);

        var answer = await service.Storefront.PostInteractionsAsync(
            new { id = "named-1", userId = "named", itemId = "a", kind = "view" },
            new { userId = "named", itemId = "a", kind = "purchase" },
            new { id = "named-1", userId = "named", itemId = "a", kind = "view" },
            new { userId = "named", itemId = "a", kind = "rating", value = 3 });

        var results = answer.GetProperty("results");
        Assert.Equal([1, 2], results.EnumerateArray().Select(one => one.GetProperty("index").GetInt32()));
        Assert.Equal(["accepted", "duplicate"], results.EnumerateArray().Select(one => one.GetProperty("status").GetString()));
        var id = results[0].GetProperty("id").GetString();
        Assert.Contains(await ListAsync(service, "named"), stored => stored.GetProperty("id").GetString() == id);

        // The same again under that id is a retry.
        Assert.Equal((0, 1), Counts(await service.Storefront.PostInteractionsAsync(new { id, userId = "named", itemId = "a", kind = "purchase" })));
        var quiet = await service.Storefront.PostInteractionsAsync(new { id = "named-2", userId = "named", itemId = "a", kind = "view" });
        Assert.False(quiet.TryGetProperty("results", out _));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Append_TimeAhead_IsClampedAndCounted(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var ahead = TimeProvider.System.GetUtcNow().AddHours(23);

        var answer = await service.Storefront.PostInteractionsAsync(
            new { id = "clamped-1", userId = "clamped", itemId = "a", kind = "view", occurredAt = ahead }, new { id = "clamped-2", userId = "clamped", itemId = "b", kind = "view" });
        var rating = await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/clamped/ratings/a", JsonSerializer.Serialize(new { value = 1, occurredAt = ahead }));

        Assert.Equal((2, 1, 1), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("clamped").GetInt32(), rating.GetProperty("clamped").GetInt32()));
        var stored = answer.GetProperty("results")[0].GetProperty("occurredAt").GetDateTimeOffset();
        Assert.True(stored <= TimeProvider.System.GetUtcNow());
        Assert.All(await ListAsync(service, "clamped"), one => Assert.True(one.GetProperty("occurredAt").GetDateTimeOffset() <= TimeProvider.System.GetUtcNow()));

        // A rating dated ahead does not outlive its correction.
        Assert.Equal((1, 0), Counts(await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/clamped/ratings/a", "{\"value\":5}")));
        Assert.Contains(await ListAsync(service, "clamped"), one => one.GetProperty("kind").GetString() == "rating" && one.GetProperty("value").GetDouble() == 5);

        var beyond = JsonSerializer.SerializeToUtf8Bytes(new[] { new { userId = "clamped", itemId = "a", kind = "view", occurredAt = ahead.AddHours(2) } });
        Refusal.AssertNames(await Refusal.SendAsync(service, "POST", "/interactions", beyond, "application/json", HttpStatusCode.BadRequest), "[0].occurredAt", "24 hours ahead");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task AppendPartial_BadRows_AreToldAndTheOthersStored(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await service.Storefront.PostInteractionsAsync(new { id = "partial-taken", userId = "partial", itemId = "a", kind = "view" });
        var body = $$"""
            [{"id":"partial-1","userId":"partial","itemId":"a","kind":"view"},
             {"id":"partial-2","userId":"partial","itemId":"a","kind":"view","occurredAt":"2999-01-01T00:00:00Z"},
             {"id":"partial-3","userId":"partial","itemId":"a","kind":"view","occurredAt":"yesterday"},
             {"id":"partial-4","userId":"partial","itemId":"a","kind":"no such kind"},
             {"id":"partial-taken","userId":"partial","itemId":"b","kind":"view"},
             {"id":"partial-1","userId":"partial","itemId":"a","kind":"view"},
             null, 7, {"id":"partial-8","userId":"partial","itemId":"a","kind":"view","what":1},
             {"userId":"partial","itemId":"c","kind":"purchase"}]
            """;

        var answer = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/interactions?partial=true", body);

        Assert.Equal((2, 1), Counts(answer));
        Assert.Equal(7, answer.GetProperty("refused").GetInt32());
        var results = answer.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 10), results.Select(one => one.GetProperty("index").GetInt32()));
        Assert.Equal(
            ["accepted", "refused", "refused", "refused", "refused", "duplicate", "refused", "refused", "refused", "accepted"],
            results.Select(one => one.GetProperty("status").GetString()!));
        Assert.Equal("partial-2", results[1].GetProperty("id").GetString());
        foreach (var (position, reason) in new[] { (1, "24 hours ahead"), (2, "occurredAt"), (3, "known kinds"), (4, "other content"), (6, "null"), (8, "what") })
            Assert.Contains(reason, results[position].GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["partial-1", "partial-taken", results[9].GetProperty("id").GetString()], (await ListAsync(service, "partial")).Select(one => one.GetProperty("id").GetString()).OrderBy(id => id!.StartsWith("partial", StringComparison.Ordinal) ? 0 : 1).ThenBy(id => id, StringComparer.Ordinal));

        // Without it one bad row refuses all.
        await service.Storefront.SendJsonAsync(HttpMethod.Post, "/interactions", body, HttpStatusCode.BadRequest);
    }
}
