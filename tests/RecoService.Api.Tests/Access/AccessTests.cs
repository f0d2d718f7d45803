using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using RecoService.Api.Security;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Access;

/// <summary>Keys, changes, imports and settings, as operators read them.</summary>
public sealed class AccessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Audit_ChangesOfAdmins_AreWrittenAndRefusedOnesAreNot(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/a%2Fb", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/secret-user", "{}", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/users/secret-user", null, HttpStatusCode.Accepted);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/rules", "[]", HttpStatusCode.BadRequest);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/items/nothing", null, HttpStatusCode.NotFound);
        using (var refused = await service.Viewer.DeleteAsync("/items/a%2Fb", Ct))
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await service.Admin.GetJsonAsync("/admin/status");
        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });
        using (var asked = await service.Admin.PostAsync("/admin/data-health", null, Ct))
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);

        var changes = await service.Viewer.GetJsonAsync("/admin/audit");

        Assert.Equal(
            ["admin DeleteUser DELETE /users/{userId} stored", "admin PutUser PUT /users/{userId} stored", "admin PutItem PUT /items/a%2Fb stored"],
            changes.GetProperty("items").EnumerateArray().Select(entry => string.Join(' ', new[] { "key", "call", "method", "subject", "outcome" }.Select(name => entry.GetProperty(name).GetString()))));
        Assert.DoesNotContain("secret-user", changes.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await service.Viewer.GetJsonAsync("/admin/audit?call=PutItem&key=admin")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await service.Viewer.GetJsonAsync("/admin/audit?key=nobody")).GetProperty("items").GetArrayLength());
        var first = await service.Viewer.GetJsonAsync("/admin/audit?limit=1");
        Assert.Equal("PutUser", (await service.Viewer.GetJsonAsync($"/admin/audit?limit=1&cursor={first.GetProperty("next").GetString()}")).GetProperty("items")[0].GetProperty("call").GetString());
    }

    [Fact]
    public async Task Audit_EveryCallThatNeedsAnAdminKey_IsFollowed()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        var unfollowed = service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().LastOrDefault()?.Policy == SecurityExtensions.Admin && endpoint.Metadata.GetMetadata<AuditTrail.Followed>() is null);

        Assert.Empty(unfollowed.Select(endpoint => endpoint.DisplayName));
    }

    [Fact]
    public async Task Audit_OldChanges_AreForgotten()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Security:AuditRetentionDays=1"]);
        await service.Shop.Store.Audit.AppendAsync("admin", "PutItem", "PUT", "/items/new", "200", Ct);
        await database.ExecuteAsync($"INSERT INTO audit_log (changed_at, key_name, call, method, subject, outcome) VALUES ({TimeProvider.System.GetUtcNow().AddDays(-2).ToUnixTimeMilliseconds()}, 'k', 'c', 'PUT', '/items/old', '200')");

        await service.Shop.Diagnosis.Audit.SweepAsync(Ct);

        Assert.Equal("/items/new", Assert.Single((await service.Viewer.GetJsonAsync("/admin/audit")).GetProperty("items").EnumerateArray()).GetProperty("subject").GetString());
        Assert.Null((await service.Shop.Store.Audit.VerifyAsync(Ct)).Fault);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Audit_OfChanges_SaysWhatWasThereBeforeAndSince(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/i", """{"title":"old"}""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Patch, "/items/i", """{"title":"new"}""");
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/admin/rules/r", """{ "items": "price > 5", "action": { "exclude": true } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/rules/r", null, HttpStatusCode.NoContent);

        var entries = (await service.Viewer.GetJsonAsync("/admin/audit")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["DeleteRule", "PutRule", "PatchItem", "PutItem"], entries.Select(entry => entry.GetProperty("call").GetString()));
        Assert.Equal((JsonValueKind.Object, JsonValueKind.Null), (entries[0].GetProperty("before").ValueKind, entries[0].GetProperty("after").ValueKind));
        Assert.Equal(("old", "new"), (entries[2].GetProperty("before").GetProperty("title").GetString(), entries[2].GetProperty("after").GetProperty("title").GetString()));
        Assert.Equal(JsonValueKind.Null, entries[3].GetProperty("before").ValueKind);
        Assert.Equal([4, 3, 2, 1], entries.Select(entry => entry.GetProperty("position").GetInt64()));
        Assert.Equal(4, entries.Select(entry => entry.GetProperty("hash").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Keys_WithTheirLastUse_NeverShowTheSecret()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Security:ApiKeys:1:RequestsPerSecond=7"]);
        var started = TimeProvider.System.GetUtcNow();

        var answer = await service.Viewer.GetJsonAsync("/admin/keys");

        var keys = answer.GetProperty("items").EnumerateArray().ToDictionary(key => key.GetProperty("name").GetString()!, StringComparer.Ordinal);
        Assert.Equal(["admin", "storefront", "viewer"], keys.Keys);
        Assert.Equal(("Storefront", 7), (keys["storefront"].GetProperty("role").GetString(), keys["storefront"].GetProperty("requestsPerSecond").GetInt32()));
        Assert.Equal(JsonValueKind.Null, keys["storefront"].GetProperty("lastUsedAt").ValueKind);
        Assert.Equal(JsonValueKind.Null, keys["viewer"].GetProperty("requestsPerSecond").ValueKind);
        Assert.True(keys["viewer"].GetProperty("lastUsedAt").GetDateTimeOffset() >= started);
        foreach (var secret in new[] { TestService.AdminKey, TestService.StorefrontKey, TestService.ViewerKey })
            Assert.DoesNotContain(secret, answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_OfTheRunningService_AreItsOwnWithoutSecrets()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, ["--Reco:Limits:MaxRequestBytes=2048"]);

        var answer = await service.Viewer.GetJsonAsync("/admin/settings");

        var limit = Assert.Single(answer.GetProperty("items").EnumerateArray(), setting => setting.GetProperty("key").GetString() == "Reco:Limits:MaxRequestBytes");
        Assert.Equal(("2048", "4194304", "command-line"), (limit.GetProperty("value").GetString(), limit.GetProperty("default").GetString(), limit.GetProperty("source").GetString()));
        Assert.DoesNotContain(TestService.AdminKey, answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_StoredRefusedAndBroken_IsInTheJournalWithItsLines()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);
        await ImportAsync("/import/items", "itemId,title\na,Lamp\nb,Chair\n", HttpStatusCode.OK);
        await ImportAsync("/import/interactions", "userId,itemId,kind\nu,a,view\nu,a,nonsense\n", HttpStatusCode.UnprocessableEntity);
        await ImportAsync("/import/users?columns=nothing", "userId\nu\n", HttpStatusCode.BadRequest);

        var answer = await service.Viewer.GetJsonAsync("/admin/imports");

        var imports = answer.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(0, answer.GetProperty("running").GetArrayLength());
        Assert.Equal(["interactions refused admin", "items stored admin"], imports.TakeLast(2).Select(import => $"{import.GetProperty("target").GetString()} {import.GetProperty("outcome").GetString()} {import.GetProperty("key").GetString()}"));
        var refused = imports[^2].GetProperty("report");
        Assert.Equal((2, 1, 3), (refused.GetProperty("lines").GetInt64(), refused.GetProperty("invalid").GetInt64(), refused.GetProperty("errors")[0].GetProperty("line").GetInt64()));
        Assert.StartsWith("Nothing was stored", imports[^2].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, imports[^1].GetProperty("report").GetProperty("accepted").GetInt64());
        Assert.Equal(["ImportItems"], (await service.Viewer.GetJsonAsync("/admin/audit")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("call").GetString()!));

        async Task ImportAsync(string path, string csv, HttpStatusCode expected)
        {
            using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
            using var response = await service.Admin.PostAsync(path, content, Ct);
            Assert.Equal(expected, response.StatusCode);
        }
    }
}
