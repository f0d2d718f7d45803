using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>A disk of 2 MB, where the account that runs the tests may mount one.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task SqliteDiskFull_WritesAreUnavailableAndNothingIsHalfWritten()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var database = TestDatabase.At(StorageProvider.Sqlite, $"Data Source={disk.Path}/reco.db");
        await using var service = await TestService.StartAsync(database);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });

        // Batches of ten, so that half of one would show.
        var accepted = 1;
        HttpStatusCode status;
        for (var batch = 0; ; batch++)
        {
            var body = JsonSerializer.Serialize(Enumerable.Range(0, 10).Select(n => new { id = $"{batch}-{n}-{new string('x', 200)}", userId = $"u{n}", itemId = "i", kind = "view" }));
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await service.Storefront.PostAsync("/interactions", content);
            status = response.StatusCode;
            if (status != HttpStatusCode.OK)
            {
                Assert.NotNull(response.Headers.RetryAfter);
                break;
            }

            accepted += 10;
            Assert.True(accepted < 100_000, "The disk does not fill.");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(accepted, await database.CountAsync("SELECT count(*) FROM interactions"));
        Assert.Equal(["i"], await service.Storefront.RecommendAsync("u"));
        await Wait.UntilAsync(async () => (await service.Anonymous.GetJsonAsync("/health/ready")) is var ready && ready.GetProperty("status").GetString() == "degraded"
            && ready.GetProperty("reasons")[0].GetString()!.Contains("full", StringComparison.Ordinal), "the service says that the disk is full");

        await disk.EnlargeAsync();

        await Wait.UntilAsync(async () => (await service.Anonymous.GetJsonAsync("/health/ready")).GetProperty("status").GetString() == "ready", "the service is ready again");
        await service.Storefront.PostInteractionsAsync(new { id = "after", userId = "u", itemId = "i", kind = "view" });
        Assert.Equal(accepted + 1, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    [Fact]
    public async Task SqliteDiskFull_EverySortOfWriteSaysSo()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var database = TestDatabase.At(StorageProvider.Sqlite, $"Data Source={disk.Path}/reco.db");
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        await service.Storefront.PostInteractionsAsync(new { id = "before", userId = "u", itemId = "i", kind = "view" });
        var rows = string.Concat(Enumerable.Range(0, 40_000).Select(line => $"user-{line},item-{line},view\n"));
        foreach (var (name, head) in new[] { ("interactions", "userId,itemId,kind\n"), ("users", "userId\n"), ("items", "itemId,title,description\n") })
        {
            using var file = new StringContent(head + (name == "users" ? rows.Replace(",", "-", StringComparison.Ordinal) : rows), System.Text.Encoding.UTF8, "text/csv");
            using var response = await service.Admin.PostAsync($"/import/{name}", file);
            AssertSaysFull(await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable));
            Assert.NotNull(response.Headers.RetryAfter);
        }

        Assert.Equal((1, 1, 1), (
            await database.CountAsync("SELECT count(*) FROM interactions"), await database.CountAsync("SELECT count(*) FROM users"), await database.CountAsync("SELECT count(*) FROM items")));
        // The stage files are gone, so there is room again until something else takes it.
        await disk.FillAsync();
        var item = JsonSerializer.Serialize(new { description = new string('x', 9_000) });
        var user = JsonSerializer.Serialize(new { attributes = new { a = new string('x', 9_000) } });
        foreach (var (path, body) in new[] { ("/items", item), ("/users", user) })
        {
            await Wait.UntilAsync(async () =>
            {
                using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                using var response = await service.Admin.PutAsync($"{path}/{Guid.NewGuid()}", content);
                if (response.IsSuccessStatusCode)
                    return false;
                AssertSaysFull(await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable));
                return true;
            }, "the disk is full");
        }

        await disk.EnlargeAsync();
        await service.Storefront.PostInteractionsAsync(new { id = "after", userId = "u", itemId = "i", kind = "view" });
        using var again = new StringContent("userId,itemId,kind\n" + rows, System.Text.Encoding.UTF8, "text/csv");
        using var imported = await service.Admin.PostAsync("/import/interactions", again);
        Assert.Equal(40_000, (await imported.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task SqliteDiskFull_StoringAModel_IsUnavailableAndLeavesNone()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var database = TestDatabase.At(StorageProvider.Sqlite, $"Data Source={disk.Path}/reco.db");
        await using var service = await TestService.StartAsync(database);
        var model = new NewModel(null, "t", "{}", 1, "1", null, null);

        var full = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => service.Shop.Store.Models.SaveAsync(model, to => to.Write(new byte[8 << 20]), TestContext.Current.CancellationToken));

        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM model_chunks"));
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
    }

    private static void AssertSaysFull(JsonElement problem)
    {
        Assert.Contains("disk of the database is full", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("none", problem.GetProperty("outcome").GetString());
    }
}
