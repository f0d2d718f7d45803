using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RecoService.Api.Tests.Service;
using RecoService.Console.Tests.Pages;
using RecoService.Storage;

namespace RecoService.Console.Tests.Browser;

/// <summary>The console as a person meets it, in a real browser, on both databases.</summary>
[Collection(ShopWithHistory.Collection)]
public sealed class BrowserTests(ConsoleBrowser browser, ShopWithHistory shops)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task EveryPage_OfAShopWithHistory_IsCleanAccessibleAndFitsAPhone(StorageProvider provider)
    {
        var service = await shops.FilledAsync(provider);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.AdminKey);
        foreach (var path in ConsolePages.Of(service).Concat(MorePages))
        {
            await window.Page.SetViewportSizeAsync(1280, 900);
            await window.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
            await window.GoAsync(path);
            Assert.Empty(await window.InaccessibleAsync());
            await window.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
            Assert.Empty(await window.InaccessibleAsync());
            await window.Page.SetViewportSizeAsync(360, 800);
            Assert.True(await window.OverflowAsync() == 0, $"{path} is wider than a phone.");
        }

        Assert.Empty(window.Faults());
    }

    private static readonly string[] MorePages =
    [
        "/console?days=7", "/console/inspector?user=user-0001", "/console/inspector?user=user-0001&why=item-0001", "/console/inspector?user=nobody-knows-me", "/console/inspector?item=item-0001",
        "/console/inspector?query=item-00", "/console/placements?placement=home&user=user-0002&with=item-knn&with=popularity", "/console/placements?placement=similar&item=item-0001",
        "/console/placements?placement=home&filter=nonsense%20%3D", "/console/rules?edit=no-lamps", "/console/runs?lang=zh", "/console/experiments/more-diverse?lang=en",
    ];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task LogIn_WithAWrongKeyAndThenTheRightOne_LeadsWhereTheVisitorWanted(StorageProvider provider)
    {
        var service = await shops.FilledAsync(provider);
        await using var window = await browser.OpenAsync(service.Address);

        await window.GoAsync("/console/models");
        Assert.Contains("/console/log-in", window.Page.Url, StringComparison.Ordinal);
        await window.Page.GetByLabel("API key").FillAsync("a-key-that-nobody-has");
        await window.Page.GetByLabel("API key").PressAsync("Enter");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await window.Page.GetByLabel("API key").FillAsync(TestService.AdminKey);
        await window.Page.GetByLabel("API key").PressAsync("Enter");

        await Assertions.Expect(window.Page).ToHaveURLAsync(new Regex("/console/models$", RegexOptions.None, Patience));
        await window.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Log out" }).ClickAsync();
        await Assertions.Expect(window.Page).ToHaveURLAsync(new Regex("/console/log-in", RegexOptions.None, Patience));
        Assert.Empty(window.Faults("401"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Retrain_FromThePage_IsFollowedUntilItIsPublishedAndCanBeRolledBack(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, [ConsoleServices.ManyTries, "--Reco:Demo:Enabled=true", "--Reco:Retraining:Recommender=item-knn"]);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.AdminKey);
        var page = window.Page;
        await WaitForRunAsync(page, 1);

        await window.GoAsync("/console/runs");
        await page.GetByLabel("even if nothing is new").CheckAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Train now" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/console/runs/2", RegexOptions.None, Patience));
        await WaitForRunAsync(page, 2);

        await window.GoAsync("/console/models");
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Row, new PageGetByRoleOptions { NameRegex = new Regex("^v1 ", RegexOptions.None, Patience) }).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Publish" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("published and pinned");
        Assert.Contains("\"modelVersion\":1,", await service.Admin.GetStringAsync("/admin/status"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Unpin" }).ClickAsync();
        await Assertions.Expect(page.GetByText("pinned", new PageGetByTextOptions { Exact = true })).ToHaveCountAsync(0);
        Assert.Empty(window.Faults());
    }

    [Fact]
    public async Task Page_WithoutScripts_ShowsAndDoesTheSame()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address, scripts: false);
        await window.LogInAsync(TestService.AdminKey);

        await window.GoAsync("/console/models");
        await window.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Judge again" }).First.ClickAsync();

        await Assertions.Expect(window.Page).ToHaveURLAsync(new Regex("/console/runs/[0-9]+", RegexOptions.None, Patience));
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("being judged");
    }

    [Fact]
    public async Task Overview_OfAShopThatSold_ShowsTheApisFigures()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.ViewerKey);

        await window.GoAsync("/console");

        // Another test may order meanwhile, so page and figures are read until they speak of the same.
        await Wait.UntilAsync(async () =>
        {
            await window.GoAsync("/console");
            var row = (await service.Admin.GetFromJsonAsync<JsonElement>("/admin/metrics/recommendations")).GetProperty("rows")[0];
            var tiles = await window.Page.Locator(".tiles").TextContentAsync();
            return row.GetProperty("orders").GetInt64() >= 6 && tiles!.Contains(row.GetProperty("revenue").GetDecimal().ToString("N2", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                && tiles.Contains($"{row.GetProperty("clickThroughRate").GetProperty("value").GetDouble() * 100:N2} %", StringComparison.Ordinal);
        }, "the overview shows the API's figures");
        await window.Page.GetByText("The numbers").First.ClickAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Download as CSV" }).First).ToHaveAttributeAsync("download", "Revenue through lists, by day.csv");
        Assert.Empty(window.Faults());
    }

    [Fact]
    public async Task Language_Chosen_IsKeptFromPageToPage()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.ViewerKey);

        await window.GoAsync("/console");
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "中文" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("概览");
        await window.GoAsync("/console/models");

        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("模型");
        await Assertions.Expect(window.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh");
    }

    [Fact]
    public async Task Keyboard_First_LeadsToThePageItself()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.ViewerKey);
        await window.GoAsync("/console/runs");

        await window.Page.Keyboard.PressAsync("Tab");
        await window.Page.Keyboard.PressAsync("Enter");

        Assert.Equal("content", await window.Page.EvaluateAsync<string>("() => document.activeElement.id"));
    }

    private static async Task WaitForRunAsync(IPage page, int run)
    {
        await Wait.UntilAsync(async () =>
        {
            await page.GotoAsync($"/console/runs/{run}");
            return await page.Locator(".badge.published").CountAsync() == 1;
        }, $"run {run} is published");
    }
}
