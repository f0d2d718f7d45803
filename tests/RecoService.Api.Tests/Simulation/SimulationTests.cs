using System.Net;
using System.Text.Json;
using RecoService.Api.Commands;
using RecoService.Api.Simulation;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Tests.Simulation;

/// <summary>The <c>simulate</c> command against running services.</summary>
public sealed class SimulationTests
{
    private static readonly SimulationOptions Small = new() { Users = 25, Visits = 100, Placements = ["home", "popular", "new-arrivals"] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Twice, so that the second run tells its own visits from those of the first; the users are the same ones.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Simulate_AShop_FindsTheServicesFiguresEqualToItsBooks(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        await using var service = await TestService.StartAsync(database, ["--Reco:Attribution:Interval=00:00:01"]);
        await StockAsync(service);
        using var client = new ServiceClient(service.Address, TestService.AdminKey);
        // What was shown a moment before is none of its visits.
        await service.Storefront.RecommendAsync("somebody");

        foreach (var seed in new[] { 1, 2 })
        {
            var (code, output) = await SimulateAsync(client, Small with { Seed = seed });

            Assert.True(code == 0, output);
            Assert.Contains("100%, 100 of 100 visits", output, StringComparison.Ordinal);
            Assert.Contains("The service's figures are the shop's own.", output, StringComparison.Ordinal);
            Assert.DoesNotContain("differs", output, StringComparison.Ordinal);
        }

        var all = (await service.Admin.GetJsonAsync("/admin/metrics/recommendations")).GetProperty("rows")[0];
        Assert.Equal((601, 26), (all.GetProperty("lists").GetInt32(), all.GetProperty("viewers").GetInt32()));
        Assert.True(all.GetProperty("orders").GetInt32() > 10 && all.GetProperty("returns").GetInt32() > 0, all.ToString());
        // Who looks from the top down clicks there.
        var positions = (await service.Admin.GetJsonAsync("/admin/metrics/recommendations?by=position")).GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("clicks").GetInt32()).ToList();
        Assert.True(positions[..3].Sum() > positions[^3..].Sum(), string.Join(' ', positions));
    }

    [Fact]
    public async Task Simulate_AnExperiment_FillsItsVariants()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite, inMemory: true);
        await using var service = await TestService.StartAsync(database, ["--Reco:Attribution:Interval=00:00:01"]);
        await StockAsync(service);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/experiments/e", """{ "variants": [{ "name": "control", "share": 1 }, { "name": "new", "share": 1, "overrides": { "placement": { "sources": "new-arrivals" } } }], "placements": ["home"] }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/experiments/e/start", null);
        using var client = new ServiceClient(service.Address, TestService.AdminKey);

        Assert.Equal(0, (await SimulateAsync(client, Small with { Placements = ["home"], UserPrefix = "guest " })).Code);

        var report = await service.Admin.GetJsonAsync("/admin/experiments/e/report");
        Assert.Equal(25, report.GetProperty("users").GetInt32());
        Assert.All(report.GetProperty("variants").EnumerateArray(), variant => Assert.True(variant.GetProperty("users").GetInt32() > 3, variant.ToString()));
    }

    [Fact]
    public async Task Wait_FiguresThatStayOther_EndsWithWhatTheyAre()
    {
        var (own, other) = (new ShopFigures(Lists: 2, Impressions: 20, 3, 1, 1, 2, 19.9m, 0, 0), new ShopFigures(Lists: 3, Impressions: 25, 3, 1, 1, 2, 19.9m, 0, 0));
        var before = new Dictionary<string, ShopFigures>(StringComparer.Ordinal) { ["home"] = other };
        var after = new Dictionary<string, ShopFigures>(StringComparer.Ordinal) { ["home"] = other + other };

        var rows = await ServiceFigures.WaitAsync(before, () => Task.FromResult<IReadOnlyDictionary<string, ShopFigures>>(after), [("home", own), ("popular", own)], TimeSpan.Zero, Ct);

        Assert.Equal([("home", other, own), ("popular", default, own)], rows);
        Assert.Equal(["lists", "impressions"], own.Named().Zip(other.Named()).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => pair.First.Name));
    }

    [Theory]
    [InlineData("--url=ftp://nowhere", "--url ftp://nowhere is no http address.")]
    [InlineData("--url=http://127.0.0.1:1", "http://127.0.0.1:1/: Connection refused")]
    [InlineData("--visits=0", "--visits must be 1 or more.")]
    public async Task Simulate_WhatCannotBe_SaysWhy(string word, string reason)
    {
        await using var process = ServiceProcess.Start("simulate", word);

        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Contains(reason, process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulate_WithoutAnAdminKey_SaysWhatTheServiceAnswered()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite, inMemory: true);
        await using var service = await TestService.StartAsync(database);
        using var client = new ServiceClient(service.Address, TestService.StorefrontKey);

        var refused = await Assert.ThrowsAsync<ServiceRefusedException>(() => SimulateAsync(client, Small));

        Assert.Contains("was answered with 403", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> SimulateAsync(ServiceClient client, SimulationOptions options)
    {
        await using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        return (await SimulateCommand.RunAsync(console, client, options, Ct), output.ToString());
    }

    private static async Task StockAsync(TestService service)
    {
        for (var item = 0; item < 40; item++)
        {
            var record = JsonSerializer.Serialize(new { price = 5 + item, currency = "EUR", categories = new[] { $"shelf {item % 8}" }, addedAt = $"2026-01-{1 + (item % 28):00}T00:00:00Z" });
            await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item:00}", record, HttpStatusCode.Created);
        }
    }
}
