using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Recommendations;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Profiles;

internal static class ProfileEndpoints
{
    private const int MostNeighbours = 10;

    public static void MapProfiles(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users/{userId}/profile", OfUser)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Reader)
            .WithName("GetUserProfile")
            .WithTags("Profiles")
            .WithSummary("What is known of a user: tastes, prices, activity and likely segments")
            .WithDescription("From memory and up to the last interaction. Categories and attributes have their share of what the user did, new interactions counting more; prices are those of now. Each segment shows the figures behind it. It is personal data: no cache keeps it, and it is not for a browser. The ids of similar users are there for admin keys only.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapGet("/items/{itemId}/profile", OfItem)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Reader)
            .WithName("GetItemProfile")
            .WithTags("Profiles")
            .WithSummary("What is known of an item: audience, trend, conversion and neighbours")
            .WithDescription("From memory and up to the last interaction. It counts users and names none. Neighbours are what the placements `similar` and `bought-together` list, without the merchant's rules.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
    }

    private static Results<Ok<UserProfileResponse>, NotFound> OfUser(PathId userId, ClaimsPrincipal caller, HttpResponse response, Shop shop, TimeProvider time)
    {
        var state = shop.Serving.Snapshots.StateWithHistories;
        response.MarkPersonal();
        if (!state.Users.TryGetIndex(userId.Value, out var userIndex))
            return TypedResults.NotFound();
        IReadOnlyList<string>? similar = caller.IsInRole(nameof(ApiKeyRole.Admin)) || caller.IsInRole(nameof(ApiKeyRole.Viewer)) ? SimilarTo(state, userId.Value) : null;
        return TypedResults.Ok(UserProfileResponse.Of(userId.Value, state.ModelVersion, state.UserProfileOf(userIndex, time.GetUtcNow().ToUnixTimeMilliseconds()), shop.Settings.Kinds, similar));
    }

    private static Results<Ok<ItemProfileResponse>, NotFound> OfItem(PathId itemId, HttpResponse response, Shop shop, TimeProvider time)
    {
        var state = shop.Serving.Snapshots.StateWithHistories;
        response.Headers.CacheControl = "no-store";
        if (!state.TryGetItem(itemId.Value, out var itemIndex))
            return TypedResults.NotFound();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return TypedResults.Ok(ItemProfileResponse.Of(
            itemId.Value, state.ModelVersion, state.ItemProfileOf(itemIndex, now), shop.Settings.Kinds,
            Neighbours(state, Placement.SimilarName, itemId.Value, now), Neighbours(state, Placement.BoughtTogetherName, itemId.Value, now)));
    }

    private static IReadOnlyList<string> SimilarTo(ServingState state, string userId) =>
        state.TryGetSimilarUsers(userId, MostNeighbours, out var similar) ? [.. similar.Select(user => state.Users[user.UserIndex])] : [];

    private static RecommendedItem[] Neighbours(ServingState state, string placement, string itemId, long now) =>
        RecommendedItem.Of(state, state.Recommend(new RecommendationQuery(MostNeighbours) { Placement = placement, ItemId = itemId, Now = now }));
}
