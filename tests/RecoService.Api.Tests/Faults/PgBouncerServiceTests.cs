using System.Net;
using System.Text;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>A whole service whose every connection goes through a PgBouncer in transaction mode: it gives each transaction another connection of the server.</summary>
public sealed class PgBouncerServiceTests
{
    [Fact]
    public async Task Service_BehindThePooler_ImportsTrainsServesAndStartsAgain()
    {
        var server = await SharedPostgres.GetAsync();
        await using var bouncer = await PgBouncer.StartAsync(server);
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var pooled = TestDatabase.At(StorageProvider.Postgres, bouncer.Before(database.ConnectionString));
        List<string> before;
        await using (var service = await TestService.StartAsync(pooled, TasteShop.QuickTraining))
        {
            await ImportAsync(service, "items", "itemId,title,available\n" + string.Join('\n', Enumerable.Range(0, 30).Select(item => $"item-0-{item:00},Item {item},true")));
            await ImportAsync(service, "users", $"userId,attributes.segment\n{TasteShop.UserId(0)},new");
            await ImportAsync(service, "interactions", "userId,itemId,kind,occurredAt\nearly,item-0-01,view,2024-01-01");
            await TasteShop.FillAsync(service.Storefront);

            var run = await service.Admin.RetrainAsync();
            Assert.Equal("published", run.GetProperty("outcome").GetString());

            before = await service.Storefront.RecommendAsync(TasteShop.UserId(0), limit: 10);
            await service.Storefront.PostInteractionsAsync(new { id = "bought", userId = TasteShop.UserId(0), itemId = before[0], kind = "purchase" });
            var after = await service.Storefront.RecommendAsync(TasteShop.UserId(0), limit: 10);
            Assert.DoesNotContain(before[0], after);
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/{after[0]}", """{"available": false}""");
            await Wait.UntilAsync(async () => !(await service.Storefront.RecommendAsync(TasteShop.UserId(0), limit: 10)).Contains(after[0]), "an item that is not available is not shown");
            using var deleted = await service.Admin.DeleteAsync("/interactions/bought");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            await Wait.UntilAsync(async () => (await service.Storefront.RecommendAsync(TasteShop.UserId(0), limit: 10)).Contains(before[0]), "what was taken back may be shown again");
        }

        await using var again = await TestService.StartAsync(pooled, TasteShop.QuickTraining);
        Assert.Contains(before[0], await again.Storefront.RecommendAsync(TasteShop.UserId(0), limit: 10));
        Assert.Equal("published", (await again.Admin.GetJsonAsync("/admin/runs")).GetProperty("items")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Purchases_BehindThePooler_CommitsLoseTheirAnswers_AreStoredOnce()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var proxy = ByteProxy.To(server.Port);
        await using var bouncer = await PgBouncer.StartAsync(server, port: proxy.Port);
        await using var service = await TestService.StartAsync(
            TestDatabase.At(StorageProvider.Postgres, bouncer.Before(database.ConnectionString)), ["--Reco:Storage:WriteTimeout=00:00:02"]);
        var ledger = new PurchaseLedger(database);
        await ledger.BuyAsync(service.Storefront, "first");

        var cuts = Enum.GetValues<Cut>();
        for (var number = 0; number < cuts.Length; number++)
        {
            proxy.CutOnceAt(ByteProxy.Commit, cuts[number]);
            await ledger.BuyAsync(service.Storefront, $"order-{number}");
            Assert.Equal(number + 1, proxy.Cuts);
        }

        Assert.Empty(await ledger.FaultsAsync());
    }

    private static async Task ImportAsync(TestService service, string target, string csv)
    {
        using var file = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var response = await service.Admin.PostAsync($"/import/{target}", file);
        var report = await response.ReadJsonAsync(HttpStatusCode.OK);
        Assert.Equal(csv.Split('\n').Length - 1, report.GetProperty("accepted").GetInt32());
    }
}
