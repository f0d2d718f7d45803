using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending;

/// <summary>A list in the making, with the workspace that it takes; used for one list after the other, so that a list costs no allocation but itself.</summary>
internal sealed class CandidateList(LiveCatalogue catalogue)
{
    private readonly HashSet<string> groups = new(StringComparer.Ordinal);
    private Memory<ulong> blocked;
    private int[] indexes = [];
    private float[] scores = [];
    private TopK best = new(0);
    private List<Candidate> list = [];

    /// <summary>What a source is to offer its items to.</summary>
    public TopK Best => best;

    /// <summary>Starts an empty list.</summary>
    /// <param name="context">Says what the user has consumed, which must not get in, beside what the catalogue blocks.</param>
    /// <param name="limit">The most items.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="words">Room for a bit per item of the catalogue, the list's own until it is finished.</param>
    public void Begin(in RequestContext context, int limit, long now, Memory<ulong> words)
    {
        blocked = words;
        if (best.Capacity != limit)
            (best, indexes, scores) = (new TopK(limit), new int[limit], new float[limit]);
        groups.Clear();
        list = new List<Candidate>(limit);

        catalogue.CopyBlockedTo(blocked.Span);
        var consumed = context.Consumed;
        var times = context.ConsumedTimes;
        var bits = blocked.Span;
        for (var place = 0; place < consumed.Length; place++)
        {
            // One that arrived after the words were sized cannot be proposed either.
            if (consumed[place] >> 6 < bits.Length && (times.IsEmpty || times[place].Blocks(now, catalogue.ConsumesForDays(consumed[place]))))
                Bits.Set(bits, consumed[place]);
        }
    }

    /// <summary>Asks a source until the list holds <paramref name="count"/> items or the source has no more.</summary>
    public void FillFrom(ICandidateSource source, int count, in RequestContext context)
    {
        for (var found = best.Capacity; list.Count < count && found == best.Capacity;)
        {
            source.Collect(context, blocked.Span, best);
            found = Take(source.Name, count);
        }
    }

    /// <summary>The finished list, which is the caller's.</summary>
    public List<Candidate> End()
    {
        var finished = list;
        list = [];
        return finished;
    }

    /// <summary>Moves what a source has offered to <see cref="Best"/> into the list, until that holds <paramref name="count"/> items.</summary>
    /// <returns>How many the source had offered.</returns>
    public int Take(string source, int count)
    {
        var found = best.Drain(indexes, scores);
        for (var place = 0; place < found && list.Count < count; place++)
        {
            Bits.Set(blocked.Span, indexes[place]);
            if (catalogue[indexes[place]].GroupId is not { } group || groups.Add(group))
                list.Add(new Candidate(indexes[place], scores[place], source));
        }

        return found;
    }
}
