using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using RecoService.WebConsole;

namespace RecoService.Api.Tests.Security;

/// <summary>Keys that operators make, rotate and revoke while the service runs, on every replica.</summary>
public sealed class StoredKeyTests
{
    private const string Pepper = "--Reco:Security:Pepper=a pepper of the tests 01";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    private static async Task<string> CreateAsync(TestService service, string json) =>
        (await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys", json, HttpStatusCode.Created)).GetProperty("key").GetString()!;

    private static async Task<HttpStatusCode> AskAsync(TestService service, string key, string path = "/items")
    {
        using var client = service.CreateClient(key);
        using var response = await client.GetAsync(path, Ct);
        return response.StatusCode;
    }

    private static Task WaitAsync(TestService service, string key, HttpStatusCode status) => Wait.UntilAsync(async () => await AskAsync(service, key) == status, $"the key is answered {status}", TimeSpan.FromSeconds(15));

    /// <summary>Two replicas where the database can be shared. The bound is wide because the machine may be busy; keys are followed every half second.</summary>
    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Key_MadeRotatedAndRevoked_HoldsOnEveryReplica(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, [Pepper]);
        await using var replica = provider == StorageProvider.Postgres ? await TestService.StartAsync(database, [Pepper]) : null;
        var other = replica ?? service;

        var first = await CreateAsync(service, """{"name":"shop","role":"Storefront"}""");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, first));
        await WaitAsync(other, first, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(other, first, "/admin/status"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, first + "x"));

        var second = (await other.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys/shop/rotate", null)).GetProperty("key").GetString()!;
        await WaitAsync(service, second, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, first));
        var third = (await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys/shop/rotate", """{"overlapSeconds":0}""")).GetProperty("key").GetString()!;
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK], new[] { await AskAsync(service, first), await AskAsync(service, second), await AskAsync(service, third) }.AsEnumerable());
        await WaitAsync(other, second, HttpStatusCode.Unauthorized);

        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/keys/shop", null, HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, third));
        await WaitAsync(other, third, HttpStatusCode.Unauthorized);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/keys/shop", null, HttpStatusCode.NotFound);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys/shop/rotate", null, HttpStatusCode.NotFound);

        // Neither the database nor the audit log has a secret, and the log can be verified.
        foreach (var key in new[] { first, second, third })
            Assert.Empty(await StoredBytes.FindAsync(provider, database.ConnectionString, key["reco_".Length..]));
        var audit = await service.Admin.GetJsonAsync("/admin/audit");
        Assert.Equal(["RevokeKey", "RotateKey", "RotateKey", "CreateKey"], audit.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("call").GetString()));
        Assert.Equal("/admin/keys/shop", audit.GetProperty("items")[3].GetProperty("subject").GetString());
        Assert.Equal("Storefront", audit.GetProperty("items")[3].GetProperty("after").GetProperty("role").GetString());
        Assert.DoesNotContain("sha256", audit.ToString(), StringComparison.Ordinal);
        Assert.Null((await service.Shop.Store.Audit.VerifyAsync(Ct)).Fault);
    }

    [Fact]
    public async Task Key_ThatExpires_OpensNothingFromThenOn()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        var key = await CreateAsync(service, $$"""{"name":"short","role":"Viewer","expiresAt":"{{TimeProvider.System.GetUtcNow().AddSeconds(3):O}}"}""");

        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, key, "/admin/status"));
        await WaitAsync(service, key, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Key_WithALimit_IsAnswered429BeyondIt()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        using var client = service.CreateClient(await CreateAsync(service, """{"name":"slow","role":"Storefront","requestsPerSecond":1}"""));

        await Wait.UntilAsync(async () =>
        {
            using var response = await client.GetAsync("/items", Ct);
            return response.StatusCode == HttpStatusCode.TooManyRequests;
        }, "the key has used up its requests");
    }

    /// <summary>Every operation with a key of every group: it opens those of its group and no other.</summary>
    [Fact]
    public async Task Scopes_OfEveryGroup_OpenTheOperationsOfTheGroupAndNoOther()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        var scopes = service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<ConsolePage>() is null)
            .ToDictionary(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, endpoint => KeyScopes.OfTag(endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags[0]), StringComparer.Ordinal);
        var open = new[] { "GetLive", "GetReady", "GetService" };
        var checkedPairs = 0;
        foreach (var scope in scopes.Values.OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            using var client = service.CreateClient(await CreateAsync(service, $$"""{"name":"of-{{scope}}","role":"Admin","scopes":["{{scope}}"]}"""));
            foreach (var call in Call.AllOf(service))
            {
                using var request = call.ToRequest(service);
                using var response = await client.SendAsync(request, Ct);
                var isOpen = scopes[call.Name] == scope || open.Contains(call.Name);
                Assert.True(isOpen == (response.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)), $"{call} with a key of {scope} answered {response.StatusCode}.");
                checkedPairs++;
            }
        }

        Assert.True(checkedPairs > 500, $"Only {checkedPairs} pairs were checked.");
    }

    [Fact]
    public async Task Scopes_EveryTagOfAnOperation_IsAGroup()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        var tags = service.Get<EndpointDataSource>().Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ConsolePage>() is null).SelectMany(endpoint => endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags ?? []).Distinct().ToList();

        Assert.True(tags.Count >= 12, string.Join(", ", tags));
        Assert.DoesNotContain(null, tags.Select(KeyScopes.OfTag));
    }

    [Fact]
    public async Task Scopes_OfAKey_BoundTheKeysThatItMakesAndChanges()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await CreateAsync(service, """{"name":"all","role":"Admin"}""");
        using var bound = service.CreateClient(await CreateAsync(service, """{"name":"bound","role":"Admin","scopes":["access","items"]}"""));

        await bound.SendJsonAsync(HttpMethod.Post, "/admin/keys", """{"name":"a","role":"Admin"}""", HttpStatusCode.Forbidden);
        await bound.SendJsonAsync(HttpMethod.Post, "/admin/keys", """{"name":"a","role":"Admin","scopes":["items","privacy"]}""", HttpStatusCode.Forbidden);
        await bound.SendJsonAsync(HttpMethod.Post, "/admin/keys/all/rotate", null, HttpStatusCode.Forbidden);
        await bound.SendJsonAsync(HttpMethod.Delete, "/admin/keys/all", null, HttpStatusCode.Forbidden);
        await bound.SendJsonAsync(HttpMethod.Post, "/admin/keys", """{"name":"a","role":"Admin","scopes":["items"]}""", HttpStatusCode.Created);
        var problem = await bound.SendJsonAsync(HttpMethod.Get, "/users", null, HttpStatusCode.Forbidden);

        Assert.Contains("opens the groups access, items; this call is of the group users", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_OfTheConfiguration_IsChangedThereAndNamesAreTakenOnce()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await CreateAsync(service, """{"name":"made","role":"Viewer","scopes":["status"],"requestsPerSecond":9}""");

        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys", """{"name":"admin","role":"Admin"}""", HttpStatusCode.Conflict);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys", """{"name":"made","role":"Admin"}""", HttpStatusCode.Conflict);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys/admin/rotate", null, HttpStatusCode.Conflict);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/keys/viewer", null, HttpStatusCode.Conflict);

        var keys = (await service.Viewer.GetJsonAsync("/admin/keys")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["admin configuration", "made store", "storefront configuration", "viewer configuration"], keys.Select(key => $"{key.GetProperty("name").GetString()} {key.GetProperty("source").GetString()}"));
        Assert.Equal(("admin", 9, "status"), (keys[1].GetProperty("createdBy").GetString(), keys[1].GetProperty("requestsPerSecond").GetInt32(), keys[1].GetProperty("scopes")[0].GetString()));
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"a b","role":"Admin"}""", "name")]
    [InlineData("""{"name":"a"}""", "role")]
    [InlineData("""{"name":"a","role":"admin"}""", "role")]
    [InlineData("""{"name":"a","role":"7"}""", "role")]
    [InlineData("""{"name":"a","role":"Admin","scopes":["items","everything"]}""", "scopes[1]")]
    [InlineData("""{"name":"a","role":"Admin","requestsPerSecond":0}""", "requestsPerSecond")]
    [InlineData("""{"name":"a","role":"Admin","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"a","role":"Admin","key":"my-own-secret-0001"}""", "key")]
    public async Task Create_BadKey_NamesTheField(string json, string field)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        var problem = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys", json, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/keys/admin/rotate", """{"overlapSeconds":-1}""", HttpStatusCode.BadRequest);
    }

    /// <summary>The configuration needs no secret: hashes with and without a pepper, one of a pepper that was in use before, and an expired key.</summary>
    [Fact]
    public async Task Configuration_OfHashes_OpensWithTheSecretsAlone()
    {
        var (plain, keyed, old, expired) = (KeyHashes.NewKey(), KeyHashes.NewKey(), KeyHashes.NewKey(), KeyHashes.NewKey());
        const string pepper = "a pepper of the tests 01";
        const string before = "a pepper of the tests 00";
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database,
        [
            $"--Reco:Security:Pepper={pepper}", $"--Reco:Security:PreviousPeppers:0={before}",
            "--Reco:Security:ApiKeys:3:Name=plain", $"--Reco:Security:ApiKeys:3:KeyHash={KeyHashes.Of(plain, [])}",
            "--Reco:Security:ApiKeys:4:Name=keyed", $"--Reco:Security:ApiKeys:4:KeyHash={KeyHashes.Of(keyed, [pepper])}", "--Reco:Security:ApiKeys:4:Scopes:0=items",
            "--Reco:Security:ApiKeys:5:Name=old", $"--Reco:Security:ApiKeys:5:KeyHash={KeyHashes.Of(old, [before])}",
            "--Reco:Security:ApiKeys:6:Name=expired", $"--Reco:Security:ApiKeys:6:KeyHash={KeyHashes.Of(expired, [])}", "--Reco:Security:ApiKeys:6:ExpiresAt=2020-01-01T00:00:00Z",
        ]);

        foreach (var key in new[] { plain, keyed, old })
            Assert.Equal(HttpStatusCode.OK, await AskAsync(service, key));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(service, keyed, "/recommendations/u"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(service, plain, "/recommendations/u"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, expired));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(service, KeyHashes.Of(plain, [])));
        Assert.DoesNotContain(KeyHashes.Of(plain, []), (await service.Admin.GetJsonAsync("/admin/settings")).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("needs either Key or KeyHash", "--Reco:Security:ApiKeys:3:Name=x")]
    [InlineData("needs either Key or KeyHash", "--Reco:Security:ApiKeys:1:KeyHash=sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("is no group of operations", "--Reco:Security:ApiKeys:1:Scopes:0=all")]
    [InlineData("KeyHash must be", "--Reco:Security:ApiKeys:3:Name=x", "--Reco:Security:ApiKeys:3:KeyHash=md5:00")]
    [InlineData("takes the pepper", "--Reco:Security:ApiKeys:3:Name=x", "--Reco:Security:ApiKeys:3:KeyHash=hmac-sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("two keys are the same", "--Reco:Security:ApiKeys:3:Name=x", "--Reco:Security:ApiKeys:3:Key=storefront-key-for-tests")]
    [InlineData("a pepper has 16 to 256 characters", "--Reco:Security:PreviousPeppers:0=short")]
    public async Task Configuration_OfKeysWithAFault_IsRefusedAtStart(string reason, params string[] settings)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        var thrown = await Assert.ThrowsAsync<InvalidSettingsException>(() => TestService.StartAsync(database, settings));

        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>RFC 4231 has no case of this form, so the numbers are those of another implementation: <c>printf %s KEY | openssl dgst -sha256</c>.</summary>
    [Fact]
    public void Hash_OfAKnownKey_IsTheOneOfOtherTools()
    {
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", KeyHashes.Of("abc", []));
        Assert.StartsWith("hmac-sha256:", KeyHashes.Of("abc", ["a pepper of the tests 01"]), StringComparison.Ordinal);
        Assert.Equal(20, Enumerable.Range(0, 20).Select(_ => KeyHashes.NewKey()).Distinct().Count());
    }

    [Fact]
    public async Task Keys_WhereNoneIsConfigured_CannotBeMade()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var app = Hosting.RecoApplicationOf(database);
        await app.StartAsync(Ct);
        await using (app)
        {
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            await Wait.UntilAsync(async () => (await client.GetAsync("/health/ready", Ct)).IsSuccessStatusCode, "the service is ready");
            var problem = await client.SendJsonAsync(HttpMethod.Post, "/admin/keys", """{"name":"a","role":"Admin"}""", HttpStatusCode.Conflict);
            Assert.Contains("No key is configured", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            await app.StopAsync(Ct);
        }
    }

    private static class Hosting
    {
        public static Microsoft.AspNetCore.Builder.WebApplication RecoApplicationOf(TestDatabase database) => Api.Hosting.RecoApplication.Create(
            ["--environment=Development", "--urls=http://127.0.0.1:0", "--Reco:Demo:Enabled=false", "--Reco:Retraining:Enabled=false", "--Reco:Recommendations:WarmUpRequests=0", "--Serilog:MinimumLevel:Default=Fatal", .. database.Settings]);
    }
}
