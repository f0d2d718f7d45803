using RecoService.Api.Http;
using RecoService.Api.Interactions;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

internal static class GorseFeedbackEndpoints
{
    /// <summary>Of answers that have no pages.</summary>
    private const int Most = 10_000;

    public static void MapGorseFeedback(this IEndpointRouteBuilder gorse)
    {
        gorse.MapPost("/feedback", (HttpRequest request, Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, LimitSettings limits, CancellationToken cancellationToken) =>
            UpsertAsync(request, shop, writer, types, limits, addValues: true, cancellationToken)).RequireAuthorization(SecurityExtensions.Storefront);
        gorse.MapPut("/feedback", (HttpRequest request, Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, LimitSettings limits, CancellationToken cancellationToken) =>
            UpsertAsync(request, shop, writer, types, limits, addValues: false, cancellationToken)).RequireAuthorization(SecurityExtensions.Storefront);

        gorse.MapGet("/feedback", (HttpRequest request, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) => ListPageAsync(request, shop, types, null, cancellationToken)).RequireAdmin();
        gorse.MapGet("/feedback/{type}", (PathId type, HttpRequest request, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) => ListPageAsync(request, shop, types, type.Value, cancellationToken)).RequireAdmin();
        gorse.MapGet("/feedback/{userId}/{itemId}", (PathId userId, PathId itemId, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) =>
            ListAllAsync(shop, types, userId.Value, itemId.Value, null, cancellationToken)).RequireAdmin();
        gorse.MapGet("/feedback/{type}/{userId}/{itemId}", GetOne).RequireAdmin();
        gorse.MapDelete("/feedback/{userId}/{itemId}", (PathId userId, PathId itemId, Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, CancellationToken cancellationToken) =>
            DeleteAsync(shop, writer, types, userId, itemId, null, cancellationToken)).RequireAuthorization(SecurityExtensions.Storefront);
        gorse.MapDelete("/feedback/{type}/{userId}/{itemId}", (PathId type, PathId userId, PathId itemId, Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, CancellationToken cancellationToken) =>
            DeleteAsync(shop, writer, types, userId, itemId, type.Value, cancellationToken)).RequireAuthorization(SecurityExtensions.Storefront);
        gorse.MapGet("/user/{userId}/feedback", (PathId userId, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) => ListAllAsync(shop, types, userId.Value, null, null, cancellationToken)).RequireAdmin();
        gorse.MapGet("/user/{userId}/feedback/{type}", (PathId userId, PathId type, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) =>
            ListAllAsync(shop, types, userId.Value, null, type.Value, cancellationToken)).RequireAdmin();
        gorse.MapGet("/item/{itemId}/feedback", (PathId itemId, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) => ListAllAsync(shop, types, null, itemId.Value, null, cancellationToken)).RequireAdmin();
        gorse.MapGet("/item/{itemId}/feedback/{type}", (PathId itemId, PathId type, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) =>
            ListAllAsync(shop, types, null, itemId.Value, type.Value, cancellationToken)).RequireAdmin();
    }

    /// <summary>An empty cursor is none.</summary>
    public static string? CursorOf(HttpRequest request) => request.Query["cursor"] is [{ Length: > 0 } cursor, ..] ? cursor : null;

    /// <summary>Checks feedback and stores it, all or none.</summary>
    /// <exception cref="InvalidRequestException">Something is wrong with it.</exception>
    public static async Task WriteAsync(IReadOnlyList<GorseFeedbackRequest> feedback, Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, bool addValues, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var interactions = new NewInteraction[feedback.Count];
        for (var position = 0; position < interactions.Length; position++)
        {
            if (types.ToInteraction(feedback[position], $"[{position}]", problems) is { } interaction)
                interactions[position] = shop.Validators.Interactions.Validate(interaction, $"[{position}]", problems)!;
        }

        Requests.ThrowIfAny(problems);
        await writer.UpsertAsync(shop, interactions, addValues, cancellationToken);
    }

    private static async Task<IResult> UpsertAsync(HttpRequest request, Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, LimitSettings limits, bool addValues, CancellationToken cancellationToken)
    {
        var feedback = await GorseWire.ReadManyAsync<GorseFeedbackRequest>(request);
        foreach (var some in feedback.Chunk(limits.MaxInteractionsPerRequest))
            await WriteAsync(some, shop, writer, types, addValues, cancellationToken);
        return GorseWire.Of(new GorseSuccess(feedback.Count));
    }

    private static async Task<IResult> ListPageAsync(HttpRequest request, Shop shop, GorseFeedbackTypes types, string? type, CancellationToken cancellationToken)
    {
        var count = GorseWire.CountOf(request, "n", GorseWire.DefaultCount, PageResponse.MaxLimit);
        var page = count == 0 ? new Page<StoredInteraction>([], null) : await FindAsync(shop, types, null, null, type, CursorOf(request), count, cancellationToken);
        return GorseWire.Of(new GorseFeedbackIterator(page.Next ?? "", ToFeedback(page)));
    }

    private static async Task<IResult> ListAllAsync(Shop shop, GorseFeedbackTypes types, string? userId, string? itemId, string? type, CancellationToken cancellationToken) =>
        GorseWire.Of(ToFeedback(await FindAsync(shop, types, userId, itemId, type, cursor: null, Most, cancellationToken)));

    /// <summary>An empty object where there is none, as Gorse answers it.</summary>
    private static async Task<IResult> GetOne(PathId type, PathId userId, PathId itemId, Shop shop, GorseFeedbackTypes types, CancellationToken cancellationToken) =>
        ToFeedback(await FindAsync(shop, types, userId.Value, itemId.Value, type.Value, cursor: null, 1, cancellationToken)) is [var feedback] ? GorseWire.Of(feedback) : TypedResults.Text("{}", "application/json");

    private static async Task<IResult> DeleteAsync(Shop shop, CorrectionWriter writer, GorseFeedbackTypes types, PathId userId, PathId itemId, string? type, CancellationToken cancellationToken)
    {
        var found = await FindAsync(shop, types, userId.Value, itemId.Value, type, cursor: null, Most, cancellationToken);
        var count = 0;
        foreach (var one in found.Items)
        {
            var changed = one.Id is { } id ? await writer.DeleteAsync(shop, id, cancellationToken) : await writer.DeleteRatingAsync(shop, one.UserId, one.ItemId, cancellationToken);
            count += Math.Min(changed ?? 0, 1);
        }

        return GorseWire.Of(new GorseSuccess(count));
    }

    private static Task<Page<StoredInteraction>> FindAsync(Shop shop, GorseFeedbackTypes types, string? userId, string? itemId, string? type, string? cursor, int limit, CancellationToken cancellationToken)
    {
        // What was written another way has the name of its kind for a type.
        var kinds = type is null ? null : new[] { types.KindOf(type) };
        return shop.Store.Search.ListAsync(new InteractionFilter(userId, itemId, kinds), type is null ? null : one => GorseFeedbackTypes.TypeOf(one) == type, cursor, limit, cancellationToken);
    }

    private static List<GorseFeedback> ToFeedback(Page<StoredInteraction> page) => [.. page.Items.Select(GorseFeedbackTypes.ToFeedback)];
}
