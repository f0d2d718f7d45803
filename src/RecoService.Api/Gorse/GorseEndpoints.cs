using RecoService.Api.Http;
using RecoService.Api.Settings;

namespace RecoService.Api.Gorse;

/// <summary>
/// The API of Gorse, as its published clients call it, over this shop's store and lists: docs/gorse.md. It translates and decides nothing: what a client writes goes through the
/// same checks and the same writers as the service's own calls, and what it reads comes from there.
/// </summary>
internal static class GorseEndpoints
{
    private const string Prefix = "/gorse/api";

    public static void AddGorse(this IServiceCollection services, RecoSettings settings)
    {
        services.AddSingleton(new GorseFeedbackTypes(settings.Compatibility, SettingsExtensions.KindsOf(settings.Interactions)));
        // Before the writer of the framework, which takes every problem.
        services.AddSingleton<IProblemDetailsWriter, GorseProblems>();
    }

    /// <summary>The headers that every answer has, and leave for pages of other hosts to ask.</summary>
    public static void UseGorse(this WebApplication app) => app.Use((context, next) =>
    {
        if (!Hold(context.Request.Path))
            return next(context);
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpResponse)state).Headers;
            headers.AccessControlAllowOrigin = "*";
            headers["X-Request-ID"] = Guid.NewGuid().ToString();
            return Task.CompletedTask;
        }, context.Response);
        if (!HttpMethods.IsOptions(context.Request.Method))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE";
        context.Response.Headers.AccessControlAllowHeaders = "Content-Type, Accept, X-API-Key, X-API-Version";
        return Task.CompletedTask;
    });

    public static void MapGorse(this IEndpointRouteBuilder routes)
    {
        // Clients of another service are told nothing by this one's document of its calls, and may send parameters that mean nothing here.
        var gorse = routes.MapGroup(Prefix).WithMetadata(ApiCall.Marker).CheckPathIds().ExcludeFromDescription();
        gorse.MapGorseHealth();
        gorse.MapGorseUsers();
        gorse.MapGorseItems();
        gorse.MapGorseFeedback();
        gorse.MapGorseLists();
    }

    public static bool Hold(PathString path) => path.StartsWithSegments(Prefix, StringComparison.Ordinal);
}
