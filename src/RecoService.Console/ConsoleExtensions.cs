using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RecoService.WebConsole.Assets;
using RecoService.WebConsole.Calls;
using RecoService.WebConsole.Layout;
using RecoService.WebConsole.Reports;
using RecoService.WebConsole.Sessions;
using RecoService.WebConsole.Storefront;
using RecoService.WebConsole.Words;

namespace RecoService.WebConsole;

/// <summary>How a host gets the console. It registers an <see cref="IConsoleHost"/>.</summary>
public static class ConsoleExtensions
{
    private const int MostReportDays = 366;
    private const string UploadPath = "console/imports";

    /// <param name="services">The host's.</param>
    /// <param name="openScheme">The authentication scheme of callers where <see cref="IConsoleHost.IsOpen"/>.</param>
    /// <param name="options">What the host says of the console.</param>
    public static void AddConsole(this IServiceCollection services, string openScheme, ConsoleOptions options)
    {
        services.AddSingleton(options);
        services.AddScoped<Visit>();
        services.AddScoped<ApiClient>();
        services.AddScoped<Text>();
        services.AddMemoryCache();
        services.AddScoped<Shopper>();
        services.AddRazorComponents();
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = "recoservice-antiforgery");
        ConsoleSession.AddTo(services, openScheme, options);
    }

    /// <summary>What requests for pages go through, after routing, authentication and authorization. Nothing else does.</summary>
    public static void UseConsole(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<ConsoleOptions>();
        var policy = PolicyOf(options);
        app.UseWhen(static context => context.GetEndpoint()?.Metadata.GetMetadata<ConsolePage>() is not null, pages => pages
            .Use((context, next) =>
            {
                if (!options.HasStorefront && context.Request.Path.StartsWithSegments(Shopper.Path, StringComparison.OrdinalIgnoreCase))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                Protect(context.Response.Headers, policy);
                context.RequestServices.GetRequiredService<Visit>().Begin(context);
                return next(context);
            })
            .UseAntiforgery());
    }

    /// <summary>The pages and their assets.</summary>
    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/assets/{name}", AssetFiles.Get).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription().WithMetadata(ConsolePage.Marker);
        routes.MapGet("/console/report", GetReportAsync).RequireAuthorization(ConsoleSession.PolicyName).ExcludeFromDescription().WithMetadata(ConsolePage.Marker);
        var limit = new UploadLimit(routes.ServiceProvider.GetRequiredService<ConsoleOptions>().MaxImportBytes);
        var pages = routes.MapRazorComponents<App>().RequireAuthorization(ConsoleSession.PolicyName).WithMetadata(ConsolePage.Marker);
        pages.Add(page =>
        {
            if (page is RouteEndpointBuilder { RoutePattern.RawText: var path } && path?.Trim('/') == UploadPath)
                page.Metadata.Add(limit);
        });
    }

    /// <summary>The report of the last days, with the rights of the session.</summary>
    private static async Task<IResult> GetReportAsync(HttpContext context, TimeProvider time, int days = 30)
    {
        var last = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var report = await ShopReport.RenderAsync(context, last.AddDays(1 - Math.Clamp(days, 1, MostReportDays)), last);
        context.Response.Headers.ContentSecurityPolicy = ShopReport.ContentPolicy;
        return Results.Text(report, "text/html; charset=utf-8");
    }

    private static void Protect(IHeaderDictionary headers, string policy)
    {
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        // As antiforgery would have them; it warns where they are others.
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
    }

    private static string PolicyOf(ConsoleOptions options) =>
        $"default-src 'self'; script-src 'self'; style-src 'self'; img-src {string.Join(' ', options.ImageHosts.Prepend("'self'"))}; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>A file that is uploaded is written to the disk on its way, and may be larger than other forms.</summary>
    private sealed class UploadLimit(long bytes) : IRequestSizeLimitMetadata, IFormOptionsMetadata
    {
        public long? MaxRequestBodySize => bytes;

        public long? MultipartBodyLengthLimit => bytes;

        public bool? BufferBody => null;

        public int? MemoryBufferThreshold => null;

        public long? BufferBodyLengthLimit => null;

        public int? ValueCountLimit => null;

        public int? KeyLengthLimit => null;

        public int? ValueLengthLimit => null;

        public int? MultipartBoundaryLengthLimit => null;

        public int? MultipartHeadersCountLimit => null;

        public int? MultipartHeadersLengthLimit => null;
    }
}
