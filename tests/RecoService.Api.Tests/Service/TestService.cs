using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Hosting;
using RecoService.Api.Security;
using RecoService.Api.Shops;

namespace RecoService.Api.Tests.Service;

/// <summary>The real service in this process, on a real port of the loopback address, with Production settings and a key of each role.</summary>
internal sealed class TestService : IAsyncDisposable
{
    public const string AdminKey = "admin-key-for-tests-0001";
    public const string StorefrontKey = "storefront-key-for-tests";
    public const string ViewerKey = "viewer-key-for-tests-0001";

    private readonly WebApplication host;

    private TestService(WebApplication host, Uri address)
    {
        this.host = host;
        Address = address;
        Admin = CreateClient(AdminKey);
        Storefront = CreateClient(StorefrontKey);
        Viewer = CreateClient(ViewerKey);
        Anonymous = CreateClient(null);
    }

    public static string[] DefaultSettings { get; } =
    [
        "--environment=Production",
        "--urls=http://127.0.0.1:0",
        "--Reco:Security:ApiKeys:0:Name=admin", "--Reco:Security:ApiKeys:0:Role=Admin", $"--Reco:Security:ApiKeys:0:Key={AdminKey}",
        "--Reco:Security:ApiKeys:1:Name=storefront", $"--Reco:Security:ApiKeys:1:Key={StorefrontKey}",
        "--Reco:Security:ApiKeys:2:Name=viewer", "--Reco:Security:ApiKeys:2:Role=Viewer", $"--Reco:Security:ApiKeys:2:Key={ViewerKey}",
        "--Reco:Retraining:Enabled=false", "--Reco:Recommendations:WarmUpRequests=0", "--Reco:Shutdown:Drain=00:00:00",
        // Tests that look at the data's health ask for it.
        "--Reco:DataHealth:Enabled=false",
        // Tests need no catalogue and no model to get lists.
        "--Reco:Recommendations:RecommendUnlistedItems=true", "--Reco:Recommendations:UnlistedItemMinUsers=0",
        // A machine under the load of all tests is slow, not away; and what a test breaks is noticed soon.
        "--Reco:Storage:ProbeTimeout=00:00:10", "--Reco:Storage:ProbeInterval=00:00:00.5",
        "--Serilog:MinimumLevel:Default=Fatal", "--Serilog:MinimumLevel:Override:Microsoft.Hosting.Lifetime=Fatal",
    ];

    public Uri Address { get; }

    public HttpClient Admin { get; }

    public HttpClient Storefront { get; }

    public HttpClient Viewer { get; }

    public HttpClient Anonymous { get; }

    public IServiceProvider Services => host.Services;

    public Shop Shop => Get<ShopDirectory>().Default;

    /// <summary>Starts the service and waits until it is ready.</summary>
    /// <param name="database">Where it stores.</param>
    /// <param name="settings">As on the command line; later ones win.</param>
    /// <param name="configure">Changes what is registered.</param>
    public static async Task<TestService> StartAsync(TestDatabase database, string[]? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var service = await StartUnreadyAsync(database, settings, configure);
        await service.WaitUntilReadyAsync();
        return service;
    }

    /// <summary>Starts the service without waiting until it is ready.</summary>
    public static async Task<TestService> StartUnreadyAsync(TestDatabase database, string[]? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var app = RecoApplication.Create([.. DefaultSettings, .. database.Settings, .. settings ?? []], configure);
        await app.StartAsync();
        return new TestService(app, new Uri(app.Urls.First()));
    }

    public Task WaitUntilReadyAsync() => Wait.UntilAsync(async () =>
    {
        using var response = await Anonymous.GetAsync("/health/ready");
        return response.StatusCode == HttpStatusCode.OK;
    }, "the service is ready");

    public HttpClient CreateClient(string? key)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        if (key is not null)
            client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, key);
        return client;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Storefront.Dispose();
        Viewer.Dispose();
        Anonymous.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
    }
}
