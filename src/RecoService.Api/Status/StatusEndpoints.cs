using Microsoft.AspNetCore.Http.HttpResults;
using Quartz;
using RecoService.Api.Hosting;
using RecoService.Api.Retraining;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Settings;

namespace RecoService.Api.Status;

/// <param name="Status">starting, ready or degraded.</param>
/// <param name="Reasons">What is not as it should be.</param>
/// <param name="ModelVersion">The served version, null before the first.</param>
/// <param name="ModelPublishedAt">UTC.</param>
/// <param name="ModelAgeSeconds">Since it was published.</param>
/// <param name="Pinned">Later runs are held.</param>
/// <param name="LastRun">The last finished model run.</param>
/// <param name="RunningRunId">The run under way, on any replica.</param>
/// <param name="NextRunAt">When the schedule fires next, UTC; null when it is off.</param>
/// <param name="Plans">When each of the other training plans runs next, UTC; null when the schedule is off.</param>
/// <param name="WaitingFor">What the first model waits for; null once a model serves.</param>
/// <param name="LiveLagSeconds">Since this process last knew every committed change.</param>
/// <param name="DroppedImpressions">Since the start of this process.</param>
/// <param name="Counts">What the store holds: at most ten seconds old, or as it was before the store went away; null before the first count.</param>
/// <param name="CountsAt">When that was counted, UTC.</param>
/// <param name="Catalogue">What this process keeps of the items in memory; null while it starts.</param>
internal sealed record StatusResponse(
    string Status, IReadOnlyList<string> Reasons, int? ModelVersion, DateTimeOffset? ModelPublishedAt, double? ModelAgeSeconds, bool Pinned,
    LastRunResponse? LastRun, long? RunningRunId, DateTimeOffset? NextRunAt, IReadOnlyDictionary<string, DateTimeOffset?> Plans, string? WaitingFor, double LiveLagSeconds, long DroppedImpressions, StoreCountsResponse? Counts,
    DateTimeOffset? CountsAt, CatalogueResponse? Catalogue);

internal sealed record LastRunResponse(long RunId, string Outcome, string? Reason, DateTimeOffset? FinishedAt);

/// <param name="Users">Users.</param>
/// <param name="Items">Items, listed or not.</param>
/// <param name="Interactions">Interactions, ratings included.</param>
/// <param name="Ratings">Ratings among them.</param>
internal sealed record StoreCountsResponse(long Users, long Items, long Interactions, long Ratings);

internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/status", Get).RequireAuthorization(SecurityExtensions.Admin)
            .WithName("GetStatus").WithTags("Status").WithSummary("What is served, how old it is, what runs next, and what is wrong");

    /// <summary>Longer than a store that is well takes; one that is known to be away is not asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static async Task<Ok<StatusResponse>> Get(
        Health health, SnapshotHost snapshots, SnapshotPublisher publisher, ImpressionWriter impressions, StoreMonitor store, StoreFacts facts,
        Readiness readiness, FirstRun firstRun, ISchedulerFactory schedulers, RetrainingSettings retraining, TimeProvider time, CancellationToken cancellationToken)
    {
        if (readiness.IsReady && store.Fault is null)
            await facts.RefreshAsync(Patience, cancellationToken);
        var report = await health.CheckAsync(cancellationToken);
        var publication = snapshots.Current?.Publication;
        var (runs, counted) = (facts.Runs, facts.Counts);
        var plans = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        foreach (var plan in retraining.Plans.Keys)
            plans[plan] = await schedulers.GetNextRunAsync(cancellationToken, plan);
        return TypedResults.Ok(new StatusResponse(
            report.Status, report.Reasons, snapshots.Current?.State.ModelVersion, publication?.PublishedAt,
            publication is null ? null : (time.GetUtcNow() - publication.PublishedAt).TotalSeconds, publication?.Pinned ?? false,
            runs?.Last is { } last ? new LastRunResponse(last.Id, last.Outcome!, last.Reason, last.FinishedAt) : null, runs?.Running?.Id,
            await schedulers.GetNextRunAsync(cancellationToken), plans, firstRun.WaitingFor, publisher.Lag.TotalSeconds, impressions.Dropped,
            counted?.Counts is { } stored ? new StoreCountsResponse(stored.Users, stored.Items, stored.Interactions + stored.Ratings, stored.Ratings) : null, counted?.At,
            snapshots.Current is { } current ? CatalogueResponse.Of(current.State.Catalogue) : null));
    }
}
