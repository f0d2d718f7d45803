using System.Net.Http.Json;
using System.Text.Json;
using RecoService.WebConsole.Sessions;

namespace RecoService.WebConsole.Calls;

/// <summary>Calls of the API, made with the rights of whoever looks at the page: a page can show and do nothing else.</summary>
internal sealed class ApiClient(IConsoleHost host, Visit visit)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public async Task<T> GetAsync<T>(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null);
        return await ReadAsync<T>(response);
    }

    /// <summary>The same, or nothing where there is no such thing.</summary>
    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public async Task<T?> FindAsync<T>(string path)
        where T : class
    {
        try
        {
            return await GetAsync<T>(path);
        }
        catch (ApiException exception) when (exception.Problem.Status == 404)
        {
            return null;
        }
    }

    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public async Task<T> PostAsync<T>(string path, object? body = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body);
        return await ReadAsync<T>(response);
    }

    /// <exception cref="ApiException">The API refused, or failed.</exception>
    public async Task DoAsync(HttpMethod method, string path, object? body = null) => (await SendAsync(method, path, body)).Dispose();

    /// <summary>Sends a file as it comes. What came of it is answered also where nothing was stored.</summary>
    /// <param name="path">Of an import, with its options.</param>
    /// <param name="file">Read once.</param>
    /// <param name="contentType">What it holds.</param>
    /// <exception cref="ApiException">The API refused to read it, or failed.</exception>
    public async Task<T> ImportAsync<T>(string path, Stream file, string contentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StreamContent(file) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await host.SendAsync(visit.Context, request, visit.Context.RequestAborted);
        return response.IsSuccessStatusCode || response.StatusCode == System.Net.HttpStatusCode.UnprocessableEntity ? await ReadAsync<T>(response) : throw new ApiException(await ApiProblem.OfAsync(response, visit.Context.RequestAborted));
    }

    /// <summary>An id as a part of a path.</summary>
    public static string Escape(string id) => Uri.EscapeDataString(id);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.AcceptLanguage.ParseAdd(visit.Language);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: Options);
        var response = await host.SendAsync(visit.Context, request, visit.Context.RequestAborted);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new ApiException(await ApiProblem.OfAsync(response, visit.Context.RequestAborted));
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<T>(Options, visit.Context.RequestAborted) ?? throw new JsonException($"The API answered null where {typeof(T).Name} was expected.");
}
