using Microsoft.AspNetCore.HttpOverrides;
using RecoService.Api.Settings;

namespace RecoService.Api.Http;

/// <summary>The service behind a proxy: whom to believe about the client, and the path under which clients know the service.</summary>
internal static class Proxies
{
    /// <summary>Takes X-Forwarded-For, -Proto, -Host and -Prefix from proxies on this machine and from those that are trusted by name; from nobody else.</summary>
    public static void UseForwardedHeaders(this WebApplication app, ProxySettings settings)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix,
            // However many proxies there are in a row, the first that is not trusted ends it.
            ForwardLimit = null,
        };
        foreach (var network in ProxySettings.NetworksIn(settings.Trusted))
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Cuts <paramref name="pathBase"/> off paths that begin with it, for a proxy may or may not do so, and puts it before the paths in Location.</summary>
    public static void UsePathBaseOfProxy(this WebApplication app, string pathBase)
    {
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (pathBase.Length > 0)
            {
                if (request.Path.StartsWithSegments(pathBase, StringComparison.Ordinal, out var rest))
                    request.Path = rest.HasValue ? rest : "/";
                if (!request.PathBase.HasValue)
                    request.PathBase = pathBase;
            }

            if (request.PathBase.HasValue)
                context.Response.OnStarting(CompleteLocation, context);
            return next(context);
        });
    }

    private static Task CompleteLocation(object state)
    {
        var context = (HttpContext)state;
        if (context.Response.Headers.Location is [{ } location] && location.StartsWith('/'))
            context.Response.Headers.Location = context.Request.PathBase.ToUriComponent() + location;
        return Task.CompletedTask;
    }
}
