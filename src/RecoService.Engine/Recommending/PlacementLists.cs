using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Recommending;

/// <summary>Answers queries from a serving state: turns ids into indexes, asks the pipeline of the placement, and fills up what is short.</summary>
internal sealed class PlacementLists
{
    /// <summary>Two per rule of a shop that has many; those of requests must not drive them out.</summary>
    private const int MostRuleFilters = 1_024;

    private readonly ServingState state;
    private readonly Dictionary<string, Pipeline> pipelines = new(StringComparer.Ordinal);
    private readonly FilterCache ruleFilters;

    /// <param name="state">Whose placements these are.</param>
    /// <param name="builder">Makes their pipelines.</param>
    public PlacementLists(ServingState state, PipelineBuilder builder)
    {
        this.state = state;
        ruleFilters = new FilterCache(state.Catalogue.Columns, state.Items, capacity: MostRuleFilters);
        foreach (var placement in state.Placements.Values)
            pipelines.Add(placement.Name, builder.Build(placement));
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
            return given.Length == 0 ? [] : pipelines[placement.Name].Recommend(known.Ordering(query.Now, given, RulesOf(query, []), query.Context), given.Length);
        }

        if (!state.TryGetItem(query.ItemId, out var itemIndex) && placement.Subject == PlacementSubject.Item)
            throw new KeyNotFoundException($"There is no item {query.ItemId}.");
        int[] current = query.ItemId is null ? IndexesOf(query.ItemIds) : [itemIndex, .. IndexesOf(query.ItemIds)];
        var context = known.In(
            query.Now, IndexesOf(query.Excluded), allowsConsumed, query.Filter, current, query.Context, RulesOf(query, current), query.Shown.Count);
        return pipelines[placement.Name].Recommend(context, query.Limit);
    }

    private ActingRules? RulesOf(RecommendationQuery query, ReadOnlySpan<int> current) => query.Rules.Rules.Count == 0
        ? null
        : query.Rules.For(query.Placement, query.Now, ruleFilters, new FilterContext { CurrentItems = current, Context = query.Context });

    /// <inheritdoc cref="ServingState.RecommendFilled"/>
    public FilledList RecommendFilled(RecommendationQuery query)
    {
        var list = Recommend(query);
        var missing = query.Limit - list.Count;
        if (missing <= 0 || state.Placements[query.Placement].Subject == PlacementSubject.GivenItems || FillingOf(query) is not { } filling)
            return new FilledList(list, ListFallback.None);
        string[] listed = [.. list.Select(candidate => state.Items[candidate.ItemIndex])];
        // What is pinned has its place already.
        var more = Recommend(filling with { Limit = missing, Excluded = [.. query.Excluded, .. listed], Shown = [.. query.Shown, .. listed] });
        return new FilledList([.. list, .. more], more.Count > 0 ? FallbackOf(query) : ListFallback.None);
    }

    /// <inheritdoc cref="ServingState.RecommendMany"/>
    public List<Candidate>[] RecommendMany(ReadOnlySpan<int> userIndexes, int limit, long now, RuleSet? rules)
    {
        var lists = new List<Candidate>[userIndexes.Length];
        var acting = RulesOf(new RecommendationQuery(limit) { Now = now, Rules = rules ?? RuleSet.None }, []);
        pipelines[Placement.HomeName].RecommendMany(userIndexes, state.History, limit, now, acting, lists);
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
