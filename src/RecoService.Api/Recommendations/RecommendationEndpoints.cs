using RecoService.Api.Hosting;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Status;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Recommendations;

/// <param name="UserId">As asked.</param>
/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that made the list, or null before the first model.</param>
/// <param name="Items">Best first.</param>
internal sealed record RecommendationResponse(string UserId, Guid RecommendationId, int? ModelVersion, IReadOnlyList<RecommendedItem> Items);

/// <param name="ItemId">The item.</param>
/// <param name="Score">The source's own score; comparable within one source of one list.</param>
/// <param name="Source">What proposed it: a trainer's name, or <c>catalogue</c>.</param>
internal readonly record struct RecommendedItem(string ItemId, float Score, string Source)
{
    public static RecommendedItem[] Of(ServingState state, IReadOnlyList<Candidate> candidates) =>
        [.. candidates.Select(candidate => new RecommendedItem(state.Items[candidate.ItemIndex], candidate.Score, candidate.Source))];
}

internal static class RecommendationEndpoints
{
    public const string RouteName = "GetRecommendations";

    public static void MapRecommendations(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/recommendations/{userId}", Get)
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName(RouteName)
            .WithTags("Recommendations")
            .WithSummary("The items to show a user, best first")
            .WithDescription("The list holds nothing that the user has rated or bought, nothing unavailable, hidden or deleted, and one of each group. An unknown user gets popular items.")
            .Produces<RecommendationResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

    private static Task Get(
        PathId userId, HttpResponse answer, SnapshotHost snapshots, RecommendationWriter writer, ImpressionWriter impressions, RecoMetrics metrics, TimeProvider time,
        int limit = 20)
    {
        Requests.CheckId(userId, nameof(userId));
        Requests.CheckLimit(limit, Requests.MaxListLimit);
        var state = snapshots.State;

        var now = time.GetUtcNow();
        var candidates = state.Recommend(new RecommendationQuery(limit) { UserId = userId.Value, Now = now.ToUnixTimeMilliseconds() });
        var items = new RecommendedItem[candidates.Count];
        var itemIds = new string[candidates.Count];
        for (var place = 0; place < items.Length; place++)
        {
            itemIds[place] = state.Items[candidates[place].ItemIndex];
            items[place] = new RecommendedItem(itemIds[place], candidates[place].Score, candidates[place].Source);
        }

        var response = new RecommendationResponse(userId.Value, Guid.CreateVersion7(now), state.ModelVersion, items);
        if (answer.HttpContext.Features.Get<UnseenRequest>() is null)
        {
            impressions.Enqueue(state, response.RecommendationId, response.UserId, now, itemIds);
            metrics.ListServed();
        }

        return writer.WriteAsync(answer, response);
    }
}
