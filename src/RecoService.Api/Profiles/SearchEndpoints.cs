using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Profiles;

/// <param name="Users">Ids that hold the text, exact ones first.</param>
/// <param name="Items">Items whose id or title holds it, exact ones first.</param>
internal sealed record SearchResponse(IReadOnlyList<string> Users, IReadOnlyList<FoundItem> Items);

/// <param name="ItemId">The item.</param>
/// <param name="Title">Null where its record has none, or `Catalogue:KeepTitles` is off.</param>
internal sealed record FoundItem(string ItemId, string? Title);

/// <summary>Finds users and items by what somebody remembers of them.</summary>
internal static class SearchEndpoints
{
    private const int LongestText = 256;

    public static void MapSearch(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/search", Search)
            .RequireAdmin()
            .WithName("Search")
            .WithTags("Profiles")
            .WithSummary("Users by id, and items by id or title")
            .WithDescription("From memory: whatever holds the text, in any case of its letters. Those that are equal to it come first, then those that begin with it.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

    private static Ok<SearchResponse> Search(HttpResponse response, Shop shop, string query, int limit = Requests.DefaultListLimit)
    {
        Requests.CheckLimit(limit, Requests.MaxListLimit);
        if (query.Length is 0 or > LongestText)
            throw new InvalidRequestException([new FieldProblem("query", $"must have 1 to {LongestText} characters")]);
        response.Headers.CacheControl = "no-store";
        var state = shop.Serving.Snapshots.State;
        return TypedResults.Ok(new SearchResponse(
            [.. Best(state.Users, limit, userIndex => RankOf(state.Users[userIndex], query)).Select(userIndex => state.Users[userIndex])],
            [.. Best(state.Items, limit, itemIndex => Math.Min(RankOf(state.Items[itemIndex], query), RankOf(TitleOf(state, itemIndex), query))).Select(itemIndex => new FoundItem(state.Items[itemIndex], TitleOf(state, itemIndex)))]));
    }

    private static string? TitleOf(ServingState state, int itemIndex) => state.Catalogue.Columns.Titles.TextOf(itemIndex);

    /// <summary>0 for equal, 1 for what begins with it, 2 for what holds it, 3 for none of these.</summary>
    private static int RankOf(string? text, string query) => text?.IndexOf(query, StringComparison.OrdinalIgnoreCase) switch
    {
        0 => text.Length == query.Length ? 0 : 1,
        > 0 => 2,
        _ => 3,
    };

    /// <summary>One pass; of equal rank those that came first.</summary>
    private static IEnumerable<int> Best(LiveIdMap ids, int limit, Func<int, int> rankOf)
    {
        var ranks = new[] { new List<int>(), new List<int>(), new List<int>() };
        var count = ids.Count;
        for (var index = 0; index < count; index++)
        {
            if (ids.IsKnown(index) && rankOf(index) is < 3 and var rank && ranks[rank].Count < limit)
                ranks[rank].Add(index);
        }

        return ranks.SelectMany(found => found).Take(limit);
    }
}
