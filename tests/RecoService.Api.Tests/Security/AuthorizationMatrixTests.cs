using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Security;
using RecoService.Api.Tests.Edges;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using RecoService.WebConsole;

namespace RecoService.Api.Tests.Security;

/// <summary>Who may call what, for every endpoint that the running service has: a new one is closed to all but admins until it is named here.</summary>
public sealed class AuthorizationMatrixTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static readonly string[] ForStorefronts = ["AppendInteractions", "DeleteInteraction", "DeleteOrder", "DeleteRating", "GetBasketList", "GetBatchRecommendations", "GetBoughtTogether", "GetItem", "GetItemProfile", "GetPageLists", "GetPlacementList", "GetPublicList", "GetRecommendations", "GetSessionRecommendations", "GetSimilarItems", "GetUserProfile", "IngestCloudEvents", "IngestGa4", "IngestSegment", "ListItems", "MergeUser", "PutInteraction", "PredictResponses", "PutRating", "RankItems"];
    private static readonly string[] ForReaders = ["GetItem", "GetItemProfile", "GetUserProfile", "ListItems"];
    private static readonly string[] ForAnybody = ["GetLive", "GetReady", "GetService"];

    [Fact]
    public async Task Endpoints_NamedForOthersThanAdmins_AllExist()
    {
        var calls = Call.AllOf(await services.OnAsync(StorageProvider.Sqlite));

        Assert.True(calls.Count >= 25, $"Only {calls.Count} endpoints were found.");
        Assert.Empty(ForStorefronts.Concat(ForAnybody).Except(calls.Select(call => call.Name)));
        Assert.Equal(calls.Count, calls.Select(call => call.Name).Distinct().Count());
    }

    [Fact]
    public async Task EveryEndpoint_AnonymousOrWithAWrongKey_Is401UnlessForAnybody()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var wrong = service.CreateClient(TestService.AdminKey + "x");
        using var almost = service.CreateClient(TestService.AdminKey.ToUpperInvariant());
        using var empty = service.CreateClient("");
        foreach (var call in Call.AllOf(service))
        {
            foreach (var client in new[] { service.Anonymous, wrong, almost, empty })
            {
                using var request = call.ToRequest(service);
                using var response = await client.SendAsync(request);
                if (ForAnybody.Contains(call.Name))
                {
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    continue;
                }

                await Refusal.ReadProblemAsync(response, HttpStatusCode.Unauthorized);
                Assert.Contains(ApiKeyHandler.HeaderName, response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task EveryEndpoint_WithAStorefrontKey_Is403UnlessForStorefronts()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var call in Call.AllOf(service))
        {
            using var request = call.ToRequest(service);
            using var response = await service.Storefront.SendAsync(request);
            if (ForStorefronts.Contains(call.Name) || ForAnybody.Contains(call.Name))
                Assert.False(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{call} answered {response.StatusCode}.");
            else
                await Refusal.ReadProblemAsync(response, HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task EveryEndpoint_WithAViewerKey_IsOpenWhereAnAdminReadsAndNowhereElse()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var call in Call.AllOf(service))
        {
            using var request = call.ToRequest(service);
            using var response = await service.Viewer.SendAsync(request);
            if (ForAnybody.Contains(call.Name) || ForReaders.Contains(call.Name) || (call.Method == "GET" && !ForStorefronts.Contains(call.Name)))
                Assert.False(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{call} answered {response.StatusCode}.");
            else
                await Refusal.ReadProblemAsync(response, HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task EveryEndpoint_WithAnAdminKey_IsOpen()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var call in Call.AllOf(service))
        {
            using var request = call.ToRequest(service);
            using var response = await service.Admin.SendAsync(request);
            Assert.False(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{call} answered {response.StatusCode}.");
            Assert.InRange((int)response.StatusCode, 200, 499);
        }
    }

    [Fact]
    public async Task EveryEndpoint_OpenToAll_SaysSoItself()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var open = service.Get<EndpointDataSource>().Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && endpoint.Metadata.GetMetadata<ConsolePage>() is null)
            .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName);

        Assert.Equal(ForAnybody, open.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PROPFIND")]
    public async Task EveryRoute_OtherMethod_Is405ForEverybodyAndDoesNothing(string method)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var path in Call.AllOf(service).Select(call => call.Path).Distinct())
        {
            foreach (var client in new[] { service.Anonymous, service.Storefront, service.Admin })
            {
                using var request = Refusal.Request(service, method, path, null, null);
                using var response = await client.SendAsync(request);
                Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
                Assert.NotEmpty(response.Content.Headers.Allow);
            }
        }
    }

    [Theory]
    [InlineData("DELETE", "/recommendations/u", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/interactions", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("GET", "/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/swagger/v1/swagger.json", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/swagger", null, HttpStatusCode.NotFound)]
    public async Task Mistake_OfAStorefront_IsToldAsWhatItIs(string method, string path, string? contentType, HttpStatusCode expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        using var request = Refusal.Request(service, method, path, contentType is null ? null : "[]"u8.ToArray(), contentType);

        using var response = await service.Storefront.SendAsync(request);

        await Refusal.ReadProblemAsync(response, expected);
    }

    [Theory]
    [InlineData("X-Api-Key: {0}\nX-Api-Key: {0}", 401)]
    [InlineData("X-Api-Key: {0}, {0}", 401)]
    [InlineData("X-Api-Key:", 401)]
    [InlineData("X-Other: {0}", 401)]
    [InlineData("Authorization: Bearer {0}", 401)]
    [InlineData("Cookie: X-Api-Key={0}", 401)]
    [InlineData("X-Api-Key: {0}", 200)]
    [InlineData("x-api-key:   {0}  ", 200)]
    public async Task Key_InAHeader_CountsOnceAndWhole(string header, int expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await RawHttp.SendAsync(service.Address, $"GET /items HTTP/1.1\nHost: localhost\nConnection: close\n{string.Format(header, TestService.AdminKey)}");

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Key_InTheQuery_IsNoKey()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        using var response = await service.Anonymous.GetAsync($"/items?X-Api-Key={TestService.AdminKey}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Log_AtEveryLevel_NeverHoldsAKey()
    {
        using var log = new LogCapture();
        const string wrongKey = "a-key-that-nobody-has-0001";
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var service = await TestService.StartAsync(database, configure: log.AddTo))
        {
            using var wrong = service.CreateClient(wrongKey);
            foreach (var client in new[] { service.Admin, service.Storefront, service.Viewer, service.Anonymous, wrong })
            {
                foreach (var path in new[] { "/items", "/admin/status", "/recommendations/u", "/items?limit=0", "/nothing" })
                    (await client.GetAsync(path)).Dispose();
                (await client.PostAsync("/interactions", new StringContent("[", Encoding.UTF8, "application/json"))).Dispose();
            }
        }

        Assert.Contains(log.Requests, line => line.Message.Contains("storefront", StringComparison.Ordinal));
        Assert.All(log.Lines, line => Assert.DoesNotContain(
            new[] { TestService.AdminKey, TestService.StorefrontKey, TestService.ViewerKey, wrongKey },
            key => line.Message.Contains(key, StringComparison.Ordinal) || line.Exception?.Contains(key, StringComparison.Ordinal) == true));
    }
}
