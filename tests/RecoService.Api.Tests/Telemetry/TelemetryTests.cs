using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Telemetry;

public sealed class TelemetryTests(SharedServices services) : IClassFixture<SharedServices>
{
    [Fact]
    public async Task Metrics_WithoutTheAdminKey_AreRefused()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var anonymous = await service.Anonymous.GetAsync("/metrics");
        using var storefront = await service.Storefront.GetAsync("/metrics");
        using var wrongMethod = await service.Admin.PostAsync("/metrics", null);

        await Refusal.ReadProblemAsync(anonymous, HttpStatusCode.Unauthorized);
        await Refusal.ReadProblemAsync(storefront, HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.StatusCode);
    }

    /// <summary>In a process of its own: meters are the process's, and another service that ends takes those of the same name with it.</summary>
    [Fact]
    public async Task Metrics_AfterSomeLists_CountThemByRouteAndNameNobody()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var process = ServiceProcess.Start(ServiceProcess.ServeWords(database));
        using var admin = await process.ConnectWhenReadyAsync();
        for (var request = 0; request < 3; request++)
            (await admin.GetAsync($"/recommendations/person-{request}")).Dispose();

        var text = "";
        // An answer to a scrape is kept for a moment, and a request is counted after its answer is sent.
        await Wait.UntilAsync(async () => ValueOf(text = await admin.GetStringAsync("/metrics"), "http_server_request_duration_seconds_count", "http_route=\"/recommendations/{userId}\"") >= 3, "the requests are counted");

        Assert.Equal(3, ValueOf(text, "reco_recommendations"));
        Assert.Equal(0, ValueOf(text, "reco_model_version"));
        Assert.Contains("# TYPE reco_recommendations", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_collections", text, StringComparison.Ordinal);
        Assert.DoesNotContain("person-", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")]
    public async Task Metrics_AskedForInOneOfTwoFormats_AreInThat(string accept, string expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await service.Admin.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Telemetry_NotConfigured_SendsNothing()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        Assert.Null(service.Services.GetService(typeof(TracerProvider)));
    }

    [Fact]
    public async Task Telemetry_WithACollector_SendsMetricsAndTracesWithItsHeaderAndNoIds()
    {
        await using var collector = await Collector.StartAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database,
        [
            $"--Reco:Telemetry:Endpoint={collector.Address}", "--Reco:Telemetry:Protocol=Http", "--Reco:Telemetry:Headers=x-token=open%20sesame",
            "--Reco:Telemetry:TraceSampleRate=1", "--Reco:ReplicaName=shop-1",
        ]);

        (await service.Storefront.GetAsync("/recommendations/person-1?limit=3")).Dispose();
        await Wait.UntilAsync(() =>
        {
            service.Get<MeterProvider>().ForceFlush(5000);
            service.Get<TracerProvider>().ForceFlush(5000);
            return Task.FromResult(collector.Has("/v1/metrics", "reco.recommendations") && collector.Has("/v1/traces", "GET /recommendations/{userId}"));
        }, "metrics and traces have come");

        Assert.All(collector.Bodies, body => Assert.Equal("open sesame", body.Token));
        Assert.True(collector.Has("/v1/metrics", "shop-1"));
        Assert.DoesNotContain(collector.Bodies, body => body.Text.Contains("person-", StringComparison.Ordinal));
        Assert.DoesNotContain(collector.Bodies, body => body.Text.Contains("limit=3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a=b", 1)]
    [InlineData("a=b, api-key = c=d%2C ,", 2)]
    [InlineData("a", -1)]
    [InlineData("=b", -1)]
    [InlineData("a=", -1)]
    [InlineData("a b=c", -1)]
    [InlineData("a=b,A=c", -1)]
    [InlineData("a=b%0D%0Ac: d", -1)]
    public void TryReadHeaders_OfPairs_ReadsThemOrSaysNo(string text, int expected)
    {
        var count = TelemetrySettings.TryReadHeaders(text, out var headers) ? headers.Count : -1;

        Assert.Equal(expected, count);
    }

    /// <summary>Of the first sample of that name that has the label; -1 where there is none.</summary>
    private static double ValueOf(string text, string name, string label = "") =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal)) is { } sample
            ? double.Parse(sample[(sample.IndexOf('}', sample.LastIndexOf('"') + 1) + 1)..].Trim().Split(' ')[0]) : -1;

    /// <summary>Takes OTLP over HTTP and keeps what came. Protocol buffers hold texts as they are, so a search in the bytes finds them.</summary>
    private sealed class Collector(WebApplication host, ConcurrentQueue<(string Path, string Token, string Text)> bodies) : IAsyncDisposable
    {
        public string Address => host.Urls.First();

        public IEnumerable<(string Path, string Token, string Text)> Bodies => bodies;

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var host = builder.Build();
            var bodies = new ConcurrentQueue<(string, string, string)>();
            host.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                bodies.Enqueue((context.Request.Path, context.Request.Headers["x-token"].ToString(), Encoding.Latin1.GetString(body.ToArray())));
            });
            await host.StartAsync();
            return new Collector(host, bodies);
        }

        public bool Has(string path, string text) => bodies.Any(body => body.Path == path && body.Text.Contains(text, StringComparison.Ordinal));

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
