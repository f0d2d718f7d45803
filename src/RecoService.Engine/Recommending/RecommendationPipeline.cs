using System.Collections.Concurrent;
using RecoService.Engine.Recommending.Candidates;

namespace RecoService.Engine.Recommending;

/// <summary>
/// The one place that knows the order of the stages: collect -> filter -> one of each group -> top up from the next source. The last places of a list are kept
/// for items that arrived after the recommender was trained, or nobody would ever see them before the next model.
/// </summary>
public sealed class RecommendationPipeline
{
    /// <summary>How many users a model is asked about at once; as many as fit a pass over its items.</summary>
    private const int UsersAtOnce = 8;

    private readonly LiveCatalogue catalogue;
    private readonly NewItems newItems;
    private readonly NewItemCandidateSource newItemSource;
    private readonly double newItemShare;
    private readonly ModelCandidateSource? recommender;
    private readonly ICandidateSource[] sources;
    private readonly ConcurrentQueue<CandidateBatch> idleSingles = new();
    private readonly ConcurrentQueue<CandidateBatch> idleBatches = new();

    /// <param name="models">Asked in this order until the list is full; after them the whole catalogue.</param>
    /// <param name="newItems">What arrived after the recommender was trained.</param>
    /// <param name="newItemShare">The part of a list, 0..1, rounded down, that is kept for it.</param>
    /// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
    internal RecommendationPipeline(IReadOnlyList<ModelCandidateSource> models, NewItems newItems, double newItemShare, LiveCatalogue catalogue)
    {
        this.catalogue = catalogue;
        this.newItems = newItems;
        this.newItemShare = newItemShare;
        newItemSource = new NewItemCandidateSource(newItems, catalogue);
        recommender = models is [{ CollectsMany: true } first, ..] ? first : null;
        sources = [.. models, new CatalogueCandidateSource(catalogue)];
    }

    /// <summary>At most <paramref name="limit"/> items, best first; fewer when the catalogue holds no more that may be shown.</summary>
    /// <param name="context">What is known of the user.</param>
    /// <param name="limit">The most items.</param>
    /// <param name="now">Unix milliseconds; 0: what is consumed stays so.</param>
    public List<Candidate> Recommend(in RequestContext context, int limit, long now)
    {
        if (!idleSingles.TryDequeue(out var workspace))
            workspace = new CandidateBatch(1, catalogue);
        workspace.Begin();
        workspace.Begin(0, context, limit, now);
        var candidates = Complete(workspace[0], context, limit);
        idleSingles.Enqueue(workspace);
        return candidates;
    }

    /// <summary>The same for many users of a state.</summary>
    /// <param name="userIndexes">Indexes of the serving state; -1 for somebody unknown.</param>
    /// <param name="history">What they did.</param>
    /// <param name="limit">The most items of a list.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="lists">Takes a list per user.</param>
    internal void RecommendMany(ReadOnlySpan<int> userIndexes, LiveHistory history, int limit, long now, Span<List<Candidate>> lists)
    {
        if (!idleBatches.TryDequeue(out var batch))
            batch = new CandidateBatch(UsersAtOnce, catalogue);
        Span<int> byPlace = stackalloc int[UsersAtOnce];
        for (var first = 0; first < userIndexes.Length; first += UsersAtOnce)
        {
            var count = Math.Min(UsersAtOnce, userIndexes.Length - first);
            var some = userIndexes.Slice(first, count);
            batch.Begin();
            for (var place = 0; place < count; place++)
            {
                var context = history.ContextOf(some[place]);
                batch.Begin(place, context, limit, now);
                byPlace[place] = recommender?.IsKnownByPlace(context) == true ? some[place] : -1;
            }

            recommender?.CollectMany(byPlace[..count], batch.Blocked[..(count * batch.WordsPerList)], batch.WordsPerList, batch.Best[..count]);
            for (var place = 0; place < count; place++)
            {
                batch[place].Take(recommender?.Name ?? "", limit - KeptForNewItems(limit));
                lists[first + place] = Complete(batch[place], history.ContextOf(some[place]), limit);
            }
        }

        idleBatches.Enqueue(batch);
    }

    private List<Candidate> Complete(CandidateList list, in RequestContext context, int limit)
    {
        var kept = KeptForNewItems(limit);
        if (kept > 0)
        {
            Fill(list, limit - kept, context);
            list.FillFrom(newItemSource, limit, context);
        }

        Fill(list, limit, context);
        return list.End();
    }

    private int KeptForNewItems(int limit) => newItems.Any ? (int)(newItemShare * limit) : 0;

    private void Fill(CandidateList list, int count, in RequestContext context)
    {
        foreach (var source in sources)
            list.FillFrom(source, count, context);
    }
}
