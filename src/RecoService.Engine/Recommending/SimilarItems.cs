using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending;

/// <summary>
/// The items like one: by what users did and by content, mixed by how many users the item has had. What users did counts as far as it is more than chance.
/// score(j) = s f(j) b(j) / b(top) + (1 - s) c(j) with s = (n + 1) / (n + 11), where n is the number of the item's users, b the recommender's likeness, f what
/// <see cref="CoUsers.BeyondChance"/> leaves of it, top the item with the most of f b, and c the cosine of the contents. 0..1.
/// </summary>
internal sealed class SimilarItems
{
    /// <summary>So many users, and one more, say as much as the content.</summary>
    private const float EvenUsers = 10;

    private readonly ServedModel? behaviour;
    private readonly ISimilarItems[] behaviours;
    private readonly ServedModel? content;
    private readonly NewItems newItems;
    private readonly LiveCatalogue catalogue;
    private readonly IReadOnlyList<IItemFilter> filters;
    private readonly CoUsers? coUsers;

    /// <param name="models">Over the index space of the state.</param>
    /// <param name="histories">What the users had done when the state was built.</param>
    /// <param name="newItems">Says what an item is like that the content model does not know.</param>
    /// <param name="catalogue">Says what can be shown, and which items are variants of one article.</param>
    /// <param name="filters">What must not be shown.</param>
    public SimilarItems(IReadOnlyList<ServedModel> models, InteractionDataset histories, NewItems newItems, LiveCatalogue catalogue, IReadOnlyList<IItemFilter> filters)
    {
        content = models.FirstOrDefault(model => model is { Model: IContentScorer } && model.Has(ModelRoles.Similarity | ModelRoles.ColdStart | ModelRoles.Recommender));
        // One that was trained for it goes before the recommender.
        behaviour = models.Where(model => model.Model is not IContentScorer && model.Model.Find<ISimilarItems>().Any() && model.Has(ModelRoles.Similarity | ModelRoles.Recommender))
            .OrderByDescending(model => model.Has(ModelRoles.Similarity)).FirstOrDefault();
        behaviours = [.. behaviour?.Model.Find<ISimilarItems>() ?? []];
        coUsers = behaviour is null ? null : new CoUsers(histories);
        this.newItems = newItems;
        this.catalogue = catalogue;
        this.filters = filters;
    }

    public List<Candidate> Find(int itemIndex, int limit, in RequestContext context)
    {
        var blocked = new ulong[Math.Max(1, catalogue.BlockedWords)];
        foreach (var filter in filters)
            filter.Block(context, blocked);
        Bits.Set(blocked, itemIndex);

        var list = new List<Candidate>(limit);
        var groups = new OnePerGroup(catalogue);
        // A variant of the article itself is no recommendation.
        groups.Place(itemIndex);
        // What is damped and what is a variant of another makes room for what comes after it.
        var pool = new TopK((2 * limit) + 50);
        float? top = null;
        bool isMore;
        do
        {
            var byUsers = LikedBesides(itemIndex, blocked, pool);
            var byContent = ReadingAlike(itemIndex, blocked, pool);
            isMore = byUsers.Count == pool.Capacity || byContent.Count == pool.Capacity;
            // That of the first round counts for all, so that the scores go on falling.
            top ??= byUsers.Count == 0 ? null : byUsers.MaxBy(liked => liked.Score * liked.BeyondChance).Score;
            foreach (var candidate in Mixed(itemIndex, byUsers, byContent, top ?? 1))
            {
                if (list.Count == limit || !groups.Admits(candidate.ItemIndex))
                    continue;
                groups.Place(candidate.ItemIndex);
                list.Add(candidate);
            }

            foreach (var liked in byUsers)
                Bits.Set(blocked, liked.ItemIndex);
            foreach (var alike in byContent)
                Bits.Set(blocked, alike.ItemIndex);
        }
        while (list.Count < limit && isMore);
        return list;
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

    /// <summary>Best first; each named after what says more for it.</summary>
    private IEnumerable<Candidate> Mixed(
        int itemIndex, List<(int ItemIndex, float Score, float BeyondChance)> byUsers, List<(int ItemIndex, float Score)> byContent, float top)
    {
        var users = coUsers?.CountOf(itemIndex) ?? 0;
        var share = byUsers.Count == 0 ? 0 : (users + 1) / (users + 1 + EvenUsers);
        var mixed = new Dictionary<int, Candidate>();
        foreach (var liked in byUsers)
        {
            if (liked.BeyondChance > 0)
                mixed[liked.ItemIndex] = new Candidate(liked.ItemIndex, share * liked.BeyondChance * liked.Score / top, behaviour!.Name);
        }

        foreach (var (item, cosine) in byContent)
        {
            var byUser = mixed.GetValueOrDefault(item);
            var score = (1 - share) * cosine;
            mixed[item] = new Candidate(item, byUser.Score + score, byUser.Score > score ? byUser.Source : content!.Name);
        }

        return mixed.Values.OrderByDescending(candidate => candidate.Score).ThenBy(candidate => candidate.ItemIndex);
    }

    private static List<(int ItemIndex, float Score)> Drain(TopK pool)
    {
        var (indexes, scores) = (new int[pool.Count], new float[pool.Count]);
        var count = pool.Drain(indexes, scores);
        return [.. Enumerable.Range(0, count).Select(position => (indexes[position], scores[position]))];
    }
}
