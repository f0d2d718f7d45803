using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RecoService.Api.Catalogue;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Recommendations;

internal static class PlacementEndpoints
{
    public static void MapPlacements(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/recommendations", GetList<ListRequest>)
            .AcceptsJson(typeof(ListRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetPlacementList")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("The items of one placement: for a user, for what somebody did just now, or for anybody")
            .WithDescription("`home` is the personal list, `similar` what is like an item, `bought-together` what was bought with it, `basket` what goes with several, `popular` what most users are for, `trending` what grows against its own past, `new-arrivals` the newest of the catalogue, `recently-viewed` what the user did something with, the latest first, `buy-again` what they are due to buy again, and `on-sale` the personal list of what costs less than its price. Further ones are set by `Reco:Placements`. A list holds nothing unavailable, hidden or deleted, and one of each group. Only the impression is stored.")
            .Produces<PlacementListResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapGet("/placements/{placement}", GetPublicList)
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetPublicList")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("The items of one placement for anybody, as a page that a cache may keep")
            .WithDescription("The same as `POST /recommendations` for nobody in particular. The answer says how long it may be kept (`Cache-Control`), and its ETag stands for what the list shows: sent as If-None-Match, it is answered 304 while that is the same. `category`, `minPrice`, `maxPrice` and `filter` say what items have to be, and hold together.")
            .Produces<PlacementListResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapPost("/recommendations/basket", GetList<BasketRequest>)
            .AcceptsJson(typeof(BasketRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetBasketList")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("What goes with the items of a basket")
            .WithDescription("What was bought on one day together with the items of the basket comes first; then the list of the user, and what sells. The same as the placement `basket` of `POST /recommendations`.")
            .Produces<PlacementListResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapPost("/recommendations/rank", Rank)
            .AcceptsJson(typeof(RankRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("RankItems")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("Given items in the order that suits a user, for search and category pages")
            .WithDescription("The answer holds exactly the items asked for, available or not and consumed or not, each once. What the recommender does not know stands behind what it knows, by how many users are for it; what nobody knows stands last and has `isKnown` false.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

        routes.MapGet("/items/{itemId}/bought-together", GetBoughtTogether)
            .CheckPathIds()
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetBoughtTogether")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("What was bought together with an item, best first")
            .WithDescription("What users bought on one day is a basket. Two items go together the more baskets hold both, and the fewer other items these hold; what met once stands last. The list is short where little is known. The same as the placement `bought-together` of `POST /recommendations`, as a page that a cache may keep.")
            .Produces<PlacementListResponse>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

        routes.MapPost("/recommendations/page", GetPage)
            .AcceptsJson(typeof(PageRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetPageLists")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("All lists of a page at once, with no item twice")
            .WithDescription("Up to 20 placements, in the order of the page. An item stands in the first list that wants it; each list is filled up with its next best. All lists come from one state of the models and the catalogue, and each is an impression of its own.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> GetList<TRequest>(HttpRequest request, Shop shop, PlacementAnswers answers, RecommendationWriter writer)
        where TRequest : class, IListRequest
    {
        var body = await request.ReadBodyAsync<TRequest>();
        var requests = answers.RequestsTo(shop, request);
        request.HttpContext.Response.MarkPersonal();
        return answers.Answer(shop, requests, requests.Read(body.ToList())) is { } list ? writer.Written(list) : TypedResults.NotFound();
    }

    private static async Task<Ok<RankResponse>> Rank(HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        var body = await request.ReadBodyAsync<RankRequest>();
        var requests = answers.RequestsTo(shop, request);
        request.HttpContext.Response.MarkPersonal();
        return TypedResults.Ok(answers.Rank(shop, requests, requests.Read(body.ToList())));
    }

    private static async Task<Results<Ok<PageListsResponse>, NotFound>> GetPage(HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        var body = await request.ReadBodyAsync<PageRequest>();
        var requests = answers.RequestsTo(shop, request);
        request.HttpContext.Response.MarkPersonal();
        return answers.AnswerPage(shop, requests, requests.Read(body)) is { } page ? TypedResults.Ok(page) : TypedResults.NotFound();
    }

    private static IResult GetPublicList(
        HttpContext context, Shop shop, PlacementAnswers answers, [AsParameters] Conditions conditions, [AsParameters] ItemParameters shown, RecommendationWriter writer, string placement, string? itemId = null, int limit = Requests.DefaultListLimit,
        string? filter = null, string? category = null, double? minPrice = null, double? maxPrice = null, [FromQuery] string[]? exclude = null, string? cursor = null) =>
        AnswerPublic(context, shop, answers, writer, conditions, new ListRequest { Placement = placement, ItemId = itemId, Limit = limit, Exclude = exclude, Cursor = cursor, Include = shown.Fields, Explain = shown.Explain }, filter, ShortFilter.Of(filter, category, minPrice: minPrice, maxPrice: maxPrice));

    private static IResult GetBoughtTogether(
        PathId itemId, HttpContext context, Shop shop, PlacementAnswers answers, [AsParameters] Conditions conditions, [AsParameters] ItemParameters shown, RecommendationWriter writer, int limit = Requests.DefaultListLimit,
        string? filter = null, bool sameCategory = false, double? minPrice = null, double? maxPrice = null, [FromQuery] string[]? exclude = null, string? cursor = null) =>
        AnswerPublic(
            context, shop, answers, writer, conditions, new ListRequest { Placement = Placement.BoughtTogetherName, ItemId = itemId.Value, Limit = limit, Exclude = exclude, Cursor = cursor, Include = shown.Fields, Explain = shown.Explain },
            filter, ShortFilter.Of(filter, sameCategory: sameCategory, minPrice: minPrice, maxPrice: maxPrice));

    private static IResult AnswerPublic(
        HttpContext context, Shop shop, PlacementAnswers answers, RecommendationWriter writer, Conditions conditions, ListRequest request, string? filter, string? expression)
    {
        var requests = answers.RequestsTo(shop, context.Request);
        var query = requests.ReadShort(request, filter, expression);
        if (PlacementAnswers.Make(shop, requests, query) is not { } list)
            return TypedResults.NotFound();
        // The client goes on showing the list that it has, under that list's id.
        if (context.Response.IsKept(shop.Settings.Recommendations, conditions, requests, list.Fallback, list.Items))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        if (context.Features.Get<UnseenRequest>() is null)
            answers.CountAsSeen(shop, requests, query, list);
        return writer.Written(list);
    }
}
