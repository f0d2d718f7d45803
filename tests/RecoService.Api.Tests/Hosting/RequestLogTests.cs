using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RecoService.Api.Hosting;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Api.Status;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Hosting;

public sealed class RequestLogTests
{
    [Fact]
    public async Task Requests_OfEveryKind_AreLoggedAsPromised()
    {
        using var log = new LogCapture();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:RequestLog:SampleRate=0.1", "--Reco:RequestLog:UnauthenticatedPerMinute=100000", "--Reco:RequestLog:SlowMilliseconds=600000"], log.AddTo);
        // A probe that comes before the service is ready is a 503, and logged so.
        var (started, before) = (log.Lines.Count, log.Requests.Count());

        for (var request = 0; request < 50; request++)
            await service.Storefront.GetJsonAsync($"/recommendations/person-{request}");
        // Every call that makes lists is sampled.
        for (var round = 0; round < 10; round++)
        {
            await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", """{ "placement": "popular" }""");
            await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/page", """{ "lists": [{ "placement": "popular" }] }""");
            await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/rank", """{ "itemIds": ["i"] }""");
            await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations/session", """{ "interactions": [{ "itemId": "i", "kind": "view" }] }""");
            await service.Storefront.GetJsonAsync("/placements/popular");
        }

        await service.Admin.GetJsonAsync("/admin/status");
        foreach (var path in new[] { "/recommendations/person-1?limit=0", "/items/nobody", "/nothing" })
            (await service.Storefront.GetAsync(path)).Dispose();
        (await service.Anonymous.GetAsync("/recommendations/person-1")).Dispose();
        (await service.Storefront.GetAsync("/admin/status")).Dispose();

        // An answer is sent before its line is written.
        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Count() - before >= 16), "the lines are there");
        var lines = log.Requests.Skip(before).ToList();
        Assert.Equal(10, lines.Count(line => line.Message.Contains("answered 200", StringComparison.Ordinal) && !line.Message.Contains("/admin/", StringComparison.Ordinal)));
        Assert.Single(lines, line => Is(line, LogLevel.Information, "GET /admin/status answered 200 in", "for key admin"));
        Assert.Single(lines, line => Is(line, LogLevel.Warning, "GET /recommendations/{userId} answered 400 in", "for key storefront"));
        Assert.Single(lines, line => Is(line, LogLevel.Warning, "GET /items/{itemId} answered 404 in", "for key storefront"));
        Assert.Single(lines, line => Is(line, LogLevel.Warning, "GET (no route) answered 404 in", "for key storefront"));
        Assert.Single(lines, line => Is(line, LogLevel.Warning, "GET /recommendations/{userId} answered 401 in", "for key - of 127.0.0.1 "));
        Assert.Single(lines, line => Is(line, LogLevel.Warning, "GET /admin/status answered 403 in", "for key storefront"));
        Assert.Equal(16, lines.Count);
        Assert.All(lines, line => Assert.Matches(@" in \d+\.\d ms for key ", line.Message));
        Assert.All(log.Lines.Where(line => line.Category.StartsWith("RecoService", StringComparison.Ordinal)), line => Assert.DoesNotContain("person-1", line.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines.Skip(started), line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Problem_OfAFault_NamesTheTraceThatTheLogKnows()
    {
        using var log = new LogCapture();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, configure: log.AddTo);

        var problem = await Refusal.SendAsync(service, "GET", "/items?limit=0", null, null, HttpStatusCode.BadRequest);

        var trace = problem.GetProperty("traceId").GetString()!;
        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Any(line => line.Message.Contains($"(trace {trace})", StringComparison.Ordinal))), "the line is there");
    }

    /// <summary>A shop that traces its own requests finds the same trace in the log and in what was refused; a caller without one costs none.</summary>
    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", true)]
    [InlineData("of no known form", false)]
    [InlineData(null, false)]
    public async Task Trace_OfTheCaller_IsGoneOnWith(string? traceParent, bool isKnown)
    {
        const string caller = "0af7651916cd43dd8448eb211c80319c";
        using var log = new LogCapture();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, configure: log.AddTo);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/items?limit=0");
        request.Headers.TryAddWithoutValidation("traceparent", traceParent);

        using var response = await service.Admin.SendAsync(request);

        var trace = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("traceId").GetString()!;
        Assert.Equal(isKnown, trace.StartsWith($"00-{caller}-", StringComparison.Ordinal));
        Assert.Equal(isKnown, trace.StartsWith("00-", StringComparison.Ordinal));
        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Any(line => line.Message.Contains($"(trace {trace})", StringComparison.Ordinal))), "the line is there");
    }

    /// <summary>Every way to be refused without a key, over and over: a hostile client must not fill the disk, and must not hide what others do.</summary>
    [Fact]
    public async Task CallersWithoutAKey_ManyRequests_HaveABoundedPartOfTheLog()
    {
        using var log = new LogCapture();
        var clock = new FakeTimeProvider();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(
            database, ["--Reco:RequestLog:UnauthenticatedPerMinute=5"],
            builder =>
            {
                log.AddTo(builder);
                builder.Services.AddSingleton(new LogBudget(5, clock));
            });
        using var wrong = service.CreateClient("a-key-that-nobody-has-0001");
        clock.Advance(TimeSpan.FromMinutes(1));
        (await service.Admin.GetAsync("/admin/status")).Dispose();
        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Any(line => line.Message.Contains("/admin/status", StringComparison.Ordinal))), "what came before is told");
        var before = log.Lines.Count;

        for (var round = 0; round < 20; round++)
        {
            (await service.Anonymous.GetAsync("/items")).Dispose();
            (await wrong.GetAsync("/admin/status")).Dispose();
            (await service.Anonymous.GetAsync($"/nothing/{round}")).Dispose();
            (await service.Anonymous.PostAsync("/health/live", null)).Dispose();
            await RawHttp.SendAsync(service.Address, "GARBAGE");
            await RawHttp.SendAsync(service.Address, $"{new string('M', 5000)} /items HTTP/1.1\nHost: localhost\nConnection: close");
        }

        (await service.Storefront.GetAsync("/admin/status")).Dispose();
        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Any(line => line.Message.Contains("answered 403", StringComparison.Ordinal))), "a caller with a key has their line");
        var lines = log.Lines.Skip(before).Where(line => line.Level >= LogLevel.Information && line.Category.StartsWith("RecoService", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, lines.Count(line => !line.Message.Contains("answered 403", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.InRange(line.Message.Length, 1, 400));

        clock.Advance(TimeSpan.FromMinutes(1));
        (await service.Admin.GetAsync("/admin/status")).Dispose();
        await Wait.UntilAsync(() => Task.FromResult(log.Requests.Any(line => line.Message.StartsWith("115 more requests without a valid key", StringComparison.Ordinal))), "the rest is counted");
    }

    [Theory]
    [InlineData(499, 0)]
    [InlineData(500, 1)]
    public async Task Request_SlowerThanTheSetting_IsLoggedAlways(int milliseconds, int expected)
    {
        using var log = new LogCapture();

        await AnswerAsync(log, "GetRecommendations", StatusCodes.Status200OK, milliseconds);

        Assert.Equal(expected, log.Lines.Count(line => line.Level == LogLevel.Warning));
        Assert.Equal(expected, log.Lines.Count);
    }

    [Theory]
    [InlineData(HealthEndpoints.ReadyName, LogLevel.Warning)]
    [InlineData("GetRecommendations", LogLevel.Error)]
    public async Task Unavailable_IsAnErrorUnlessAProbeAsksForJustThat(string endpoint, LogLevel expected)
    {
        using var log = new LogCapture();

        await AnswerAsync(log, endpoint, StatusCodes.Status503ServiceUnavailable, milliseconds: 1);

        Assert.Equal(expected, Assert.Single(log.Lines).Level);
    }

    private static async Task AnswerAsync(LogCapture log, string endpoint, int status, int milliseconds)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var clock = new FakeTimeProvider();
        var context = new DefaultHttpContext();
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new Microsoft.AspNetCore.Routing.EndpointNameMetadata(endpoint), FrequentCall.Instance), null));
        var middleware = new RequestLog(
            _ =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            },
            new RequestLogSettings { SampleRate = 0, SlowMilliseconds = 500 }, new LogBudget(60, clock), clock, factory.CreateLogger<RequestLog>());

        await middleware.InvokeAsync(context);
    }

    private static bool Is(LogLine line, LogLevel level, params string[] parts) =>
        line.Level == level && parts.All(part => line.Message.Contains(part, StringComparison.Ordinal));
}
