using System.Text.Json;
using RecoService.Api.Http;
using RecoService.Api.Interactions;
using RecoService.Api.Recommendations;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Gorse;

/// <summary>Lists of the placements, as Gorse's clients ask for them: <c>n</c>, <c>offset</c>, <c>category</c> several times, and no item of which the user has feedback.</summary>
internal static class GorseListEndpoints
{
    /// <summary>What Gorse's own settings call the neighbours of an item or a user.</summary>
    private static readonly string[] Neighbours = ["neighbors", "similar"];

    public static void MapGorseLists(this IEndpointRouteBuilder gorse)
    {
        var lists = gorse.MapGroup("").RequireAuthorization(SecurityExtensions.Storefront);
        lists.MapGet("/recommend/{userId}", (PathId userId, HttpRequest request, Shop shop, PlacementAnswers answers, CorrectionWriter writer, GorseFeedbackTypes types, TimeProvider time, CancellationToken cancellationToken) =>
            RecommendAsync(userId, null, request, shop, answers, writer, types, time, cancellationToken));
        lists.MapGet("/recommend/{userId}/{category}", (PathId userId, PathId category, HttpRequest request, Shop shop, PlacementAnswers answers, CorrectionWriter writer, GorseFeedbackTypes types, TimeProvider time, CancellationToken cancellationToken) =>
            RecommendAsync(userId, category, request, shop, answers, writer, types, time, cancellationToken));
        lists.MapGet("/collaborative-filtering/{userId}", (PathId userId, HttpRequest request, Shop shop, PlacementAnswers answers) => ScoresOfUser(userId, null, request, shop, answers));
        lists.MapGet("/collaborative-filtering/{userId}/{category}", (PathId userId, PathId category, HttpRequest request, Shop shop, PlacementAnswers answers) => ScoresOfUser(userId, category, request, shop, answers));
        lists.MapPost("/session/recommend", (HttpRequest request, Shop shop, PlacementAnswers answers, GorseFeedbackTypes types) => RecommendSessionAsync(null, request, shop, answers, types));
        lists.MapPost("/session/recommend/{category}", (PathId category, HttpRequest request, Shop shop, PlacementAnswers answers, GorseFeedbackTypes types) => RecommendSessionAsync(category, request, shop, answers, types));

        lists.MapGet("/latest", (HttpRequest request, Shop shop, PlacementAnswers answers) => Latest(null, request, shop, answers));
        lists.MapGet("/latest/{category}", (PathId category, HttpRequest request, Shop shop, PlacementAnswers answers) => Latest(category, request, shop, answers));
        lists.MapGet("/popular", (HttpRequest request, Shop shop, PlacementAnswers answers) => OfPlacement(Placement.PopularName, null, request, shop, answers));
        lists.MapGet("/popular/{category}", (PathId category, HttpRequest request, Shop shop, PlacementAnswers answers) => OfPlacement(Placement.PopularName, category, request, shop, answers));
        lists.MapGet("/non-personalized/{name}", NonPersonalized);
        lists.MapGet("/item-to-item/{name}/{itemId}", (PathId name, PathId itemId, HttpRequest request, Shop shop, PlacementAnswers answers) => ItemToItem(name.Value, itemId, null, request, shop, answers));
        lists.MapGet("/item/{itemId}/neighbors", (PathId itemId, HttpRequest request, Shop shop, PlacementAnswers answers) => ItemToItem(Neighbours[0], itemId, null, request, shop, answers));
        lists.MapGet("/item/{itemId}/neighbors/{category}", (PathId itemId, PathId category, HttpRequest request, Shop shop, PlacementAnswers answers) => ItemToItem(Neighbours[0], itemId, category, request, shop, answers));
        // They name other users.
        gorse.MapGet("/user-to-user/{name}/{userId}", (PathId name, PathId userId, HttpRequest request, Shop shop) => Neighbours.Contains(name.Value) ? UserToUser(userId, request, shop) : Unknown(name.Value)).RequireAdmin();
        gorse.MapGet("/user/{userId}/neighbors", (PathId userId, HttpRequest request, Shop shop) => UserToUser(userId, request, shop)).RequireAdmin();
    }

    /// <summary>Ids, or scores where the client asks for the second version. With <c>write-back-type</c> the items count as feedback of that type from now on.</summary>
    private static async Task<IResult> RecommendAsync(
        PathId userId, PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers, CorrectionWriter writer, GorseFeedbackTypes types, TimeProvider time, CancellationToken cancellationToken)
    {
        var delay = GorseWire.DurationOf(request, "write-back-delay");
        var scores = ListOf(new ListRequest { UserId = userId.Value }, category, request, shop, answers, userId.Value);
        if (request.Query["write-back-type"] is [{ Length: > 0 } type, ..] && scores.Count > 0)
        {
            var timestamp = (time.GetUtcNow() + delay).ToString("O");
            var feedback = scores.ConvertAll(score => new GorseFeedbackRequest { FeedbackType = type, UserId = userId.Value, ItemId = score.Id, Timestamp = timestamp });
            await GorseFeedbackEndpoints.WriteAsync(feedback, shop, writer, types, addValues: false, cancellationToken);
        }

        request.HttpContext.Response.MarkPersonal();
        return request.Headers["X-API-Version"] is ["2", ..] ? GorseWire.Of(scores) : GorseWire.Of(scores.ConvertAll(score => score.Id));
    }

    private static IResult ScoresOfUser(PathId userId, PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        request.HttpContext.Response.MarkPersonal();
        return GorseWire.Of(ListOf(new ListRequest { UserId = userId.Value }, category, request, shop, answers, userId.Value));
    }

