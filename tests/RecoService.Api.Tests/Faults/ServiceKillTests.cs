using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>kill -9 at the worst moments of a service's life.</summary>
public sealed class ServiceKillTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Migration_Killed_TheNextStartIsReady(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        foreach (var hasBegun in MigrationMoments(database))
        {
            await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(database));
            while (!process.HasExited && !await hasBegun())
                await Task.Yield();
            Assert.False(process.HasExited, process.Output);
            await process.KillAsync();
        }

        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
        Assert.Equal(["i"], await service.Storefront.RecommendAsync("u"));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Training_Killed_TheOldModelServesAndANewRunCanStart(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await RetrainTests.PublishOneAsync(database);
        string location;
        await using (var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, TasteShop.SlowTraining)))
        {
            using var client = await process.ConnectWhenReadyAsync();
            using var started = await client.PostAsync("/admin/retrain", null);
            location = started.Headers.Location!.ToString();
            await Wait.UntilAsync(async () => (await client.GetJsonAsync(location)).GetProperty("stage").GetString() == "training implicit-als", "the run trains");
            await process.KillAsync();
        }

        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
        RetrainTests.AssertEnded(await service.Admin.GetJsonAsync(location), "interrupted", "stopped without a word");
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(force: true), "published", "overridden");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task StoringAModel_Killed_LeavesNoneOfItAndTheOldModelServes(StorageProvider provider)
    {
        const int users = 40_000;
        await using var database = await TestDatabase.CreateAsync(provider);
        int version;
        await using (var service = await TestService.StartAsync(database, ["--Reco:Retraining:Recommender=biased-mf", "--Reco:Trainers:biased-mf:Factors=2", "--Reco:Trainers:biased-mf:Epochs=1"]))
        {
            var ratings = new StringBuilder("userId,itemId,kind,value,occurredAt\n");
            for (var rating = 0; rating < 2 * users; rating++)
                ratings.Append(CultureInfo.InvariantCulture, $"u{rating % users},i{rating % 13},rating,{1 + (rating % 5)},{1_700_000_000 + rating}\n");
            using var file = new StringContent(ratings.ToString(), Encoding.UTF8, "text/csv");
            using var imported = await service.Admin.PostAsync("/import/interactions", file);
            await imported.ReadJsonAsync(HttpStatusCode.OK);
            version = RetrainTests.Version(await service.Admin.RetrainAsync(force: true));
        }

        // 40 MB of factors take long enough to write that a look now and then meets it; on a busy machine the look or the kill may come too late, and then another run is met.
        for (var missed = 0; ; missed++)
        {
            var models = await database.CountAsync("SELECT count(*) FROM models");
            string location;
            await using (var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, "--Reco:Retraining:Recommender=biased-mf", "--Reco:Trainers:biased-mf:Factors=256", "--Reco:Trainers:biased-mf:Epochs=1")))
            {
                using var client = await process.ConnectWhenReadyAsync();
                location = await RetrainUntilStoringAsync(client);
                await process.KillAsync();
            }

            await using var next = await TestService.StartAsync(database, TasteShop.QuickTraining);
            var run = await next.Admin.GetJsonAsync(location);
            if (run.GetProperty("outcome").GetString() == "published")
            {
                Assert.True(missed < 10, run.ToString());
                version = RetrainTests.Version(run);
                continue;
            }

            RetrainTests.AssertEnded(run, "interrupted", "stopped without a word");
            Assert.Equal(models, await database.CountAsync("SELECT count(*) FROM models"));
            Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM model_chunks c WHERE NOT EXISTS (SELECT 1 FROM models m WHERE m.version = c.version)"));
            Assert.Equal(version, await RetrainTests.ServedVersionAsync(next));
            return;
        }
    }

    /// <summary>A run that is storing its model, or one that was too fast.</summary>
    /// <returns>Where it is told of.</returns>
    private static async Task<string> RetrainUntilStoringAsync(HttpClient client)
    {
        using var started = await client.PostAsJsonAsync("/admin/retrain", new { force = true });
        var location = started.Headers.Location!.ToString();
        await Wait.UntilAsync(async () =>
        {
            var run = await client.GetJsonAsync(location);
            return run.GetProperty("stage").GetString() == "storing" || run.GetProperty("outcome").GetString() is not null;
        }, "the model is being written");
        return location;
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Writes_Killed_WhatWasAcknowledgedIsThere(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var acknowledged = new AcknowledgedWrites();
        await using (var process = ServiceProcess.Start(ServiceProcess.ServeWords(database)))
        {
            using var client = await process.ConnectWhenReadyAsync();
            var writers = Enumerable.Range(0, 4).Select(writer => acknowledged.WriteUntilItFailsAsync(client, writer)).ToList();
            await Wait.UntilAsync(() => Task.FromResult(acknowledged.Count >= 300), "300 writes are acknowledged");
            await process.KillAsync();
            await Task.WhenAll(writers);
        }

        await using var service = await TestService.StartAsync(database);
        await acknowledged.AssertAreStoredAsync(database);
    }

    private static IEnumerable<Func<Task<bool>>> MigrationMoments(TestDatabase database)
    {
        if (database.Provider == StorageProvider.Postgres)
        {
            const string tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
            // A connection, the lock of whoever migrates (or he is through already), and the tables.
            return
            [
                () => CountsAsync(database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"),
                () => CountsAsync(database, $"SELECT ({tables}) + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"),
                () => CountsAsync(database, tables),
            ];
        }

        var file = database.ConnectionString["Data Source=".Length..];
        return
        [
            () => Task.FromResult(File.Exists(file + "-migrating")),
            () => Task.FromResult(new FileInfo(file) is { Exists: true, Length: > 0 }),
            () => Task.FromResult(new FileInfo(file + "-wal") is { Exists: true, Length: > 0 }),
        ];
    }

    private static async Task<bool> CountsAsync(TestDatabase database, string sql) => await database.CountAsync(sql) > 0;
}

/// <summary>Writes of all sorts, and which of them the service has acknowledged.</summary>
internal sealed class AcknowledgedWrites
{
    private readonly ConcurrentQueue<string> interactions = [];
    private readonly ConcurrentQueue<string> raters = [];
    private readonly ConcurrentQueue<string> items = [];

    public int Count => interactions.Count + raters.Count + items.Count;

    /// <summary>Writes until the service answers anything but success or does not answer; returns that answer's status, or null.</summary>
    public async Task<HttpStatusCode?> WriteUntilItFailsAsync(HttpClient client, int writer)
    {
        for (var number = 0; ; number++)
        {
            var name = $"{writer}-{number}";
            try
            {
                foreach (var (queue, method, path, body) in new[]
                {
                    (interactions, HttpMethod.Post, "/interactions", (object)new[] { new { id = name, userId = $"u{writer}", itemId = "i", kind = "view" } }),
                    (raters, HttpMethod.Put, $"/users/rater-{name}/ratings/i", new { value = 3 }),
                    (items, HttpMethod.Put, $"/items/item-{name}", new { title = "x" }),
                })
                {
                    using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
                    using var response = await client.SendAsync(request);
                    if (!response.IsSuccessStatusCode)
                        return response.StatusCode;
                    queue.Enqueue(path.StartsWith("/items", StringComparison.Ordinal) ? $"item-{name}" : queue == raters ? $"rater-{name}" : name);
                }
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    public async Task AssertAreStoredAsync(TestDatabase database)
    {
        Assert.Empty(interactions.Except(await database.ReadTextsAsync("SELECT id FROM interactions")));
        Assert.Empty(raters.Except(await database.ReadTextsAsync("SELECT u.id FROM ratings r JOIN users u ON u.key = r.user_key")));
        Assert.Empty(items.Except(await database.ReadTextsAsync("SELECT id FROM items WHERE listed")));
    }
}
