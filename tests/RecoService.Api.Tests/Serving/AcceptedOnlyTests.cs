using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>The live state takes in what the store accepted, as the store has it, and nothing else. Every test has users of its own.</summary>
public sealed class AcceptedOnlyTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Duplicates_OfEverySort_ChangeNothingThatIsServed(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await service.Storefront.PostInteractionsAsync(
            new { id = "dup-view", userId = "dup", itemId = "a", kind = "view" },
            new { id = "dup-dated", userId = "dup", itemId = "b", kind = "purchase", occurredAt = "2026-01-05T00:00:00Z" },
            new { userId = "dup", itemId = "c", kind = "rating", value = 5, occurredAt = "2026-01-05T00:00:00Z" });
        await FollowAsync(service);
        var before = Served(service, "dup");

        foreach (var again in new object[]
        {
            new { id = "dup-view", userId = "dup", itemId = "a", kind = "view" },
            new { id = "dup-dated", userId = "dup", itemId = "b", kind = "purchase", occurredAt = "2026-01-05T00:00:00Z" },
            new { userId = "dup", itemId = "c", kind = "rating", value = 1, occurredAt = "2026-01-04T00:00:00Z" },
            new { userId = "dup", itemId = "c", kind = "rating", value = 5, occurredAt = "2026-01-05T00:00:00Z" },
        })
        {
            Assert.Equal(0, (await service.Storefront.PostInteractionsAsync(again)).GetProperty("accepted").GetInt32());
            Assert.Equal(before, Served(service, "dup"));
        }

        Assert.Equal(0, (await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/dup/ratings/c", """{"value":2,"occurredAt":"2026-01-01T00:00:00Z"}""")).GetProperty("accepted").GetInt32());
        Assert.Equal(before, Served(service, "dup"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Accepted_OfEverySort_AreServedAsTheStoreHasThem(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        var ahead = TimeProvider.System.GetUtcNow().AddHours(20);
        await service.Storefront.PostInteractionsAsync(
            new { userId = "same", itemId = "a", kind = "view" },
            new { userId = "same", itemId = "b", kind = "purchase", occurredAt = ahead },
            new { userId = "same", itemId = "c", kind = "click", occurredAt = "2026-01-05T00:00:00.1234567+01:00" },
            new { userId = "same", itemId = "d", kind = "rating", value = 4.5, occurredAt = ahead },
            new { userId = "same", itemId = "e", kind = "rating", value = 2 });
        var before = Served(service, "same");

        // What the feed then brings of them is known already, to the millisecond.
        await FollowAsync(service);
        Assert.Equal(before, Served(service, "same"));

        await service.Storefront.SendJsonAsync(HttpMethod.Put, "/users/same/ratings/d", """{"value":1}""");
        var corrected = Served(service, "same");
        Assert.NotEqual(before, corrected);
        await FollowAsync(service);
        Assert.Equal(corrected, Served(service, "same"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Refused_NothingOfIt_IsServed(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await service.Storefront.PostInteractionsAsync(new { id = "taken", userId = "refused", itemId = "a", kind = "view" });
        var before = Served(service, "refused");
        var body = """[{"id":"taken","userId":"refused","itemId":"b","kind":"purchase"},{"id":"other","userId":"refused-too","itemId":"b","kind":"purchase"}]""";

        await service.Storefront.SendJsonAsync(HttpMethod.Post, "/interactions", body, HttpStatusCode.Conflict);
        Assert.Equal(before, Served(service, "refused"));
        Assert.False(service.Shop.Serving.Snapshots.Current!.State.Users.TryGetIndex("refused-too", out _));

        await service.Storefront.SendJsonAsync(HttpMethod.Post, "/interactions?partial=true", body);
        Assert.Equal(before, Served(service, "refused"));
        Assert.True(service.Shop.Serving.Snapshots.Current!.State.Users.TryGetIndex("refused-too", out _));
    }

    private static Task FollowAsync(TestService service) => service.Shop.Serving.Publisher.FollowAsync(TestContext.Current.CancellationToken);

    /// <summary>The user's whole history as requests see it.</summary>
    private static string Served(TestService service, string userId)
    {
        var state = service.Shop.Serving.Snapshots.Current!.State;
        Assert.True(state.Users.TryGetIndex(userId, out var user));
        var history = state.History[user];
        return JsonSerializer.Serialize(new
        {
            items = history.Items.ToArray(),
            weights = history.Weights.ToArray(),
            times = history.Times.ToArray(),
            ratings = history.Ratings.ToArray().Select(rating => float.IsNaN(rating) ? (float?)null : rating),
        });
    }
}
