using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;
using RecoService.Engine.Recommending.Reasons;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Recommending.Rules;
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
    private readonly int builtAttributeEntries;
    private readonly PlacementLists lists;
    private readonly UserProfiles userProfiles;
    private readonly ItemProfiles itemProfiles;
    private readonly LiveChanges changes;

    /// <param name="models">In the order in which they are asked; the first is the recommender and names the version. Empty before the first publication. Those that are <see cref="ModelRoles.Tried"/> stand behind.</param>
    /// <param name="users">Key and id of every user, ascending by key.</param>
    /// <param name="items">Every item, deleted ones included, ascending by key; from now on this state's alone.</param>
    /// <param name="histories">What every user did; over exactly these users and items.</param>
    /// <param name="options">What the shop decides.</param>
    /// <param name="through">What the reading of the histories saw; null: that is not known.</param>
    /// <param name="attributes">What the shop says of the users, by their place in <paramref name="users"/>, from now on this state's alone; null: nothing.</param>
    /// <param name="assignments">By what experiments know them, likewise; null: by their ids.</param>
    public ServingState(
        IReadOnlyList<ServedModel> models, IReadOnlyList<(int Key, string UserId)> users, CatalogueBuilder items,
        InteractionDataset histories, ServingOptions options, ReadPoint? through = null, UserAttributes? attributes = null, UserAssignments? assignments = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Users.Count, users.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Items.Count, items.Count);
        Users = new LiveIdMap(histories.Users, new IdMap([.. users.Select(user => user.UserId)]));
        Items = new LiveIdMap(histories.Items, new IdMap(items.Ids));
        UserAttributes = attributes ?? new UserAttributes();
        UserAssignments = assignments ?? new UserAssignments();
        builtAttributeEntries = UserAttributes.EntryCount;
        var placements = options.Placements ?? Placement.BuiltIn(options.NewItemShare);
        var ofPlacements = placements.Any(placement => placement.Sources.Contains(PlacementSource.BuyAgain)) ? HistoryNeeds.Repeats | HistoryNeeds.Kinds : HistoryNeeds.None;
        History = new LiveHistory(histories, options.LiveHistoryLimit, through, models.Aggregate(ofPlacements, (needs, model) => needs | model.Model.Needs()));
        var userCounts = History.Built.CountUsers();
        var trained = RecommenderOf(models)?.Items ?? KeyMap.Empty;
        Catalogue = new LiveCatalogue(items.TakeColumns(), userCounts, new UnlistedItems(options.RecommendUnlistedItems, options.UnlistedItemMinUsers, trained, items, userCounts));
        var (laidOver, served) = (ScorerExtensions.LaidOver(histories), ScorerExtensions.Served());
        var all = models.Select(model => model with { Model = laidOver.Apply(model.Model) }).Select(model => model.MakesLists || model.Has(ModelRoles.Tried) ? model with { Model = served.Apply(model.Model) } : model).ToList();
        Models = all.FindAll(model => !model.Has(ModelRoles.Tried));
        TriedModels = all.FindAll(model => model.Has(ModelRoles.Tried));
        Versions = all.Select(model => model.Version).ToHashSet();
        LastTrainedKey = LastTrainedKeyOf(models);
        var newItems = new NewItems(LastTrainedKey, Models.FirstOrDefault(model => model.Has(ModelRoles.ColdStart))?.Model as IContentScorer, ColdScorerOf(Models));
        newItems.Begin(Enumerable.Range(0, items.Count).Where(Catalogue.Columns.IsListed).Select(item => (item, items.Keys[item], Catalogue.Columns.AddedAt[item] ?? 0, items.ContentOf(item))));
        Placements = placements.ToDictionary(placement => placement.Name, StringComparer.Ordinal);
        Filters = new FilterCache(Catalogue.Columns, Items);
        var demand = new ItemDemand(histories);
        var builder = new PipelineBuilder(this, newItems, demand, histories, options);
        lists = new PlacementLists(this, builder);
        Responses = new ResponsePredictions(this, lists, options.Responses);
        var audience = new ItemAudience(histories, options.Profiles.ViewKind);
        userProfiles = new UserProfiles(Catalogue, History, options.Profiles);
        itemProfiles = new ItemProfiles(Catalogue, audience, demand, builder.Repurchases);
        changes = new LiveChanges(this, newItems, demand, audience, options.Shown);
    }

    /// <summary>Rebased onto this state's index space.</summary>
    public IReadOnlyList<ServedModel> Models { get; }

    /// <summary>The models that make no lists but those of placements that name their version; rebased likewise.</summary>
    public IReadOnlyList<ServedModel> TriedModels { get; }

    /// <summary>The versions of all of them.</summary>
    public IReadOnlySet<int> Versions { get; }

    /// <summary>Filters of requests, by their text.</summary>
    public FilterCache Filters { get; }

    /// <summary>Where lists are shown, by name.</summary>
    public IReadOnlyDictionary<string, Placement> Placements { get; }

    /// <summary>Items with a higher key arrived after the recommender was trained; their content counts.</summary>
    public int LastTrainedKey { get; }

    /// <summary>The version that makes the lists, or null before the first publication.</summary>
    public int? ModelVersion => Models.Count == 0 ? null : Models[0].Version;

    /// <summary>The version that makes the list of a query: the published one, or that which its placement names.</summary>
    public int? ModelVersionOf(RecommendationQuery query) => ModelOf(PlacementOf(query))?.Version ?? ModelVersion;

    /// <summary>The model that a placement names by its version; null where it names none, or one that is not served.</summary>
    internal ServedModel? ModelOf(Placement placement) => placement.ModelVersion is { } version ? Models.Concat(TriedModels).FirstOrDefault(model => model.Version == version) : null;

    public LiveIdMap Users { get; }

    public LiveIdMap Items { get; }

    /// <summary>What the shop says of the users, by index of <see cref="Users"/>.</summary>
    public UserAttributes UserAttributes { get; }

    /// <summary>By what experiments know the users, by index of <see cref="Users"/>.</summary>
    public UserAssignments UserAssignments { get; }

    public LiveCatalogue Catalogue { get; }

    public LiveHistory History { get; }

    /// <summary>How much the live parts have grown since the state was built: interactions, new items, new users without any, texts and lists of the columns, and erased users.</summary>
    public int LiveChangeCount => History.AddedCount + (Items.Count - Items.BuiltCount) + Catalogue.AddedEntries + Math.Max(0, UserAttributes.EntryCount - builtAttributeEntries) + changes.Count;

    /// <summary>How probable it is that users click and buy what they are shown.</summary>
    public ResponsePredictions Responses { get; }

    /// <summary>At most as many items as are asked for, best first.</summary>
    /// <exception cref="KeyNotFoundException">The placement needs an item, and there is none of this id.</exception>
    public List<Candidate> Recommend(RecommendationQuery query) => lists.Recommend(query);

    /// <summary>Asks the experiments how a list is made.</summary>
    /// <param name="query">Without <see cref="RecommendationQuery.Assigned"/>.</param>
    /// <param name="experiments">Of the shop.</param>
    /// <returns>The query, with what they say.</returns>
    public RecommendationQuery Assign(RecommendationQuery query, ExperimentSet experiments) => lists.Assign(query, experiments);

    /// <summary>The placement of a query, as experiments have it.</summary>
    public Placement PlacementOf(RecommendationQuery query) => query.Assigned?.Placement ?? Placements[query.Placement];

    /// <summary>The same list, filled up as the query says where it is short; nothing stands in it twice.</summary>
    /// <exception cref="KeyNotFoundException">As of <see cref="Recommend"/>.</exception>
    public FilledList RecommendFilled(RecommendationQuery query) => lists.RecommendFilled(query);

    /// <summary>The list that an experiment makes beside the one of a query, and never shows; empty where there is none.</summary>
    public List<Candidate> RecommendShadow(RecommendationQuery query) => lists.RecommendShadow(query);

    /// <summary>Why each item of a list is in it.</summary>
    /// <param name="query">What the list was asked with.</param>
    /// <param name="candidates">The list, or a part of it.</param>
    /// <returns>One per candidate.</returns>
    public IReadOnlyList<ListReason> Explain(RecommendationQuery query, IReadOnlyList<Candidate> candidates) => lists.Explain(query, candidates);

    /// <summary>Why an item is in a list, or why not.</summary>
    /// <param name="query">What the list is asked with.</param>
    /// <param name="itemIndex">An index of <see cref="Items"/>.</param>
    public ItemExplanation Explain(RecommendationQuery query, int itemIndex) => lists.Explain(query, itemIndex);

    /// <summary>The personal lists of many users at once, as <see cref="RecommendFilled"/> makes them.</summary>
    /// <param name="userIndexes">Indexes of <see cref="Users"/>; -1 for somebody unknown.</param>
    /// <param name="limit">The most items of a list.</param>
    /// <param name="now">Unix milliseconds, as of <see cref="Recommend"/>.</param>
    /// <param name="rules">What the merchant wants of them; null: nothing.</param>
    public List<Candidate>[] RecommendMany(ReadOnlySpan<int> userIndexes, int limit, long now = 0, RuleSet? rules = null) => lists.RecommendMany(userIndexes, limit, now, rules);

    /// <summary>What is known of a user.</summary>
    /// <param name="userIndex">An index of <see cref="Users"/>.</param>
    /// <param name="now">Unix milliseconds.</param>
    public UserProfile UserProfileOf(int userIndex, long now) => userProfiles.Of(userIndex, now);

    /// <summary>What is known of an item.</summary>
    /// <param name="itemIndex">An index of <see cref="Items"/>.</param>
    /// <param name="now">Unix milliseconds.</param>
    public ItemProfile ItemProfileOf(int itemIndex, long now) => itemProfiles.Of(itemIndex, now);

    /// <summary>An item that was not taken out of the catalogue.</summary>
    public bool TryGetItem(string? itemId, out int itemIndex)
    {
        if (itemId is not null && Items.TryGetIndex(itemId, out itemIndex) && !Catalogue.Columns.IsDeleted(itemIndex))
            return true;
        itemIndex = -1;
        return false;
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
            foreach (var scorer in userIndex < Users.BuiltCount && best.Count == 0 ? model.Model.Find<ISimilarUsers>() : [])
            {
                scorer.RetrieveSimilarUsers(userIndex, best);
                if (best.Count == 0)
                    continue;
                source = model.Name;
                break;
            }
        }

        if (best.Count == 0)
            History.RetrieveSimilarUsers(userIndex, best);
        var (indexes, scores) = (new int[limit], new float[limit]);
        var count = best.Drain(indexes, scores);
        for (var position = 0; position < count; position++)
        {
            if (Users.IsKnown(indexes[position]))
                similar.Add(new SimilarUser(indexes[position], scores[position], source));
        }

        return true;
    }

    /// <summary>Takes in an item's record, new or changed.</summary>
    public void Apply(ServedItem item) => changes.Apply(item);

    /// <summary>
    /// Takes in interactions, of any users and in any order; twice is as good as once. Unknown users and items become known. Each user's history is made
    /// anew once, under a lock of that user.
    /// </summary>
    public void Apply(IReadOnlyList<ServedInteraction> batch) => changes.Apply(batch);

    /// <summary>Takes in a user's record, new or changed.</summary>
    public void Apply(ServedUser user) => changes.Apply(user);

    /// <summary>Puts a user's whole history in the place of what is known; an older reading that arrives later changes nothing.</summary>
    public void Apply(RewrittenUser user) => changes.Apply(user);

    /// <summary>Forgets a user; keys are never used again, so the same id arriving later is somebody new.</summary>
    public void EraseUser(int userKey) => changes.EraseUser(userKey);

    /// <summary>The last key that the recommender was trained on; without a recommender no item is newer than it.</summary>
    public static int LastTrainedKeyOf(IReadOnlyList<ServedModel> models) => RecommenderOf(models) switch
    {
        null => int.MaxValue,
        { Items: { Count: > 0 } keys } => keys[keys.Count - 1],
        _ => 0,
    };

    private static IScorer? RecommenderOf(IReadOnlyList<ServedModel> models) => models.FirstOrDefault(model => !model.Has(ModelRoles.Tried))?.Model;

    /// <summary>The first of the recommender's parts that places items.</summary>
    private static IColdScorer? ColdScorerOf(IReadOnlyList<ServedModel> models) =>
        models is [var recommender, ..] ? recommender.Model.Find<IColdScorer>().FirstOrDefault(scorer => scorer.PlacesItems) : null;
}
