using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

/// <summary>What the server refuses before there is a call is explained like everything else. Byte by byte, for no client sends such requests.</summary>
public sealed class ServerRefusalTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static readonly string Key = $"X-Api-Key: {TestService.AdminKey}";

    private static JsonElement ReadProblem(RawAnswer answer, int status, string detail)
    {
        Assert.Equal(status, answer.Status);
        Assert.Contains("Content-Type: application/problem+json", answer.Headers, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer.Headers, StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {Encoding.UTF8.GetByteCount(answer.Body)}", answer.Headers, StringComparison.Ordinal);
        var problem = JsonElement.Parse(answer.Body);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        return problem;
    }

    [Theory]
    [InlineData("GET /items/a%00b HTTP/1.1", 400, "could not read the request")]
    [InlineData("GET /items/a b HTTP/1.1", 400, "could not read the request")]
    [InlineData("GET /items/\u00e9 HTTP/1.1", 400, "could not read the request")]
    [InlineData("GARBAGE", 400, "could not read the request")]
    [InlineData("GET /items HTTP/9.9", 505, "could not read the request")]
    [InlineData("GET items HTTP/1.1", 405, "")]
    public async Task RequestLine_ThatIsNone_IsAProblem(string line, int status, string detail)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        ReadProblem(await RawHttp.SendAsync(service.Address, $"{line}\nHost: localhost\n{Key}"), status, detail);
    }

    [Theory]
    [InlineData("Host: localhost\nHost: elsewhere", 400)]
    [InlineData("Host: local host", 400)]
    [InlineData("X-Other: a", 400)]
    [InlineData("Host: localhost\nno colon", 400)]
    [InlineData("Host: localhost\n: no name", 400)]
    [InlineData("Host: localhost\nX Y: a", 400)]
    [InlineData("Host: localhost\nX-Other: a\u0000b", 400)]
    [InlineData("Host: localhost\nContent-Length: many", 400)]
    [InlineData("Host: localhost\nContent-Length: -1", 400)]
    [InlineData("Host: localhost\nContent-Length: 1\nContent-Length: 2", 400)]
    [InlineData("Host: localhost\nTransfer-Encoding: nonsense", 400)]
    public async Task Headers_ThatAreNone_AreAProblem(string headers, int status)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        ReadProblem(await RawHttp.SendAsync(service.Address, $"POST /interactions HTTP/1.1\n{headers}\n{Key}"), status, "could not read the request");
    }

    [Fact]
    public async Task TooLongOrTooMany_AreRefusedWithTheLimit()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        ReadProblem(await RawHttp.SendAsync(service.Address, $"GET /items/{new string('x', 10_000)} HTTP/1.1\nHost: localhost"), 414, "may have 8192 bytes");
        ReadProblem(await RawHttp.SendAsync(service.Address, $"GET /items HTTP/1.1\nHost: localhost\nX-Long: {new string('x', 40_000)}"), 431, "32768 bytes");
        var many = string.Join('\n', Enumerable.Range(0, 200).Select(position => $"X-{position}: a"));
        ReadProblem(await RawHttp.SendAsync(service.Address, $"GET /items HTTP/1.1\nHost: localhost\n{many}"), 431, "100 headers");
    }

    [Fact]
    public async Task Headers_ThatNeverEnd_AreRefusedWithTheTimeLimit()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(
            database, configure: builder => builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1)));
        await using var http = await RawHttp.ConnectAsync(service.Address);
        await http.WriteAsync("GET /items HTTP/1.1\r\nHost: localhost\r\n");

        ReadProblem(await http.ReadAnswerAsync(), 408, "within 1 seconds");
    }

    [Fact]
    public async Task Body_ThatDoesNotCome_IsRefusedAndStoresNothing()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(
            database, configure: builder => builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1_000_000, TimeSpan.FromSeconds(2))));
        await using var http = await RawHttp.ConnectAsync(service.Address);
        await http.WriteAsync($"POST /interactions HTTP/1.1\r\nHost: localhost\r\n{Key}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[");

        var answer = await http.ReadAnswerAsync();

        Assert.Equal(408, answer.Status);
        Assert.Contains("Content-Type: application/problem+json", answer.Headers, StringComparison.Ordinal);
        Assert.Contains("\"status\":408", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    [Fact]
    public async Task HeadRequest_ThatIsRefused_HasNoBody()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await RawHttp.SendAsync(service.Address, $"HEAD /items HTTP/1.1\nHost: localhost\nContent-Length: many");

        Assert.Equal(400, answer.Status);
        Assert.Contains("Content-Type: application/problem+json", answer.Headers, StringComparison.Ordinal);
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task BadRequest_AfterAGoodOneOnTheSameConnection_FollowsItsAnswer()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await using var http = await RawHttp.ConnectAsync(service.Address);
        await http.WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /items/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n");

        var answer = await http.ReadAnswerAsync();

        Assert.Equal(200, answer.Status);
        var second = answer.Body[answer.Body.IndexOf("HTTP/1.1 400", StringComparison.Ordinal)..];
        var end = second.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        ReadProblem(new RawAnswer(400, second[..end], second[(end + 4)..]), 400, "could not read the request");
    }

    [Fact]
    public async Task BadRequests_ManyAtOnce_AreAllExplainedAndTheServiceGoesOn()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => RawHttp.SendAsync(service.Address, "GARBAGE")));

        Assert.All(answers, answer => ReadProblem(answer, 400, "could not read the request"));
        await service.Admin.GetJsonAsync("/admin/status");
    }
}
