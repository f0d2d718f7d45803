using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Console.Tests.Browser;

/// <summary>A window that takes down what a person would not see: errors of the console, requests to other hosts, what the content security policy stopped.</summary>
internal sealed class ConsoleWindow : IAsyncDisposable
{
    private const string AxePath = "tests/RecoService.Console.Tests/Browser/node_modules/axe-core/axe.min.js";

    private static readonly string[] Serious = ["serious", "critical"];

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> faults = new();

    public ConsoleWindow(Uri address, IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Enqueue($"{message.Type} of the console on {page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => faults.Enqueue($"error on {page.Url}: {error}");
        page.Request += (_, request) =>
        {
            var target = new Uri(request.Url);
            if (target.Scheme is "http" or "https" && target.Authority != address.Authority)
                faults.Enqueue($"request to another host on {page.Url}: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>What went wrong since the window was opened, but for what is expected.</summary>
    /// <param name="expected">A part of the text of faults that the test provokes.</param>
    public IReadOnlyList<string> Faults(params string[] expected) => [.. faults.Where(fault => !expected.Any(part => fault.Contains(part, StringComparison.Ordinal)))];

    /// <summary>Shows a page, which has to answer 200.</summary>
    public async Task GoAsync(string path)
    {
        var response = await Page.GotoAsync(path);
        Assert.True(response is { Ok: true }, $"{path} answered {response?.Status}.");
    }

    public async Task LogInAsync(string key)
    {
        await GoAsync("/console/log-in");
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Log in" }).ClickAsync();
        await Assertions.Expect(Page).Not.ToHaveURLAsync(new System.Text.RegularExpressions.Regex("log-in", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    /// <summary>What axe-core finds serious or critical on the page, a line each.</summary>
    public async Task<IReadOnlyList<string>> InaccessibleAsync()
    {
        var source = Path.Combine(Repository.Root, AxePath);
        Assert.True(File.Exists(source), "axe-core is not installed: npm ci --prefix tests/RecoService.Console.Tests/Browser");
        await Page.EvaluateAsync(await File.ReadAllTextAsync(source));
        var result = await Page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.map(fault => ({ id: fault.id, impact: fault.impact, help: fault.help, nodes: fault.nodes.map(node => node.html) }))");
        return
        [
            .. result.EnumerateArray().Where(fault => Serious.Contains(fault.GetProperty("impact").GetString()))
                .Select(fault => $"{Page.Url} {fault.GetProperty("id")}: {fault.GetProperty("help")}: {string.Join(" | ", fault.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()))}"),
        ];
    }

    /// <summary>How many pixels of the page stand out at the side.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
