using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RecoService.Api.Http;

namespace RecoService.Api.Status;

/// <param name="Status">starting, ready or degraded.</param>
/// <param name="Reasons">What is not as it should be, in words an operator acts on; some of them leave the service ready.</param>
/// <param name="PublicReasons">Why it is degraded, for everybody.</param>
internal sealed record HealthSummary(string Status, IReadOnlyList<string> Reasons, IReadOnlyList<string> PublicReasons);

/// <summary>Says whether the service serves, and what it serves badly, in the words of its health checks.</summary>
internal sealed class Health(HealthCheckService checks)
{
    private static readonly string[] AfterTheStart = [HealthChecks.Store, HealthChecks.Feed, HealthChecks.Models, HealthChecks.Catalogue];

    public async Task<HealthSummary> CheckAsync(CancellationToken cancellationToken)
    {
        var entries = (await checks.CheckHealthAsync(cancellationToken)).Entries;
        if (entries[HealthChecks.Start] is { Status: HealthStatus.Unhealthy, Description: { } waitingFor })
            return new HealthSummary("starting", [waitingFor], [waitingFor]);

        List<string> reasons = [], publicReasons = [];
        foreach (var name in AfterTheStart)
        {
            var entry = entries[name];
            if (entry.Description is not { } reason)
                continue;
            reasons.Add(reason);
            if (entry.Status != HealthStatus.Healthy)
                publicReasons.Add(entry.Data.TryGetValue(HealthChecks.PublicReason, out var said) ? (string)said : reason);
        }

        return new HealthSummary(publicReasons.Count == 0 ? "ready" : "degraded", reasons, publicReasons);
    }
}

/// <param name="Status">live; ready or degraded.</param>
/// <param name="Reasons">Why it is degraded; left out otherwise.</param>
internal sealed record HealthResponse(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Reasons = null);

internal static class HealthEndpoints
{
    public const string ReadyName = "GetReady";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous().DisableRateLimiting();
        health.MapGet("/live", () => TypedResults.Ok(new HealthResponse("live"))).WithName("GetLive").MarkFrequent().WithSummary("The process answers");
        health.MapGet("/ready", Ready).WithName(ReadyName).MarkFrequent().WithSummary("200 once lists are served, degraded or not; 503 until then, and from when it is told to stop")
            .Produces<HealthResponse>().ProducesProblems(StatusCodes.Status503ServiceUnavailable);
    }

    // Needs no key, so what the database's driver says is kept for /admin/status.
    private static async Task<IResult> Ready(Health health, StopNotice notice, CancellationToken cancellationToken)
    {
        if (notice.IsGiven)
            return TypedResults.Problem("The service is told to stop and answers only a little longer.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Stopping");
        var report = await health.CheckAsync(cancellationToken);
        return report.Status == "starting"
            ? TypedResults.Problem(report.PublicReasons[0], statusCode: StatusCodes.Status503ServiceUnavailable, title: "Starting")
            : TypedResults.Ok(new HealthResponse(report.Status, report.PublicReasons.Count == 0 ? null : report.PublicReasons));
    }
}
