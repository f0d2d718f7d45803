using Microsoft.Playwright;

namespace RecoService.Console.Tests.Browser;

/// <summary>A real Chromium for all tests. Where there is none they are skipped and say so, unless <c>RECO_REQUIRE_CHROMIUM</c> is set.</summary>
public sealed class ConsoleBrowser : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        var program = Programs.FirstOrDefault(File.Exists);
        if (program is null)
        {
            Assert.True(Environment.GetEnvironmentVariable("RECO_REQUIRE_CHROMIUM") is null, "Chromium is required and is not installed.");
            return;
        }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }

    /// <summary>An empty window with cookies of its own.</summary>
    /// <param name="address">Of the service; nothing else may be asked.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="scripts">Whether the browser runs scripts.</param>
    /// <param name="scheme">Light or dark.</param>
    internal async Task<ConsoleWindow> OpenAsync(Uri address, int width = 1280, bool scripts = true, ColorScheme scheme = ColorScheme.Light)
    {
        if (browser is null)
            Assert.Skip("There is no Chromium; install the package chromium.");
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.AbsoluteUri,
            JavaScriptEnabled = scripts,
            ColorScheme = scheme,
            Locale = "en-GB",
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        return new ConsoleWindow(address, context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