    private static async Task<IResult> RecommendSessionAsync(PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers, GorseFeedbackTypes types)
    {
        var feedback = await GorseWire.ReadManyAsync<GorseFeedbackRequest>(request);
        var problems = new List<FieldProblem>();
        var interactions = feedback.Select((one, position) => types.ToInteraction(one, $"[{position}]", problems)).OfType<InteractionRequest>()
            .Select(one => new SessionInteractionRequest { ItemId = one.ItemId, Kind = one.Kind, Value = one.Value, OccurredAt = one.OccurredAt }).OrderBy(one => one.OccurredAt ?? DateTimeOffset.MaxValue).ToList();
        Requests.ThrowIfAny(problems);
        request.HttpContext.Response.MarkPersonal();
        return GorseWire.Of(interactions.Count == 0 ? [] : ListOf(new ListRequest { Interactions = interactions }, category, request, shop, answers));
    }

    /// <summary>The score is the time at which an item came, in Unix seconds.</summary>
    private static IResult Latest(PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        var state = shop.Serving.Snapshots.State;
        var scores = ListOf(new ListRequest { Placement = Placement.NewArrivalsName }, category, request, shop, answers, UserOf(request));
        return GorseWire.Of(scores.ConvertAll(score => score with { Score = state.TryGetItem(score.Id, out var item) ? (state.Catalogue.Columns.AddedAt[item] ?? 0) / 1000 : 0 }));
    }

    private static IResult NonPersonalized(PathId name, HttpRequest request, Shop shop, PlacementAnswers answers) => name.Value switch
    {
        "latest" => Latest(null, request, shop, answers),
        var placement when shop.Serving.Snapshots.State.Placements.TryGetValue(placement, out var found) && found.Subject == PlacementSubject.User => OfPlacement(placement, null, request, shop, answers),
        var other => Unknown(other),
    };

    private static IResult OfPlacement(string placement, PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers) =>
        GorseWire.Of(ListOf(new ListRequest { Placement = placement }, category, request, shop, answers, UserOf(request)));

    /// <summary>The neighbours of an item nobody knows are none.</summary>
    private static IResult ItemToItem(string name, PathId itemId, PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        var placement = Neighbours.Contains(name) ? Placement.SimilarName : name;
        var state = shop.Serving.Snapshots.State;
        if (!state.Placements.TryGetValue(placement, out var found) || found.Subject != PlacementSubject.Item)
            return Unknown(name);
        return GorseWire.Of(state.TryGetItem(itemId.Value, out _) ? ListOf(new ListRequest { Placement = placement, ItemId = itemId.Value }, category, request, shop, answers, UserOf(request)) : []);
    }

    private static IResult UserToUser(PathId userId, HttpRequest request, Shop shop)
    {
        var (count, offset) = (GorseWire.CountOf(request, "n", GorseWire.DefaultCount, Requests.MaxListLimit), GorseWire.CountOf(request, "offset", 0, Requests.MaxListLimit));
        var state = shop.Serving.Snapshots.State;
        var similar = count > 0 && state.TryGetSimilarUsers(userId.Value, Math.Min(count + offset, Requests.MaxListLimit), out var found) ? found : [];
        return GorseWire.Of(similar.Skip(offset).Take(count).Select(user => new GorseScore(state.Users[user.UserIndex], user.Score)).ToList());
    }

    private static List<GorseScore> ListOf(ListRequest list, PathId? category, HttpRequest request, Shop shop, PlacementAnswers answers, string? readBy = null)
    {
        var (count, offset) = (GorseWire.CountOf(request, "n", GorseWire.DefaultCount, Requests.MaxListLimit), GorseWire.CountOf(request, "offset", 0, Requests.MaxListLimit));
        var limit = Math.Min(count + offset, Requests.MaxListLimit);
        if (count == 0 || limit == offset)
            return [];
        string[] categories = category is { } named ? [named.Value] : [.. request.Query["category"].OfType<string>().Where(text => text.Length > 0)];
        var requests = answers.RequestsTo(shop, request);
        var query = requests.Read(list with { Limit = limit, Filter = categories.Length == 0 ? null : string.Join(" and ", categories.Select(text => $"category = {JsonSerializer.Serialize(text)}")) });
        query = query with { Excluded = ReadItems(requests.State, readBy) };
        if (PlacementAnswers.Make(shop, requests, query) is not { } made)
            return [];
        // What the offset passes over is shown to nobody, and is no impression.
        var shown = made with { Items = [.. made.Items.Skip(offset).Take(count)] };
        answers.CountAsSeen(shop, requests, query, shown);
        return [.. shown.Items.Select(item => new GorseScore(item.ItemId, item.Score))];
    }

    /// <summary>Gorse shows nothing again of which the user has feedback, whatever its type.</summary>
    private static string[] ReadItems(ServingState state, string? userId)
    {
        if (userId is null || !state.Users.TryGetIndex(userId, out var userIndex))
            return [];
        var items = state.History[userIndex].Items;
        var read = new string[items.Length];
        for (var position = 0; position < read.Length; position++)
            read[position] = state.Items[items[position]];
        return read;
    }

    private static string? UserOf(HttpRequest request) => request.Query["user-id"] is [{ Length: > 0 } userId, ..] ? userId : null;

    private static IResult Unknown(string name) => TypedResults.Problem($"recommender {name} not found", statusCode: StatusCodes.Status404NotFound);
}
