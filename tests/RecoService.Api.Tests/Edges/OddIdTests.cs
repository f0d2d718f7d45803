using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

/// <summary>An id means the same in a path and in a body, whatever it is made of.</summary>
public sealed class OddIdTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static readonly string[] OddIds =
    [
        "a/b", "a%2Fb", "a%252Fb", "a+b", "a b", " spaces ", "ä", "日本語", "👍🏽", "..%2f", "..", ".", "...", "'; DROP TABLE items; --", "a\\b", "a?b", "a#b", "a&b=c", "%", "%%", "100%", "%00",
        "{itemId}", "<script>", "\"quoted\"", "null", "0", "-1", "A", "e\u0301", "\u00e9", "\u200b", "\ufeff", "\u202e", "a;b", "a:b", "a|b", "~", "*", "/", "//", "/a/", "a\u00a0b", "\ufffd", "\ufdd0", "\U0010ffff",
        new string('x', 256), string.Concat(Enumerable.Repeat("👍", 128)), new string('é', 256), new string('語', 256),
    ];

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task EveryEndpoint_OddId_MeansTheSameInPathAndBody(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        foreach (var id in OddIds)
            await PutAsync(service, id);

        var listed = (await service.Admin.GetJsonAsync("/items?limit=1000")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!);
        Assert.Equal(OddIds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        foreach (var id in OddIds)
            await UseAsync(service, id);
        foreach (var id in OddIds)
            await DeleteAsync(service, id);
        Assert.Empty((await service.Admin.GetJsonAsync("/items")).GetProperty("items").EnumerateArray());
        Assert.Empty((await service.Admin.GetJsonAsync("/users")).GetProperty("items").EnumerateArray());
    }

    private static async Task PutAsync(TestService service, string id)
    {
        var put = await SendAsync(service, "PUT", $"/items/{Escape(id)}", JsonSerializer.Serialize(new { title = "odd" }), HttpStatusCode.Created);
        Assert.Equal(id, put.GetProperty("itemId").GetString());
        Assert.Equal(id, (await SendAsync(service, "GET", $"/items/{Escape(id)}", null)).GetProperty("itemId").GetString());
    }

    private static async Task UseAsync(TestService service, string id)
    {
        await service.Admin.PostInteractionsAsync(new { id, userId = id, itemId = id, kind = "view", sessionId = id, orderId = id });
        await SendAsync(service, "PUT", $"/users/{Escape(id)}/ratings/{Escape(id)}", """{ "value": 4 }""");

        var done = (await SendAsync(service, "GET", $"/users/{Escape(id)}/interactions", null)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, done.Count);
        Assert.All(done, one => Assert.Equal((id, id), (one.GetProperty("userId").GetString(), one.GetProperty("itemId").GetString())));
        Assert.Contains(done, one => one.GetProperty("id").GetString() == id && one.GetProperty("sessionId").GetString() == id && one.GetProperty("orderId").GetString() == id);

        var list = await SendAsync(service, "GET", $"/recommendations/{Escape(id)}?limit=200", null);
        Assert.Equal(id, list.GetProperty("userId").GetString());
        Assert.Equal(OddIds.Except([id]).Order(StringComparer.Ordinal), list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(id, (await SendAsync(service, "GET", $"/users/{Escape(id)}", null)).GetProperty("userId").GetString());
        Assert.Equal(id, (await SendAsync(service, "PATCH", $"/users/{Escape(id)}", "{}")).GetProperty("userId").GetString());
        Assert.Equal(id, (await SendAsync(service, "PATCH", $"/items/{Escape(id)}", "{}")).GetProperty("itemId").GetString());
    }

    private static async Task DeleteAsync(TestService service, string id)
    {
        await SendAsync(service, "PUT", $"/interactions/{Escape(id)}", JsonSerializer.Serialize(new { id, userId = id, itemId = id, kind = "click", orderId = id }));
        Assert.Equal(1, (await SendAsync(service, "DELETE", $"/orders/{Escape(id)}", null)).GetProperty("changed").GetInt32());
        await SendAsync(service, "DELETE", $"/interactions/{Escape(id)}", null, HttpStatusCode.NoContent);
        await SendAsync(service, "DELETE", $"/users/{Escape(id)}/ratings/{Escape(id)}", null, HttpStatusCode.NoContent);
        Assert.Empty((await SendAsync(service, "GET", $"/users/{Escape(id)}/interactions", null)).GetProperty("items").EnumerateArray());
        await SendAsync(service, "DELETE", $"/items/{Escape(id)}", null, HttpStatusCode.NoContent);
        await SendAsync(service, "GET", $"/items/{Escape(id)}", null, HttpStatusCode.NotFound);
        await SendAsync(service, "DELETE", $"/users/{Escape(id)}", null, HttpStatusCode.Accepted);
        await SendAsync(service, "GET", $"/users/{Escape(id)}", null, HttpStatusCode.NotFound);
    }

    /// <summary>Many clients leave more than this unescaped; only a slash and what ends a path must be escaped, and a percent sign.</summary>
    [Theory]
    [InlineData("/items/a+b,c;d=e@f!$&'()*", "a+b,c;d=e@f!$&'()*")]
    [InlineData("/items/%61%2B", "a+")]
    [InlineData("/items/a%20b?", "a b")]
    public async Task Get_SparinglyEscapedPath_FindsTheItem(string path, string id)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await SendAsync(service, "PUT", $"/items/{Escape(id)}", "{}", HttpStatusCode.Created);
        try
        {
            Assert.Equal(id, (await SendAsync(service, "GET", path, null)).GetProperty("itemId").GetString());
        }
        finally
        {
            await SendAsync(service, "DELETE", $"/items/{Escape(id)}", null, HttpStatusCode.NoContent);
        }
    }

    /// <summary>The form that proxies may use; the id is decoded once there too.</summary>
    [Fact]
    public async Task Get_AbsoluteFormOfTheTarget_DecodesTheIdOnce()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await RawHttp.SendAsync(
            service.Address, $"GET http://localhost:{service.Address.Port}/recommendations/a%252Fb%2F HTTP/1.1\nHost: localhost:{service.Address.Port}\nX-Api-Key: {TestService.AdminKey}\nConnection: close");

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"userId\":\"a%2Fb/\"", answer.Body, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> SendAsync(TestService service, string method, string path, string? json, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = Refusal.Request(service, method, path, json is null ? null : System.Text.Encoding.UTF8.GetBytes(json), "application/json");
        using var response = await service.Admin.SendAsync(request);
        return await response.ReadJsonAsync(expected);
    }

    private static string Escape(string id) => Uri.EscapeDataString(id);
}
