using System.Net;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

/// <summary>A refusal says what to do: which header, which role, which path.</summary>
public sealed class RefusalTextTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static async Task<string> DetailAsync(TestService service, HttpClient client, string method, string path, HttpStatusCode expected)
    {
        using var request = Refusal.Request(service, method, path, null, null);
        using var response = await client.SendAsync(request);
        return (await Refusal.ReadProblemAsync(response, expected)).GetProperty("detail").GetString()!;
    }

    [Fact]
    public async Task Key_MissingOrWrong_IsToldWithTheHeaderAndTheSetting()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var wrong = service.CreateClient("nobody-has-this-key-0001");

        var missing = await DetailAsync(service, service.Anonymous, "GET", "/items", HttpStatusCode.Unauthorized);
        var unknown = await DetailAsync(service, wrong, "GET", "/items", HttpStatusCode.Unauthorized);
        var twice = await RawHttp.SendAsync(service.Address, $"GET /items HTTP/1.1\nHost: localhost\nX-Api-Key: a\nX-Api-Key: b\nConnection: close");

        Assert.Equal("Send an API key in the header X-Api-Key. Keys are set under Reco:Security:ApiKeys.", missing);
        Assert.Equal("The key in X-Api-Key is not one of those set under Reco:Security:ApiKeys.", unknown);
        Assert.Contains("The header X-Api-Key must stand once.", twice.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/admin/status", "Viewer")]
    [InlineData("POST", "/admin/models/unpin", "Admin")]
    public async Task Role_ThatIsNotEnough_IsToldWithTheLeastThatIs(string method, string path, string role) => Assert.Equal(
        $"This call needs a key with the role {role}; the key 'storefront' has the role Storefront. Roles are set under Reco:Security:ApiKeys.",
        await DetailAsync(await services.OnAsync(StorageProvider.Sqlite), (await services.OnAsync(StorageProvider.Sqlite)).Storefront, method, path, HttpStatusCode.Forbidden));

    [Theory]
    [InlineData("/recommendation/u", "/recommendations/{userId}")]
    [InlineData("/recomendations/u", "/recommendations/{userId}")]
    [InlineData("/Items", "/items")]
    [InlineData("/user/u", "/users/{userId}")]
    [InlineData("/items/a/similiar", "/items/{itemId}/similar")]
    [InlineData("/users/a/profil", "/users/{userId}/profile")]
    [InlineData("/health", "/health/live")]
    [InlineData("/admin", "/admin/experiments")]
    public async Task Path_NearAnother_IsToldWithIt(string path, string near)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var request = Refusal.Request(service, "GET", path, null, null);
        using var response = await service.Admin.SendAsync(request);
        // Routes do not ask for case, so this one is found.
        if (path == "/Items")
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        Assert.Contains(near, (await Refusal.ReadProblemAsync(response, HttpStatusCode.NotFound)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nothing/at/all")]
    [InlineData("/wp-login.php")]
    [InlineData("/.env")]
    public async Task Path_NearNothing_IsToldWhereTheCallsAre(string path)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        Assert.Equal("There is no such path. / leads to all calls.", await DetailAsync(service, service.Anonymous, "GET", path, HttpStatusCode.NotFound));
    }

    [Theory]
    [InlineData("/items/no%20mug", "There is no item 'no mug'.")]
    [InlineData("/items/no%2Fmug/similar", "There is no item 'no/mug'.")]
    [InlineData("/users/nobody", "There is no user 'nobody'.")]
    [InlineData("/users/nobody/profile", "There is no user 'nobody'.")]
    [InlineData("/admin/runs/999999", "There is no model run '999999'.")]
    public async Task Record_ThatIsNotThere_IsNamed(string path, string detail)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        Assert.Equal(detail, await DetailAsync(service, service.Admin, "GET", path, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Root_WithoutAKey_SaysWhatThisIsAndWhereToGoOn()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var page = await service.Anonymous.GetJsonAsync("/");

        Assert.Equal("RecoService", page.GetProperty("service").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+$", page.GetProperty("version").GetString());
        Assert.Contains("X-Api-Key", page.GetProperty("key").GetString(), StringComparison.Ordinal);
        foreach (var link in page.GetProperty("links").EnumerateObject())
        {
            using var response = await service.Admin.GetAsync(link.Value.GetString()!.Replace("{userId}", "u", StringComparison.Ordinal));
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.MethodNotAllowed, $"{link}: {response.StatusCode}");
        }
    }
}
