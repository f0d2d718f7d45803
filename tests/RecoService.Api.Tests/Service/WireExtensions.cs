using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace RecoService.Api.Tests.Service;

/// <summary>Talks to the service in the words of the wire, as a client written in another language would.</summary>
internal static class WireExtensions
{
    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return await response.ReadJsonAsync(HttpStatusCode.OK);
    }

    public static async Task<JsonElement> SendJsonAsync(this HttpClient client, HttpMethod method, string path, string? json, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        return await response.ReadJsonAsync(expected);
    }

    /// <summary>Sends again while the answer is 503, as it asks for: on a busy machine a write may take longer than an impatient service gives it.</summary>
    /// <param name="client">Of a service whose write timeout is short.</param>
    /// <param name="method">What is sent may arrive twice: PUT, DELETE, or POST with ids.</param>
    /// <param name="path">Of the operation.</param>
    /// <param name="body">Null for none.</param>
    /// <param name="expected">The answer of the attempt that is taken.</param>
    public static async Task<JsonElement> SendUntilTakenAsync(this HttpClient client, HttpMethod method, string path, object? body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        JsonElement answer = default;
        await Wait.UntilAsync(async () =>
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = JsonContent.Create(body);
            using var response = await client.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return false;
            answer = await response.ReadJsonAsync(expected);
            return true;
        }, $"{method} {path} is taken");
        return answer;
    }

    public static Task<JsonElement> PostInteractionsAsync(this HttpClient client, params object[] interactions) =>
        client.SendJsonAsync(HttpMethod.Post, "/interactions", JsonSerializer.Serialize(interactions));

    public static async Task<List<string>> RecommendAsync(this HttpClient client, string userId, int limit = 20)
    {
        var list = await client.GetJsonAsync($"/recommendations/{Uri.EscapeDataString(userId)}?limit={limit}");
        return [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!)];
    }

    /// <summary>Starts a model run, waits for its end and returns it.</summary>
    public static async Task<JsonElement> RetrainAsync(this HttpClient admin, bool force = false, TimeSpan? deadline = null)
    {
        using var response = await admin.PostAsJsonAsync("/admin/retrain", new { force });
        await response.ReadJsonAsync(HttpStatusCode.Accepted);
        return await admin.WaitForRunAsync(response.Headers.Location!.ToString(), deadline);
    }

    public static async Task<JsonElement> WaitForRunAsync(this HttpClient admin, string location, TimeSpan? deadline = null)
    {
        JsonElement run = default;
        await Wait.UntilAsync(async () =>
        {
            using var response = await admin.GetAsync(location);
            // On a busy machine the store may not answer in time; whoever polls asks again.
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return false;
            run = await response.ReadJsonAsync(HttpStatusCode.OK);
            return run.GetProperty("outcome").ValueKind != JsonValueKind.Null;
        }, $"{location} has ended", deadline);
        return run;
    }

    /// <summary>The body of an answer with the expected status; anything else fails the test with the body in the message.</summary>
    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.PathAndQuery}: expected {(int)expected}, got {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
