using System.Collections.Concurrent;
using RecoService.Engine.Recommending.Candidates;

namespace RecoService.Engine.Recommending;

/// <summary>
/// The one place that knows the order of the stages: collect -> filter -> one of each group -> top up from the next source. The last places of a list are kept
/// for items that arrived after the recommender was trained, or nobody would ever see them before the next model.
/// </summary>
public sealed class RecommendationPipeline
{
    private readonly LiveCatalogue catalogue;
    private readonly NewItems newItems;
    private readonly NewItemCandidateSource newItemSource;
    private readonly double newItemShare;
    private readonly ICandidateSource[] sources;
    private readonly ConcurrentQueue<CandidateList> idle = new();

    /// <param name="models">Asked in this order until the list is full; after them the whole catalogue.</param>
    /// <param name="newItems">What arrived after the recommender was trained.</param>
    /// <param name="newItemShare">The part of a list, 0..1, rounded down, that is kept for it.</param>
    /// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
    internal RecommendationPipeline(IReadOnlyList<ICandidateSource> models, NewItems newItems, double newItemShare, LiveCatalogue catalogue)
    {
        this.catalogue = catalogue;
        this.newItems = newItems;
        this.newItemShare = newItemShare;
        newItemSource = new NewItemCandidateSource(newItems, catalogue);
        sources = [.. models, new CatalogueCandidateSource(catalogue)];
    }

    /// <summary>At most <paramref name="limit"/> items, best first; fewer when the catalogue holds no more that may be shown.</summary>
    public List<Candidate> Recommend(in RequestContext context, int limit)
    {
        if (!idle.TryDequeue(out var list))
            list = new CandidateList(catalogue);
        list.Begin(context.Consumed, limit);
        if (newItems.Any && (int)(newItemShare * limit) is > 0 and var kept)
        {
            Fill(list, limit - kept, context);
            list.FillFrom(newItemSource, limit, context);
        }

        Fill(list, limit, context);
        var candidates = list.End();
        idle.Enqueue(list);
        return candidates;
    }

    private void Fill(CandidateList list, int count, in RequestContext context)
    {
        foreach (var source in sources)
            list.FillFrom(source, count, context);
    }
}
