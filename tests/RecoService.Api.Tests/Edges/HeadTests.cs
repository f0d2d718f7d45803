using System.Net;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

/// <summary>HEAD is GET without a body, on every path that the running service has.</summary>
public sealed class HeadTests(DocumentedServices services) : IClassFixture<DocumentedServices>
{
    /// <summary>They say how the body is sent, or when.</summary>
    private static readonly string[] OfTheBody = ["Transfer-Encoding", "Content-Length", "Date"];

    private static async Task<(HttpStatusCode Status, string Headers, string Body)> AskAsync(TestService service, HttpClient client, string method, string path)
    {
        using var request = Refusal.Request(service, method, path, null, null);
        using var response = await client.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => !OfTheBody.Contains(header.Key))
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal);
        return (response.StatusCode, string.Join('\n', headers), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task EveryGet_AskedByHead_GivesTheSameHeadersAndNoBody()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        string[] found = ["/items/seed-item", "/users/seed", "/users/seed/interactions", "/items?limit=1", "/recommendations/seed?limit=3", "/items?limit=0", "/items?n=1", "/nothing", "/swagger/v1/swagger.json"];

        foreach (var path in Call.AllOf(service).Where(call => call.Method == "GET").Select(call => call.Path).Concat(found))
        {
            foreach (var client in new[] { service.Admin, service.Storefront, service.Anonymous })
            {
                var get = await AskAsync(service, client, "GET", path);
                var head = await AskAsync(service, client, "HEAD", path);
                Assert.True((get.Status, get.Headers) == (head.Status, head.Headers), $"{path}: {get} but {head}");
                Assert.NotEmpty(get.Body);
                Assert.Empty(head.Body);
            }
        }
    }

    [Fact]
    public async Task Head_OfAPathThatTakesWrites_IsAsGetThere()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        var reads = Call.AllOf(service).Where(call => call.Method == "GET").Select(call => call.Path).ToHashSet(StringComparer.Ordinal);

        foreach (var path in Call.AllOf(service).Select(call => call.Path).Where(path => !reads.Contains(path)).Distinct())
            Assert.Equal((await AskAsync(service, service.Admin, "GET", path)).Status, (await AskAsync(service, service.Admin, "HEAD", path)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await AskAsync(service, service.Admin, "HEAD", "/interactions")).Status);
    }

    [Fact]
    public async Task MethodNotAllowed_WhereGetIs_AllowsHeadToo()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var request = Refusal.Request(service, "DELETE", "/recommendations/u", null, null);
        using var response = await service.Admin.SendAsync(request);

        var problem = await Refusal.ReadProblemAsync(response, HttpStatusCode.MethodNotAllowed);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal("Allowed here: GET, HEAD.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Head_OverTheSocket_IsFollowedByNothing()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await RawHttp.SendAsync(service.Address, $"HEAD /recommendations/u HTTP/1.1\nHost: localhost\nX-Api-Key: {TestService.StorefrontKey}\nConnection: close");

        Assert.Equal(200, answer.Status);
        Assert.Contains("Content-Length: ", answer.Headers, StringComparison.Ordinal);
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task Head_OfAList_IsNoImpression()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var service = await TestService.StartAsync(database))
        {
            await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/shown", "{}", HttpStatusCode.Created);
            for (var round = 0; round < 5; round++)
                Assert.Equal(HttpStatusCode.OK, (await AskAsync(service, service.Storefront, "HEAD", "/recommendations/u")).Status);
            await service.Storefront.RecommendAsync("u");
        }

        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM impressions"));
    }
}
