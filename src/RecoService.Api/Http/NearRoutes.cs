using RecoService.Api.Wire;

namespace RecoService.Api.Http;

/// <summary>Which calls somebody may have meant by a path that leads nowhere.</summary>
internal sealed class NearRoutes(EndpointDataSource endpoints)
{
    private const int Most = 5;
    private const int LongestPath = 300;

    /// <summary>The nearest first; none when nothing is near.</summary>
    public IReadOnlyList<string> Of(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0 || path.Length > LongestPath)
            return [];
        return
        [
            .. endpoints.Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!.TrimEnd('/')).Distinct(StringComparer.Ordinal)
                .Select(route => (Route: route, Distance: DistanceOf(segments, route.Split('/', StringSplitOptions.RemoveEmptyEntries))))
                .Where(near => near.Distance is not null)
                .OrderBy(near => near.Distance).ThenBy(near => near.Route, StringComparer.Ordinal)
                .Take(Most).Select(near => near.Route),
        ];
    }

    /// <summary>Edits in the words that both have and a whole word for each that one has more; null when a word is not near.</summary>
    private static int? DistanceOf(string[] segments, string[] route)
    {
        const int missingWord = 10;
        var shared = Math.Min(segments.Length, route.Length);
        var distance = missingWord * Math.Abs(segments.Length - route.Length);
        if (shared == 0)
            return null;
        for (var position = 0; position < shared; position++)
        {
            if (route[position].StartsWith('{'))
                continue;
            if (NearName.Of(segments[position], [route[position]]) is null)
                return null;
            distance += NearName.Distance(segments[position], route[position]);
        }

        return distance;
    }
}
