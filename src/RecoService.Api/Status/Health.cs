using System.Text.Json.Serialization;
using RecoService.Api.Hosting;
using RecoService.Api.Serving;

namespace RecoService.Api.Status;

/// <param name="Status">starting, ready or degraded.</param>
/// <param name="Reasons">What is not as it should be, in words an operator acts on; some of them leave the service ready.</param>
/// <param name="PublicReasons">Why it is degraded, for everybody.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<string> Reasons, IReadOnlyList<string> PublicReasons);

/// <summary>Says whether the service serves, and what it serves badly, from what is known in memory.</summary>
internal sealed class Health(Readiness readiness, SnapshotHost snapshots, SnapshotPublisher publisher, StoreMonitor store)
{
    private static readonly TimeSpan LagLimit = TimeSpan.FromSeconds(30);

    public HealthReport Check()
    {
        if (readiness.WaitingFor is { } waitingFor)
            return new HealthReport("starting", [waitingFor], [waitingFor]);

        List<string> reasons = [], publicReasons = [];
        if (store.Fault is { } fault)
            Add($"{fault.ToOperators} Lists are served from memory, writes get 503.", $"{fault.Reason} Lists are served from memory, writes get 503.");
        else if (publisher.Lag > LagLimit)
            Add($"Changes of other replicas have not been seen for {publisher.Lag.TotalSeconds:F0} s.");
        if (snapshots.Current?.Fault is { } damage)
            Add(damage);
        var status = reasons.Count == 0 ? "ready" : "degraded";
        if (snapshots.Current is { State.Items.Count: 0 })
            reasons.Add("The catalogue is empty, so lists are: put items with PUT /items/{itemId}, or import them.");
        return new HealthReport(status, reasons, publicReasons);

        void Add(string reason, string? publicReason = null)
        {
            reasons.Add(reason);
            publicReasons.Add(publicReason ?? reason);
        }
    }
}

/// <param name="Status">live; ready or degraded.</param>
/// <param name="Reasons">Why it is degraded; left out otherwise.</param>
internal sealed record HealthResponse(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Reasons = null);

internal static class HealthEndpoints
{
    public const string LiveName = "GetLive";
    public const string ReadyName = "GetReady";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous().DisableRateLimiting();
        health.MapGet("/live", () => TypedResults.Ok(new HealthResponse("live"))).WithName(LiveName).WithSummary("The process answers");
        health.MapGet("/ready", Ready).WithName(ReadyName).WithSummary("200 once lists are served, degraded or not; 503 until then, and from when it is told to stop")
            .Produces<HealthResponse>().ProducesProblems(StatusCodes.Status503ServiceUnavailable);
    }

    // Needs no key, so what the database's driver says is kept for /admin/status.
    private static IResult Ready(Health health, Readiness readiness)
    {
        if (readiness.IsStopping)
            return TypedResults.Problem("The service is told to stop and answers only a little longer.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Stopping");
        var report = health.Check();
        return report.Status == "starting"
            ? TypedResults.Problem(report.PublicReasons[0], statusCode: StatusCodes.Status503ServiceUnavailable, title: "Starting")
            : TypedResults.Ok(new HealthResponse(report.Status, report.PublicReasons.Count == 0 ? null : report.PublicReasons));
    }
}
