using Microsoft.AspNetCore.Http.Features;

namespace RecoService.Api.Http;

/// <summary>
/// Routes by the path as the client sent it. The server decodes a path before routing, all but <c>%2F</c>, after which <c>a%2Fb</c> and <c>a%252Fb</c>
/// can no longer be told apart; on the raw path every segment is still what the client meant. Only for the API: pages are routed as the framework does.
/// </summary>
internal static class RawPathRouting
{
    public static void UseRawPaths(this WebApplication app)
    {
        var paths = app.Services.GetRequiredService<PagePaths>();
        app.Use((context, next) =>
        {
            if (context.Features.Get<IHttpRequestFeature>() is { RawTarget: { } target } request && !IsPathOf(target, request.Path) && !paths.Hold(context.Request.Path) && PathOf(target) is { } path)
                request.Path = path;
            return next(context);
        });
    }

    /// <summary>Most paths hold nothing to decode, and stand in the target as they are.</summary>
    private static bool IsPathOf(string target, string path) =>
        path.Length > 0 && target.StartsWith(path, StringComparison.Ordinal) && (target.Length == path.Length || target[path.Length] is '?' or '#');

    /// <summary>The path of <c>/path?query</c> or, as a proxy may ask, <c>http://host/path?query</c>; null of anything else.</summary>
    private static string? PathOf(string target)
    {
        var start = target.StartsWith('/') ? 0 : target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme ? target.IndexOf('/', scheme + 3) : -1;
        if (start < 0)
            return null;
        var end = target.AsSpan(start).IndexOfAny('?', '#');
        return end < 0 ? target[start..] : target[start..(start + end)];
    }
}
