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
            if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target && target[0] == '/')
                context.Request.Path = PathOf(target);
            return next(context);
        });
        app.UseRouting();
    }

    private static string PathOf(string target)
    {
        var end = target.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? target : target[..end];
    }
}
