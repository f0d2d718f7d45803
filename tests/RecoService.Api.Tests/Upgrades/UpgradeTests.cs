using System.IO.Compression;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Upgrades;

/// <summary>
/// A store that version 0.2.0 made and trained on: 60 users in two groups of taste, 24 items with attributes, purchases with orders, views, ratings, a return, a
/// deleted interaction and a deleted item. A later version starts on it, keeps everything, and trains anew what it cannot read.
/// </summary>
public sealed class UpgradeTests
{
    private static readonly string[] Rows =
    [
        "SELECT count(*) FROM users", "SELECT count(*) FROM items", "SELECT count(*) FROM interactions", "SELECT count(*) FROM ratings",
        "SELECT sum(quantity) FROM interactions", "SELECT count(*) FROM model_runs WHERE outcome = 'published'",
    ];

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Start_OnAStoreOfTheVersionBefore_KeepsItServesAndTrainsAnewWhatItCannotRead(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await RestoreAsync(database);
        var rows = await CountAsync(database);
        Assert.Equal(60, rows[0]);
        Assert.Equal(20, rows[3]);

        int trained;
        await using (var waiting = await TestService.StartAsync(database, TasteShop.QuickTraining))
        {
            // Nothing trains by itself here, so what a shop sees until the first run can be looked at.
            var status = await waiting.Admin.GetJsonAsync("/admin/status");
            Assert.Equal("degraded", status.GetProperty("status").GetString());
            Assert.Matches("Model version 1 cannot be served: The stored model has (format )?version .*The next model run makes a new one", string.Join(' ', status.GetProperty("reasons").EnumerateArray()));
            Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM impressions"));
            Assert.NotEmpty(await waiting.Storefront.RecommendAsync("user-02", limit: 5));
            Assert.Equal(rows, await CountAsync(database));
        }

        await using (var service = await TestService.StartAsync(database, [.. TasteShop.QuickTraining, "--Reco:Retraining:Enabled=true", "--Reco:Retraining:FirstRunDelay=00:00:01"]))
        {
            var run = default(JsonElement);
            await Wait.UntilAsync(async () =>
            {
                run = (await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items")[0];
                return run.GetProperty("trigger").GetString() == "unreadable-model" && run.GetProperty("outcome").ValueKind != JsonValueKind.Null;
            }, "a run replaces the model that cannot be read");
            RetrainTests.AssertEnded(run, "published", null);
            trained = RetrainTests.Version(run);
            await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("status").GetString() == "ready", "the new model serves");
            await AssertSameShopAsync(service, trained);
            Assert.Contains("makes a new one", (await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/models/1/publish", null, HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(rows[..4], (await CountAsync(database))[..4]);
        await using var again = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await AssertSameShopAsync(again, trained);
    }

    private static async Task AssertSameShopAsync(TestService service, int trained)
    {
        var list = await service.Storefront.GetJsonAsync("/recommendations/user-02?limit=3");
        Assert.Equal(trained, list.GetProperty("modelVersion").GetInt32());
        // The group of even users is that of item-0; what they bought already stays out.
        Assert.All(list.GetProperty("items").EnumerateArray(), item => Assert.StartsWith("item-0-", item.GetProperty("itemId").GetString(), StringComparison.Ordinal));
        var item = await service.Storefront.GetJsonAsync("/items/item-0-03");
        Assert.Equal(("Tea number 3", 4.5, "maker-3", 30), (
            item.GetProperty("title").GetString(), item.GetProperty("price").GetDouble(), item.GetProperty("attributes").GetProperty("brand").GetString(),
            item.GetProperty("attributes").GetProperty("weight").GetInt32()));
        Assert.Equal("Turin", (await service.Admin.GetJsonAsync("/users/user-01")).GetProperty("attributes").GetProperty("city").GetString());
        await service.Storefront.SendJsonAsync(HttpMethod.Get, "/items/item-1-10", null, HttpStatusCode.NotFound);

        var retry = await service.Storefront.PostInteractionsAsync(
            new { id = "p-1-1", userId = "user-01", itemId = "item-1-01", kind = "purchase", occurredAt = "2026-01-02T10:01:00Z", orderId = "o-1-1", quantity = 2, unitPrice = 2.5 });
        Assert.Equal((0, 1), (retry.GetProperty("accepted").GetInt32(), retry.GetProperty("duplicates").GetInt32()));
        var first = await service.Admin.GetJsonAsync("/admin/runs/1");
        Assert.Equal(("default", "published"), (first.GetProperty("plan").GetString(), first.GetProperty("outcome").GetString()));
        Assert.True(first.GetProperty("metrics").GetProperty("judgedUsers").GetInt32() > 0, first.ToString());
    }

    private static async Task<long[]> CountAsync(TestDatabase database)
    {
        var counts = new List<long>();
        foreach (var query in Rows)
            counts.Add(await database.CountAsync(query));
        return [.. counts];
    }

    private static async Task RestoreAsync(TestDatabase database)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Upgrades");
        if (database.Provider == StorageProvider.Sqlite)
        {
            await using var file = File.Create(database.ConnectionString["Data Source=".Length..]);
            await using var packed = new GZipStream(File.OpenRead(Path.Combine(folder, "store-0.2.0.db.gz")), CompressionMode.Decompress);
            await packed.CopyToAsync(file);
            return;
        }

        using var dump = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, "store-0.2.0.sql.gz")), CompressionMode.Decompress));
        await database.ExecuteAsync(await dump.ReadToEndAsync());
    }
}
