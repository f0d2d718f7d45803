using System.Collections.Frozen;
using RecoService.Api.Settings;

namespace RecoService.Api.Http;

/// <summary>Marks an endpoint as a call of the API.</summary>
internal sealed class ApiCall
{
    public static readonly ApiCall Marker = new();

    private ApiCall()
    {
    }
}

/// <summary>
/// The paths that are not the API's: those whose first word is that of an endpoint beside it, such as a page. Paths that nobody serves count as the API's,
/// because a client with a typing error is told so in problem details.
/// </summary>
internal sealed class PagePaths
{
    private readonly string pathBase;
    private readonly Lazy<FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>>> words;

    public PagePaths(EndpointDataSource endpoints, RecoSettings settings)
    {
        pathBase = settings.PathBase;
        // Endpoints are complete when the first request comes.
        words = new(() => WordsOf([.. endpoints.Endpoints.OfType<RouteEndpoint>()]).GetAlternateLookup<ReadOnlySpan<char>>());
    }

    /// <param name="path">Decoded by the server, with or without the path base.</param>
    public bool Hold(PathString path)
    {
        if (pathBase.Length > 0 && path.StartsWithSegments(pathBase, StringComparison.Ordinal, out var rest))
            path = rest;
        var text = path.Value.AsSpan().TrimStart('/');
        var end = text.IndexOf('/');
        return words.Value.Contains(end < 0 ? text : text[..end]);
    }

    private static FrozenSet<string> WordsOf(IReadOnlyList<RouteEndpoint> endpoints)
    {
        var ofCalls = endpoints.Where(IsCall).Select(WordOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return endpoints.Where(endpoint => !IsCall(endpoint)).Select(WordOf).Where(word => word.Length > 0 && word[0] != '{' && !ofCalls.Contains(word)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsCall(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ApiCall>() is not null;

    private static string WordOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0];
}
