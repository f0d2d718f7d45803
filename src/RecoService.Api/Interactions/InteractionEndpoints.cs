using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary>An interaction as stored.</summary>
internal sealed record InteractionResponse(
    string? Id, string UserId, string ItemId, string Kind, double? Value, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt,
    string? SessionId, string? OrderId, double? Quantity, decimal? UnitPrice, Guid? RecommendationId, [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Attributes);

internal static class InteractionEndpoints
{
    public static void MapInteractions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/interactions", Append)
            .AcceptsJson(typeof(InteractionRequest[]))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("AppendInteractions").WithTags("Interactions")
            .WithSummary("Tell what users did: 1 to 1,000 interactions, all or nothing")
            .WithDescription("An `id` of your own makes a retry harmless; the same id with other content is 409. New users and items become known. After the answer the interactions are durable, and the next list reflects them. An interaction without an id gets one, which the answer tells. A time ahead of the service's clock is stored as the time of arrival, and counted as clamped; more than 24 hours ahead is refused. `partial=true` stores the good interactions although there are bad ones, and tells of each what became of it. 503 with `outcome` `none` has stored nothing; with `unknown` it tells the ids: send the same again under these.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapPut("/users/{userId}/ratings/{itemId}", PutRating)
            .CheckPathIds()
            .AcceptsJson(typeof(RatingRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("PutRating").WithTags("Interactions")
            .WithSummary("Rate an item; a user has one rating of an item, the newest by time")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

        routes.MapGet("/users/{userId}/interactions", List)
            .CheckPathIds()
            .RequireAdmin()
            .WithName("ListInteractions").WithTags("Interactions")
            .WithSummary("What a user did, newest first")
            .ProducesProblems(StatusCodes.Status400BadRequest);
    }

    private static async Task<Ok<AppendResponse>> Append(
        HttpRequest request, Shop shop, InteractionWriter writer, LimitSettings limits, CancellationToken cancellationToken, bool partial = false)
    {
        if (partial)
        {
            var elements = await request.ReadBodyAsync<JsonElement[]>();
            CheckCount(elements.Length, limits);
            return TypedResults.Ok(await PartialAppend.RunAsync(elements, shop, writer, cancellationToken));
        }

        var bodies = await request.ReadBodyAsync<InteractionRequest?[]>();
        CheckCount(bodies.Length, limits);
        var problems = new List<FieldProblem>();
        var interactions = new NewInteraction[bodies.Length];
        for (var position = 0; position < bodies.Length; position++)
            interactions[position] = shop.Validators.Interactions.Validate(bodies[position], $"[{position}]", problems)!;
        Requests.ThrowIfAny(problems);
        return TypedResults.Ok(AppendResponse.Of(interactions, await writer.AppendAsync(shop, interactions, cancellationToken)));
    }

    private static void CheckCount(int count, LimitSettings limits)
    {
        if (count == 0 || count > limits.MaxInteractionsPerRequest)
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, $"must hold 1 to {limits.MaxInteractionsPerRequest} interactions")]);
    }

    private static async Task<Ok<AppendResponse>> PutRating(
        PathId userId, PathId itemId, HttpRequest request, Shop shop, InteractionWriter writer, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<RatingRequest>();
        var problems = new List<FieldProblem>();
        var interaction = shop.Validators.Interactions.ValidateRating(userId.Value, itemId.Value, body, problems);
        Requests.ThrowIfAny(problems);
        return TypedResults.Ok(AppendResponse.Of([interaction!], await writer.AppendAsync(shop, [interaction!], cancellationToken)));
    }

    private static async Task<Ok<PageResponse<InteractionResponse>>> List(
        PathId userId, Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 100)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await shop.Store.Interactions.ListAsync(userId.Value, cursor, limit, cancellationToken);
        return TypedResults.Ok(page.ToResponse(stored => new InteractionResponse(
            stored.Id, stored.UserId, stored.ItemId, stored.Kind, stored.Value, stored.OccurredAt, stored.ReceivedAt,
            stored.SessionId, stored.OrderId, stored.Quantity, stored.UnitPrice, stored.RecommendationId,
            stored.AttributesJson is { } attributes ? JsonElement.Parse(attributes) : null)));
    }
}
