using System.Net;
using Npgsql;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>Connections to the database end in the moment of a commit, and clients do as they are told.</summary>
public sealed class LostAnswerTests
{
    [Fact]
    public async Task Purchases_CommitsLoseTheirAnswers_AreStoredOnce()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var proxy = ByteProxy.To(server.Port);
        await using var service = await TestService.StartAsync(Behind(database, proxy), ["--Reco:Storage:WriteTimeout=00:00:01"]);
        var ledger = new PurchaseLedger(database);
        await ledger.BuyAsync(service.Storefront, "first");

        var number = 0;
        foreach (var cut in Enum.GetValues<Cut>())
        {
            foreach (var isAway in new[] { false, true })
            {
                proxy.CutOnceAt(ByteProxy.Commit, cut, then: () =>
                {
                    proxy.Refuses = isAway;
                    return Task.CompletedTask;
                });
                var buying = ledger.BuyAsync(service.Storefront, $"order-{number++}");
                await Wait.UntilAsync(() => Task.FromResult(buying.IsCompleted || ledger.Unknown + ledger.Unchanged > 0 || !isAway), "the answer is there");
                if (isAway)
                    await Wait.UntilAsync(() => Task.FromResult(proxy.Cuts == number), "the connection is cut");
                proxy.Refuses = false;
                await buying;
            }
        }

        Assert.Equal(number, proxy.Cuts);
        Assert.True(ledger.Unchanged > 0, "No answer said that nothing was changed.");
        Assert.Empty(await ledger.FaultsAsync());

        // The checker finds a loss and a double.
        await database.ExecuteAsync("DELETE FROM interactions WHERE order_id = 'order-0'");
        await database.ExecuteAsync("""
            INSERT INTO interactions (id, user_key, item_key, kind, occurred_at, received_at, order_id, fingerprint, change)
            SELECT 'planted', user_key, item_key, kind, occurred_at, received_at, order_id, fingerprint, change FROM interactions WHERE order_id = 'order-1'
            """);
        Assert.Equal(["order-0: 0", "order-1: 2"], await ledger.FaultsAsync());
    }

    [Fact]
    public async Task Purchases_ServerKilledAtTheCommit_AreStoredOnce()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var proxy = ByteProxy.To(server.Port);
        await using var service = await TestService.StartAsync(Behind(database, proxy), ["--Reco:Storage:WriteTimeout=00:00:02"]);
        var ledger = new PurchaseLedger(database);
        await ledger.BuyAsync(service.Storefront, "first");

        Cut[] cuts = [Cut.BeforeTheAnswer, Cut.BeforeTheServer];
        for (var number = 0; number < cuts.Length; number++)
        {
            var cut = cuts[number];
            proxy.CutOnceAt(ByteProxy.Commit, cut, then: async () =>
            {
                await server.KillServerAsync();
                await server.StartServerAsync();
            });
            await Task.WhenAll(Enumerable.Range(0, 4).Select(buyer => ledger.BuyAsync(service.Storefront, $"{cut}-{buyer}")));
            // The buyers may be served by the new server before the cut has heard that it is up.
            await Wait.UntilAsync(() => Task.FromResult(proxy.Cuts == number + 1), "the server is killed and up again");
        }

        Assert.Empty(await ledger.FaultsAsync());
    }

    [Fact]
    public async Task Import_CommittedButTheFeedCannotBeRead_IsASuccess()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var proxy = ByteProxy.To(server.Port);
        // The follower is the import's own.
        await using var service = await TestService.StartAsync(Behind(database, proxy), ["--Reco:Storage:WriteTimeout=00:00:05", "--Reco:Recommendations:FeedInterval=00:01:00"]);
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
        proxy.CutOnceAt(ByteProxy.Commit, Cut.BeforeTheAnswer);
        using var file = new StringContent("userId,itemId,kind\nu,imported,purchase\n", System.Text.Encoding.UTF8, "text/csv");

        // The commit is looked up on a new connection; then that one is lost too.
        using var response = await service.Admin.PostAsync("/import/interactions", file);

        Assert.Equal(1, (await response.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("accepted").GetInt32());
        proxy.CutOnceAt("pg_current_snapshot", Cut.BeforeTheServer, then: () =>
        {
            proxy.Refuses = true;
            return Task.CompletedTask;
        });
        using var next = new StringContent("userId,itemId,kind\nu,later,purchase\n", System.Text.Encoding.UTF8, "text/csv");
        using var second = await service.Admin.PostAsync("/import/interactions", next);
        Assert.Equal(1, (await second.ReadJsonAsync(HttpStatusCode.OK)).GetProperty("accepted").GetInt32());
        Assert.Equal(2, await database.CountAsync("SELECT count(*) FROM interactions WHERE kind = (SELECT key FROM kinds WHERE name = 'purchase')"));
    }

    private static TestDatabase Behind(TestDatabase database, ByteProxy proxy) =>
        TestDatabase.At(StorageProvider.Postgres, new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = proxy.Port }.ToString());
}
