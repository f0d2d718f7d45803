using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Shops;
using RecoService.Storage;

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
/// <param name="Prediction">What this process has learned of clicks and purchases.</param>
internal sealed record StatusResponse(
    string Status, IReadOnlyList<string> Reasons, int? ModelVersion, DateTimeOffset? ModelPublishedAt, double? ModelAgeSeconds, bool Pinned,
    LastRunResponse? LastRun, long? RunningRunId, DateTimeOffset? NextRunAt, IReadOnlyDictionary<string, DateTimeOffset?> Plans, string? WaitingFor, double LiveLagSeconds, long DroppedImpressions, StoreCountsResponse? Counts,
    DateTimeOffset? CountsAt, CatalogueResponse? Catalogue, PredictionResponse Prediction);

internal sealed record LastRunResponse(long RunId, string Outcome, string? Reason, DateTimeOffset? FinishedAt);

/// <param name="Users">Users.</param>
/// <param name="Items">Items, listed or not.</param>
/// <param name="Interactions">Interactions, ratings included.</param>
/// <param name="Ratings">Ratings among them.</param>
internal sealed record StoreCountsResponse(long Users, long Items, long Interactions, long Ratings);

internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/status", Get).RequireAdmin()
            .WithName("GetStatus").WithTags("Status").WithSummary("What is served, how old it is, what runs next, and what is wrong");

    /// <summary>Longer than a store that is well takes; one that is known to be away is not asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static async Task<Ok<StatusResponse>> Get(Shop shop, Health health, TimeProvider time, CancellationToken cancellationToken)
    {
        var (serving, retraining) = (shop.Serving, shop.Retraining);
        if (serving.Readiness.IsReady && shop.Monitor.Fault is null)
            await shop.Facts.RefreshAsync(Patience, cancellationToken);
        var report = await health.CheckAsync(cancellationToken);
        var current = serving.Snapshots.Current;
        var publication = current?.Publication;
        var (runs, counted) = (shop.Facts.Runs, shop.Facts.Counts);
        var plans = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        foreach (var plan in shop.Settings.Retraining.Plans.Keys)
            plans[plan] = await retraining.Schedule.GetNextRunAsync(cancellationToken, plan);
        return TypedResults.Ok(new StatusResponse(
            report.Status, report.Reasons, current?.State.ModelVersion, publication?.PublishedAt,
            publication is null ? null : (time.GetUtcNow() - publication.PublishedAt).TotalSeconds, publication?.Pinned ?? false,
            runs?.Last is { } last ? new LastRunResponse(last.Id, last.Outcome!.Value.ToWord(), last.Reason, last.FinishedAt) : null, runs?.Running?.Id,
            await retraining.Schedule.GetNextRunAsync(cancellationToken), plans, retraining.First.WaitingFor, serving.Publisher.Lag.TotalSeconds, serving.Impressions.Dropped,
            counted?.Counts is { } stored ? new StoreCountsResponse(stored.Users, stored.Items, stored.Interactions + stored.Ratings, stored.Ratings) : null, counted?.At,
            current is null ? null : CatalogueResponse.Of(current.State.Catalogue, current.State.UserAttributes), PredictionResponse.Of(serving.Responses)));
    }
}
