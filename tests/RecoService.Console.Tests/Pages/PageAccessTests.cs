using System.Net;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Console.Tests.Pages;

/// <summary>Who sees which page, and whose forms are taken: for every page that the running service has, also a future one.</summary>
public sealed class PageAccessTests(ConsoleServices services) : IClassFixture<ConsoleServices>
{
    private const string LogIn = ConsolePages.LogIn;

    [Fact]
    public async Task EveryPage_WithoutASession_LeadsToTheLogInAndBack()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = new ConsoleVisitor(service);
        foreach (var path in PagesOf(service))
        {
            using var response = await visitor.Client.GetAsync(path);

            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            Assert.Equal($"{LogIn}?returnTo={Uri.EscapeDataString(path)}", response.Headers.Location!.PathAndQuery);
        }
    }

    [Theory]
    [InlineData(TestService.AdminKey)]
    [InlineData(TestService.ViewerKey)]
    public async Task EveryPage_WithASession_IsShownAndProtected(string key)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = await ConsoleVisitor.LogInAsync(service, key);
        foreach (var path in PagesOf(service))
        {
            using var response = await visitor.Client.GetAsync(path);
            var page = await response.Content.ReadAsStringAsync();

            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{path} answered {response.StatusCode}: {page}");
            Assert.StartsWith("<!DOCTYPE html>", page.TrimStart(), StringComparison.Ordinal);
            Assert.StartsWith("default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.DoesNotContain(" style=\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain(" onclick=", page, StringComparison.Ordinal);
            Assert.DoesNotContain(key, page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(TestService.StorefrontKey)]
    [InlineData("nobody-has-this-key-0001")]
    [InlineData("")]
    public async Task LogIn_WithAKeyThatReadsNothing_IsRefused(string key)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = new ConsoleVisitor(service);

        using var response = await visitor.SubmitAsync(LogIn, "log-in", ("key", key));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("role=\"alert\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var page = await visitor.Client.GetAsync("/console");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Theory]
    [InlineData("/console/runs?cursor=x", "/console/runs?cursor=x")]
    [InlineData("/console", "/console")]
    [InlineData("//evil.example/console", "/console")]
    [InlineData("https://evil.example/console", "/console")]
    [InlineData("/\\evil.example/console", "/console")]
    [InlineData("/admin/status", "/console")]
    [InlineData("javascript:alert(1)", "/console")]
    public async Task LogIn_WithAWayBack_LeadsToPagesOfTheConsoleOnly(string returnTo, string expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = new ConsoleVisitor(service);

        using var response = await visitor.SubmitAsync($"{LogIn}?returnTo={Uri.EscapeDataString(returnTo)}", "log-in", ("key", TestService.AdminKey));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(new Uri(service.Address, expected), new Uri(service.Address, response.Headers.Location!));
    }

    [Fact]
    public async Task LogIn_TriedTooOften_IsRefusedFor429AndPagesAreNot()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        using var visitor = new ConsoleVisitor(service);
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 12; attempt++)
        {
            using var response = await visitor.SubmitAsync(LogIn, "log-in", ("key", "a-wrong-key-of-somebody"));
            statuses.Add(response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, statuses[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        using var page = await visitor.Client.GetAsync(LogIn);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("forged")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Form_WithoutThePagesToken_IsRefusedAndDoesNothing(string? token)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = await ConsoleVisitor.LogInAsync(service, TestService.AdminKey);

        using var response = await visitor.PostAsync("/console/runs", "retrain", token, ("force", "true"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain("runId", await service.Admin.GetStringAsync("/admin/runs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_WithATokenOfAnotherSession_IsRefused()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var admin = await ConsoleVisitor.LogInAsync(service, TestService.AdminKey);
        using var viewer = await ConsoleVisitor.LogInAsync(service, TestService.ViewerKey);
        using var page = await viewer.Client.GetAsync("/console");
        var text = await page.Content.ReadAsStringAsync();
        var token = text.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];

        using var response = await admin.PostAsync("/console/runs", "retrain", token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Viewer_SeesNoFormThatChangesAnythingAndTheApiRefusesOne()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var viewer = await ConsoleVisitor.LogInAsync(service, TestService.ViewerKey);
        foreach (var path in PagesOf(service))
        {
            using var response = await viewer.Client.GetAsync(path);
            var page = await response.Content.ReadAsStringAsync();
            Assert.Equal(1, page.Split("method=\"post\"").Length - 1);
        }
    }

    [Fact]
    public async Task Session_OfAKeyThatIsNoLongerOne_Ends()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        string cookies;
        await using (var service = await TestService.StartAsync(database))
        {
            using var visitor = await ConsoleVisitor.LogInAsync(service, TestService.AdminKey);
            cookies = visitor.Cookies.GetCookieHeader(service.Address);
            Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(service, cookies));
        }

        // The cookie is still good, so a restart alone ends nothing.
        await using (var service = await TestService.StartAsync(database))
            Assert.Equal(HttpStatusCode.OK, await StatusWithAsync(service, cookies));
        await using (var service = await TestService.StartAsync(database, ["--Reco:Security:ApiKeys:0:Key=another-admin-key-0001"]))
            Assert.Equal(HttpStatusCode.Redirect, await StatusWithAsync(service, cookies));
        await using (var service = await TestService.StartAsync(database, ["--Reco:Security:ApiKeys:0:Role=Viewer", "--Reco:Security:ApiKeys:2:Role=Admin"]))
            Assert.Equal(HttpStatusCode.Redirect, await StatusWithAsync(service, cookies));
    }

    [Fact]
    public async Task Session_IsNoKeyOfTheApi()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = await ConsoleVisitor.LogInAsync(service, TestService.AdminKey);

        using var response = await visitor.Client.GetAsync("/admin/status");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Cookie_IsOutOfReachOfScriptsAndOtherSites()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = new ConsoleVisitor(service);

        using var response = await visitor.SubmitAsync(LogIn, "log-in", ("key", TestService.AdminKey));

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), header => header.StartsWith("recoservice-console=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestService.AdminKey, Uri.UnescapeDataString(cookie), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogOut_EndsTheSession()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var visitor = await ConsoleVisitor.LogInAsync(service, TestService.AdminKey);

        using (var response = await visitor.SubmitAsync("/console/models", "log-out"))
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);

        using var page = await visitor.Client.GetAsync("/console");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task Console_SwitchedOff_IsNotThere()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Console:Enabled=false"]);

        foreach (var path in new[] { "/console", LogIn, "/console/assets/console.css" })
        {
            using var response = await service.Admin.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("/console/assets/console.css", "text/css")]
    [InlineData("/console/assets/console.js", "text/javascript")]
    [InlineData("/console/assets/icon.svg", "image/svg+xml")]
    public async Task Asset_IsForEverybodyAndKept(string path, string type)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await service.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/console/assets/..%2fRecoService.Console.dll")]
    [InlineData("/console/assets/none.css")]
    public async Task Asset_ThatIsNone_IsNotFound(string path)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await service.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>With ids that this shop does not have.</summary>
    private static IReadOnlyList<string> PagesOf(TestService service) => ConsolePages.Of(service, new Dictionary<string, string>(StringComparer.Ordinal) { ["{RunId:long}"] = "999999", ["{ExperimentId}"] = "none" });

    private static async Task<HttpStatusCode> StatusWithAsync(TestService service, string cookies)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = service.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console");
        request.Headers.Add("Cookie", cookies);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
