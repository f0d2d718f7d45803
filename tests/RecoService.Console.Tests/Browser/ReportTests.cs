using System.Net;
using System.Text;
using Microsoft.Playwright;
using RecoService.Api.Commands;
using RecoService.Api.Tests.Service;
using RecoService.Console.Tests.Pages;
using RecoService.Storage;

namespace RecoService.Console.Tests.Browser;

/// <summary>The owner's report: one file that shows the API's figures and needs nothing else.</summary>
[Collection(ShopWithHistory.Collection)]
public sealed class ReportTests(ConsoleBrowser browser, ShopWithHistory shops)
{
    [Theory]
    [InlineData(StorageProvider.Sqlite, "en", "What sold")]
    [InlineData(StorageProvider.Postgres, "zh", "销售情况")]
    public async Task Report_OfAShopThatSold_StandsAloneAndSaysWhatWasPublished(StorageProvider provider, string language, string heading)
    {
        var service = await shops.FilledAsync(provider);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/report");
        request.Headers.AcceptLanguage.ParseAdd(language);

        using var response = await service.Viewer.SendAsync(request);
        var report = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("<!DOCTYPE html>", report.TrimStart(), StringComparison.Ordinal);
        Assert.Contains(heading, report, StringComparison.Ordinal);
        Assert.Contains("item-knn v1", report, StringComparison.Ordinal);
        Assert.Contains("more-diverse", report, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", report, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Report_FromTheOverview_OpensCleanAndAccessible()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.ViewerKey);

        await window.GoAsync("/console?days=7");
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Report as a file" }).ClickAsync();

        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "What to look at" })).ToBeVisibleAsync();
        Assert.Empty(await window.InaccessibleAsync());
        await window.Page.SetViewportSizeAsync(360, 800);
        Assert.Equal(0, await window.OverflowAsync());
        Assert.Empty(window.Faults());
    }

    [Fact]
    public async Task Command_WritesTheReportOfARunningServiceAndOverwritesNothing()
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        var file = Path.Combine(Path.GetTempPath(), $"report-{Guid.NewGuid():N}.html");
        string[] words = ["report", file, "--url", service.Address.AbsoluteUri, "--key", TestService.ViewerKey];

        Assert.Equal(0, await RecoCommands.Create(words).InvokeAsync(words));
        Assert.Contains("What sold", await File.ReadAllTextAsync(file, Encoding.UTF8), StringComparison.Ordinal);
        Assert.Equal(1, await RecoCommands.Create(words).InvokeAsync(words));
        string[] again = [.. words, "--overwrite", "--from", "2026-13-01"];
        Assert.Equal(1, await RecoCommands.Create(again).InvokeAsync(again));
        File.Delete(file);
    }

    [Theory]
    [InlineData("/admin/report?from=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/admin/report?from=2026-02-01&to=2026-01-01", HttpStatusCode.BadRequest)]
    [InlineData("/admin/report?days=7", HttpStatusCode.BadRequest)]
    public async Task Report_OfNoPeriod_IsRefused(string path, HttpStatusCode expected)
    {
        var service = await shops.FilledAsync(StorageProvider.Sqlite);

        using var response = await service.Admin.GetAsync(path);

        Assert.Equal(expected, response.StatusCode);
    }
}
