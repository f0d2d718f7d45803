using System.Buffers;
using System.Numerics.Tensors;
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
internal sealed class CandidateList(IItemFilter[] filters, IListRule[] rules, IReranker[] rerankers)
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

    /// <summary>Items that have a place of their own, whatever the others are.</summary>
    private readonly List<(Candidate Candidate, int Position)> pinned = [];
    private readonly TopK one = new(1);

    /// <summary>Whether a re-ranker wants to change this list.</summary>
    public bool IsToBeReranked { get; private set; }

    /// <summary>How many places are left beside those of pinned items.</summary>
    public int Limit => limit;

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
        IsToBeReranked = false;
        foreach (var reranker in rerankers)
        {
            if (reranker.PoolOf(context, OpenSlots) is not (> 0 and var wanted))
                continue;
            PoolSize = Math.Max(PoolSize, wanted);
            IsToBeReranked = true;
        }

        var capacity = Math.Max(limit, PoolSize);
        if (best.Capacity != capacity)
            (best, indexes, scores) = (new TopK(capacity), new int[capacity], new float[capacity]);
        isReranked = false;
        nextOfPool = 0;
        pool.Begin([]);
        collected.Clear();
        pinned.Clear();
        list = IsToBeReranked ? collected : new List<Candidate>(limit);
        foreach (var filter in filters)
            filter.Block(context, blocked.Span);
        PlaceKnown(context);
    }

    /// <summary>Gives the best of some items a place of its own; nothing where none of them may be shown, or the place lies beyond the list.</summary>
    /// <param name="items">A bit per item, set = one of them.</param>
    /// <param name="position">Of the list, from 0.</param>
    /// <param name="retrievers">Asked in this order which one is the best.</param>
    /// <param name="context">The request.</param>
    public void Pin(ReadOnlySpan<ulong> items, int position, ReadOnlySpan<IRetriever> retrievers, in RequestContext context)
    {
        // Of two for one position the later one gets the next.
        position = pinned is [.., var (_, taken)] ? Math.Max(position, taken + 1) : position;
        if (position >= limit + pinned.Count || limit == 0)
            return;
        var rented = ArrayPool<ulong>.Shared.Rent(blocked.Length);
        var others = rented.AsSpan(0, blocked.Length);
        TensorPrimitives.OnesComplement(items[..others.Length], others);
        TensorPrimitives.BitwiseOr(others, blocked.Span, others);
        foreach (var retriever in retrievers)
        {
            for (var pass = 0; pass < MostPasses; pass++)
            {
                retriever.Collect(context, others, one);
                if (one.Drain(indexes, scores) == 0)
                    break;
                var item = indexes[0];
                if (!HasBit(item))
                    break;
                Bits.Set(others, item);
                if (!rules.All(rule => rule.Admits(item)))
                    continue;
                Bits.Set(blocked.Span, item);
                pinned.Add((new Candidate(item, scores[0], retriever.SourceOf(context, item)), position));
                foreach (var rule in rules)
                    rule.Place(item);
                (limit, OpenSlots) = (limit - 1, Math.Max(0, OpenSlots - 1));
                ArrayPool<ulong>.Shared.Return(rented);
                return;
            }
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }

    /// <summary>The items that the request is about, and the pinned ones, count for the rules of the list as if they stood in it.</summary>
    private void PlaceKnown(in RequestContext context)
    {
        foreach (var rule in rules)
        {
            foreach (var item in context.CurrentItems)
            {
                if (item >= 0)
                    rule.Place(item);
            }

            foreach (var (candidate, _) in pinned)
                rule.Place(candidate.ItemIndex);
        }
    }

    /// <summary>Asks a retriever until the list holds <paramref name="count"/> items or the retriever has no more.</summary>
    /// <param name="retriever">The source.</param>
    /// <param name="count">How long the list may become.</param>
    /// <param name="context">The request.</param>
    /// <param name="isFallback">Whether it stands in for the first source.</param>
    public void FillFrom(IRetriever retriever, int count, in RequestContext context, bool isFallback = false)
    {
        var pass = 0;
        for (var found = best.Capacity; list.Count < count && found == best.Capacity && (!isReranked || pass < MostPasses); pass++)
        {
            retriever.Collect(context, blocked.Span, best);
            found = Take(retriever, count, context, isFallback);
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
        PlaceKnown(context);
        // What was collected can be found again by the source of a kept slot, unless it gets a place now.
        foreach (var candidate in collected)
            Bits.Clear(blocked.Span, candidate.ItemIndex);
        list = new List<Candidate>(limit);
        isReranked = true;
        FillFromPool(OpenSlots, context);
    }

    /// <summary>Goes on with the candidates that the re-rankers have put in order, until the list holds <paramref name="count"/> items.</summary>
    public void FillFromPool(int count, in RequestContext context)
    {
        for (; nextOfPool < pool.Count && list.Count < count; nextOfPool++)
        {
            var candidate = pool.Candidates[nextOfPool];
            if (Bits.IsSet(blocked.Span, candidate.ItemIndex))
                continue;
            Bits.Set(blocked.Span, candidate.ItemIndex);
            if (TryPosition(candidate.ItemIndex, context))
                list.Add(candidate);
        }
    }

    /// <summary>The finished list, which is the caller's.</summary>
    public List<Candidate> End()
    {
        var finished = list;
        list = [];
        foreach (var (candidate, position) in pinned)
            finished.Insert(Math.Min(position, finished.Count), candidate);
        return finished;
    }

    /// <summary>Moves what a retriever has offered to <see cref="Best"/> into the list, until that holds <paramref name="count"/> items.</summary>
    /// <returns>How many it had offered that were there when the list began.</returns>
    public int Take(IRetriever retriever, int count, in RequestContext context, bool isFallback = false)
    {
        var found = best.Drain(indexes, scores);
        var arrived = 0;
        for (var position = 0; position < found && list.Count < count; position++)
        {
            // No filter has looked at what arrived since, so it waits for the next list.
            if (!HasBit(indexes[position]))
            {
                arrived++;
                continue;
            }

            Bits.Set(blocked.Span, indexes[position]);
            if (TryPosition(indexes[position], context))
                list.Add(new Candidate(indexes[position], scores[position], retriever.SourceOf(context, indexes[position])) { IsFallback = isFallback });
        }

        return found - arrived;
    }

    private bool HasBit(int itemIndex) => itemIndex >> 6 < blocked.Length;

    private bool TryPosition(int itemIndex, in RequestContext context)
    {
        foreach (var rule in rules)
        {
            if (!rule.Admits(itemIndex))
                return false;
        }

        if (isReranked && !AdmitAll(itemIndex, context))
            return false;
        foreach (var rule in rules)
            rule.Place(itemIndex);
        return true;
    }

    private bool AdmitAll(int itemIndex, in RequestContext context)
    {
        foreach (var reranker in rerankers)
        {
            if (!reranker.Admits(context, CollectionsMarshal.AsSpan(list), itemIndex))
                return false;
        }

        return true;
    }
}
