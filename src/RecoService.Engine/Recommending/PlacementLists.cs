using System.Runtime.CompilerServices;
using System.Text.Json;
using RecoService.Engine.Experiments;
using RecoService.Engine.Models;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reasons;
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
    /// <summary>Of placements as experiments have them, for as long as these are known.</summary>
    private readonly ConditionalWeakTable<Placement, Pipeline> variants = [];
    private readonly PipelineBuilder builder;
    private readonly FilterCache ruleFilters;
    private readonly Explanations explanations;

    /// <param name="state">Whose placements these are.</param>
    /// <param name="builder">Makes their pipelines.</param>
    public PlacementLists(ServingState state, PipelineBuilder builder)
    {
        (this.state, this.builder) = (state, builder);
        ruleFilters = new FilterCache(state.Catalogue.Columns, state.Items, capacity: MostRuleFilters);
        explanations = builder.Explanations;
        foreach (var placement in state.Placements.Values)
            pipelines.Add(placement.Name, builder.Build(placement));
    }

    /// <inheritdoc cref="ServingState.Recommend"/>
    public List<Candidate> Recommend(RecommendationQuery query)
    {
        var context = ContextOf(query);
        var limit = state.PlacementOf(query).Subject == PlacementSubject.GivenItems ? context.Given.Length : query.Limit;
        if (limit == 0)
            return [];
        var list = PipelineOf(query).Recommend(context, limit);
        return query.Assigned?.Interleaving is { } with ? Interleave(list, variants.GetValue(with.Second, builder.Build).Recommend(context, limit), limit, query.ExplorationSeed ?? 0) : list;
    }

    /// <inheritdoc cref="ServingState.RecommendShadow"/>
    public List<Candidate> RecommendShadow(RecommendationQuery query) => query.Assigned is { Shadow: { } shadow } assigned
        ? RecommendFilled(query with { Assigned = assigned with { Placement = shadow, Interleaving = null, Shadow = null }, ExplorationSeed = null }).Items
        : [];

    /// <summary>By team draft. Items of one group are one item, so that a group has one place as in any list.</summary>
    private List<Candidate> Interleave(List<Candidate> first, List<Candidate> second, int limit, int seed)
    {
        var draft = TeamDraft.Interleave(KeysOf(first), KeysOf(second), limit, seed, 0);
        var list = new List<Candidate>(draft.Items.Count);
        for (var position = 0; position < draft.Items.Count; position++)
        {
            var team = draft.Teams[position];
            list.Add((team == Team.First ? first : second).Find(candidate => KeyOf(candidate) == draft.Items[position]) with { Team = team });
        }

        return list;

        int[] KeysOf(List<Candidate> candidates) => [.. candidates.Select(KeyOf)];

        int KeyOf(Candidate candidate) => state.Catalogue.Columns.GroupId[candidate.ItemIndex] is >= 0 and var group ? -1 - group : candidate.ItemIndex;
    }

    /// <inheritdoc cref="ServingState.Assign"/>
    public RecommendationQuery Assign(RecommendationQuery query, ExperimentSet experiments)
    {
        if (!experiments.IsAbout(query.Placement))
            return query;
        int[] current = state.TryGetItem(query.ItemId, out var itemIndex) ? [itemIndex, .. IndexesOf(query.ItemIds)] : IndexesOf(query.ItemIds);
        var context = new FilterContext
        {
            CurrentItems = current,
            Context = query.Context,
            Users = state.UserAttributes,
            UserIndex = query.UserId is not null && state.Users.TryGetIndex(query.UserId, out var userIndex) ? userIndex : -1,
        };
        return experiments.For(state.Placements[query.Placement], state.UserAssignments.IdOf(context.UserIndex, query.UserId), ruleFilters, context, state.Versions) is { } assigned ? query with { Assigned = assigned } : query;
    }

    private Pipeline PipelineOf(RecommendationQuery query) => query.Assigned is { } assigned ? variants.GetValue(assigned.Placement, builder.Build) : pipelines[query.Placement];

    /// <inheritdoc cref="ServingState.Explain(RecommendationQuery, IReadOnlyList{Candidate})"/>
    public IReadOnlyList<ListReason> Explain(RecommendationQuery query, IReadOnlyList<Candidate> candidates)
    {
        var context = ContextOf(query);
        var isSimilar = state.PlacementOf(query).Sources is [PlacementSource.SimilarItems];
        var reasons = (state.ModelOf(state.PlacementOf(query)) is { } model ? builder.ExplanationsOf(model) : explanations).Of(context, candidates);
        var explained = new ListReason[candidates.Count];
        for (var position = 0; position < explained.Length; position++)
        {
            // What fills the list up is no more like the item than anything else.
            var reason = isSimilar && reasons[position].Code != ReasonCode.Popular ? Reason.Similar(context.CurrentItems[0]) : reasons[position];
            explained[position] = new ListReason(reason, reason.Items is [var first, ..] ? KindOf(context, first.ItemIndex) : null, RulesOn(context, candidates[position].ItemIndex));
        }

        return explained;
    }

    /// <inheritdoc cref="ServingState.Explain(RecommendationQuery, int)"/>
    public ItemExplanation Explain(RecommendationQuery query, int itemIndex)
    {
        var context = ContextOf(query);
        var rules = RulesOn(context, itemIndex);
        var list = Recommend(query);
        Candidate? last = list.Count == 0 ? null : list[^1];
        if (list.FindIndex(candidate => candidate.ItemIndex == itemIndex) is >= 0 and var position)
            return new ItemExplanation(Absence.None, position + 1, list[position], last, null, Explain(query, [list[position]])[0], rules);
        if (PipelineOf(query).BlockedBy(context, itemIndex) is not Absence.None and var absence)
            return new ItemExplanation(absence, null, null, last, null, null, rules);
        // As if it were the only item of the catalogue, so that nothing stands before it.
        var only = state.Filters.Get($"itemId = {JsonSerializer.Serialize(state.Items[itemIndex])}").Filter;
        if (Recommend(query with { Filter = only, Limit = 1, Rules = RuleSet.None }) is not [var alone])
            return new ItemExplanation(Absence.NoSource, null, null, last, null, null, rules);
        var group = state.Catalogue.Columns.GroupId[itemIndex];
        var other = group < 0 ? -1 : list.FindIndex(candidate => state.Catalogue.Columns.GroupId[candidate.ItemIndex] == group);
        return new ItemExplanation(
            other < 0 ? Absence.BelowTheList : Absence.Group, null, alone, last, other < 0 ? null : list[other].ItemIndex, Explain(query, [alone])[0], rules);
    }

    /// <summary>What is known of who asks, and of the request.</summary>
    internal RequestContext ContextOf(RecommendationQuery query)
    {
        var placement = state.PlacementOf(query);
        var allowsConsumed = query.AllowsConsumed ?? placement.ShowsConsumed;
        var known = query.Events is { } events
            ? ContextOf(events, query.IncludeContext || allowsConsumed)
            : state.History.ContextOf(query.UserId is not null && state.Users.TryGetIndex(query.UserId, out var userIndex) ? userIndex : -1);
        if (placement.Subject == PlacementSubject.GivenItems)
        {
            int[] given = [.. IndexesOf(query.ItemIds).Distinct().Where(item => !state.Catalogue.Columns.IsDeleted(item))];
            return known.Ordering(query.Now, given, RulesOf(query, [], known.User.UserIndex), query.Context, state.UserAttributes, query.UserContent);
        }

        if (!state.TryGetItem(query.ItemId, out var itemIndex) && placement.Subject == PlacementSubject.Item)
            throw new KeyNotFoundException($"There is no item {query.ItemId}.");
        int[] current = query.ItemId is null ? IndexesOf(query.ItemIds) : [itemIndex, .. IndexesOf(query.ItemIds)];
        return known.In(
            query.Now, IndexesOf(query.Excluded), allowsConsumed, query.Filter, current, query.Context, RulesOf(query, current, known.User.UserIndex), query.Shown.Count, state.UserAttributes, query.Seed,
            query.UserContent, query.ExplorationSeed);
    }

    private byte? KindOf(in RequestContext context, int itemIndex)
    {
        byte? strongest = null;
        var events = context.User.Events;
        var kinds = state.History.Kinds;
        for (var position = 0; position < events.Count; position++)
        {
            var kind = events.KindIndexes[position];
            if (events.Items[position] == itemIndex && (strongest is not { } known || kinds[kind].Weight > kinds[known].Weight))
                strongest = kind;
        }

        return strongest;
    }

    private static IReadOnlyList<string> RulesOn(in RequestContext context, int itemIndex)
    {
        List<string>? ids = null;
        foreach (var (rule, items) in context.Rules?.All ?? [])
        {
            if (items.Holds(context.ForFilters, itemIndex))
                (ids ??= []).Add(rule.RuleId);
        }

        return ids ?? (IReadOnlyList<string>)[];
    }

    private ActingRules? RulesOf(RecommendationQuery query, ReadOnlySpan<int> current, int userIndex) => query.Rules.Rules.Count == 0
        ? null
        : query.Rules.For(query.Placement, query.Now, ruleFilters, new FilterContext { CurrentItems = current, Context = query.Context, Users = state.UserAttributes, UserIndex = userIndex }, query.Assigned?.WithoutRules);

    /// <inheritdoc cref="ServingState.RecommendFilled"/>
    public FilledList RecommendFilled(RecommendationQuery query) => FillUp(query, Recommend(query));

    private FilledList FillUp(RecommendationQuery query, List<Candidate> list)
    {
        var missing = query.Limit - list.Count;
        if (missing <= 0 || state.PlacementOf(query).Subject == PlacementSubject.GivenItems || FillingOf(query) is not { } filling)
            return new FilledList(list, ListFallback.None);
        string[] listed = [.. list.Select(candidate => state.Items[candidate.ItemIndex])];
        // What is pinned has its place already.
        var more = Recommend(filling with { ExplorationSeed = null, Limit = missing, Excluded = [.. query.Excluded, .. listed], Shown = [.. query.Shown, .. listed] });
        return new FilledList([.. list, .. more.Select(candidate => candidate with { IsFallback = true })], more.Count > 0 ? FallbackOf(query) : ListFallback.None);
    }

    /// <inheritdoc cref="ServingState.RecommendMany"/>
    public List<Candidate>[] RecommendMany(ReadOnlySpan<int> userIndexes, int limit, long now, RuleSet? rules)
    {
        var lists = new List<Candidate>[userIndexes.Length];
        var query = new RecommendationQuery(limit) { Now = now, Rules = rules ?? RuleSet.None };
        var allowsConsumed = state.Placements[Placement.HomeName].ShowsConsumed;
        pipelines[Placement.HomeName].RecommendMany(
            userIndexes, limit, user => state.History.ContextOf(user).In(now, allowsConsumed: allowsConsumed, rules: RulesOf(query, [], user), users: state.UserAttributes), lists);
        for (var position = 0; position < lists.Length; position++)
        {
            if (lists[position].Count < limit)
                lists[position] = FillUp(query with { UserId = userIndexes[position] < 0 ? null : state.Users[userIndexes[position]] }, lists[position]).Items;
        }

        return lists;
    }

    private RecommendationQuery? FillingOf(RecommendationQuery query) => FallbackOf(query) switch
    {
        ListFallback.Relax when query.Filter is not null => query with { Filter = null },
        ListFallback.Popular => query with { Placement = Placement.PopularName, Assigned = query.Assigned is null ? null : query.Assigned with { Placement = state.Placements[Placement.PopularName], Interleaving = null, Shadow = null } },
        _ => null,
    };

    private ListFallback FallbackOf(RecommendationQuery query) => query.Fallback ?? state.PlacementOf(query).Fallback;

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
