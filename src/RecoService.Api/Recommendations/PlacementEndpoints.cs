using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Recommendations;

/// <param name="Placement">Where the list is shown.</param>
/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Fallback">What filled the list up: `popular` or `relax`; null where nothing did.</param>
/// <param name="Items">Best first; what filled the list up stands last.</param>
internal sealed record PlacementListResponse(string Placement, Guid RecommendationId, int? ModelVersion, string? Fallback, IReadOnlyList<RecommendedItem> Items);

/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Lists">In the order asked.</param>
internal sealed record PageListsResponse(int? ModelVersion, IReadOnlyList<PageList> Lists);

/// <param name="Placement">Where the list is shown.</param>
/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="Fallback">What filled the list up: `popular` or `relax`; null where nothing did.</param>
/// <param name="Items">Best first; none of an earlier list.</param>
internal sealed record PageList(string Placement, Guid RecommendationId, string? Fallback, IReadOnlyList<RecommendedItem> Items);

/// <param name="RecommendationId">Names this order; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Items">Every item asked for, best first; those that nobody knows at the end, in the order asked.</param>
internal sealed record RankResponse(Guid RecommendationId, int? ModelVersion, IReadOnlyList<RankedItem> Items);

/// <param name="ItemId">The item.</param>
/// <param name="Score">The source's own score; null of an item that nobody knows.</param>
/// <param name="Source">What gave the score: a trainer's name, or <c>catalogue</c>; null of an item that nobody knows.</param>
/// <param name="IsKnown">False of an item that the service has not heard of, or that was deleted.</param>
internal sealed record RankedItem(string ItemId, float? Score, string? Source, bool IsKnown);

