using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Candidates;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending;

/// <param name="Key">The store's key.</param>
/// <param name="ItemId">The external id.</param>
/// <param name="Item">What serving must know of it.</param>
public sealed record ServedItem(int Key, string ItemId, CatalogueItem Item);

/// <param name="Name">The trainer's name, which also names the source in every answer.</param>
/// <param name="Version">The model version.</param>
/// <param name="Model">In its own index space.</param>
public sealed record ServedModel(string Name, int Version, IScorer Model);

/// <summary>
/// Everything one request needs, consistent with itself: models, ids, the live catalogue and the live history, over one index space.
/// Models never change; the live parts follow the writes. A request reads without a lock; the methods that change it must be called by one writer at a time.
/// </summary>
public sealed class ServingState
{
    private readonly InteractionKinds kinds;
    private readonly HashSet<int> erasedUserKeys = [];
    private readonly RecommendationPipeline pipeline;

    /// <param name="models">In the order in which they are asked; the first names the version. Empty before the first publication.</param>
    /// <param name="users">Key and id of every user, ascending by key.</param>
    /// <param name="items">Every item, deleted ones included, ascending by key.</param>
    /// <param name="consumed">User key and item key of what each user has consumed.</param>
    /// <param name="kinds">The table of interaction kinds.</param>
    /// <param name="recommendUnlistedItems">Whether items without a catalogue record are shown.</param>
    public ServingState(
        IReadOnlyList<ServedModel> models, IReadOnlyList<(int Key, string UserId)> users, IReadOnlyList<ServedItem> items,
        IReadOnlyList<(int UserKey, int ItemKey)> consumed, InteractionKinds kinds, bool recommendUnlistedItems)
    {
        this.kinds = kinds;
        Users = new LiveIdMap(KeyMap.FromAscending([.. users.Select(user => user.Key)]), new IdMap([.. users.Select(user => user.UserId)]));
        Items = new LiveIdMap(KeyMap.FromAscending([.. items.Select(item => item.Key)]), new IdMap([.. items.Select(item => item.ItemId)]));
        Catalogue = new LiveCatalogue([.. items.Select(item => item.Item)], recommendUnlistedItems);
        History = new LiveHistory(IndexConsumed(consumed));
        Models = [.. models.Select(model => model with { Model = model.Model.Rebase(Users.Keys, Items.Keys) })];
        pipeline = new RecommendationPipeline(
            [.. Models.Select(model => new ModelCandidateSource(model.Name, model.Model)), new CatalogueCandidateSource(Catalogue)],
            Catalogue, History);
    }

    /// <summary>Rebased onto this state's index space.</summary>
    public IReadOnlyList<ServedModel> Models { get; }

    /// <summary>The version that makes the lists, or null before the first publication.</summary>
    public int? ModelVersion => Models.Count == 0 ? null : Models[0].Version;

    public LiveIdMap Users { get; }

    public LiveIdMap Items { get; }

    public LiveCatalogue Catalogue { get; }

    public LiveHistory History { get; }

    /// <summary>At most <paramref name="limit"/> items for a user, known or not, best first.</summary>
    public List<Candidate> Recommend(string userId, int limit) =>
        pipeline.Recommend(new RequestContext(Users.TryGetIndex(userId, out var userIndex) ? userIndex : -1), limit);

    /// <summary>Takes in an item's record, new or changed.</summary>
    public void Apply(ServedItem item) => Catalogue.Put(Items.GetOrAdd(item.Key, item.ItemId), item.Item);

    /// <summary>Takes in an interaction; twice is as good as once. Unknown users and items become known.</summary>
    public void Apply(int userKey, string userId, int itemKey, string itemId, byte kindIndex)
    {
        if (erasedUserKeys.Contains(userKey))
            return;
        var userIndex = Users.GetOrAdd(userKey, userId);
        if (!Items.TryGetIndexOfKey(itemKey, out var itemIndex))
        {
            itemIndex = Items.GetOrAdd(itemKey, itemId);
            Catalogue.Put(itemIndex, CatalogueItem.Unlisted);
        }

        if (kinds[kindIndex].Consumes && History.Add(userIndex, itemIndex))
            Catalogue.CountConsumer(itemIndex);
    }

    /// <summary>Forgets a user; keys are never used again, so the same id arriving later is somebody new.</summary>
    public void EraseUser(int userKey)
    {
        erasedUserKeys.Add(userKey);
        if (Users.TryGetIndexOfKey(userKey, out var userIndex))
        {
            Users.Erase(userIndex);
            History.Erase(userIndex);
        }
    }

    private SparseMatrix IndexConsumed(IReadOnlyList<(int UserKey, int ItemKey)> consumed)
    {
        var rows = new List<int>(consumed.Count);
        var columns = new List<int>(consumed.Count);
        foreach (var (userKey, itemKey) in consumed)
        {
            if (Users.TryGetIndexOfKey(userKey, out var userIndex) && Items.TryGetIndexOfKey(itemKey, out var itemIndex))
            {
                rows.Add(userIndex);
                columns.Add(itemIndex);
                Catalogue.CountConsumer(itemIndex);
            }
        }

        return SparseMatrix.FromEntries(Users.BuiltCount, Items.BuiltCount, [.. rows], [.. columns], new float[rows.Count]);
    }
}
