using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Hosting;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Status;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <param name="Accepted">How many are new.</param>
/// <param name="Duplicates">How many were stored before, or are older than the rating that is stored.</param>
internal sealed record AppendResponse(int Accepted, int Duplicates);

/// <summary>An interaction as stored.</summary>
internal sealed record InteractionResponse(
    string? Id, string UserId, string ItemId, string Kind, double? Value, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt,
    string? SessionId, string? OrderId, double? Quantity, decimal? UnitPrice, Guid? RecommendationId);

internal static class InteractionEndpoints
{
    public static void MapInteractions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/interactions", Append)
            .AcceptsJson(typeof(InteractionRequest[]))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("AppendInteractions").WithTags("Interactions")
            .WithSummary("Tell what users did: 1 to 1,000 interactions, all or nothing")
            .WithDescription("An `id` of your own makes a retry harmless; the same id with other content is 409. Users and items nobody has heard of become known. When the answer is there, the interactions are durable and the next list knows them.")
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
            .RequireAuthorization(SecurityExtensions.Admin)
            .WithName("ListInteractions").WithTags("Interactions")
            .WithSummary("What a user did, newest first")
            .ProducesProblems(StatusCodes.Status400BadRequest);
    }

    private static async Task<Ok<AppendResponse>> Append(
        HttpRequest request, InteractionValidator validator, InteractionWriter writer, LimitSettings limits, CancellationToken cancellationToken)
    {
        var bodies = await request.ReadBodyAsync<InteractionRequest?[]>();
        var problems = new List<FieldProblem>();
        if (bodies.Length == 0 || bodies.Length > limits.MaxInteractionsPerRequest)
            problems.Add(new FieldProblem(FieldProblem.Body, $"must hold 1 to {limits.MaxInteractionsPerRequest} interactions"));
        Requests.ThrowIfAny(problems);

        var interactions = new NewInteraction[bodies.Length];
        for (var place = 0; place < bodies.Length; place++)
            interactions[place] = validator.Validate(bodies[place], $"[{place}]", problems)!;
        Requests.ThrowIfAny(problems);
        return TypedResults.Ok(await writer.AppendAsync(interactions, cancellationToken));
    }

    private static async Task<Ok<AppendResponse>> PutRating(
        PathId userId, PathId itemId, HttpRequest request, InteractionValidator validator, InteractionWriter writer, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<RatingRequest>();
        var problems = new List<FieldProblem>();
        var interaction = validator.ValidateRating(userId.Value, itemId.Value, body, problems);
        Requests.ThrowIfAny(problems);
        return TypedResults.Ok(await writer.AppendAsync([interaction!], cancellationToken));
    }

    private static async Task<Ok<PageResponse<InteractionResponse>>> List(
        PathId userId, InteractionLog log, CancellationToken cancellationToken, string? cursor = null, int limit = 100)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await log.ListAsync(userId.Value, cursor, limit, cancellationToken);
        return TypedResults.Ok(page.ToResponse(stored => new InteractionResponse(
            stored.Id, stored.UserId, stored.ItemId, stored.Kind, stored.Value, stored.OccurredAt, stored.ReceivedAt,
            stored.SessionId, stored.OrderId, stored.Quantity, stored.UnitPrice, stored.RecommendationId)));
    }
}

/// <summary>Stores interactions and makes them count for the very next list, in that order.</summary>
internal sealed class InteractionWriter(InteractionLog log, SnapshotHost snapshots, SnapshotPublisher publisher, RecoMetrics metrics, TimeProvider time)
{
    public async Task<AppendResponse> AppendAsync(IReadOnlyList<NewInteraction> interactions, CancellationToken cancellationToken)
    {
        var result = await log.AppendAsync(interactions, cancellationToken);
        Apply(interactions, result);
        return new AppendResponse(result.Accepted, result.Duplicates);
    }

    /// <summary>Makes what has been stored count.</summary>
    public void Apply(IReadOnlyList<NewInteraction> interactions, AppendResult result)
    {
        var now = time.GetUtcNow();
        var change = result.Change == 0 ? ReadPoint.Unknown : result.Change;
        var served = new ServedInteraction[interactions.Count];
        for (var place = 0; place < served.Length; place++)
        {
            var (interaction, keys) = (interactions[place], result.Keys[place]);
            var one = new ServedInteraction(
                keys.UserKey, interaction.UserId, keys.ItemKey, interaction.ItemId, interaction.KindIndex,
                (float)(interaction.Value ?? 0), (interaction.OccurredAt ?? now).ToUnixTimeMilliseconds());
            served[place] = one with { Change = change };
        }

        snapshots.Apply(state => state.Apply(served));
        publisher.HasApplied(result.Change);
        metrics.InteractionsAccepted(result.Accepted);
    }
}
