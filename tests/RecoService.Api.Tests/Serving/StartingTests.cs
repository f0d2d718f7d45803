using System.Data.Common;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>A service that starts answers what it can; the tests hold its reading up by locks on tables.</summary>
public sealed class StartingTests
{
    [Fact]
    public async Task Get_CatalogueIsThereAndHistoriesAreNot_IsWhatIsPopularAndServable()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var popular = await FillAsync(database);
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        await using var service = await StartHoldingUsersAsync(database, command);

        JsonElement answer = default;
        await Wait.UntilAsync(async () =>
        {
            using var response = await service.Storefront.GetAsync("/recommendations/user-001?limit=200");
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return false;
            answer = await response.ReadJsonAsync(HttpStatusCode.OK);
            return true;
        }, "the catalogue is served");

        var items = answer.GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("itemId").GetString(), item.GetProperty("source").GetString())).ToList();
        Assert.Equal((popular, "popularity"), items[0]);
        Assert.DoesNotContain(items, item => item.Item1 == "item-0-01");
        using (var ready = await service.Anonymous.GetAsync("/health/ready"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        await service.Storefront.GetJsonAsync("/items/item-0-02/similar");
        // Nothing is said of users and items as long as nobody knows what they did.
        foreach (var path in (string[])["/users/user-001/profile", "/items/item-0-02/profile"])
        {
            using var response = await service.Storefront.GetAsync(path);
            var problem = await Refusal.ReadProblemAsync(response, HttpStatusCode.ServiceUnavailable);
            Assert.StartsWith("The service is starting and has not loaded what users did yet.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        command.CommandText = "COMMIT";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await service.WaitUntilReadyAsync();
        Assert.Equal(10, (await service.Storefront.GetJsonAsync("/users/user-100/profile")).GetProperty("items").GetInt32());
        Assert.Equal("implicit-als", (await service.Storefront.GetJsonAsync("/recommendations/user-001")).GetProperty("items")[0].GetProperty("source").GetString());
    }

    [Fact]
    public async Task Get_BeforeTheCatalogueIsThere_Is503ThatSaysTheServiceIsStarting()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await FillAsync(database);
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var service = await TestService.StartUnreadyAsync(database);

        foreach (var path in (string[])["/recommendations/u", "/items/item-0-02/similar", "/users/u/profile", "/items/item-0-02/profile"])
        {
            using var response = await service.Storefront.GetAsync(path);
            var problem = await Refusal.ReadProblemAsync(response, HttpStatusCode.ServiceUnavailable);
            Assert.Equal("The service is starting", problem.GetProperty("title").GetString());
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        }

        command.CommandText = "COMMIT";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await service.WaitUntilReadyAsync();
        await service.Storefront.GetJsonAsync("/recommendations/u");
    }

    /// <summary>Starts a service whose reading of the users waits for the end of the command's transaction. The start itself writes to that table, so it is locked behind that and before the reading.</summary>
    private static async Task<TestService> StartHoldingUsersAsync(TestDatabase database, DbCommand command)
    {
        await using var connection = await database.OpenAsync();
        await using var start = connection.CreateCommand();
        // The last table that the start writes to.
        start.CommandText = "BEGIN; LOCK TABLE rewrites IN ACCESS EXCLUSIVE MODE";
        await start.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var service = await TestService.StartUnreadyAsync(database, TasteShop.QuickTraining);
        await UntilAsync("relation = 'rewrites'::regclass AND NOT granted", "the start waits");
        command.CommandText = "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
        var locked = command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await UntilAsync("relation = 'users'::regclass AND mode = 'AccessExclusiveLock'", "the users are locked, or are next");
        start.CommandText = "COMMIT";
        await start.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await locked;
        return service;

        Task UntilAsync(string condition, string what)
        {
            start.CommandText = $"SELECT count(*) FROM pg_locks WHERE {condition}";
            return Wait.UntilAsync(async () => (long)(await start.ExecuteScalarAsync(TestContext.Current.CancellationToken))! > 0, what);
        }
    }

    /// <summary>A shop with a model and a catalogue in which one item is sold out; says which item most users bought.</summary>
    private static async Task<string> FillAsync(TestDatabase database)
    {
        await using var service = await RetrainTests.StartFilledAsync(database);
        for (var user = 0; user < 30; user++)
            await service.Storefront.PostInteractionsAsync(new { userId = TasteShop.UserId(user), itemId = "item-3-07", kind = "view" });
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-3-07", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/item-0-01", """{ "available": false }""", HttpStatusCode.Created);
        return "item-3-07";
    }
}
