using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;

namespace RecoService.Api.Recommendations;

/// <param name="Items">In the order asked, each once.</param>
internal sealed record PredictionsResponse(IReadOnlyList<PredictedItem> Items);

/// <param name="ItemId">The item.</param>
/// <param name="IsKnown">False of an item that the service has not heard of, or that was deleted.</param>
/// <param name="ClickProbability">0 to 1: that the user clicks the item where it is shown at the reference position; null of an item that nobody knows.</param>
/// <param name="PurchaseProbability">0 to 1: that they buy it; null of an item that nobody knows, and where too little was bought to tell.</param>
internal sealed record PredictedItem(string ItemId, bool IsKnown, float? ClickProbability, float? PurchaseProbability);

internal static class PredictionEndpoints
{
    public static void MapPredictions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/recommendations/predict", Predict)
            .AcceptsJson(typeof(PredictRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("PredictResponses")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("How probable it is that a user clicks and buys given items")
            .WithDescription("Calibrated: of items with a click probability of 0.1, one in ten is clicked where it is shown at the reference position (`Reco:Prediction:ReferencePosition`). They are learned from what became of shown items; while there is too little of that, the answer is 409 and says what it takes. Nothing is stored.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<PredictionsResponse>, ProblemHttpResult>> Predict(HttpRequest request, Shop shop, PlacementAnswers answers)
    {
        var body = await request.ReadBodyAsync<PredictRequest>();
        var requests = answers.RequestsTo(shop, request);
        request.HttpContext.Response.MarkPersonal();
        var (state, query) = (requests.State, requests.Read(body.ToList()));
        string[] itemIds = [.. query.ItemIds.Distinct(StringComparer.Ordinal)];
        var indexes = Array.ConvertAll(itemIds, itemId => state.TryGetItem(itemId, out var index) ? index : -1);
        var known = Array.FindAll(indexes, index => index >= 0);
        var (clicks, purchases) = (new float[known.Length], new float[known.Length]);
        if (!state.Responses.TryPredict(query, known, clicks, purchases))
            return TypedResults.Problem(shop.Serving.Responses.Missing ?? "The probabilities are being learned.", statusCode: StatusCodes.Status409Conflict, title: "Too little is known to predict");
        var items = new PredictedItem[itemIds.Length];
        for (var (position, next) = (0, 0); position < items.Length; position++)
        {
            items[position] = indexes[position] < 0
                ? new PredictedItem(itemIds[position], IsKnown: false, null, null)
                : new PredictedItem(itemIds[position], IsKnown: true, clicks[next], float.IsNaN(purchases[next]) ? null : purchases[next]);
            next += indexes[position] < 0 ? 0 : 1;
        }

        return TypedResults.Ok(new PredictionsResponse(items));
    }
}
