using System.Net.Http.Json;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

[assembly: AssemblyFixture(typeof(RecoService.Console.Tests.Pages.ShopWithHistory))]
[assembly: AssemblyFixture(typeof(RecoService.Console.Tests.Browser.ConsoleBrowser))]

namespace RecoService.Console.Tests.Pages;

/// <summary>The demo shop on either database, with a model that a run trained and with lists that users saw, clicked and bought from. All tests of the assembly share it and take nothing away.</summary>
public sealed class ShopWithHistory : SharedServices
{
    /// <summary>Tests of one collection run one after the other, so that a rule of one is in no list of another.</summary>
    public const string Collection = "shop with history";

    private readonly SemaphoreSlim once = new(1);
    private readonly HashSet<StorageProvider> filled = [];

    protected override string[] Settings => [ConsoleServices.ManyTries, "--Reco:Demo:Enabled=true", "--Reco:Demo:Storefront=true", "--Reco:Retraining:Recommender=item-knn", "--Reco:Attribution:Interval=00:00:01"];

    internal async Task<TestService> FilledAsync(StorageProvider provider)
    {
        var service = await OnAsync(provider);
        await once.WaitAsync();
        try
        {
            if (filled.Add(provider))
                await FillAsync(service);
        }
        finally
        {
            once.Release();
        }

        return service;
    }

    private static async Task FillAsync(TestService service)
    {
        await Wait.UntilAsync(async () => (await ReadAsync(service, "/admin/status")).GetProperty("modelVersion").ValueKind == JsonValueKind.Number, "the first model is served");
        foreach (var user in Enumerable.Range(1, 6).Select(number => $"user-{number:0000}"))
        {
            var list = await ReadAsync(service, $"/recommendations/{user}?limit=5");
            var id = list.GetProperty("recommendationId").GetGuid();
            var items = list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!).ToList();
            object[] acts =
            [
                new { userId = user, itemId = items[0], kind = "click", recommendationId = id },
                new { userId = user, itemId = items[0], kind = "purchase", recommendationId = id, quantity = 2, unitPrice = 12.5, orderId = $"order-{user}" },
            ];
            using var response = await service.Admin.PostAsJsonAsync("/interactions", acts);
            response.EnsureSuccessStatusCode();
        }

        await PostAsync(service, "/admin/experiments", new
        {
            id = "more-diverse",
            placements = new[] { "home" },
            variants = new object[] { new { name = "control", share = 1 }, new { name = "diverse", share = 1, overrides = new { placement = new { diversity = 0.3 } } } },
        });
        await PostAsync(service, "/admin/experiments/more-diverse/start", new { });
        await PostAsync(service, "/admin/rules", new { id = "no-lamps", items = "price > 100000", action = new { exclude = true } });
        await Wait.UntilAsync(async () => (await ReadAsync(service, "/admin/metrics/recommendations")).GetProperty("rows") is var rows && rows.GetArrayLength() > 0 && rows[0].GetProperty("orders").GetInt64() == 6, "the figures know all orders");
    }

    private static async Task PostAsync(TestService service, string path, object body)
    {
        using var response = await service.Admin.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
    }

    private static Task<JsonElement> ReadAsync(TestService service, string path) => service.Admin.GetFromJsonAsync<JsonElement>(path);
}
