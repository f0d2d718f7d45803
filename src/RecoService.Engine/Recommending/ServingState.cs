using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending;

/// <param name="UserIndex">A user index of the serving state.</param>
/// <param name="Score">The source's own score.</param>
/// <param name="Source">A trainer's name, or <c>histories</c>.</param>
public readonly record struct SimilarUser(int UserIndex, float Score, string Source);

/// <param name="ItemId">The external id.</param>
/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Value">The rating, or 0 where the kind has no value.</param>
/// <param name="Time">Unix milliseconds.</param>
public readonly record struct SessionInteraction(string ItemId, byte KindIndex, float Value, long Time);

/// <summary>
/// Everything one request needs, consistent with itself: models, ids, the live catalogue and the live history, over one index space.
/// Models never change; the live parts follow the writes. A request reads without a lock, and any number of threads may write.
/// </summary>
public sealed class ServingState
{
    private readonly Lock gate = new();
    private readonly HashSet<int> erasedUserKeys = [];
    private readonly NewItems newItems;
    private readonly Pipeline pipeline;
    private readonly SimilarItems similarItems;

    /// <param name="models">In the order in which they are asked; the first is the recommender and names the version. Empty before the first publication.</param>
    /// <param name="users">Key and id of every user, ascending by key.</param>
    /// <param name="items">Every item, deleted ones included, ascending by key; from now on this state's alone.</param>
    /// <param name="histories">What every user did; over exactly these users and items.</param>
    /// <param name="options">What the shop decides.</param>
    /// <param name="through">What the reading of the histories saw; null: that is not known.</param>
    public ServingState(
        IReadOnlyList<ServedModel> models, IReadOnlyList<(int Key, string UserId)> users, CatalogueBuilder items,
        InteractionDataset histories, ServingOptions options, ReadPoint? through = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Users.Count, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Items.Count, items.Count);
        Users = new LiveIdMap(histories.Users, new IdMap([.. users.Select(user => user.UserId)]));
        Items = new LiveIdMap(histories.Items, new IdMap(items.Ids));
        History = new LiveHistory(histories, options.LiveHistoryLimit, through);
        var userCounts = History.Built.CountUsers();
        var trained = models is [var recommender, ..] ? recommender.Model.Items : KeyMap.Empty;
        Catalogue = new LiveCatalogue(items.TakeColumns(), userCounts, new UnlistedItems(options.RecommendUnlistedItems, options.UnlistedItemMinUsers, trained, items, userCounts));
        Models = [.. models.Select(model => model with { Model = model.MakesLists ? model.Model.Over(histories).ForServing() : model.Model.Over(histories) })];
        LastTrainedKey = LastTrainedKeyOf(models);
        newItems = new NewItems(LastTrainedKey, Models.FirstOrDefault(model => model.Has(ModelRoles.ColdStart))?.Model as IContentScorer);
        for (var item = 0; item < items.Count; item++)
            PutNew(item, items.Keys[item], items.ContentOf(item));
        Placement = new Placement(Placement.DefaultName, options.NewItemShare);
        pipeline = new PipelineBuilder(Models, newItems, Catalogue).Build(Placement);
        similarItems = new SimilarItems(Models, histories, newItems, Catalogue);
    }

    /// <summary>Rebased onto this state's index space.</summary>
    public IReadOnlyList<ServedModel> Models { get; }

    /// <summary>Where the lists are shown.</summary>
    public Placement Placement { get; }

    /// <summary>Items with a higher key arrived after the recommender was trained; their content counts.</summary>
    public int LastTrainedKey { get; }

    /// <summary>The version that makes the lists, or null before the first publication.</summary>
    public int? ModelVersion => Models.Count == 0 ? null : Models[0].Version;

    public LiveIdMap Users { get; }

    public LiveIdMap Items { get; }

    public LiveCatalogue Catalogue { get; }

    public LiveHistory History { get; }

    /// <summary>How much the live parts have grown since the state was built: interactions, new items, texts and lists of the catalogue's columns, and erased users.</summary>
    public int LiveChangeCount => History.AddedCount + (Items.Count - Items.BuiltCount) + Catalogue.AddedEntries + erasedUserKeys.Count;

    /// <summary>At most as many items as are asked for, best first.</summary>
    public List<Candidate> Recommend(in RecommendationQuery query)
    {
        var context = query.Events is { } events
            ? ContextOf(events, query.IncludeContext)
            : History.ContextOf(query.UserId is not null && Users.TryGetIndex(query.UserId, out var userIndex) ? userIndex : -1);
        return pipeline.Recommend(context, query.Limit, query.Now);
    }

    private RequestContext ContextOf(IReadOnlyCollection<SessionInteraction> events, bool includeContext)
    {
        var known = new LiveInteraction[events.Count];
        var count = 0;
        foreach (var (itemId, kindIndex, value, time) in events)
        {
            if (Items.TryGetIndex(itemId, out var itemIndex))
                known[count++] = new LiveInteraction(itemIndex, kindIndex, value, time);
        }

        var context = History.ContextOf(known.AsSpan(0, count));
        return includeContext ? context : new RequestContext(context.User, Array.ConvertAll(known[..count], interaction => interaction.ItemIndex));
    }

    /// <summary>The lists of many users at once, as <see cref="Recommend"/> makes them.</summary>
    /// <param name="userIndexes">Indexes of <see cref="Users"/>; -1 for somebody unknown.</param>
    /// <param name="limit">The most items of a list.</param>
    /// <param name="now">Unix milliseconds, as of <see cref="Recommend"/>.</param>
    public List<Candidate>[] RecommendMany(ReadOnlySpan<int> userIndexes, int limit, long now = 0)
    {
        var lists = new List<Candidate>[userIndexes.Length];
        pipeline.RecommendMany(userIndexes, History, limit, now, lists);
        return lists;
    }

    /// <summary>At most <paramref name="limit"/> items like one, most alike first, by what users did and by content; one of each group, and none of its own.</summary>
    /// <returns>False when the item is unknown.</returns>
    public bool TryGetSimilarItems(string itemId, int limit, out List<Candidate> similar)
    {
        similar = [];
        if (!Items.TryGetIndex(itemId, out var itemIndex) || Catalogue.Columns.IsDeleted(itemIndex))
            return false;
        similar = similarItems.Find(itemIndex, limit);
        return true;
    }

    /// <summary>At most <paramref name="limit"/> users like one, most alike first: by the first model that knows the user, else by what both acted on.</summary>
    /// <returns>False when the user is unknown.</returns>
    public bool TryGetSimilarUsers(string userId, int limit, out List<SimilarUser> similar)
    {
        similar = [];
        if (!Users.TryGetIndex(userId, out var userIndex))
            return false;

        var best = new TopK(limit);
        var source = "histories";
        foreach (var model in Models)
        {
            if (userIndex >= Users.BuiltCount || model.Model is not ISimilarUsers scorer)
                continue;
            scorer.RetrieveSimilarUsers(userIndex, best);
            if (best.Count == 0)
                continue;
            source = model.Name;
            break;
        }

        if (best.Count == 0)
            History.RetrieveSimilarUsers(userIndex, best);
        var (indexes, scores) = (new int[limit], new float[limit]);
        var count = best.Drain(indexes, scores);
        for (var place = 0; place < count; place++)
        {
            if (Users.IsKnown(indexes[place]))
                similar.Add(new SimilarUser(indexes[place], scores[place], source));
        }

        return true;
    }

    /// <summary>Takes in an item's record, new or changed.</summary>
    public void Apply(ServedItem item)
    {
        lock (gate)
            Put(item);
    }

    /// <summary>
    /// Takes in interactions, of any users and in any order; twice is as good as once. Unknown users and items become known. Each user's history is made
    /// anew once, under a lock of that user.
    /// </summary>
    public void Apply(IReadOnlyList<ServedInteraction> batch)
    {
        var (users, interactions) = Resolve(batch);
        Array.Sort(users, interactions);
        var supporters = new List<(int Item, int Change)>();
        for (var first = 0; first < users.Length;)
        {
            var (user, end) = (UserOf(users[first]), first + 1);
            while (end < users.Length && UserOf(users[end]) == user)
                end++;
            History.Add(user, interactions.AsSpan(first..end), supporters);
            first = end;
        }

        CountUsers(supporters);

        static int UserOf(long userThenPlace) => (int)(userThenPlace >> 32);
    }

    /// <summary>Puts a user's whole history in the place of what is known; an older reading that arrives later changes nothing.</summary>
    public void Apply(RewrittenUser user)
    {
        int userIndex;
        lock (gate)
        {
            if (erasedUserKeys.Contains(user.UserKey))
                return;
            userIndex = Users.GetOrAdd(user.UserKey, user.UserId);
        }

        var supporters = new List<(int Item, int Change)>();
        History.Rewrite(userIndex, Resolve(user.Interactions).Interactions, user.Through, supporters);
        CountUsers(supporters);
    }

    private void CountUsers(List<(int Item, int Change)> supporters)
    {
        if (supporters.Count == 0)
            return;
        lock (gate)
        {
            foreach (var (item, change) in supporters)
                Catalogue.CountUsers(item, change);
        }
    }

    /// <summary>The last key that the recommender was trained on; without a recommender no item is newer than it.</summary>
    public static int LastTrainedKeyOf(IReadOnlyList<ServedModel> models) => models switch
    {
        [] => int.MaxValue,
        [{ Model.Items: { Count: > 0 } keys }, ..] => keys[keys.Count - 1],
        _ => 0,
    };

    /// <summary>Forgets a user; keys are never used again, so the same id arriving later is somebody new.</summary>
    public void EraseUser(int userKey)
    {
        int userIndex;
        lock (gate)
        {
            erasedUserKeys.Add(userKey);
            if (!Users.TryGetIndexOfKey(userKey, out userIndex))
                return;
            Users.Erase(userIndex);
        }

        History.Erase(userIndex);
    }

    /// <summary>The interactions in terms of this state, with the user's index and the place in the batch, which keeps equal times in their order.</summary>
    private (long[] UserThenPlace, LiveInteraction[] Interactions) Resolve(IReadOnlyList<ServedInteraction> batch)
    {
        var users = new long[batch.Count];
        var interactions = new LiveInteraction[batch.Count];
        var count = 0;
        lock (gate)
        {
            for (var place = 0; place < batch.Count; place++)
            {
                var interaction = batch[place];
                if (erasedUserKeys.Contains(interaction.UserKey))
                    continue;
                if (!Items.TryGetIndexOfKey(interaction.ItemKey, out var itemIndex))
                    itemIndex = Put(new ServedItem(interaction.ItemKey, interaction.ItemId, CatalogueItem.Unlisted with { AddedAt = interaction.Time }));
                users[count] = ((long)Users.GetOrAdd(interaction.UserKey, interaction.UserId) << 32) | (uint)place;
                interactions[count++] = new LiveInteraction(itemIndex, interaction.KindIndex, interaction.Value, interaction.Time) { Change = interaction.Change };
            }
        }

        Array.Resize(ref users, count);
        Array.Resize(ref interactions, count);
        return (users, interactions);
    }

    private int Put(ServedItem item)
    {
        var itemIndex = Items.GetOrAdd(item.Key, item.ItemId);
        if (Catalogue.TryPut(itemIndex, item.Item))
            PutNew(itemIndex, item.Key, item.Content);
        return itemIndex;
    }

    private void PutNew(int itemIndex, int key, ItemContent? content) =>
        newItems.Put(itemIndex, key, Catalogue.Columns.IsListed(itemIndex), Catalogue.Columns.AddedAt[itemIndex], content);
}
