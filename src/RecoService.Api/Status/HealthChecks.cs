using Microsoft.Extensions.Diagnostics.HealthChecks;
using RecoService.Api.Hosting;
using RecoService.Api.Serving;

namespace RecoService.Api.Status;

/// <summary>The service's own checks, each from what is known in memory, so that a probe waits for nothing.</summary>
internal static class HealthChecks
{
    public const string Start = "start";
    public const string Store = "store";
    public const string Feed = "feed";
    public const string Models = "models";
    public const string Catalogue = "catalogue";

    /// <summary>In the data of a result whose description is for operators only: what everybody may read in its place.</summary>
    public const string PublicReason = "publicReason";

    private static readonly TimeSpan LagLimit = TimeSpan.FromSeconds(30);

    public static void AddHealth(this IServiceCollection services) =>
        services.AddSingleton<Health>().AddHealthChecks()
            .AddCheck<StartCheck>(Start).AddCheck<StoreCheck>(Store).AddCheck<FeedCheck>(Feed).AddCheck<ModelsCheck>(Models).AddCheck<CatalogueCheck>(Catalogue);

    private sealed class StartCheck(Readiness readiness) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(readiness.WaitingFor is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
    }

    private sealed class StoreCheck(StoreMonitor store) : IHealthCheck
    {
        private const string Consequence = "Lists are served from memory, writes get 503.";

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(store.Fault is { } fault
                ? HealthCheckResult.Degraded($"{fault.ToOperators} {Consequence}", data: new Dictionary<string, object>(StringComparer.Ordinal) { [PublicReason] = $"{fault.Reason} {Consequence}" })
                : HealthCheckResult.Healthy());
    }

    private sealed class FeedCheck(SnapshotPublisher publisher, StoreMonitor store) : IHealthCheck
    {
        /// <summary>With the store away nothing can be seen, and the store's own check says so.</summary>
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(store.Fault is null && publisher.Lag > LagLimit
                ? HealthCheckResult.Degraded($"Changes of other replicas have not been seen for {publisher.Lag.TotalSeconds:F0} s.")
                : HealthCheckResult.Healthy());
    }

    private sealed class ModelsCheck(SnapshotHost snapshots) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(snapshots.Current?.Fault is { } damage ? HealthCheckResult.Degraded(damage) : HealthCheckResult.Healthy());
    }

    private sealed class CatalogueCheck(SnapshotHost snapshots, LeftOutColumns leftOut) : IHealthCheck
    {
        /// <summary>An empty catalogue, and what of it has no column, is for an operator to know and no fault of the service.</summary>
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(HealthCheckResult.Healthy(snapshots.Current switch
            {
                { State.Items.Count: 0 } => "The catalogue is empty, so lists are: put items with PUT /items/{itemId}, or import them.",
                { State.Catalogue.Columns: var columns } => leftOut.Summary(columns),
                null => null,
            }));
    }
}
