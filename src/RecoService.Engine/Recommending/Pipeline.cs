using System.Buffers;
using System.Collections.Concurrent;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Engine.Recommending;

/// <summary>
/// The one place that knows the order of the stages: filter -> retrieve -> rank -> re-rank -> fill from the next retriever. Filters come first, for a mask costs a
/// retriever nothing, and what is filtered afterwards would leave gaps. A retriever whose candidates are ranked offers them in the ranker's order. Re-rankers choose
/// from a pool that may be larger than the list; without them nothing is collected that the list does not take.
/// </summary>
public sealed class Pipeline
{
    /// <summary>How many users a model is asked about at once; as many as fit a pass over its items.</summary>
    private const int UsersAtOnce = 8;

    private readonly IItemFilter[] filters;
    private readonly IRetriever[] retrievers;
    private readonly bool[] areFallbacks;
    private readonly IRetriever[] retrieversOfPins;
    private readonly Func<IReadOnlyList<IListRule>> rules;
    private readonly IReranker[] rerankers;
    private readonly LiveCatalogue catalogue;
    private readonly ModelRetriever? recommender;
    private readonly ConcurrentQueue<CandidateBatch> idleSingles = new();
    private readonly ConcurrentQueue<CandidateBatch> idleBatches = new();

    /// <param name="filters">What must not be shown.</param>
    /// <param name="retrievers">Asked in this order until the list is full.</param>
    /// <param name="rules">Makes the rules of one list.</param>
    /// <param name="catalogue">Says how many items there are.</param>
    /// <param name="rerankers">What changes the order of the candidates, in this order. The kept slots of a rule are none of theirs.</param>
    /// <param name="fallbacks">Those of the retrievers that stand in for the first source of the placement.</param>
    internal Pipeline(
        IReadOnlyList<IItemFilter> filters, IReadOnlyList<IRetriever> retrievers, Func<IReadOnlyList<IListRule>> rules, LiveCatalogue catalogue,
        IReadOnlyList<IReranker>? rerankers = null, IReadOnlySet<IRetriever>? fallbacks = null)
    {
        this.filters = [.. filters];
        this.retrievers = [.. retrievers];
        areFallbacks = [.. retrievers.Select(retriever => fallbacks?.Contains(retriever) == true)];
        // The catalogue knows every item.
        retrieversOfPins = [.. retrievers, new CatalogueRetriever(catalogue)];
        this.rules = rules;
        this.rerankers = [.. rerankers ?? []];
        this.catalogue = catalogue;
        recommender = retrievers is [var first, ..] ? ModelRetriever.OfMany(first) : null;
    }

    /// <summary>At most <paramref name="limit"/> items, best first; fewer when the catalogue holds no more that may be shown.</summary>
    /// <param name="context">What is known of the user and of the request.</param>
    /// <param name="limit">The most items.</param>
    public List<Candidate> Recommend(in RequestContext context, int limit)
    {
        if (!idleSingles.TryDequeue(out var workspace))
            workspace = new CandidateBatch(1, this.filters, rules, rerankers, catalogue);
        workspace.Begin();
        workspace.Begin(0, context, limit);
        Pin(workspace[0], context);
        var candidates = Complete(workspace[0], context);
        idleSingles.Enqueue(workspace);
        return candidates;
    }

    /// <summary>Which filter leaves an item out of the lists of a request; <see cref="Absence.None"/> where none does.</summary>
    /// <param name="context">The request.</param>
    /// <param name="itemIndex">An item of the catalogue.</param>
    internal Absence BlockedBy(in RequestContext context, int itemIndex)
    {
        var blocked = new ulong[Math.Max(1, catalogue.BlockedWords)];
        foreach (var filter in filters)
        {
            filter.Block(context, blocked);
            if (itemIndex >> 6 >= blocked.Length || Bits.IsSet(blocked, itemIndex))
                return filter.Absence;
        }

        return Absence.None;
    }

    /// <summary>What is known of a user, and of the request that asks for many.</summary>
    /// <param name="userIndex">Of the serving state; -1 for somebody unknown.</param>
    internal delegate RequestContext ContextOfUser(int userIndex);

    /// <summary>The same for many users of a state.</summary>
    /// <param name="userIndexes">Indexes of the serving state; -1 for somebody unknown.</param>
    /// <param name="limit">The most items of a list.</param>
    /// <param name="contextOf">Of each of them.</param>
    /// <param name="lists">Takes a list per user.</param>
    internal void RecommendMany(ReadOnlySpan<int> userIndexes, int limit, ContextOfUser contextOf, Span<List<Candidate>> lists)
    {
        if (!idleBatches.TryDequeue(out var batch))
            batch = new CandidateBatch(UsersAtOnce, filters, rules, rerankers, catalogue);
        Span<int> byIndex = stackalloc int[UsersAtOnce];
        for (var first = 0; first < userIndexes.Length; first += UsersAtOnce)
        {
            var count = Math.Min(UsersAtOnce, userIndexes.Length - first);
            var some = userIndexes.Slice(first, count);
            batch.Begin();
            for (var position = 0; position < count; position++)
            {
                var context = contextOf(some[position]);
                batch.Begin(position, context, limit);
                Pin(batch[position], context);
                byIndex[position] = recommender?.IsKnownByIndex(context) == true ? some[position] : -1;
            }

            recommender?.CollectMany(byIndex[..count], batch.Blocked[..(count * batch.WordsPerList)], batch.WordsPerList, batch.Best[..count]);
            for (var position = 0; position < count; position++)
            {
                var context = contextOf(some[position]);
                if (recommender is not null)
                    batch[position].Take(recommender, batch[position].PoolSize, context);
                lists[first + position] = Complete(batch[position], context);
            }
        }

        idleBatches.Enqueue(batch);
    }

    /// <summary>Before anything else has a place.</summary>
    private void Pin(CandidateList list, in RequestContext context)
    {
        if (context.Rules is not { Pins.Count: > 0 } acting)
            return;
        var rented = ArrayPool<ulong>.Shared.Rent(Math.Max(1, catalogue.BlockedWords));
        foreach (var (_, items, position) in acting.Pins)
        {
            // Pages after the first go on where the one before has ended.
            if (position <= context.Offset)
                continue;
            items.Select(context.ForFilters, rented);
            list.Pin(rented, position - 1 - context.Offset, retrieversOfPins, context);
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }

    private List<Candidate> Complete(CandidateList list, in RequestContext context)
    {
        if (list.IsToBeReranked)
        {
            Fill(list, list.PoolSize, context);
            list.Rerank(context);
        }

        var end = list.OpenSlots;
        foreach (var rule in list.Rules)
        {
            if (rule is not { KeptSlots: > 0, Source: { } source })
                continue;
            Fill(list, end, context);
            end += rule.KeptSlots;
            list.FillFrom(source, end, context);
        }

        Fill(list, list.Limit, context);
        return list.End();
    }

    private void Fill(CandidateList list, int count, in RequestContext context)
    {
        list.FillFromPool(count, context);
        for (var position = 0; position < retrievers.Length; position++)
            list.FillFrom(retrievers[position], count, context, areFallbacks[position]);
    }
}
