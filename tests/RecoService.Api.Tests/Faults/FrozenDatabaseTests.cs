using System.Net;
using System.Net.Http.Json;
using Npgsql;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Api.Tests.Workers;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>PostgreSQL is stopped in its tracks (SIGSTOP) and goes on later, under the service as a process of its own.</summary>
public sealed class FrozenDatabaseTests
{
    [Fact]
    public async Task PostgresFrozenDuringARun_TheRunFailsAndTheServiceGoesOn()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using (var filling = await TestService.StartAsync(database))
            await TasteShop.FillAsync(filling.Storefront);
        using var folder = new TemporaryFolder();
        var mayTrain = Path.Combine(folder.Path, "may-train");
        await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(
            database, [.. SampleWorker.WaitingFor(mayTrain), "--Reco:Storage:WriteTimeout=00:00:03", "--Reco:Retraining:Lease=00:00:05", "--Reco:Recommendations:FeedInterval=00:00:00.1"]));
        using var client = await process.ConnectWhenReadyAsync();
        string? location = null;
        await Wait.UntilAsync(async () =>
        {
            // On a busy machine a write may take longer than it is given here.
            using var started = await client.PostAsJsonAsync("/admin/retrain", new { force = true });
            location = started.Headers.Location?.ToString();
            return location is not null;
        }, "a run is under way");
        await Wait.UntilAsync(async () => (await client.GetJsonAsync(location!)).GetProperty("stage").GetString()!.Contains("training", StringComparison.Ordinal), "the run trains");

        await server.FreezeAsync();
        // A list is shown, so that its impression waits for the store too.
        await client.RecommendAsync("user-003");
        await Wait.UntilAsync(
            () => Task.FromResult(process.HasExited || process.Output.Contains("could not be renewed", StringComparison.Ordinal)), $"a heartbeat has failed: {process.Output}");
        // The training ends after that, and its model cannot be stored.
        await File.WriteAllTextAsync(mayTrain, "");
        await Wait.UntilAsync(
            () => Task.FromResult(process.HasExited || process.Output.Contains("ended as failed", StringComparison.Ordinal)), $"the run has failed: {process.Output}", TimeSpan.FromMinutes(3));
        Assert.False(process.HasExited, process.Output);
        Assert.NotEmpty(await client.RecommendAsync("user-003"));
        await server.ThawAsync();

        await Wait.UntilAsync(async () =>
        {
            using var next = await client.PostAsJsonAsync("/interactions", new[] { new { id = "after", userId = "u", itemId = "i", kind = "view" } });
            return next.StatusCode == HttpStatusCode.OK;
        }, "writes go on");
        await Wait.UntilAsync(async () => (await client.GetJsonAsync(location!)).GetProperty("outcome").GetString() is not null, "the run's end is recorded");
        Assert.Contains((await client.GetJsonAsync(location!)).GetProperty("outcome").GetString(), new[] { "failed", "interrupted" });
        Assert.False(process.HasExited, process.Output);
        Assert.DoesNotContain("BackgroundService failed", process.Output, StringComparison.Ordinal);
        await database.ExecuteAsync("UPDATE leases SET expires_at = 0");
        RetrainTests.AssertEnded(await client.RetrainAsync(force: true, TimeSpan.FromMinutes(5)), "published", "overridden");
    }

    [Fact]
    public async Task PostgresFrozen_EveryWriteSaysInTimeWhyAndThatNothingWasChanged()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        var log = new LogCapture();
        await using var service = await TestService.StartAsync(database, ["--Reco:Storage:WriteTimeout=00:00:01"], log.AddTo);
        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "before", userId = "u", itemId = "i", kind = "view" } });
        // A generous multiple of the deadline.
        service.Admin.Timeout = TimeSpan.FromSeconds(20);

        await server.FreezeAsync();
        foreach (var (method, path, body) in new[]
        {
            (HttpMethod.Post, "/interactions", "[{\"userId\":\"frozen\",\"itemId\":\"frozen\",\"kind\":\"view\"}]"),
            (HttpMethod.Put, "/users/frozen/ratings/frozen", "{\"value\":3}"),
            (HttpMethod.Put, "/items/frozen", "{}"),
            (HttpMethod.Put, "/users/frozen", "{}"),
            (HttpMethod.Delete, "/users/u", null),
            (HttpMethod.Post, "/admin/retrain", null),
        })
        {
            var problem = await service.Admin.SendJsonAsync(method, path, body, HttpStatusCode.ServiceUnavailable);
            Assert.Equal("none", problem.GetProperty("outcome").GetString());
            Assert.Contains("did not answer", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        using (var file = new StringContent("itemId\nfrozen\n", System.Text.Encoding.UTF8, "text/csv"))
        using (var response = await service.Admin.PostAsync("/import/items", file))
            await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable);
        await server.ThawAsync();

        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "after", userId = "u", itemId = "after", kind = "view" } });
        Assert.Equal((1, 2), (await database.CountAsync("SELECT count(*) FROM users"), await database.CountAsync("SELECT count(*) FROM items")));
        Assert.All(
            log.Requests.Where(line => !line.Message.Contains("/health/", StringComparison.Ordinal) && line.Message.Contains("answered 503", StringComparison.Ordinal)),
            line => Assert.Contains("did not answer", line.Message, StringComparison.Ordinal));
    }

    /// <summary>A merge has no deadline of its own, for it may sort millions of rows; a server that answers nobody ends it all the same.</summary>
    /// <param name="at">Of the merge; the probe of rights at start and of health inserts into one column.</param>
    [Theory]
    [InlineData("interactions", "INSERT INTO interactions (id,", "userId,itemId,kind\nu,i,purchase\n")]
    [InlineData("items", "INSERT INTO items (id,", "itemId,title\ni,Item\n")]
    [InlineData("users", "ANALYZE import_records", "userId\nu\n")]
    public async Task PostgresFrozenDuringTheMergeOfAnImport_SaysInTimeThatNothingWasChanged(string target, string at, string csv)
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var proxy = ByteProxy.To(server.Port);
        await using var service = await TestService.StartAsync(
            TestDatabase.At(StorageProvider.Postgres, new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = proxy.Port }.ToString()), ["--Reco:Storage:WriteTimeout=00:00:01"]);
        service.Admin.Timeout = TimeSpan.FromSeconds(30);

        var frozen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.DoOnceAt(at, async () =>
        {
            await server.FreezeAsync();
            frozen.SetResult();
        });
        using (var file = new StringContent(csv, System.Text.Encoding.UTF8, "text/csv"))
        using (var response = await service.Admin.PostAsync($"/import/{target}", file))
        {
            var problem = await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("none", problem.GetProperty("outcome").GetString());
        }

        // The answer may come while the signal is still on its way.
        await frozen.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await server.ThawAsync();
        Assert.Equal((0, 0), (await database.CountAsync("SELECT count(*) FROM users"), await database.CountAsync("SELECT count(*) FROM items")));
        await Wait.UntilAsync(async () =>
        {
            using var file = new StringContent(csv, System.Text.Encoding.UTF8, "text/csv");
            using var response = await service.Admin.PostAsync($"/import/{target}", file);
            return response.StatusCode == HttpStatusCode.OK;
        }, "the import succeeds later");
    }
}
