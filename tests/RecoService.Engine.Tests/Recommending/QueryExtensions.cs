using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>Queries in the words of the tests.</summary>
internal static class QueryExtensions
{
    public static List<Candidate> Recommend(this ServingState state, string userId, int limit, long now = 0) =>
        state.Recommend(new RecommendationQuery(limit) { UserId = userId, Now = now });

    public static List<Candidate> RecommendSession(this ServingState state, IReadOnlyCollection<SessionInteraction> events, int limit, long now = 0, bool includeContext = false) =>
        state.Recommend(new RecommendationQuery(limit) { Events = events, Now = now, IncludeContext = includeContext });

    public static bool TryGetSimilarItems(this ServingState state, string itemId, int limit, out List<Candidate> similar)
    {
        var isKnown = state.TryGetItem(itemId, out _);
        similar = isKnown ? state.Recommend(new RecommendationQuery(limit) { Placement = Placement.SimilarName, ItemId = itemId }) : [];
        return isKnown;
    }
}
