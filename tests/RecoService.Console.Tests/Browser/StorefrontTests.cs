using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RecoService.Api.Tests.Service;
using RecoService.Console.Tests.Pages;
using RecoService.Storage;

namespace RecoService.Console.Tests.Browser;

/// <summary>The demo storefront as a newcomer meets it: real lists, real clicks, real orders.</summary>
[Collection(ShopWithHistory.Collection)]
public sealed class StorefrontTests(ConsoleBrowser browser, ShopWithHistory shops)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Customer_WhoBuysFromAList_IsStoredWithItAndSeesWhatTheShopAsked(StorageProvider provider)
    {
        var service = await shops.FilledAsync(provider);
        await using var window = await browser.OpenAsync(service.Address);
        var page = window.Page;

        await window.GoAsync("/demo");
        await page.GetByLabel("Sign in as").FillAsync("newcomer-7");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Go" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Welcome back, newcomer-7");
        await Assertions.Expect(page.Locator(".calls")).ToContainTextAsync("POST /recommendations/page");
        Assert.Empty(await window.InaccessibleAsync());

        await page.Locator(".shelf li a").First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/demo/item\\?id=.*&list=", RegexOptions.None, Patience));
        var title = await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }).TextContentAsync();
        Assert.Empty(await window.InaccessibleAsync());
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Put into the basket" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync(title!);
        await Assertions.Expect(page.Locator(".calls")).ToContainTextAsync("POST /interactions");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Order now" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Thank you! Your order is demo-");

        var acts = (await service.Admin.GetFromJsonAsync<JsonElement>("/users/newcomer-7/interactions")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["purchase", "add-to-cart", "click"], acts.Select(act => act.GetProperty("kind").GetString()));
        Assert.Single(acts.Select(act => act.GetProperty("recommendationId").GetString()).Distinct());
        Assert.NotNull(acts[0].GetProperty("recommendationId").GetString());
        await Assertions.Expect(page.GetByText("Your basket is empty.")).ToBeVisibleAsync();
        Assert.Empty(window.Faults());
    }

    [Fact]
    public async Task Visitor_WhoIsNotSignedIn_SeesListsAndIsStoredNowhere()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address, width: 360, scripts: false);
        var page = window.Page;

        await window.GoAsync("/demo");
        await page.Locator(".shelf li a").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Put into the basket" }).ClickAsync();

        await Assertions.Expect(page.GetByText("Sign in as a customer to order")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".calls")).Not.ToContainTextAsync("/interactions");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Your basket is empty.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Category_ShowsItsItemsAlone()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);

        await window.GoAsync("/demo/category?name=Kitchen");

        await Assertions.Expect(window.Page.Locator(".shelf li")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(window.Page.Locator(".calls")).ToContainTextAsync("POST /recommendations");
        Assert.Empty(await window.InaccessibleAsync());
        Assert.Empty(window.Faults());
    }

    [Theory]
    [InlineData("/demo")]
    [InlineData("/demo/item?id=item-0001")]
    [InlineData("/demo/basket")]
    public async Task Storefront_WhereItIsNotSwitchedOn_IsNotThere(string path)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        using var response = await service.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Form_OfAnotherSite_IsRefused()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        using var visitor = new ConsoleVisitor(service);

        using var response = await visitor.PostAsync("/demo/item?id=item-0001", "add", "forged");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
