using System.Collections.Concurrent;

namespace RecoService.Engine.Recommending;

/// <summary>The one place that knows the order of the stages: collect -> filter -> one of each group -> top up from the next source.</summary>
/// <param name="sources">Asked in this order until the list is full.</param>
/// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
public sealed class RecommendationPipeline(IReadOnlyList<ICandidateSource> sources, LiveCatalogue catalogue)
{
    private readonly ConcurrentQueue<CandidateList> idle = new();

    /// <summary>At most <paramref name="limit"/> items, best first; fewer when the catalogue holds no more that may be shown.</summary>
    public List<Candidate> Recommend(in RequestContext context, int limit)
    {
        if (!idle.TryDequeue(out var list))
            list = new CandidateList(catalogue);
        list.Begin(context.Consumed, limit);
        foreach (var source in sources)
        {
            if (list.IsFull)
                break;
            list.FillFrom(source, context);
        }

        var candidates = list.End();
        idle.Enqueue(list);
        return candidates;
    }
}
