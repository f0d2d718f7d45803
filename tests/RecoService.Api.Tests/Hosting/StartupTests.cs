using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Hosting;

public sealed partial class StartupTests
{
    private static string ErrorOf(params string[] args) => Assert.Throws<InvalidSettingsException>(() => RecoApplication.Create(args)).Message;

    [Fact]
    public async Task Production_WithoutKeys_EndsWithCode1AndNamesTheSetting()
    {
        await using var process = ServiceProcess.Start("--environment=Production", "--urls=http://127.0.0.1:0");
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains("Reco__Security__ApiKeys__0__Name", StringComparison.Ordinal)), "the message is there");
        Assert.Contains("Reco:Security:ApiKeys is empty", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    [InlineData("development-like")]
    public void OtherThanDevelopment_WithoutKeys_IsRefused(string environment) =>
        Assert.Contains("Reco:Security:ApiKeys is empty", ErrorOf($"--environment={environment}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public void OnlyStorefrontKeys_AreRefused(string environment) =>
        Assert.Contains(
            "at least one key with Role=Admin",
            ErrorOf($"--environment={environment}", "--Reco:Security:ApiKeys:0:Name=shop", $"--Reco:Security:ApiKeys:0:Key={TestService.StorefrontKey}"), StringComparison.Ordinal);

    [Fact]
    public void ShortKey_IsRefusedWithoutBeingShown()
    {
        var error = ErrorOf("--environment=Production", "--Reco:Security:ApiKeys:0:Name=a", "--Reco:Security:ApiKeys:0:Role=Admin", "--Reco:Security:ApiKeys:0:Key=short-secret");

        Assert.Contains("Reco:Security:ApiKeys:0:Key", error, StringComparison.Ordinal);
        Assert.DoesNotContain("short-secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls=http://0.0.0.0:5080")]
    [InlineData("--urls=http://*:5080")]
    [InlineData("--urls=http://+:5080")]
    [InlineData("--urls=http://[::]:5080")]
    [InlineData("--urls=http://192.0.2.1:5080")]
    [InlineData("--urls=http://shop.example:5080")]
    [InlineData("--urls=http://localhost.shop.example:5080")]
    [InlineData("--urls=http://localhost:5080;http://0.0.0.0:5081")]
    [InlineData("--urls=nonsense")]
    [InlineData("--http_ports=8080")]
    [InlineData("--https_ports=8443")]
    [InlineData("--Kestrel:Endpoints:Http:Url=http://0.0.0.0:5080")]
    [InlineData("--Kestrel:Endpoints:Http:Url=http://*:5080")]
    public void Development_WithoutKeysButAnAddressOthersReach_IsRefused(string argument) =>
        Assert.Contains("listens on loopback only", ErrorOf("--environment=Development", argument), StringComparison.Ordinal);

    [Theory]
    [InlineData("--urls=http://localhost:5080")]
    [InlineData("--urls=http://127.0.0.1:0;http://[::1]:0")]
    [InlineData("--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0")]
    public async Task Development_WithoutKeysOnLoopback_IsBuilt(string argument)
    {
        await using var app = RecoApplication.Create(["--environment=Development", argument]);

        Assert.NotNull(app);
    }

    /// <summary>One start of the demo shop for all that a developer sees in the first minute.</summary>
    [Fact]
    public async Task Development_WithoutKeys_GreetsOnceAndAnswersOnlyThisMachine()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var process = ServiceProcess.Start(["--environment=Development", "--urls=http://127.0.0.1:0", .. database.Settings, .. TasteShop.QuickTraining]);
        using var client = await process.ConnectWhenReadyAsync(key: null);
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains("everybody on this machine is an administrator, and only requests to localhost are answered.", StringComparison.Ordinal)), "the banner is printed", TimeSpan.FromMinutes(3));

        Assert.All(
            ["starts as replica", "Filling the demo shop.", "Training the first model in the background", "Ready after"],
            step => Assert.Contains(step, process.Output, StringComparison.Ordinal));
        var swagger = Assert.Single(SwaggerLine().Matches(process.Output)).Groups["url"].Value;
        var curl = Assert.Single(CurlLine().Matches(process.Output)).Groups["url"].Value;
        using var page = await client.GetAsync(swagger);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("swagger-ui", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var list = await client.GetJsonAsync(curl);
        Assert.Equal(5, list.GetProperty("items").GetArrayLength());
        Assert.NotEqual(JsonValueKind.Null, list.GetProperty("modelVersion").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, (await client.GetJsonAsync("/admin/status")).GetProperty("modelVersion").ValueKind);

        foreach (var (host, expected) in new[]
        {
            ("localhost", 200), ("LOCALHOST:5080", 200), ("127.0.0.1", 200), ("127.9.9.9:1", 200), ("[::1]", 200), ("[::1]:5080", 200),
            ("shop.example", 400), ("localhost.shop.example", 400), ("192.0.2.1", 400), ("0.0.0.0", 400), ("[2001:db8::1]", 400), ("127.0.0.1.shop.example", 400),
        })
        {
            foreach (var path in new[] { "/admin/status", "/swagger/v1/swagger.json", "/health/live" })
            {
                var answer = await RawHttp.SendAsync(client.BaseAddress!, $"GET {path} HTTP/1.1\nHost: {host}\nConnection: close");
                Assert.True(answer.Status == expected, $"{host}{path} answered {answer.Status}.");
                if (expected == 400)
                    Assert.Contains("application/problem+json", answer.Headers, StringComparison.Ordinal);
            }
        }

        // A page of another host asks with its own name in Origin; one that this service or a neighbour on this machine served may ask.
        foreach (var (origin, expected) in new[] { ("https://evil.example", 403), ("null", 403), ("http://localhost:3000", 200), ("http://127.0.0.1:1", 200) })
        {
            var answer = await RawHttp.SendAsync(client.BaseAddress!, $"GET /health/live HTTP/1.1\nHost: localhost\nOrigin: {origin}\nConnection: close");
            Assert.True(answer.Status == expected, $"{origin} got {answer.Status}.");
        }
    }

    [Fact]
    public async Task Production_SwaggerEnabled_IsThereWithoutAKeyAndGreetsNobody()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Swagger:Enabled=true"]);

        Assert.Equal("3.0.", (await service.Anonymous.GetJsonAsync("/swagger/v1/swagger.json")).GetProperty("openapi").GetString()![..4]);
        Assert.Equal(0, (await service.Shop.Store.Database.CountAsync(CancellationToken.None)).Items);
    }

    [GeneratedRegex(@"Swagger UI:\s+(?<url>http://\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SwaggerLine();

    [GeneratedRegex("""^  Try it:      curl "(?<url>http://[^"]+)"$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CurlLine();
}
