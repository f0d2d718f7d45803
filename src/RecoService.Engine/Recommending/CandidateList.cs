using System.Runtime.InteropServices;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>A list in the making, with the workspace that it takes; used for one list after the other, so that a list costs no allocation but itself.</summary>
/// <param name="filters">What must not be shown.</param>
/// <param name="rules">What may stand in the list, this list's own.</param>
/// <param name="rerankers">What changes the order of the candidates.</param>
internal sealed class CandidateList(IReadOnlyList<IItemFilter> filters, IListRule[] rules, IReranker[] rerankers)
{
    /// <summary>How often a source is asked for a list that re-rankers hold short: what they refuse could be all that it has.</summary>
    private const int MostPasses = 5;

    private readonly List<Candidate> collected = [];
    private readonly CandidatePool pool = new();
    private Memory<ulong> blocked;
    private int[] indexes = [];
    private float[] scores = [];
    private TopK best = new(0);
    private List<Candidate> list = [];
    private bool isReranked;

    /// <summary>Candidates of the pool before it were put into the list, or refused.</summary>
    private int nextOfPool;
    private int limit;

    /// <summary>The rules of the list.</summary>
    public ReadOnlySpan<IListRule> Rules => rules;

    /// <summary>How many of its places no rule keeps.</summary>
    public int OpenSlots { get; private set; }

    /// <summary>How many candidates the re-rankers want; without any as many as there are open places.</summary>
    public int PoolSize { get; private set; }

    /// <summary>What a retriever is to offer its items to.</summary>
    public TopK Best => best;

    /// <summary>Starts an empty list.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">The most items.</param>
    /// <param name="words">Room for a bit per item of the catalogue, the list's own until it is finished.</param>
    public void Begin(in RequestContext context, int limit, Memory<ulong> words)
    {
        blocked = words;
        this.limit = limit;
        OpenSlots = limit;
        foreach (var rule in rules)
        {
            rule.Begin(limit);
            OpenSlots -= rule.KeptSlots;
        }

        PoolSize = OpenSlots;
        foreach (var reranker in rerankers)
            PoolSize = Math.Max(PoolSize, reranker.PoolOf(OpenSlots));
        var capacity = Math.Max(limit, PoolSize);
        if (best.Capacity != capacity)
            (best, indexes, scores) = (new TopK(capacity), new int[capacity], new float[capacity]);
        isReranked = false;
        nextOfPool = 0;
        pool.Begin([]);
        collected.Clear();
        list = rerankers.Length > 0 ? collected : new List<Candidate>(limit);
        foreach (var filter in filters)
            filter.Block(context, blocked.Span);
    }

    /// <summary>Asks a retriever until the list holds <paramref name="count"/> items or the retriever has no more.</summary>
    public void FillFrom(IRetriever retriever, int count, in RequestContext context)
    {
        var pass = 0;
        for (var found = best.Capacity; list.Count < count && found == best.Capacity && (!isReranked || pass < MostPasses); pass++)
        {
            retriever.Collect(context, blocked.Span, best);
            found = Take(retriever.Name, count);
        }
    }

    /// <summary>Puts what was collected in the order of the re-rankers; the list begins anew with the best of it, and the rest waits for the places that stay free.</summary>
    public void Rerank(in RequestContext context)
    {
        pool.Begin(CollectionsMarshal.AsSpan(collected));
        foreach (var reranker in rerankers)
            reranker.Rerank(context, pool, OpenSlots);
        foreach (var rule in rules)
            rule.Clear();
        // What was collected can be found again by the source of a kept slot, unless it gets a place now.
        foreach (var candidate in collected)
            Bits.Clear(blocked.Span, candidate.ItemIndex);
        list = new List<Candidate>(limit);
        isReranked = true;
        FillFromPool(OpenSlots);
    }

    /// <summary>Goes on with the candidates that the re-rankers have put in order, until the list holds <paramref name="count"/> items.</summary>
    public void FillFromPool(int count)
    {
        for (; nextOfPool < pool.Count && list.Count < count; nextOfPool++)
        {
            var candidate = pool.Candidates[nextOfPool];
            if (Bits.IsSet(blocked.Span, candidate.ItemIndex))
                continue;
            Bits.Set(blocked.Span, candidate.ItemIndex);
            if (TryPosition(candidate.ItemIndex))
                list.Add(candidate);
        }
    }

    /// <summary>The finished list, which is the caller's.</summary>
    public List<Candidate> End()
    {
        var finished = list;
        list = [];
        return finished;
    }

    /// <summary>Moves what a retriever has offered to <see cref="Best"/> into the list, until that holds <paramref name="count"/> items.</summary>
    /// <returns>How many it had offered.</returns>
    public int Take(string source, int count)
    {
        var found = best.Drain(indexes, scores);
        for (var position = 0; position < found && list.Count < count; position++)
        {
            Bits.Set(blocked.Span, indexes[position]);
            if (TryPosition(indexes[position]))
                list.Add(new Candidate(indexes[position], scores[position], source));
        }

        return found;
    }

    private bool TryPosition(int itemIndex)
    {
        foreach (var rule in rules)
        {
            if (!rule.Admits(itemIndex))
                return false;
        }

        if (isReranked && !AdmitAll(itemIndex))
            return false;
        foreach (var rule in rules)
            rule.Place(itemIndex);
        return true;
    }

    private bool AdmitAll(int itemIndex)
    {
        foreach (var reranker in rerankers)
        {
            if (!reranker.Admits(CollectionsMarshal.AsSpan(list), itemIndex))
                return false;
        }

        return true;
    }
}
