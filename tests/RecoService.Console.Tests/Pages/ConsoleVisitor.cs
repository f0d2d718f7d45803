using System.Net;
using System.Text.RegularExpressions;
using RecoService.Api.Tests.Service;

namespace RecoService.Console.Tests.Pages;

/// <summary>Somebody with a browser that keeps cookies, follows no redirect by itself, and sends forms as the page has them.</summary>
internal sealed partial class ConsoleVisitor : IDisposable
{
    private readonly HttpClientHandler handler = new() { AllowAutoRedirect = false };

    public ConsoleVisitor(TestService service) => Client = new HttpClient(handler) { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(2) };

    public HttpClient Client { get; }

    public CookieContainer Cookies => handler.CookieContainer;

    /// <summary>Somebody who is logged in with a key.</summary>
    public static async Task<ConsoleVisitor> LogInAsync(TestService service, string key)
    {
        var visitor = new ConsoleVisitor(service);
        using var response = await visitor.SubmitAsync("/console/log-in", "log-in", ("key", key));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return visitor;
    }

    public async Task<string> ReadAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path} answered {response.StatusCode}: {text}");
        return text;
    }

    /// <summary>Fills in a form of a page and sends it with the page's antiforgery token.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        using var page = await Client.GetAsync(path);
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups["token"].Value;
        Assert.NotEmpty(token);
        return await PostAsync(path, form, token, fields);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string form, string? token, params (string Name, string Value)[] fields)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal) { ["_handler"] = form };
        if (token is not null)
            pairs["__RequestVerificationToken"] = token;
        foreach (var (name, value) in fields)
            pairs[name] = value;
        return Client.PostAsync(path, new FormUrlEncodedContent(pairs));
    }

    public void Dispose() => Client.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Token();
}
