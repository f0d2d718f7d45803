using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using RecoService.Api.Hosting;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Http;

public sealed class PagePathsTests
{
    [Theory]
    [InlineData("", "/console", true)]
    [InlineData("", "/console/runs/7", true)]
    [InlineData("", "/Console", true)]
    [InlineData("", "/consoles", false)]
    [InlineData("", "/", false)]
    [InlineData("", "", false)]
    [InlineData("", "/items/console", false)]
    [InlineData("", "/items/page", false)]
    [InlineData("", "/nothing", false)]
    [InlineData("/reco", "/reco/console", true)]
    [InlineData("/reco", "/console", true)]
    [InlineData("/reco", "/reco/items", false)]
    [InlineData("/reco", "/reco", false)]
    public void Hold_APath_GoesByItsFirstWord(string pathBase, string path, bool expected)
    {
        var endpoints = new DefaultEndpointDataSource(
            Endpoint("/", ApiCall.Marker), Endpoint("/items/{itemId}", ApiCall.Marker), Endpoint("/console/{*rest}"), Endpoint("/items/page"), Endpoint("/{*everything}"), Endpoint("/"));

        var paths = new PagePaths(endpoints, new RecoSettings { PathBase = pathBase });

        Assert.Equal(expected, paths.Hold(path));
    }

    /// <summary>A page beside the API gets its path, its query and its Accept as the framework hands them to it; the API's own treatment stays.</summary>
    [Fact]
    public async Task Page_BesideTheApi_IsLeftAlone()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var app = RecoApplication.Create([.. TestService.DefaultSettings, .. database.Settings]);
        app.MapGet("/console/{*rest}", (HttpRequest request, string? rest) => $"{rest}|{request.Headers.Accept}|{request.Query["tab"]}|{request.Path.Value}").AllowAnonymous();
        app.MapGet("/hidden", () => "nobody reads this");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("Accept", "text/html");

        var page = await client.GetStringAsync("/console/a%20b?tab=2");
        using var closed = await client.GetAsync("/hidden");
        client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, TestService.StorefrontKey);
        using var stillClosed = await client.GetAsync("/hidden");
        client.DefaultRequestHeaders.Remove(ApiKeyHandler.HeaderName);
        client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, TestService.AdminKey);
        await Wait.UntilAsync(async () =>
        {
            using var ready = await client.GetAsync("/health/ready");
            return ready.IsSuccessStatusCode;
        }, "the service is ready");
        using var item = await client.GetAsync("/items/no%2Fmug");

        Assert.Equal("a b|text/html|2|/console/a b", page);
        Assert.Equal(401, (int)closed.StatusCode);
        Assert.Equal(403, (int)stillClosed.StatusCode);
        var problem = await Refusal.ReadProblemAsync(item, System.Net.HttpStatusCode.NotFound);
        Assert.Equal("There is no item 'no/mug'.", problem.GetProperty("detail").GetString());
        await app.StopAsync();
    }

    private static RouteEndpoint Endpoint(string pattern, params object[] metadata) =>
        new(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, new EndpointMetadataCollection(metadata), pattern);
}
