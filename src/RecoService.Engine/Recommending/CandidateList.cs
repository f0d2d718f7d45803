using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>A list in the making, with the workspace that it takes; used for one list after the other, so that a list costs no allocation but itself.</summary>
/// <param name="filters">What must not be shown.</param>
/// <param name="catalogue">Says which items are variants of one article.</param>
internal sealed class CandidateList(IReadOnlyList<IItemFilter> filters, LiveCatalogue catalogue)
{
    private readonly OnePerGroup groups = new(catalogue);
    private Memory<ulong> blocked;
    private int[] indexes = [];
    private float[] scores = [];
    private TopK best = new(0);
    private List<Candidate> list = [];

    /// <summary>What a retriever is to offer its items to.</summary>
    public TopK Best => best;

    /// <summary>Starts an empty list.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">The most items.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="words">Room for a bit per item of the catalogue, the list's own until it is finished.</param>
    public void Begin(in RequestContext context, int limit, long now, Memory<ulong> words)
    {
        blocked = words;
        if (best.Capacity != limit)
            (best, indexes, scores) = (new TopK(limit), new int[limit], new float[limit]);
        groups.Begin();
        list = new List<Candidate>(limit);
        foreach (var filter in filters)
            filter.Block(context, now, blocked.Span);
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
        for (var place = 0; place < found && list.Count < count; place++)
        {
            Bits.Set(blocked.Span, indexes[place]);
            if (groups.Admits(indexes[place]))
                list.Add(new Candidate(indexes[place], scores[place], source));
        }

        return found;
    }
}
