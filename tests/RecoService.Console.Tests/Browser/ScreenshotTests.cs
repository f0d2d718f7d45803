using Microsoft.Playwright;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Tests.Service;
using RecoService.Console.Tests.Pages;
using RecoService.Storage;

namespace RecoService.Console.Tests.Browser;

/// <summary>The pictures of README, made of the demo shop by the same browser; with <c>RECO_WRITE_DOCS</c> they are written anew.</summary>
[Collection(ShopWithHistory.Collection)]
public sealed class ScreenshotTests(ConsoleBrowser browser, ShopWithHistory shops)
{
    [Theory]
    [InlineData("console.png", "/console/inspector?user=user-0002")]
    [InlineData("demo.png", "/demo")]
    public async Task Picture_OfThePage_IsInReadme(string name, string path)
    {
        var file = Path.Combine(Repository.Root, "docs", name);
        var service = await shops.FilledAsync(StorageProvider.Sqlite);
        await using var window = await browser.OpenAsync(service.Address);
        await window.LogInAsync(TestService.ViewerKey);
        await window.Page.SetViewportSizeAsync(1280, 860);
        await window.GoAsync(path);

        var picture = await window.Page.ScreenshotAsync(new PageScreenshotOptions { Type = ScreenshotType.Png });

        if (Environment.GetEnvironmentVariable("RECO_WRITE_DOCS") is not null)
            await File.WriteAllBytesAsync(file, picture);
        Assert.True(picture.Length > 20_000, $"{path} is an almost empty picture.");
        Assert.True(File.Exists(file), $"docs/{name} is missing; write it with RECO_WRITE_DOCS=1.");
        Assert.Contains($"docs/{name}", Repository.Read("README.md"), StringComparison.Ordinal);
    }
}
