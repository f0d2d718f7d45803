using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>A list in the making, with the workspace that it takes; used for one list after the other, so that a list costs no allocation but itself.</summary>
/// <param name="filters">What must not be shown.</param>
/// <param name="rerankers">The rules of the list, this list's own.</param>
internal sealed class CandidateList(IReadOnlyList<IItemFilter> filters, IReadOnlyList<IReranker> rerankers)
{
    private Memory<ulong> blocked;
    private int[] indexes = [];
    private float[] scores = [];
    private TopK best = new(0);
    private List<Candidate> list = [];

    /// <summary>The rules of the list.</summary>
    public IReadOnlyList<IReranker> Rerankers => rerankers;

    /// <summary>How many of its places no rule keeps.</summary>
    public int OpenSlots { get; private set; }

    /// <summary>What a retriever is to offer its items to.</summary>
    public TopK Best => best;

    /// <summary>Starts an empty list.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">The most items.</param>
    /// <param name="words">Room for a bit per item of the catalogue, the list's own until it is finished.</param>
    public void Begin(in RequestContext context, int limit, Memory<ulong> words)
    {
        blocked = words;
        if (best.Capacity != limit)
            (best, indexes, scores) = (new TopK(limit), new int[limit], new float[limit]);
        OpenSlots = limit;
        foreach (var reranker in rerankers)
        {
            reranker.Begin(limit);
            OpenSlots -= reranker.KeptSlots;
        }

        list = new List<Candidate>(limit);
        foreach (var filter in filters)
            filter.Block(context, blocked.Span);
    }

    /// <summary>Asks a retriever until the list holds <paramref name="count"/> items or the retriever has no more.</summary>
    public void FillFrom(IRetriever retriever, int count, in RequestContext context)
    {
        for (var found = best.Capacity; list.Count < count && found == best.Capacity;)
        {
            retriever.Collect(context, blocked.Span, best);
            found = Take(retriever.Name, count);
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
        foreach (var reranker in rerankers)
        {
            if (!reranker.Admits(itemIndex))
                return false;
        }

        foreach (var reranker in rerankers)
            reranker.Place(itemIndex);
        return true;
    }
}
