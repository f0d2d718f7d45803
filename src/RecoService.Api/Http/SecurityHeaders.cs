using Microsoft.Extensions.Primitives;
using RecoService.Api.Security;
using RecoService.Api.Settings;

namespace RecoService.Api.Http;

/// <summary>
/// What an answer of the API tells a browser that comes upon it: that it is no page, in no frame, and of the type it says (OWASP REST Security Cheat Sheet, 2024). Pages have headers of their own.
/// </summary>
internal sealed class SecurityHeaders(PagePaths paths, SecuritySettings settings)
{
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues NothingElse = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues NoReferrer = "no-referrer";

    private readonly StringValues transport = settings.HstsMaxAge == TimeSpan.Zero ? StringValues.Empty : $"max-age={(long)settings.HstsMaxAge.TotalSeconds}";

    public Task Before(HttpContext context, RequestDelegate next)
    {
        Protect(context);
        return next(context);
    }

    /// <summary>Called again where an error has cleared what was there.</summary>
    public void Protect(HttpContext context)
    {
        if (paths.Hold(context.Request.Path))
            return;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = NoSniff;
        headers.XFrameOptions = Deny;
        headers.ContentSecurityPolicy = NothingElse;
        headers["Referrer-Policy"] = NoReferrer;
        // A browser would keep what a developer's machine says for every other service there.
        if (context.Request.IsHttps && transport.Count > 0 && !SecurityExtensions.IsLoopback(context.Request.Host.Host))
            headers.StrictTransportSecurity = transport;
    }
}
