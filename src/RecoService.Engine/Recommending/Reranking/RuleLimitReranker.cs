using System.Collections.Concurrent;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Lets at most as many with one value of a field into a list as each acting rule allows, of the items that the rule is about.</summary>
/// <param name="catalogue">Says which values items have.</param>
internal sealed class RuleLimitReranker(LiveCatalogue catalogue) : IReranker
{
    /// <summary>What a limit calls the categories of an item.</summary>
    public const string Category = "category";

    private readonly ConcurrentDictionary<(string By, int Most), CapReranker> caps = new();

    public int PoolOf(in RequestContext context, int limit) => context.Rules is { Limits.Count: > 0 } ? CandidatePool.SizeFor(limit) : 0;

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        if (context.Rules is not { Limits: var limits })
            return;
        foreach (var (_, items, most) in limits)
            CapOf(most.By, most.Most).Keep(pool, items, context.ForFilters);
    }

    public bool Admits(in RequestContext context, ReadOnlySpan<Candidate> list, int itemIndex)
    {
        if (context.Rules is not { Limits: var limits })
            return true;
        foreach (var (_, items, most) in limits)
        {
            if (items.Holds(context.ForFilters, itemIndex) && !CapOf(most.By, most.Most).Admits(list, itemIndex, items, context.ForFilters))
                return false;
        }

        return true;
    }

    private CapReranker CapOf(string by, int most) => caps.GetOrAdd(
        (by, most), static (key, of) => key.By == Category ? CapReranker.OfCategories(of, key.Most) : CapReranker.OfAttribute(of, key.By, key.Most), catalogue);
}
