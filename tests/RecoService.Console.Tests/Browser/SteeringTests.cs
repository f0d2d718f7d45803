using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RecoService.Api.Tests.Service;
using RecoService.Console.Tests.Pages;
using RecoService.Storage;

namespace RecoService.Console.Tests.Browser;

/// <summary>What a merchant does in the console, and what becomes of lists by it.</summary>
[Collection(ShopWithHistory.Collection)]
public sealed class SteeringTests(ConsoleBrowser browser, ShopWithHistory shops)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Rule_AddedChangedAndDeletedOnThePage_ChangesTheNextList(StorageProvider provider)
    {
        var service = await shops.FilledAsync(provider);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.AdminKey);
        var page = window.Page;
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        var first = (await ListAsync(service, "user-0011"))[0];

        await window.GoAsync("/console/rules");
        await page.GetByLabel("Id", new PageGetByLabelOptions { Exact = true }).FillAsync("not-this-one");
        await page.GetByLabel("Items (filter)").FillAsync($"itemId = \"{first}\"");
        await page.GetByLabel("Action").SelectOptionAsync("exclude");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The rule is saved");
        Assert.DoesNotContain(first, await ListAsync(service, "user-0011"));

        await page.GetByRole(AriaRole.Row, new PageGetByRoleOptions { NameRegex = new Regex("^not-this-one", RegexOptions.None, Patience) }).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Action").SelectOptionAsync("pin");
        await page.GetByLabel("Factor, place").FillAsync("3");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The rule is saved");
        Assert.Equal(first, (await ListAsync(service, "user-0011"))[2]);

        await page.GetByRole(AriaRole.Row, new PageGetByRoleOptions { NameRegex = new Regex("^not-this-one", RegexOptions.None, Patience) }).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The rule is deleted");
        Assert.Equal(first, (await ListAsync(service, "user-0011"))[0]);
        Assert.Empty(window.Faults());
    }

    [Fact]
    public async Task Rule_ThatTheApiRefuses_IsNotSavedAndThePageNamesTheField()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.AdminKey);
        var page = window.Page;

        await window.GoAsync("/console/rules");
        await page.GetByLabel("Id", new PageGetByLabelOptions { Exact = true }).FillAsync("broken");
        await page.GetByLabel("Items (filter)").FillAsync("price <");
        await page.GetByLabel("Factor, place").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("items");
        await Assertions.Expect(page.GetByLabel("Items (filter)")).ToHaveValueAsync("price <");
        Assert.DoesNotContain("broken", await service.Admin.GetStringAsync("/admin/rules"), StringComparison.Ordinal);
        Assert.Empty(window.Faults("400"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Experiment_CreatedRunAndDecidedOnThePage_IsDecidedInTheApi(StorageProvider provider)
    {
        var service = await shops.FilledAsync(provider);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.AdminKey);
        var page = window.Page;
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();

        await window.GoAsync("/console/experiments");
        await page.GetByLabel("Id", new PageGetByLabelOptions { Exact = true }).FillAsync("popular-varied");
        await page.Locator("select[name=placement]").SelectOptionAsync("popular");
        await page.GetByLabel("What is different").SelectOptionAsync("variety");
        await page.GetByLabel("Its value").FillAsync("0.4");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "How long it takes" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Start" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge.running")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge.stopped")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Decide for changed" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge.decided")).ToBeVisibleAsync();

        var experiment = await service.Admin.GetFromJsonAsync<JsonElement>("/admin/experiments/popular-varied");
        Assert.Equal(("decided", "changed"), (experiment.GetProperty("state").GetString(), experiment.GetProperty("winner").GetString()));
        Assert.Empty(window.Faults());
    }

    [Fact]
    public async Task Inspector_OfAUser_SaysWhatTheApiSays()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.ViewerKey);
        var preview = await service.Viewer.GetFromJsonAsync<JsonElement>("/admin/placements/home/preview?userId=user-0003&limit=12&include=title");
        var item = preview.GetProperty("items")[0];

        await window.GoAsync("/console/inspector");
        await window.Page.GetByRole(AriaRole.Searchbox).FillAsync("user-0003");
        await window.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Find" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "user-0003" }).ClickAsync();

        var row = window.Page.Locator("ol.items li").First;
        await Assertions.Expect(row).ToContainTextAsync(item.GetProperty("reasons").GetProperty("text").GetString()!);
        await Assertions.Expect(row).ToContainTextAsync(item.GetProperty("item").GetProperty("title").GetString()!);
        await row.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "why?" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByText($"{item.GetProperty("itemId")} stands at place 1")).ToBeVisibleAsync();
        Assert.Empty(window.Faults());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Markup_InIdsTitlesAndAttributes_IsShownAsTextAndRunsNowhere(StorageProvider provider)
    {
        const string markup = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'";
        var service = await shops.FilledAsync(provider);
        using (var stored = await service.Admin.PutAsJsonAsync($"/items/{Uri.EscapeDataString(markup)}", new { title = markup, description = markup, categories = new[] { markup }, price = 1, attributes = new { brand = markup } }))
            stored.EnsureSuccessStatusCode();
        using (var done = await service.Admin.PostAsJsonAsync("/interactions", new[] { new { userId = markup, itemId = markup, kind = "click" } }))
            done.EnsureSuccessStatusCode();
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.AdminKey);
        var dialogs = 0;
        window.Page.Dialog += async (_, dialog) =>
        {
            dialogs++;
            await dialog.DismissAsync();
        };

        var id = Uri.EscapeDataString(markup);
        foreach (var path in new[] { $"/console/inspector?user={id}", $"/console/inspector?item={id}", $"/console/inspector?query={id}", $"/console/placements?placement=similar&item={id}&user={id}&filter={id}", $"/console/runs?done={id}", $"/console?lang={id}" })
        {
            await window.GoAsync(path);
            Assert.Equal(0, await window.Page.Locator("main img[src=x], main script").CountAsync());
        }

        await window.GoAsync($"/console/inspector?item={id}");
        await Assertions.Expect(window.Page.Locator(".subject")).ToContainTextAsync(markup);
        Assert.Equal(0, dialogs);
        Assert.Empty(window.Faults());
    }

    private static async Task<List<string>> ListAsync(TestService service, string user) =>
    [
        .. (await service.Admin.GetFromJsonAsync<JsonElement>($"/admin/placements/home/preview?userId={user}&limit=10")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!),
    ];
}
