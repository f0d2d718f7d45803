using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;

namespace RecoService.Api.Interactions;

/// <param name="Changed">How many interactions changed; 0 when all was so already.</param>
internal sealed record CorrectionResponse(int Changed);

internal static class CorrectionEndpoints
{
    public static void MapCorrections(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/interactions/{id}", Put)
            .CheckPathIds()
            .AcceptsJson(typeof(InteractionRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("PutInteraction").WithTags("Interactions")
            .WithSummary("Store an interaction under its id, or correct the one stored there")
            .WithDescription("Replaces the whole interaction, its user and item included; the same again changes nothing. Without `occurredAt` a stored interaction keeps its time. An id that was deleted stays deleted: 409. Ratings have no id: use `PUT /users/{userId}/ratings/{itemId}`.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapDelete("/interactions/{id}", Delete)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("DeleteInteraction").WithTags("Interactions")
            .WithSummary("Take an interaction back, as if it had never been")
            .WithDescription("After the answer no list and no later training knows the interaction. Deleting it again is 204 too; an id that was never used is 404. The id stays taken, so a late retry of the original POST is a duplicate and brings nothing back.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapDelete("/orders/{orderId}", DeleteOrder)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("DeleteOrder").WithTags("Interactions")
            .WithSummary("Take back every interaction that names an order")
            .WithDescription("All of them or none, as `DELETE /interactions/{id}` takes back one; ratings stay. Deleting it again changes nothing; an order that was never named is 404.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapDelete("/users/{userId}/ratings/{itemId}", DeleteRating)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("DeleteRating").WithTags("Interactions")
            .WithSummary("Take a rating back")
            .WithDescription("The same again is 204 too. Ratings given earlier that arrive later change nothing; a new one counts.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<CorrectionResponse>, Created<CorrectionResponse>>> Put(
        PathId id, HttpRequest request, Shop shop, CorrectionWriter writer, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<InteractionRequest>();
        var problems = new List<FieldProblem>();
        var interaction = shop.Validators.Interactions.ValidateUnderId(id.Value, body, problems);
        Requests.ThrowIfAny(problems);
        var (created, changed) = await writer.PutAsync(shop, interaction!, cancellationToken);
        return created
            ? TypedResults.Created($"/interactions/{Uri.EscapeDataString(id.Value)}", new CorrectionResponse(changed))
            : TypedResults.Ok(new CorrectionResponse(changed));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(PathId id, Shop shop, CorrectionWriter writer, CancellationToken cancellationToken) =>
        await writer.DeleteAsync(shop, id.Value, cancellationToken) is null
            ? Unknown($"There is no interaction with the id {WireText.Quote(id.Value)}.")
            : TypedResults.NoContent();

    private static async Task<Results<Ok<CorrectionResponse>, ProblemHttpResult>> DeleteOrder(PathId orderId, Shop shop, CorrectionWriter writer, CancellationToken cancellationToken) =>
        await writer.DeleteOrderAsync(shop, orderId.Value, cancellationToken) is { } changed
            ? TypedResults.Ok(new CorrectionResponse(changed))
            : Unknown($"No interaction names the order {WireText.Quote(orderId.Value)}.");

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteRating(PathId userId, PathId itemId, Shop shop, CorrectionWriter writer, CancellationToken cancellationToken) =>
        await writer.DeleteRatingAsync(shop, userId.Value, itemId.Value, cancellationToken) is null
            ? Unknown($"The user {WireText.Quote(userId.Value)} has not rated the item {WireText.Quote(itemId.Value)}.")
            : TypedResults.NoContent();

    private static ProblemHttpResult Unknown(string reason) => TypedResults.Problem(reason, statusCode: StatusCodes.Status404NotFound);
}
