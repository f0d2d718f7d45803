using System.Net;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Security;

/// <summary>What answers tell a browser that comes upon them, refused or not.</summary>
public sealed class SecurityHeadersTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Theory]
    [InlineData("/items", true, HttpStatusCode.OK)]
    [InlineData("/recommendations/u", true, HttpStatusCode.OK)]
    [InlineData("/items", false, HttpStatusCode.Unauthorized)]
    [InlineData("/items?limit=0", true, HttpStatusCode.BadRequest)]
    [InlineData("/items/a%0Ab", true, HttpStatusCode.BadRequest)]
    [InlineData("/items/nothing", true, HttpStatusCode.NotFound)]
    [InlineData("/nothing", true, HttpStatusCode.NotFound)]
    [InlineData("/health/live", false, HttpStatusCode.OK)]
    public async Task Answer_OfTheApi_IsNoPageAndInNoFrame(string path, bool hasKey, HttpStatusCode expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await (hasKey ? service.Admin : service.Anonymous).GetAsync(path);

        Assert.Equal(expected, response.StatusCode);
        foreach (var (name, value) in new[] { ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("Referrer-Policy", "no-referrer") })
            Assert.Equal(value, Assert.Single(response.Headers.GetValues(name)));
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("shop.example", "https", "max-age=31536000")]
    [InlineData("shop.example", "http", null)]
    [InlineData("localhost", "https", null)]
    public async Task Answer_OverHttps_AsksForNothingElse(string host, string scheme, string? expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/items");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-Host", host);

        using var response = await service.Admin.SendAsync(request);

        Assert.Equal(expected, response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task Page_OfTheConsole_HasTheHeadersOfPages()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await service.Anonymous.GetAsync("/console/log-in");

        Assert.Contains("script-src 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }
}
