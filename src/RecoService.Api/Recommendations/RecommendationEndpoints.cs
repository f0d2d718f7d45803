using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Engine.Experiments;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Api.Recommendations;

/// <param name="UserId">As asked.</param>
/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that made the list, or null before the first model.</param>
/// <param name="Items">Best first.</param>
internal sealed record RecommendationResponse(string UserId, Guid RecommendationId, int? ModelVersion, IReadOnlyList<RecommendedItem> Items);

/// <param name="ItemId">The item.</param>
/// <param name="Score">The source's own score; comparable within one source of one list.</param>
/// <param name="Source">What proposed it: a trainer's name, or <c>catalogue</c>.</param>
internal readonly record struct RecommendedItem(string ItemId, float Score, string Source)
{
    /// <summary>Why it is in the list, where the request asks for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReasonResponse? Reasons { get; init; }

    /// <summary>Its fields, where the request asks for some.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Shape(typeof(IncludedItemResponse))]
    public IncludedItem? Item { get; init; }

    /// <summary>How probable it was to stand at its place; 1 where nothing was drawn. Stored with the impression.</summary>
    [JsonIgnore]
    public float Propensity { get; init; } = 1;

    /// <summary>How probable the items of a list were to stand at their places; none where the placement does not explore, so that nothing is stored, nor for an interleaved list, whose places are drawn once more.</summary>
    public static float[] PropensitiesOf(Placement placement, RecommendationQuery query, IReadOnlyList<RecommendedItem> items)
    {
        if (placement.Order.Exploration is null || query.Assigned?.Interleaving is not null)
            return [];
        var propensities = new float[items.Count];
        for (var position = 0; position < propensities.Length; position++)
            propensities[position] = items[position].Propensity;
        return propensities;
    }

    /// <summary>Whether it stands in for what the first source of the placement did not have. Counted with the impression.</summary>
    [JsonIgnore]
    public bool IsFallback { get; init; }

    /// <summary>Whose it is in an interleaved list; null in any other. Stored with the impression.</summary>
    [JsonIgnore]
    public Team? Team { get; init; }

    /// <summary>The variant of each item of an interleaved list; none in any other.</summary>
    public static string[] VariantsOf(RecommendationQuery query, IReadOnlyList<RecommendedItem> items) =>
        query.Assigned?.Interleaving is { } interleaving ? [.. items.Select(item => item.Team is { } team ? interleaving.NameOf(team) : PlacementExperiment.InterleavedName)] : [];

    /// <summary>How many items of a list stand in for what the first source of the placement did not have.</summary>
    public static int FallbacksIn(IReadOnlyList<RecommendedItem> items)
    {
        var count = 0;
        for (var position = 0; position < items.Count; position++)
            count += items[position].IsFallback ? 1 : 0;
        return count;
    }

    /// <summary>What proposed the items of a list: one for each, or one for all.</summary>
    public static string[] SourcesOf(IReadOnlyList<RecommendedItem> items)
    {
        for (var position = 1; position < items.Count; position++)
        {
            if (items[position].Source != items[0].Source)
                return [.. items.Select(item => item.Source)];
        }

        return items.Count == 0 ? [] : [items[0].Source];
    }

    public static RecommendedItem[] Of(ServingState state, IReadOnlyList<Candidate> candidates, IncludedFields? included = null)
    {
        var items = new RecommendedItem[candidates.Count];
        for (var position = 0; position < items.Length; position++)
        {
            var candidate = candidates[position];
            items[position] = new RecommendedItem(state.Items[candidate.ItemIndex], candidate.Score, candidate.Source)
            {
                Propensity = candidate.Propensity,
                Team = candidate.Team,
                IsFallback = candidate.IsFallback,
                Item = included is null ? null : new IncludedItem(included, state.Catalogue.Columns, candidate.ItemIndex),
            };
        }

        return items;
    }
}

