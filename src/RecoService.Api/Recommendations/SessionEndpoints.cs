using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;

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
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("The items to show somebody without a user id, by what they did just now")
            .WithDescription("Only the impression is stored. The last interaction is the newest. The list leaves out the items of the interactions, unless `includeContext` is true; it always leaves out what was bought or rated. A dislike counts against similar items.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<SessionResponse>> Recommend(HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        var body = await request.ReadBodyAsync<SessionRequest>();
        var requests = answers.RequestsTo(shop);
        // Without interactions there is no session; a list for nobody in particular is another call.
        var query = requests.Read(new ListRequest { Interactions = body.Interactions ?? [], Limit = body.Limit }) with { IncludeContext = body.IncludeContext ?? false };
        request.HttpContext.Response.MarkPersonal();
        var list = answers.Answer(shop, requests, query)!;
        return TypedResults.Ok(new SessionResponse(list.RecommendationId, list.ModelVersion, list.Items));
    }
}
