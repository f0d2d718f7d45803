using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>Answers queries from a serving state: turns ids into indexes, asks the pipeline of the placement, and fills up what is short.</summary>
internal sealed class PlacementLists
{
    private readonly ServingState state;
    private readonly Dictionary<string, SimilarItems> similarItems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Pipeline> pipelines = new(StringComparer.Ordinal);

    /// <param name="state">Whose placements these are.</param>
    /// <param name="builder">Makes their pipelines.</param>
    /// <param name="makeSimilarItems">Makes what finds the items of a placement of <see cref="PlacementSource.SimilarItems"/>.</param>
    public PlacementLists(ServingState state, PipelineBuilder builder, Func<IReadOnlyList<IItemFilter>, SimilarItems> makeSimilarItems)
    {
        this.state = state;
        foreach (var placement in state.Placements.Values)
        {
            if (placement.Sources is [PlacementSource.SimilarItems])
                similarItems.Add(placement.Name, makeSimilarItems(builder.FiltersOf(placement)));
            else
                pipelines.Add(placement.Name, builder.Build(placement));
        }
    }

    /// <inheritdoc cref="ServingState.Recommend"/>
    public List<Candidate> Recommend(RecommendationQuery query)
    {
        var placement = state.Placements[query.Placement];
        var allowsConsumed = query.AllowsConsumed ?? placement.ShowsConsumed;
        var known = query.Events is { } events
            ? ContextOf(events, query.IncludeContext || allowsConsumed)
            : state.History.ContextOf(query.UserId is not null && state.Users.TryGetIndex(query.UserId, out var userIndex) ? userIndex : -1);
        if (placement.Subject == PlacementSubject.GivenItems)
        {
            int[] given = [.. IndexesOf(query.ItemIds).Distinct().Where(item => !state.Catalogue.Columns.IsDeleted(item))];
            return given.Length == 0 ? [] : pipelines[placement.Name].Recommend(known.Ordering(query.Now, given), given.Length);
        }

        if (!state.TryGetItem(query.ItemId, out var itemIndex) && placement.Subject == PlacementSubject.Item)
            throw new KeyNotFoundException($"There is no item {query.ItemId}.");
        int[] current = query.ItemId is null ? IndexesOf(query.ItemIds) : [itemIndex, .. IndexesOf(query.ItemIds)];
        var context = known.In(query.Now, IndexesOf(query.Excluded), allowsConsumed, query.Filter, current, query.Context);
        return pipelines.TryGetValue(placement.Name, out var pipeline) ? pipeline.Recommend(context, query.Limit) : similarItems[placement.Name].Find(itemIndex, query.Limit, context);
    }

    /// <inheritdoc cref="ServingState.RecommendFilled"/>
    public FilledList RecommendFilled(RecommendationQuery query)
    {
        var list = Recommend(query);
        var missing = query.Limit - list.Count;
        if (missing <= 0 || state.Placements[query.Placement].Subject == PlacementSubject.GivenItems || FillingOf(query) is not { } filling)
            return new FilledList(list, ListFallback.None);
        var more = Recommend(filling with { Limit = missing, Excluded = [.. query.Excluded, .. list.Select(candidate => state.Items[candidate.ItemIndex])] });
        return new FilledList([.. list, .. more], more.Count > 0 ? FallbackOf(query) : ListFallback.None);
    }

    /// <inheritdoc cref="ServingState.RecommendMany"/>
    public List<Candidate>[] RecommendMany(ReadOnlySpan<int> userIndexes, int limit, long now)
    {
        var lists = new List<Candidate>[userIndexes.Length];
        pipelines[Placement.HomeName].RecommendMany(userIndexes, state.History, limit, now, lists);
        return lists;
    }

    private RecommendationQuery? FillingOf(RecommendationQuery query) => FallbackOf(query) switch
    {
        ListFallback.Relax when query.Filter is not null => query with { Filter = null },
        ListFallback.Popular => query with { Placement = Placement.PopularName },
        _ => null,
    };

    private ListFallback FallbackOf(RecommendationQuery query) => query.Fallback ?? state.Placements[query.Placement].Fallback;

    private int[] IndexesOf(IReadOnlyCollection<string> itemIds)
    {
        if (itemIds.Count == 0)
            return [];
        var indexes = new List<int>(itemIds.Count);
        foreach (var itemId in itemIds)
        {
            if (state.Items.TryGetIndex(itemId, out var itemIndex))
                indexes.Add(itemIndex);
        }

        return [.. indexes];
    }

    private RequestContext ContextOf(IReadOnlyCollection<SessionInteraction> events, bool includeContext)
    {
        var known = new LiveInteraction[events.Count];
        var count = 0;
        foreach (var (itemId, kindIndex, value, time) in events)
        {
            if (state.Items.TryGetIndex(itemId, out var itemIndex))
                known[count++] = new LiveInteraction(itemIndex, kindIndex, value, time);
        }

        var context = state.History.ContextOf(known.AsSpan(0, count));
        return includeContext ? context : new RequestContext(context.User, Array.ConvertAll(known[..count], interaction => interaction.ItemIndex));
    }
}
