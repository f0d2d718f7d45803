using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Hosting;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Http;

/// <summary>The service as a proxy offers it.</summary>
public sealed class ProxyTests
{
    private static async Task<HttpResponseMessage> SendAsync(TestService service, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Refusal.Request(service, method, path, body is null ? null : System.Text.Encoding.UTF8.GetBytes(body), body is null ? null : "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        // What a redirect says is of interest here, not where it leads.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        request.Headers.TryAddWithoutValidation("X-Api-Key", TestService.AdminKey);
        return await client.SendAsync(request);
    }

    [Fact]
    public async Task PathBase_CutOffByTheProxyOrNot_IsServedAndStandsInEveryLocation()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:PathBase=/reco", "--Reco:Swagger:Enabled=true"]);

        foreach (var (prefix, id) in new[] { ("/reco", "a%2Fb"), ("", "c%20d") })
        {
            using var created = await SendAsync(service, "PUT", $"{prefix}/items/{id}", "{}");
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            Assert.Equal($"/reco/items/{id}", created.Headers.Location!.OriginalString);
            using var user = await SendAsync(service, "PUT", $"{prefix}/users/{id}", "{}");
            Assert.Equal($"/reco/users/{id}", user.Headers.Location!.OriginalString);
            using var read = await SendAsync(service, "GET", created.Headers.Location.OriginalString);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            using var run = await SendAsync(service, "POST", $"{prefix}/admin/retrain", "{}");
            Assert.StartsWith("/reco/admin/runs/", run.Headers.Location!.OriginalString, StringComparison.Ordinal);
            using var root = await SendAsync(service, "GET", $"{prefix}/");
            Assert.Equal("/reco/swagger", root.Headers.Location!.OriginalString);
            using var health = await SendAsync(service, "GET", $"{prefix}/health/live");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        using var bare = await SendAsync(service, "GET", "/reco");
        Assert.Equal("/reco/swagger", bare.Headers.Location!.OriginalString);
        var document = await service.Admin.GetJsonAsync("/reco/swagger/v1/swagger.json");
        Assert.Equal("/reco", document.GetProperty("servers")[0].GetProperty("url").GetString());
        using var page = await service.Admin.GetAsync("/reco/swagger/index.html");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        // The address of the document is relative to the page, so it is right under any path.
        var script = await service.Admin.GetStringAsync("/reco/swagger/index.js");
        Assert.Contains("v1/swagger.json", script, StringComparison.Ordinal);
        Assert.DoesNotContain("/swagger/v1/swagger.json", script, StringComparison.Ordinal);
        await Refusal.SendAsync(service, "GET", "/recoitems", null, null, HttpStatusCode.NotFound);
        var near = await Refusal.SendAsync(service, "GET", "/reco/item", null, null, HttpStatusCode.NotFound);
        Assert.Contains("/reco/items", near.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "", true)]
    [InlineData("203.0.113.9", "", false)]
    [InlineData("203.0.113.9", "203.0.113.9", true)]
    [InlineData("203.0.113.9", "10.0.0.0/8, 203.0.113.0/24", true)]
    [InlineData("203.0.113.9", "10.0.0.0/8", false)]
    [InlineData("2001:db8::7", "2001:db8::/32", true)]
    [InlineData("2001:db8::7", "203.0.113.0/24", false)]
    public async Task ForwardedPrefix_IsBelievedOnlyOfThisMachineAndTrustedProxies(string? proxy, string trusted, bool isBelieved)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, [$"--Reco:Proxy:Trusted={trusted}"], builder =>
        {
            if (proxy is not null)
                builder.Services.AddSingleton<IStartupFilter>(new From(IPAddress.Parse(proxy)));
        });

        using var created = await SendAsync(service, "PUT", "/items/x", "{}", ("X-Forwarded-Prefix", "/shop"), ("X-Forwarded-Host", "shop.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.1"));

        Assert.Equal(isBelieved ? "/shop/items/x" : "/items/x", created.Headers.Location!.OriginalString);
    }

    /// <summary>A page elsewhere whose name leads to this machine could send the header, so it counts for nothing in that check.</summary>
    [Fact]
    public async Task ForwardedHost_WithoutKeys_DoesNotMakeAForeignHostLocal()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var app = RecoApplication.Create(["--environment=Development", "--urls=http://127.0.0.1:0", "--Reco:Demo:Enabled=false", "--Reco:Retraining:Enabled=false", "--Serilog:MinimumLevel:Default=Fatal", .. database.Settings]);
        await using (app)
        {
            await app.StartAsync();
            var answer = await RawHttp.SendAsync(new Uri(app.Urls.First()), "GET /health/live HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: localhost\nConnection: close");
            Assert.Equal(400, answer.Status);
            await app.StopAsync();
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("10.0.0.0/8", 1)]
    [InlineData("10.0.0.0/8, 192.0.2.7,::1", 3)]
    public void NetworksIn_AList_AreAllRead(string list, int count) => Assert.Equal(count, ProxySettings.NetworksIn(list).Count);

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8,x")]
    public void NetworksIn_WhatIsNone_IsNamed(string list) => Assert.Contains("neither an address nor a network", Assert.Throws<FormatException>(() => ProxySettings.NetworksIn(list)).Message, StringComparison.Ordinal);

    private sealed class From(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                context.Connection.RemoteIpAddress = address;
                return following(context);
            });
            next(app);
        };
    }
}
