using System.Text;
using System.Text.Json;
using RecoService.Api.Http;
using RecoService.Api.Security;

namespace RecoService.Benchmarks.Load;

/// <summary>Requests as the bytes that go over the wire.</summary>
internal static class LoadRequests
{
    public const string AdminKey = "benchmark-admin-key";
    public const string StorefrontKey = "benchmark-storefront-key";

    public static byte[] Recommend(string userId, int limit = 10) => Get($"/recommendations/{userId}?limit={limit}");

    /// <summary>A personal list with what a query adds.</summary>
    public static byte[] RecommendWith(string userId, string query) => Get($"/recommendations/{userId}?limit=10&{query}");

    /// <summary>A list of a placement, by the one call that has all of them.</summary>
    public static byte[] List(object request) => Send("POST", "/recommendations", StorefrontKey, request);

    public static byte[] Get(string target, string key = StorefrontKey) => Encoding.ASCII.GetBytes(Head("GET", target, key) + "\r\n");

    /// <summary>One interaction by one user, as a storefront tells it.</summary>
    public static byte[] Interaction(string id, string userId, string itemId, string kind) =>
        Send("POST", "/interactions", StorefrontKey, new[] { new { id, userId, itemId, kind } });

    public static byte[] Click(string id, string userId, string itemId) => Interaction(id, userId, itemId, "click");

    public static byte[] Send(string method, string target, string key, object body)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body);
        return [.. Encoding.ASCII.GetBytes($"{Head(method, target, key)}Content-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n"), .. json];
    }

    private static string Head(string method, string target, string key) => $"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{ApiKeyHandler.HeaderName}: {key}\r\n";
}
