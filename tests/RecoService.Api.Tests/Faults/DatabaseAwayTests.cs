using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>The database goes away, is busy or is full, and comes back.</summary>
public sealed class DatabaseAwayTests
{
    [Fact]
    public async Task PostgresStopped_ReadsGoOnWritesWaitAndNothingIsLost()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        // The writers bring new items, which would have a place in the list.
        await using var service = await RetrainTests.StartFilledAsync(database, "--Reco:Recommendations:NewItemShare=0");
        var version = RetrainTests.Version(await service.Admin.RetrainAsync());
        var list = await service.Storefront.RecommendAsync("user-003");
        var acknowledged = new AcknowledgedWrites();
        var writers = Enumerable.Range(0, 4).Select(writer => acknowledged.WriteUntilItFailsAsync(service.Admin, writer)).ToList();
        await Wait.UntilAsync(() => Task.FromResult(acknowledged.Count >= 50), "writes are acknowledged");

        await server.StopServerAsync("immediate");

        Assert.All(await Task.WhenAll(writers), status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        for (var read = 0; read < 20; read++)
            Assert.Equal(list, await service.Storefront.RecommendAsync("user-003"));
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
        await AssertUnavailableAsync(service);
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/items/item-0-00"), (HttpMethod.Post, "/admin/retrain"), (HttpMethod.Get, "/admin/runs"), (HttpMethod.Delete, "/users/user-000") })
            await service.Admin.SendJsonAsync(method, path, null, HttpStatusCode.ServiceUnavailable);
        await Wait.UntilAsync(async () => (await service.Anonymous.GetJsonAsync("/health/ready")).GetProperty("status").GetString() == "degraded", "the service is degraded");
        Assert.Contains("Lists are served from memory", (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);

        await server.StartServerAsync();

        await Wait.UntilAsync(async () => (await service.Anonymous.GetJsonAsync("/health/ready")).GetProperty("status").GetString() == "ready", "the service is ready again");
        await service.Storefront.PostInteractionsAsync(new { userId = "user-003", itemId = list[0], kind = "purchase" });
        Assert.DoesNotContain(list[0], await service.Storefront.RecommendAsync("user-003"));
        await acknowledged.AssertAreStoredAsync(database);
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(), "published", null);
    }

    [Fact]
    public async Task PostgresAwayAtTheStart_TheServiceIsReadyWhenItComes()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await server.StopServerAsync();
        await using var service = await TestService.StartUnreadyAsync(database);
        await Wait.UntilAsync(async () =>
        {
            using var ready = await service.Anonymous.GetAsync("/health/ready");
            return (await ready.ReadJsonAsync(HttpStatusCode.ServiceUnavailable)).GetProperty("detail").GetString()!.Contains("does not answer", StringComparison.Ordinal);
        }, "the service says what it waits for");
        using var live = await service.Anonymous.GetAsync("/health/live");
        await live.ReadJsonAsync(HttpStatusCode.OK);
        await service.Storefront.SendJsonAsync(HttpMethod.Get, "/recommendations/u", null, HttpStatusCode.ServiceUnavailable);

        await server.StartServerAsync();

        await service.WaitUntilReadyAsync();
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
    }

    [Fact]
    public async Task PostgresStoppedDuringMigration_TheServiceIsReadyWhenItComesBack()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using (await TestService.StartAsync(database))
        {
            // The table that migrations lock is there.
        }

        await using var other = await database.OpenAsync();
        await using var hold = other.CreateCommand();
        hold.CommandText = """BEGIN; LOCK TABLE "__EFMigrationsHistory" IN ACCESS EXCLUSIVE MODE""";
        await hold.ExecuteNonQueryAsync();
        await using var service = await TestService.StartUnreadyAsync(database);
        await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL") > 0, "the migration waits for its lock");

        await server.StopServerAsync("immediate");
        await server.StartServerAsync();

        await service.WaitUntilReadyAsync();
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
    }

    [Fact]
    public async Task PostgresStoppedDuringTraining_TheRunGoesOnAndCanBeCancelled()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var service = await TestService.StartAsync(database, TasteShop.SlowTraining);
        await TasteShop.FillAsync(service.Storefront);
        using var started = await service.Admin.PostAsync("/admin/retrain", null);
        var location = started.Headers.Location!.ToString();
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync(location)).GetProperty("stage").GetString() == "training implicit-als", "the run trains");

        await server.StopServerAsync("immediate");
        await service.Admin.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.ServiceUnavailable);
        await server.StartServerAsync();

        await Wait.UntilAsync(async () =>
        {
            using var cancelled = await service.Admin.PostAsync($"{location}/cancel", null);
            return cancelled.StatusCode == HttpStatusCode.Accepted;
        }, "the cancel is taken");
        RetrainTests.AssertEnded(await service.Admin.WaitForRunAsync(location), "cancelled", "operator");
    }

    [Fact]
    public async Task SqliteLockedByAnother_WritesEndInTimeAndReadsGoOn()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Storage:WriteTimeout=00:00:01"]);
        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "before", userId = "u", itemId = "i", kind = "view" } });
        await using (var other = await database.OpenAsync())
        {
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync();

            var started = Stopwatch.GetTimestamp();
            await AssertUnavailableAsync(service);
            Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.9, 30);
            Assert.Equal(["i"], await service.Storefront.RecommendAsync("u"));
        }

        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "again", userId = "u", itemId = "i", kind = "view" } });
        Assert.Equal(2, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("train")]
    public async Task SqliteFileIsNoDatabase_EndsWithAnErrorAndLeavesTheFile(string command)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var file = database.ConnectionString["Data Source=".Length..];
        var letter = string.Concat(Enumerable.Repeat("Dear Sir or Madam, ", 500));
        await File.WriteAllTextAsync(file, letter);

        await using var process = ServiceProcess.Start([command, .. ServiceProcess.ServeWords(database)]);
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("file is not a database", process.Output, StringComparison.Ordinal);
        Assert.Equal(letter, await File.ReadAllTextAsync(file));
    }

    private static async Task AssertUnavailableAsync(TestService service)
    {
        using var response = await service.Storefront.PostAsJsonAsync("/interactions", new[] { new { userId = "u", itemId = "i", kind = "view" } });
        var problem = await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }
}
