using System.Net;
using System.Text;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Gorse;

/// <summary>A service that answers clients of Gorse, on each database; started once for a class.</summary>
public sealed class GorseShop : IAsyncLifetime
{
    public static readonly string[] Settings = ["--Reco:Compatibility:Gorse=true", "--Reco:Compatibility:GorseFeedbackTypes=wishlist=like, gift = purchase", "--Reco:Retraining:Recommender=item-knn"];

    private readonly Dictionary<StorageProvider, (TestDatabase Database, TestService Service)> started = [];

    internal TestService On(StorageProvider provider) => started[provider].Service;

    public async ValueTask InitializeAsync()
    {
        foreach (var provider in (StorageProvider[])[StorageProvider.Sqlite, StorageProvider.Postgres])
        {
            var database = await TestDatabase.CreateAsync(provider, inMemory: true);
            started[provider] = (database, await TestService.StartAsync(database, Settings));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (database, service) in started.Values)
        {
            await service.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    /// <summary>A call as Gorse's clients make it, with the admin's key.</summary>
    internal static async Task<JsonElement> CallAsync(TestService service, string method, string path, string? body = null, HttpStatusCode expected = HttpStatusCode.OK, string? apiVersion = null)
    {
        using var response = await SendAsync(service.Admin, method, path, body, apiVersion);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{method} {path}: {response.StatusCode} {text}");
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.True(Guid.TryParse(Assert.Single(response.Headers.GetValues("X-Request-ID")), out _));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(text);
    }

    internal static async Task<string> RefuseAsync(HttpClient client, string method, string path, HttpStatusCode expected, string? body = null)
    {
        using var response = await SendAsync(client, method, path, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{method} {path}: {response.StatusCode} {text}");
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.DoesNotContain('{', text);
        return text;
    }

    internal static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string? body = null, string? apiVersion = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/gorse/api" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (apiVersion is not null)
            request.Headers.Add("X-API-Version", apiVersion);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
