using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Recommendations;

/// <param name="Placements">As they are set; built-in ones first.</param>
/// <param name="Recommenders">The models that make lists, in the order in which they are asked: the names that `recommender` may have.</param>
internal sealed record PlacementsResponse(IReadOnlyList<PlacementResponse> Placements, IReadOnlyList<string> Recommenders);

/// <summary>What operators ask of placements: what each does, and what it would show, without showing it to anybody.</summary>
internal static class PreviewEndpoints
{
    public static void MapPreviews(this IEndpointRouteBuilder routes)
    {
        var placements = routes.MapGroup("/admin/placements").WithTags("Placements").RequireAdmin();
        placements.MapGet("/", List).WithName("ListPlacements").WithSummary("The placements of the shop, and what each does")
            .WithDescription("Where the items of each come from, what filters them, what changes their order and what fills up a short list. Settings stand under `Reco:Placements`.");
        placements.MapGet("/{placement}/preview", Preview).WithName("PreviewPlacement").WithSummary("What a placement would show now, and why")
            .WithDescription("The list that `POST /recommendations` would give, with reasons and without being an impression: it is stored nowhere and counts nowhere. Experiments play no part. `recommender` puts one of the served models in the place of the placement's own.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<PlacementsResponse> List(Shop shop)
    {
        var state = shop.Serving.Snapshots.State;
        return TypedResults.Ok(new PlacementsResponse([.. state.Placements.Values.Select(PlacementResponse.Of)], RecommendersOf(state)));
    }

    private static Results<Ok<PlacementListResponse>, NotFound> Preview(
        string placement, HttpRequest request, Shop shop, PlacementAnswers answers, string? userId = null, string? itemId = null, [FromQuery(Name = "itemIds")] string[]? itemIds = null, int limit = Requests.DefaultListLimit,
        string? filter = null, bool? allowConsumed = null, string? recommender = null, string? include = null, int? seed = null)
    {
        var requests = answers.RequestsTo(shop, request);
        var query = requests.Read(new ListRequest
        {
            Placement = placement,
            UserId = userId,
            ItemId = itemId,
            ItemIds = itemIds is { Length: > 0 } ? itemIds : null,
            Limit = limit,
            Filter = filter,
            AllowConsumed = allowConsumed,
            Include = include?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Seed = seed,
            Explain = true,
        }) with
        {
            Assigned = null,
        };
        if (recommender is not null)
            query = query with { Assigned = new Assignment(requests.State.Placements[query.Placement] with { Recommender = NameIn(requests.State, recommender) }, new HashSet<string>(StringComparer.Ordinal)) };
        request.HttpContext.Response.MarkPersonal();
        return PlacementAnswers.Make(shop, requests, query) is { } list ? TypedResults.Ok(list) : TypedResults.NotFound();
    }

    private static string[] RecommendersOf(ServingState state) => [.. state.Models.Where(model => model.MakesLists).Select(model => model.Name)];

    /// <exception cref="InvalidRequestException">No model that makes lists is called so.</exception>
    private static string NameIn(ServingState state, string recommender)
    {
        var names = RecommendersOf(state);
        return names.Contains(recommender, StringComparer.Ordinal) ? recommender
            : throw new InvalidRequestException([new FieldProblem("recommender", names.Length == 0 ? "cannot be given before the first model" : $"is none of {string.Join(", ", names)}")]);
    }
}
