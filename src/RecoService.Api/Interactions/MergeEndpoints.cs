using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;

namespace RecoService.Api.Interactions;

/// <param name="Interactions">Orders and views and whatever else has an id.</param>
/// <param name="Ratings">Without those that gave way to a later one of the user.</param>
internal sealed record MovedCounts(int Interactions, int Ratings);

/// <param name="UserId">The user who has it all now.</param>
/// <param name="From">The user who is no more.</param>
/// <param name="Moved">Zeros when it had been done before, or there was nobody of this id.</param>
internal sealed record MergeResponse(string UserId, string From, MovedCounts Moved);

internal static class MergeEndpoints
{
    public static void MapMerges(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/users/{userId}/merge", Merge)
            .CheckPathIds()
            .AcceptsJson(typeof(MergeRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("MergeUser").WithTags("Users")
            .WithSummary("Move what a visitor did to a known user, and take the visitor away")
            .WithDescription(
                "For a visitor who logs in. Interactions, ratings, orders and impressions of `from` become the user's, once and for good: in the next list, on every replica and in the next training. "
                + "Of two ratings of one item the later stays. The user's attributes win, and the visitor's fill what they lack. A user who is unknown is created. "
                + "The same again is 200 and moves nothing, and so is a `from` that nobody has heard of, so a retry does no harm. What arrives for `from` later is of a new visitor.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<MergeResponse>> Merge(PathId userId, HttpRequest request, Shop shop, CorrectionWriter writer, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<MergeRequest>();
        var problems = new List<FieldProblem>();
        new FieldScope("", problems).CheckId("from", body.From, shop.Validators.Limits);
        if (body.From == userId.Value)
            problems.Add(new FieldProblem("from", "is the user of the path; a user cannot be merged into themselves"));
        Requests.ThrowIfAny(problems);
        var merge = await writer.MergeAsync(shop, body.From!, userId.Value, cancellationToken);
        return TypedResults.Ok(new MergeResponse(userId.Value, body.From!, new MovedCounts(merge.Interactions, merge.Ratings)));
    }
}
