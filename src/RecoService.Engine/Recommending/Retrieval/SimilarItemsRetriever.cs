using System.Buffers;
using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// The items like one: by what users did and by content, mixed by how many users the item has had. What users did counts as far as it is more than chance.
/// score(j) = s f(j) b(j) / b(top) + (1 - s) c(j) with s = (n + 1) / (n + 11), where n is the number of the item's users, b the recommender's likeness, f what
/// <see cref="CoUsers.BeyondChance"/> leaves of it, top the item with the most of f b, and c the cosine of the contents. 0..1.
/// </summary>
internal sealed class SimilarItemsRetriever : IRetriever
{
    /// <summary>So many users, and one more, say as much as the content.</summary>
    private const float EvenUsers = 10;

    /// <summary>So many of the most alike are looked at to find the top.</summary>
    private const int MostForTop = 90;

    /// <summary>More are forgotten, and found again when they are shown.</summary>
    private const int MostPairs = 200_000;

    private readonly ServedModel? behaviour;
    private readonly ISimilarItems[] behaviours;
    private readonly ServedModel? content;
    private readonly NewItems newItems;
    private readonly CoUsers? coUsers;

    /// <summary>Of the items that were asked about, the likeness of the most alike: it does not depend on what a request may show, so neither do the scores.</summary>
    private readonly ConcurrentDictionary<int, float> tops = new();

    /// <summary>The pairs of an item that was asked about and one that was found, of which the content says more. It does not depend on the request either.</summary>
    private readonly ConcurrentDictionary<long, byte> byContent = new();

    /// <param name="models">Over the index space of the state.</param>
    /// <param name="histories">What the users had done when the state was built.</param>
    /// <param name="newItems">Says what an item is like that the content model does not know.</param>
    public SimilarItemsRetriever(IReadOnlyList<ServedModel> models, InteractionDataset histories, NewItems newItems)
    {
        content = models.FirstOrDefault(model => model is { Model: IContentScorer } && model.Has(ModelRoles.Similarity | ModelRoles.ColdStart | ModelRoles.Recommender));
        // One that was trained for it goes before the recommender.
        behaviour = models.Where(model => model.Model is not IContentScorer && model.Model.Find<ISimilarItems>().Any() && model.Has(ModelRoles.Similarity | ModelRoles.Recommender))
            .OrderByDescending(model => model.Has(ModelRoles.Similarity)).FirstOrDefault();
        behaviours = [.. behaviour?.Model.Find<ISimilarItems>() ?? []];
        coUsers = behaviour is null ? null : new CoUsers(histories);
        this.newItems = newItems;
    }

    public string Name => behaviour?.Name ?? content?.Name ?? "similar";

    /// <summary>What says more for it.</summary>
    public string SourceOf(in RequestContext context, int itemIndex) =>
        content is not null && byContent.ContainsKey(PairOf(context.CurrentItems[0], itemIndex)) ? content.Name : Name;

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (context.CurrentItems is not [var itemIndex, ..])
            return;
        var rented = ArrayPool<ulong>.Shared.Rent(blocked.Length);
        var others = rented.AsSpan(0, blocked.Length);
        blocked.CopyTo(others);
        // What is damped makes room for what comes after it.
        var pool = new TopK((2 * best.Capacity) + 50);
        var top = TopOf(itemIndex, blocked.Length);
        bool isMore;
        do
        {
            var byUsers = LikedBesides(itemIndex, others, pool);
            var alike = ReadingAlike(itemIndex, others, pool);
            isMore = byUsers.Count == pool.Capacity || alike.Count == pool.Capacity;
            foreach (var (item, score) in Mixed(itemIndex, byUsers, alike, top))
                best.Offer(item, score);
            foreach (var liked in byUsers)
                Bits.Set(others, liked.ItemIndex);
            foreach (var (item, _) in alike)
                Bits.Set(others, item);
        }
        while (best.Count < best.Capacity && isMore);
        ArrayPool<ulong>.Shared.Return(rented);
    }

    /// <summary>The likeness of the item that is most alike by what users did; 1 where there is none.</summary>
    private float TopOf(int itemIndex, int words)
    {
        if (tops.TryGetValue(itemIndex, out var known))
            return known;
        var itself = new ulong[words];
        if (itemIndex >> 6 < words)
            Bits.Set(itself, itemIndex);
        var liked = LikedBesides(itemIndex, itself, new TopK(MostForTop));
        var top = liked.Count == 0 ? 1 : liked.MaxBy(one => one.Score * one.BeyondChance).Score;
        tops.TryAdd(itemIndex, top);
        return top;
    }

    private List<(int ItemIndex, float Score, float BeyondChance)> LikedBesides(int itemIndex, ReadOnlySpan<ulong> blocked, TopK pool)
    {
        // The first part that knows the item answers.
        for (var position = 0; position < behaviours.Length && pool.Count == 0 && itemIndex < behaviour!.Model.Items.Count; position++)
            behaviours[position].RetrieveSimilarItems(itemIndex, blocked, pool);
        return [.. Drain(pool).Where(liked => liked.Score > 0).Select(liked => (liked.ItemIndex, liked.Score, coUsers!.BeyondChance(itemIndex, liked.ItemIndex)))];
    }

    private List<(int ItemIndex, float Score)> ReadingAlike(int itemIndex, ReadOnlySpan<ulong> blocked, TopK pool)
    {
        if (content is { Model: IContentScorer model } && itemIndex < model.Items.Count)
            model.RetrieveSimilarItems(itemIndex, blocked, pool);
        if (pool.Count == 0)
            newItems.RetrieveSimilarItems(itemIndex, blocked, pool);
        return Drain(pool);
    }

    private Dictionary<int, float> Mixed(
        int itemIndex, List<(int ItemIndex, float Score, float BeyondChance)> byUsers, List<(int ItemIndex, float Score)> alike, float top)
    {
        var users = coUsers?.CountOf(itemIndex) ?? 0;
        var share = byUsers.Count == 0 ? 0 : (users + 1) / (users + 1 + EvenUsers);
        var mixed = new Dictionary<int, float>();
        foreach (var liked in byUsers)
        {
            if (liked.BeyondChance > 0)
                mixed[liked.ItemIndex] = share * liked.BeyondChance * liked.Score / top;
        }

        foreach (var (item, cosine) in alike)
        {
            var (byUser, score) = (mixed.GetValueOrDefault(item), (1 - share) * cosine);
            mixed[item] = byUser + score;
            if (score >= byUser)
                Note(PairOf(itemIndex, item));
        }

        return mixed;
    }

    private void Note(long pair)
    {
        if (byContent.ContainsKey(pair))
            return;
        if (byContent.Count >= MostPairs)
            byContent.Clear();
        byContent.TryAdd(pair, 0);
    }

    private static long PairOf(int itemIndex, int otherIndex) => ((long)itemIndex << 32) | (uint)otherIndex;

    private static List<(int ItemIndex, float Score)> Drain(TopK pool)
    {
        var (indexes, scores) = (new int[pool.Count], new float[pool.Count]);
        var count = pool.Drain(indexes, scores);
        return [.. Enumerable.Range(0, count).Select(position => (indexes[position], scores[position]))];
    }
}
