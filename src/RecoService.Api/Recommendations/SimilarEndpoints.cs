using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RecoService.Api.Catalogue;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Recommendations;

/// <param name="ItemId">As asked.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Items">Most alike first.</param>
internal sealed record SimilarItemsResponse(string ItemId, int? ModelVersion, IReadOnlyList<RecommendedItem> Items);

/// <param name="UserId">As asked.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Users">Most alike first.</param>
internal sealed record SimilarUsersResponse(string UserId, int? ModelVersion, IReadOnlyList<SimilarUserResponse> Users);

/// <param name="UserId">The user.</param>
/// <param name="Score">The source's own score; comparable within one answer.</param>
/// <param name="Source">What found them: a trainer's name, or <c>histories</c>.</param>
internal sealed record SimilarUserResponse(string UserId, float Score, string Source);

internal static class SimilarEndpoints
{
    public static void MapSimilar(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/items/{itemId}/similar", SimilarTo)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetSimilarItems")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("The items like one, most alike first")
            .WithDescription("Items are alike by what users did with both, as far as that is more than chance, and by content. The more users an item has had, the more they count. The list holds no unavailable, hidden or deleted item, one of each group, and none of the item's own group. It is short where little is known. `sameCategory`, `minPrice`, `maxPrice` and `filter` say what items have to be, and hold together.")
            .Produces<SimilarItemsResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapGet("/users/{userId}/similar", LikeUser)
            .CheckPathIds()
            .RequireAdmin()
            .WithName("GetSimilarUsers")
            .WithTags("Recommendations")
            .WithSummary("The users like one, most alike first")
            .WithDescription("Users are alike by the model where it knows users, and otherwise by the number of items that both acted on. The list names other users, so it needs an admin key.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult SimilarTo(
        PathId itemId, HttpRequest request, Shop shop, PlacementAnswers answers, [AsParameters] Conditions conditions, [AsParameters] ItemParameters shown, int limit = Requests.DefaultListLimit,
        string? filter = null, bool sameCategory = false, double? minPrice = null, double? maxPrice = null, [FromQuery] string[]? exclude = null)
    {
        var requests = answers.RequestsTo(shop, request);
        var expression = ShortFilter.Of(filter, sameCategory: sameCategory, minPrice: minPrice, maxPrice: maxPrice);
        var query = requests.ReadShort(new ListRequest { Placement = Placement.SimilarName, ItemId = itemId.Value, Limit = limit, Exclude = exclude, Include = shown.Fields, Explain = shown.Explain }, filter, expression);
        if (!requests.State.TryGetItem(itemId.Value, out _))
            return TypedResults.NotFound();
        var items = PlacementAnswers.ItemsOf(shop, requests, query, requests.State.RecommendFilled(query).Items);
        return request.HttpContext.Response.IsKept(shop.Settings.Recommendations, conditions, requests, null, items)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new SimilarItemsResponse(itemId.Value, requests.State.ModelVersion, items));
    }

    private static Results<Ok<SimilarUsersResponse>, NotFound> LikeUser(PathId userId, Shop shop, int limit = 20)
    {
        Requests.CheckLimit(limit, Requests.MaxListLimit);
        var state = shop.Serving.Snapshots.State;
        return state.TryGetSimilarUsers(userId.Value, limit, out var similar)
            ? TypedResults.Ok(new SimilarUsersResponse(
                userId.Value, state.ModelVersion,
                [.. similar.Select(user => new SimilarUserResponse(state.Users[user.UserIndex], user.Score, user.Source))]))
            : TypedResults.NotFound();
    }
}
