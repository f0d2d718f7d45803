using Microsoft.Extensions.Diagnostics.HealthChecks;
using RecoService.Api.Serving;
using RecoService.Api.Shops;

namespace RecoService.Api.Status;

/// <summary>The service's own checks, each from what is known in memory, so that a probe waits for nothing. Each tells of the shop that is worst off.</summary>
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

    public static void AddHealth(this IServiceCollection services)
    {
        var checks = services.AddSingleton<Health>().AddSingleton<StopNotice>().AddHealthChecks();
        checks.Add(Start, shop => shop.Serving.Readiness.WaitingFor is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
        checks.Add(Store, StoreOf);
        // With the store away nothing can be seen, and the store's own check says so.
        checks.Add(Feed, shop => shop.Monitor.Fault is null && shop.Serving.Publisher.Lag > LagLimit
            ? HealthCheckResult.Degraded($"Changes of other replicas have not been seen for {shop.Serving.Publisher.Lag.TotalSeconds:F0} s.")
            : HealthCheckResult.Healthy());
        checks.Add(Models, shop => shop.Serving.Snapshots.Current?.Fault is { } damage ? HealthCheckResult.Degraded(damage) : HealthCheckResult.Healthy());
        checks.Add(Catalogue, CatalogueOf);
    }

    private static void Add(this IHealthChecksBuilder checks, string name, Func<Shop, HealthCheckResult> check) =>
        checks.Add(new HealthCheckRegistration(name, services => new ShopCheck(services.GetRequiredService<ShopDirectory>(), check), failureStatus: null, tags: null));

    private static HealthCheckResult StoreOf(Shop shop)
    {
        const string consequence = "Lists are served from memory, writes get 503.";
        return shop.Monitor.Fault is { } fault
            ? HealthCheckResult.Degraded($"{fault.ToOperators} {consequence}", data: new Dictionary<string, object>(StringComparer.Ordinal) { [PublicReason] = $"{fault.Reason} {consequence}" })
            : HealthCheckResult.Healthy();
    }

    /// <summary>An empty catalogue, and what of it has no column, is for an operator to know and no fault of the service.</summary>
    private static HealthCheckResult CatalogueOf(Shop shop) => HealthCheckResult.Healthy(shop.Serving.Snapshots.Current switch
    {
        { State.Items.Count: 0 } => "The catalogue is empty, so lists are: put items with PUT /items/{itemId}, or import them.",
        { State: var state } => shop.Serving.LeftOut.Summary(state),
        null => null,
    });

    private sealed class ShopCheck(ShopDirectory shops, Func<Shop, HealthCheckResult> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(shops.All.Select(check).MinBy(result => result.Status));
    }
}
