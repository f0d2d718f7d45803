using Microsoft.AspNetCore.Http.Features;

namespace RecoService.Api.Hosting;

/// <summary>
/// Routes by the path as the client sent it. The server decodes a path before routing, all but <c>%2F</c>, after which <c>a%2Fb</c> and <c>a%252Fb</c>
/// can no longer be told apart; on the raw path every segment is still what the client meant.
/// </summary>
internal static class RawPathRouting
{
    public static void UseRawPathRouting(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            // Not the conversion from string to PathString: that decodes.
            if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is { } target && PathOf(target) is { } path)
                context.Request.Path = new PathString(path);
            return next(context);
        });
        app.UseRouting();
    }

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
