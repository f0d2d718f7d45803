using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Security;
using RecoService.Api.Settings;

namespace RecoService.Api.Status;

/// <param name="Service">What answers here.</param>
/// <param name="Version">Its version.</param>
/// <param name="Key">How to be let in.</param>
/// <param name="Links">Where to go on.</param>
internal sealed record ServiceResponse(string Service, string Version, string Key, IReadOnlyDictionary<string, string> Links);

internal static class ServiceEndpoint
{
    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    public static void MapService(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", Get).AllowAnonymous().DisableRateLimiting()
            .WithName("GetService").WithTags("Status").WithSummary("What answers here, and where to go on")
            .WithDescription("Needs no key. Leads to Swagger UI where that is switched on.");

    private static Results<Ok<ServiceResponse>, RedirectHttpResult> Get(HttpRequest request, RecoSettings settings, IHostEnvironment environment)
    {
        if (settings.Swagger.EnabledIn(environment))
            return TypedResults.Redirect("/swagger");
        var root = request.PathBase.ToUriComponent();
        return TypedResults.Ok(new ServiceResponse(
            "RecoService", Version, $"Calls but those of /health need an API key in the header {ApiKeyHandler.HeaderName}.",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["recommendations"] = $"{root}/recommendations/{{userId}}",
                ["interactions"] = $"{root}/interactions",
                ["items"] = $"{root}/items",
                ["status"] = $"{root}/admin/status",
                ["ready"] = $"{root}/health/ready",
                ["live"] = $"{root}/health/live",
            }));
    }
}