internal static class PlacementEndpoints
{
    public static void MapPlacements(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/recommendations", GetList)
            .AcceptsJson(typeof(ListRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetPlacementList")
            .WithTags("Recommendations")
            .WithSummary("The items of one placement: for a user, for what somebody did just now, or for anybody")
            .WithDescription("`home` is the personal list, `similar` what is like an item, `bought-together` what was bought with it, `basket` what goes with several, `popular` what most users are for, `trending` what grows against its own past, `new-arrivals` the newest of the catalogue, and `recently-viewed` what the user did something with, the latest first. A list holds nothing unavailable, hidden or deleted, and one of each group. Only the impression is stored.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapPost("/recommendations/basket", GetBasket)
            .AcceptsJson(typeof(BasketRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetBasketList")
            .WithTags("Recommendations")
            .WithSummary("What goes with the items of a basket")
            .WithDescription("What was bought on one day together with the items of the basket comes first; then the list of the user, and what sells. The same as the placement `basket` of `POST /recommendations`.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapPost("/recommendations/rank", Rank)
            .AcceptsJson(typeof(RankRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("RankItems")
            .WithTags("Recommendations")
            .WithSummary("Given items in the order that suits a user, for search and category pages")
            .WithDescription("The answer holds exactly the items asked for, available or not and consumed or not, each once. What the recommender does not know stands behind what it knows, by how many users are for it; what nobody knows stands last and has `isKnown` false.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapGet("/items/{itemId}/bought-together", GetBoughtTogether)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetBoughtTogether")
            .WithTags("Recommendations")
            .WithSummary("What was bought together with an item, best first")
            .WithDescription("What users bought on one day is a basket. Two items go together as far as that is more than chance. The list is short where little is known. The same as the placement `bought-together` of `POST /recommendations`.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapPost("/recommendations/page", GetPage)
            .AcceptsJson(typeof(PageRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetPageLists")
            .WithTags("Recommendations")
            .WithSummary("All lists of a page at once, with no item twice")
            .WithDescription("Up to 20 placements, in the order of the page. An item stands in the first list that wants it; each list is filled up with its next best. All lists come from one state of the models and the catalogue, and each is an impression of its own.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<PlacementListResponse>, NotFound>> GetList(
        HttpRequest request, Shop shop, LimitSettings limits, WireLimits wireLimits, RecoMetrics metrics, TimeProvider time)
    {
        var body = await request.ReadBodyAsync<ListRequest>();
        var state = shop.Serving.Snapshots.State;
        var now = time.GetUtcNow();
        var query = new PlacementRequests(state, shop.Validators, limits, wireLimits).Read(body, now);
        return IsOfNoItem(state, query) ? TypedResults.NotFound() : TypedResults.Ok(Answer(shop, state, query, now, metrics));
    }

    private static async Task<Ok<PlacementListResponse>> GetBasket(HttpRequest request, Shop shop, LimitSettings limits, WireLimits wireLimits, RecoMetrics metrics, TimeProvider time)
    {
        var body = await request.ReadBodyAsync<BasketRequest>();
        var state = shop.Serving.Snapshots.State;
        var now = time.GetUtcNow();
        var query = new PlacementRequests(state, shop.Validators, limits, wireLimits).Read(body, now);
        return TypedResults.Ok(Answer(shop, state, query, now, metrics));
    }

    private static async Task<Ok<RankResponse>> Rank(HttpRequest request, Shop shop, LimitSettings limits, WireLimits wireLimits, RecoMetrics metrics, TimeProvider time)
    {
        var body = await request.ReadBodyAsync<RankRequest>();
        var state = shop.Serving.Snapshots.State;
        var now = time.GetUtcNow();
        var query = new PlacementRequests(state, shop.Validators, limits, wireLimits).Read(body, now);

        var list = Answer(shop, state, query, now, metrics);
        var ranked = list.Items.Select(item => new RankedItem(item.ItemId, item.Score, item.Source, IsKnown: true)).ToList();
        var known = ranked.Select(item => item.ItemId).ToHashSet(StringComparer.Ordinal);
        ranked.AddRange(query.ItemIds.Distinct(StringComparer.Ordinal).Where(itemId => !known.Contains(itemId)).Select(itemId => new RankedItem(itemId, null, null, IsKnown: false)));
        return TypedResults.Ok(new RankResponse(list.RecommendationId, list.ModelVersion, ranked));
    }

    private static Results<Ok<PlacementListResponse>, NotFound> GetBoughtTogether(PathId itemId, HttpContext context, Shop shop, RecoMetrics metrics, TimeProvider time, int limit = 20)
    {
        Requests.CheckLimit(limit, Requests.MaxListLimit);
        var state = shop.Serving.Snapshots.State;
        var now = time.GetUtcNow();
        var query = new RecommendationQuery(limit) { Placement = Placement.BoughtTogetherName, ItemId = itemId.Value, Now = now.ToUnixTimeMilliseconds() };
        return IsOfNoItem(state, query) ? TypedResults.NotFound() : TypedResults.Ok(Answer(shop, state, query, now, metrics, isSeen: context.Features.Get<UnseenRequest>() is null));
    }

    private static async Task<Results<Ok<PageListsResponse>, NotFound>> GetPage(
        HttpRequest request, Shop shop, LimitSettings limits, WireLimits wireLimits, RecoMetrics metrics, TimeProvider time)
    {
        var body = await request.ReadBodyAsync<PageRequest>();
        var state = shop.Serving.Snapshots.State;
        var now = time.GetUtcNow();
        var queries = new PlacementRequests(state, shop.Validators, limits, wireLimits).Read(body, now);
        if (queries.Any(query => IsOfNoItem(state, query)))
            return TypedResults.NotFound();

        var shown = new List<string>(queries[0].Excluded);
        var lists = new PageList[queries.Count];
        for (var position = 0; position < lists.Length; position++)
        {
            lists[position] = Show(shop, state, queries[position] with { Excluded = shown }, now);
            shown.AddRange(lists[position].Items.Select(item => item.ItemId));
        }

        metrics.ListsServed(lists.Length);
        return TypedResults.Ok(new PageListsResponse(state.ModelVersion, lists));
    }

    private static PlacementListResponse Answer(Shop shop, ServingState state, RecommendationQuery query, DateTimeOffset now, RecoMetrics metrics, bool isSeen = true)
    {
        var list = Show(shop, state, query, now, isSeen);
        if (isSeen)
            metrics.ListServed();
        return new PlacementListResponse(list.Placement, list.RecommendationId, state.ModelVersion, list.Fallback, list.Items);
    }

    private static bool IsOfNoItem(ServingState state, RecommendationQuery query) => state.Placements[query.Placement].NeedsItem && !state.TryGetItem(query.ItemId, out _);

    private static PageList Show(Shop shop, ServingState state, RecommendationQuery query, DateTimeOffset now, bool isSeen = true)
    {
        var (candidates, used) = state.RecommendFilled(query);
        var items = RecommendedItem.Of(state, candidates);
        var fallback = used == ListFallback.None ? null : PlacementRequests.Fallbacks.First(pair => pair.Value == used).Key;
        var list = new PageList(query.Placement, Guid.CreateVersion7(now), fallback, items);
        if (isSeen)
            shop.Serving.Impressions.Enqueue(state, list.Placement, list.RecommendationId, query.UserId ?? Impression.NoUser, now, [.. items.Select(item => item.ItemId)]);
        return list;
    }
}