internal static class RecommendationEndpoints
{
    public static void MapRecommendations(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/recommendations/{userId}", Get)
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetRecommendations")
            .MarkFrequent()
            .WithTags("Recommendations")
            .WithSummary("The items to show a user, best first")
            .WithDescription("The list holds nothing that the user has rated or bought, nothing unavailable, hidden or deleted, and one of each group. An unknown user gets popular items. `category`, `minPrice`, `maxPrice` and `filter` say what items have to be, and hold together.")
            .Produces<RecommendationResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

    public static void MapExplanations(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/recommendations/{userId}/explain/{itemId}", Explain)
            .CheckPathIds()
            .RequireAdmin()
            .WithName("ExplainItem")
            .WithTags("Recommendations")
            .WithSummary("Why an item is in a user's list, or why not")
            .WithDescription("Its place, score and what speaks for it; or what kept it out of the list, and by how much. It names what the user did, so it needs an admin key. Nothing is stored, and the list is no impression. `text` is in the language of `Accept-Language`: English or Chinese.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);

    private static Results<Ok<ExplanationResponse>, NotFound> Explain(
        PathId userId, PathId itemId, HttpRequest request, Shop shop, PlacementAnswers answers, string placement = Placement.HomeName, int limit = Requests.DefaultListLimit, string? filter = null)
    {
        var requests = answers.RequestsTo(shop);
        var query = requests.Read(new ListRequest { UserId = userId.Value, Placement = placement, Limit = limit, Filter = filter });
        request.HttpContext.Response.MarkPersonal();
        return requests.State.Items.TryGetIndex(itemId.Value, out var itemIndex)
            ? TypedResults.Ok(ExplanationResponse.Of(requests.State, shop, query, itemId.Value, requests.State.Explain(query, itemIndex), Sentences.LanguageOf(request.GetTypedHeaders())))
            : TypedResults.NotFound();
    }

    private static Task Get(
        PathId userId, HttpRequest request, Shop shop, PlacementAnswers answers, RecommendationWriter writer, RecoMetrics metrics, TimeProvider time, [AsParameters] ItemParameters shown, int limit = 20,
        string? filter = null, string? category = null, double? minPrice = null, double? maxPrice = null, [FromQuery] string[]? exclude = null, bool? allowConsumed = null)
    {
        Requests.CheckId(userId, nameof(userId));
        Requests.CheckLimit(limit, Requests.MaxListLimit);
        var state = shop.Serving.Snapshots.State;

        var (now, startedAt) = (time.GetUtcNow(), time.GetTimestamp());
        var query = new RecommendationQuery(limit) { UserId = userId.Value, Now = now.ToUnixTimeMilliseconds(), Rules = shop.Serving.ActiveRules.Current };
        var expression = ShortFilter.Of(filter, category, minPrice: minPrice, maxPrice: maxPrice);
        PlacementRequests? requests = null;
        if (expression is not null || exclude is { Length: > 0 } || allowConsumed is not null || shown.AskForMore)
        {
            requests = answers.RequestsTo(shop, state, request);
            query = requests.ReadShort(
                new ListRequest { UserId = userId.Value, Limit = limit, Exclude = exclude, AllowConsumed = allowConsumed, Include = shown.Fields, Explain = shown.Explain }, filter, expression);
        }
        else
        {
            query = state.Assign(query, shop.Serving.ActiveExperiments.Current);
        }

        var recommendationId = Guid.CreateVersion7(now);
        query = PlacementAnswers.WithDraws(state, query, recommendationId);
        var candidates = state.RecommendFilled(query).Items;
        var items = requests is null ? RecommendedItem.Of(state, candidates) : PlacementAnswers.ItemsOf(shop, requests, query, candidates);
        var response = new RecommendationResponse(userId.Value, recommendationId, state.ModelVersionOf(query), items);
        var answer = request.HttpContext.Response;
        if (request.HttpContext.Features.Get<UnseenRequest>() is null)
        {
            var placement = state.PlacementOf(query);
            shop.Serving.Impressions.Enqueue(
                state, placement, recommendationId, response.UserId, now, Array.ConvertAll(items, item => item.ItemId), RecommendedItem.SourcesOf(items), RecommendedItem.PropensitiesOf(placement, query, items), RecommendedItem.VariantsOf(query, items), query,
                startedAt, RecommendedItem.FallbacksIn(items));
            metrics.ListServed();
        }

        answer.MarkPersonal();
        return writer.WriteAsync(answer, response);
    }
}
