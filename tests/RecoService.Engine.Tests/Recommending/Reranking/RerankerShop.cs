using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Tests.Recommending.Reranking;

/// <summary>Catalogues, pools and sources for tests of the order of a list.</summary>
internal static class RerankerShop
{
    public static CatalogueItem Record { get; } = new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = 1 };

    public static LiveCatalogue Catalogue(params IEnumerable<CatalogueItem> records)
    {
        var items = CatalogueBuilder.Of(records.Select((record, key) => new ServedItem(key, $"i{key}", record)));
        var counts = new int[items.Count];
        return new LiveCatalogue(items.TakeColumns(), counts, new UnlistedItems(true, 0, KeyMap.Empty, items, counts));
    }

    /// <summary>Items 0, 1, 2, … with these scores, of one source.</summary>
    public static CandidatePool Pool(params float[] scores) => PoolOf([.. scores.Select((score, item) => new Candidate(item, score, "model"))]);

    public static CandidatePool PoolOf(params Candidate[] candidates)
    {
        var pool = new CandidatePool();
        pool.Begin(candidates);
        return pool;
    }

    /// <summary>What becomes of the order of the items.</summary>
    public static int[] Order(this IReranker reranker, CandidatePool pool, int limit, in RequestContext context = default)
    {
        reranker.Rerank(context, pool, limit);
        return Items(pool);
    }

    public static int[] Items(CandidatePool pool) => [.. pool.Candidates.ToArray().Select(candidate => candidate.ItemIndex)];

    public static Pipeline Pipeline(LiveCatalogue catalogue, IReadOnlyList<IRetriever> retrievers, params IReadOnlyList<IReranker> rerankers) =>
        new([new CatalogueFilter(catalogue)], retrievers, () => [new OnePerGroup(catalogue)], catalogue, rerankers);

    /// <summary>What a user did: items ascending.</summary>
    public static RequestContext User(int userIndex, params (int Item, float Weight)[] history) => new(
        new UserHistory(
            userIndex, Array.ConvertAll(history, entry => entry.Item), Array.ConvertAll(history, entry => entry.Weight), new long[history.Length],
            Array.ConvertAll(history, _ => float.NaN)),
        []);

    /// <summary>The same items for everybody, best first.</summary>
    internal sealed class Fixed(string name, params int[] items) : IRetriever
    {
        public int Asked { get; private set; }

        public int LastCapacity { get; private set; }

        public string Name => name;

        public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
        {
            (Asked, LastCapacity) = (Asked + 1, best.Capacity);
            for (var position = 0; position < items.Length; position++)
            {
                if (!Bits.IsSet(blocked, items[position]))
                    best.Offer(items[position], items.Length - position);
            }
        }
    }

    /// <summary>Likenesses from a table; NaN beyond it.</summary>
    internal sealed class Table(float[,] likenesses) : IItemLikeness
    {
        public void LikenessOf(int itemIndex, ReadOnlySpan<int> others, Span<float> likeness)
        {
            for (var position = 0; position < others.Length; position++)
            {
                likeness[position] = Math.Max(itemIndex, others[position]) < likenesses.GetLength(0) ? likenesses[itemIndex, others[position]] : float.NaN;
            }
        }
    }
}
