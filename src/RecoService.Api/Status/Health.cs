using RecoService.Api.Hosting;
using RecoService.Api.Serving;
using RecoService.Storage;

namespace RecoService.Api.Status;

/// <param name="Status">starting, ready or degraded.</param>
/// <param name="Reasons">What is not as it should be, in words an operator acts on.</param>
/// <param name="StoreIsReachable">Whether the store answers.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<string> Reasons, bool StoreIsReachable);

/// <summary>Says whether the service serves, and what it serves badly.</summary>
internal sealed class Health(Readiness readiness, SnapshotHost snapshots, SnapshotPublisher publisher, Database database)
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LagLimit = TimeSpan.FromSeconds(30);

    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        if (readiness.WaitingFor is { } waitingFor)
            return new HealthReport("starting", [waitingFor], StoreIsReachable: false);

        var reasons = new List<string>();
        var reachable = await IsReachableAsync(cancellationToken);
        if (!reachable)
            reasons.Add("The store does not answer: reads are served from memory, writes get 503.");
        else if (publisher.Lag > LagLimit)
            reasons.Add($"Changes of other replicas have not been seen for {publisher.Lag.TotalSeconds:F0} s.");
        if (snapshots.Current?.Fault is { } fault)
            reasons.Add(fault);
        return new HealthReport(reasons.Count == 0 ? "ready" : "degraded", reasons, reachable);
    }

    private async Task<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ProbeTimeout);
        try
        {
            return await database.IsReachableAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <param name="Status">live; ready or degraded.</param>
internal sealed record HealthResponse(string Status);

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

    // Needs no key, so it tells the status and keeps the reasons for /admin/status.
    private static async Task<IResult> Ready(Health health, Readiness readiness, CancellationToken cancellationToken)
    {
        if (readiness.IsStopping)
            return TypedResults.Problem("The service is told to stop and answers only a little longer.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Stopping");
        var report = await health.CheckAsync(cancellationToken);
        return report.Status == "starting"
            ? TypedResults.Problem(report.Reasons[0], statusCode: StatusCodes.Status503ServiceUnavailable, title: "Starting")
            : TypedResults.Ok(new HealthResponse(report.Status));
    }
}
