using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Recommendations;

/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that made the list, or null before the first model.</param>
/// <param name="Items">Best first.</param>
internal sealed record SessionResponse(Guid RecommendationId, int? ModelVersion, IReadOnlyList<RecommendedItem> Items);

internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/recommendations/session", Recommend)
            .AcceptsJson(typeof(SessionRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetSessionRecommendations")
            .WithTags("Recommendations")
            .WithSummary("The items to show somebody without a user id, by what they did just now")
            .WithDescription("Only the impression is stored. The last interaction is the newest. The list leaves out the items of the interactions, unless `includeContext` is true; it always leaves out what was bought or rated. A dislike counts against similar items.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<SessionResponse>> Recommend(
        HttpRequest request, Shop shop, LimitSettings limits, RecoMetrics metrics, TimeProvider time)
    {
        var body = await request.ReadBodyAsync<SessionRequest>();
        var problems = new List<FieldProblem>();
        var limit = Requests.LimitOf(body.Limit, problems);
        if (body.Interactions is not { Count: > 0 } requested || requested.Count > limits.MaxInteractionsPerRequest)
        {
            problems.Add(new FieldProblem("interactions", $"must hold 1 to {limits.MaxInteractionsPerRequest} interactions"));
            requested = [];
        }

        var interactions = shop.Validators.Sessions.Validate(requested, problems);
        Requests.ThrowIfAny(problems);

        var state = shop.Serving.Snapshots.State;
        var now = time.GetUtcNow();
        var items = RecommendedItem.Of(state, state.Recommend(new RecommendationQuery(limit) { Events = interactions, IncludeContext = body.IncludeContext ?? false, Now = now.ToUnixTimeMilliseconds() }));
        var response = new SessionResponse(Guid.CreateVersion7(now), state.ModelVersion, items);
        shop.Serving.Impressions.Enqueue(state, Placement.HomeName, response.RecommendationId, Impression.NoUser, now, [.. items.Select(item => item.ItemId)]);
        metrics.ListServed();
        return TypedResults.Ok(response);
    }
}
