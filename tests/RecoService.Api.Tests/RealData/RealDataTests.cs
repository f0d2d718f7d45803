using System.Globalization;
using System.Text.Json;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.RealData;

/// <summary>Public data sets, by the command lines of docs/importing.md.</summary>
public sealed class RealDataTests
{
    /// <summary>The default settings but for this.</summary>
    private const string ShortBudget = "--Reco:Retraining:AutoBudget=00:00:10";

    private static readonly TimeSpan TrainingDeadline = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task MovieLens_ImportedAndTrained_RanksBetterThanPopularity()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await ImportAsync(database, "ml-100k/u.data", "--delimiter", "tab", "--no-header", "--map", "userId=1", "--map", "itemId=2", "--map", "value=3", "--map", "occurredAt=4", "--set", "kind=rating");
        Assert.Equal(100_000, await database.CountAsync("SELECT count(*) FROM ratings"));
        await using var service = await TestService.StartAsync(database, [ShortBudget]);

        var run = await service.Admin.RetrainAsync(deadline: TrainingDeadline);

        Print("MovieLens 100K, newest tenth held out", run);
        RetrainTests.AssertEnded(run, "published", null);
        Assert.True(run.GetProperty("metrics").GetProperty("versusPopularity").GetProperty("low").GetDouble() > 0, run.ToString());
        Assert.Equal(20, (await service.Storefront.RecommendAsync("196")).Count);
    }

    [Fact]
    public async Task OnlineRetail_ImportedAndTrained_IsServed()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await ImportAsync(database, "online-retail/online-retail.csv.gz",
            "--map", "userId=CustomerID", "--map", "itemId=StockCode", "--map", "occurredAt=InvoiceDate", "--map", "orderId=InvoiceNo", "--map", "quantity=Quantity", "--map", "unitPrice=UnitPrice",
            "--set", "kind=purchase", "--drop-when", "CustomerID:empty", "--drop-when", "InvoiceNo:prefix=C", "--time-zone", "Europe/London");
        Assert.Equal(397_924, await database.CountAsync("SELECT count(*) FROM interactions WHERE order_id IS NOT NULL AND quantity > 0 AND unit_price IS NOT NULL"));
        await using var service = await TestService.StartAsync(database, [ShortBudget]);

        var run = await service.Admin.RetrainAsync(deadline: TrainingDeadline);

        Print("Online Retail, newest tenth held out", run);
        RetrainTests.AssertEnded(run, "published", null);
        var list = await service.Storefront.GetJsonAsync("/recommendations/17850.0");
        Assert.Equal(RetrainTests.Version(run), list.GetProperty("modelVersion").GetInt32());
        var picked = run.GetProperty("metrics").GetProperty("candidate").GetProperty("trainer").GetString();
        Assert.NotEqual("popularity", picked);
        Assert.All(list.GetProperty("items").EnumerateArray(), item => Assert.Equal(picked, item.GetProperty("source").GetString()));
        Assert.Equal(20, list.GetProperty("items").GetArrayLength());
    }

    private static async Task ImportAsync(TestDatabase database, string path, params string[] words)
    {
        var file = Path.Combine(Repository.Root, "..", "shared", "data", path);
        Assert.SkipUnless(File.Exists(file), $"../shared/data/{path} is not beside the checkout.");
        await using var import = ServiceProcess.Start(["import", "interactions", file, .. words, .. ServiceProcess.ServeWords(database)]);
        await import.WaitForExitAsync();
        Assert.True(import.ExitCode == 0, import.Output);
    }

    private static double Ndcg(JsonElement metrics, string model) => metrics.GetProperty(model).GetProperty("ndcg").GetDouble();

    private static void Print(string title, JsonElement run)
    {
        var metrics = run.GetProperty("metrics");
        var difference = metrics.GetProperty("versusPopularity");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{title}: nDCG@10 {Ndcg(metrics, "candidate"):F4}, popularity {Ndcg(metrics, "popularity"):F4}, difference {difference.GetProperty("mean").GetDouble():F4} ({difference.GetProperty("low").GetDouble():F4} to {difference.GetProperty("high").GetDouble():F4}), {metrics.GetProperty("judgedUsers")} users judged, {metrics.GetProperty("strangers")} strangers."));
    }
}
