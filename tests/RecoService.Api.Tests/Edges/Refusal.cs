using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

/// <summary>Sends what must be refused, and sees that the answer says why and that nothing has changed.</summary>
internal static class Refusal
{
    /// <summary>The path goes out as it stands here, escapes and all.</summary>
    public static HttpRequestMessage Request(TestService service, string method, string path, byte[]? body, string? contentType)
    {
        var address = new Uri(service.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is null)
            return request;
        request.Content = new ByteArrayContent(body);
        if (contentType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return request;
    }

    public static async Task<JsonElement> SendAsync(TestService service, string method, string path, byte[]? body, string? contentType, HttpStatusCode expected)
    {
        using var request = Request(service, method, path, body, contentType);
        using var response = await service.Admin.SendAsync(request);
        return await ReadProblemAsync(response, expected);
    }

    public static async Task<JsonElement> ReadProblemAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var problem = await response.ReadJsonAsync(expected);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem;
    }

    public static void AssertNames(JsonElement problem, string field, string reason)
    {
        Assert.True(problem.TryGetProperty("errors", out var errors), $"No field is named: {problem}");
        Assert.True(errors.TryGetProperty(field, out var reasons), $"'{field}' is not named: {problem}");
        Assert.Contains(reasons.EnumerateArray(), given => given.GetString()!.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>Everything a bad request could have changed.</summary>
    public static async Task<string> StateOfAsync(TestService service)
    {
        var state = new StringBuilder().Append(await service.Shop.Store.Database.CountAsync(CancellationToken.None));
        foreach (var path in new[] { "/items?limit=1000", "/users?limit=1000", "/users/seed/interactions", "/admin/runs", "/admin/models", "/items/seed-item" })
            state.AppendLine().Append(await service.Admin.GetStringAsync(path));
        return state.ToString();
    }

    public static async Task SeedAsync(TestService service)
    {
        using var existing = await service.Admin.GetAsync("/items/seed-item");
        if (existing.StatusCode == HttpStatusCode.OK)
            return;
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/items/seed-item", """{ "title": "Seed", "attributes": { "a": 1 } }""", HttpStatusCode.Created);
        await service.Admin.SendJsonAsync(HttpMethod.Put, "/users/seed", """{ "attributes": { "a": 1 } }""", HttpStatusCode.Created);
        await service.Admin.PostInteractionsAsync(
            new { id = "seed-1", userId = "seed", itemId = "seed-item", kind = "view" },
            new { userId = "seed", itemId = "seed-item", kind = "rating", value = 3 });
    }
}
