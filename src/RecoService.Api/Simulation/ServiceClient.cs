using System.Net;
using System.Text.Json;
using RecoService.Api.Security;

namespace RecoService.Api.Simulation;

/// <summary>Calls a running service as a shop's backend does it: a call that was refused for now is made again.</summary>
internal sealed class ServiceClient : IDisposable
{
    private const int MostTries = 30;
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient http;

    /// <param name="url">Of the service.</param>
    /// <param name="key">An admin key; null where the service asks for none.</param>
    public ServiceClient(Uri url, string? key)
    {
        http = new HttpClient { BaseAddress = url };
        if (key is not null)
            http.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, key);
    }

    /// <exception cref="ServiceRefusedException">The answer is no success.</exception>
    /// <exception cref="HttpRequestException">Nobody answers.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken ct) => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), ct);

    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonElement> PostAsync(string path, object body, CancellationToken ct) => SendAsync(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, ct);

    private async Task<JsonElement> SendAsync(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = make();
            using var response = await http.SendAsync(request, ct);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync<JsonElement>(ct);
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || tries == MostTries)
                throw new ServiceRefusedException($"{request.Method} {request.RequestUri} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
            await Task.Delay(response.Headers.RetryAfter?.Delta ?? ShortPause, ct);
        }
    }

    public void Dispose() => http.Dispose();
}

/// <summary>The service answers, and will not do what it is asked for.</summary>
internal sealed class ServiceRefusedException(string message) : Exception(message);
