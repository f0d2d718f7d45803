using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Recommending;

public sealed class ServingStateTests
{
    private static readonly InteractionKinds Kinds = InteractionKinds.Default;

    [Fact]
    public void Recommend_NoModel_RanksTheCatalogueByUsers()
    {
        var state = State([], [Item(1, "a"), Item(2, "b"), Item(3, "c")], consumed: [(10, 2), (20, 2), (20, 3)]);

        Assert.Null(state.ModelVersion);
        Assert.Equal([("b", "catalogue"), ("c", "catalogue"), ("a", "catalogue")], Lists(state, "nobody"));
    }

    [Fact]
    public void Recommend_ModelKnowsOnlySomeItems_ToppedUpFromTheCatalogue()
    {
        // Key 99 was erased since the model was trained, and key 3 arrived since.
        var model = Popularity([1, 2, 99], [1, 5, 9]);
        var state = State([model], [Item(1, "a"), Item(2, "b"), Item(3, "c")]);

        Assert.Equal(7, state.ModelVersion);
        Assert.Equal([("b", "popularity"), ("a", "popularity"), ("c", "catalogue")], Lists(state, "nobody"));
    }

    /// <summary>A model beside the published one makes the lists of who names it, and has no say in anything else.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Recommend_AModelThatIsTried_MakesListsWhereItsVersionIsNamed(bool isPublished)
    {
        var tried = Popularity([1, 2], [9, 1]) with { Version = 3, Roles = ModelRoles.Tried };
        var state = State(isPublished ? [Popularity([1, 2, 3], [1, 5, 3]), tried] : [tried], [Item(1, "a"), Item(2, "b"), Item(3, "c")], consumed: [(10, 3)]);

        Assert.Equal(isPublished ? ["b", "c", "a"] : ["c", "a", "b"], Ids(state, "u"));
        Assert.Equal((isPublished ? 7 : null, isPublished ? 3 : int.MaxValue), (state.ModelVersion, state.LastTrainedKey));
        Assert.Equal([3], state.TriedModels.Select(model => model.Version));
        Assert.DoesNotContain(state.Models, model => model.Version == 3);
        foreach (var (version, list) in new (int?, string)[] { (3, "a popularity, b popularity, c catalogue!"), (99, isPublished ? "b popularity, c popularity, a popularity" : "c catalogue!, a catalogue!, b catalogue!") })
        {
            var experiment = new PlacementExperiment("e", new ExperimentVariant("v", 1) { Change = placement => placement with { ModelVersion = version } });
            var query = state.Assign(new RecommendationQuery(3) { UserId = "u" }, new ExperimentSet([experiment]));
            Assert.Equal(list, string.Join(", ", state.Recommend(query).Select(candidate => $"{state.Items[candidate.ItemIndex]} {candidate.Source}{(candidate.IsFallback ? "!" : "")}")));
            Assert.Equal(version == 3 ? 3 : state.ModelVersion, state.ModelVersionOf(query));
        }
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    public void Recommend_UnavailableHiddenOrDeleted_IsLeftOut(bool available, bool hidden, bool deleted)
    {
        var state = State([Popularity([1, 2], [1, 5])], [Item(1, "a"), new ServedItem(2, "b", new CatalogueItem(Listed: true, available, hidden, deleted, GroupId: null))]);

        Assert.Equal(["a"], Ids(state, "u"));
    }

    [Fact]
    public void Recommend_VariantsOfOneArticle_ShowsTheBestOfEachGroupAndFillsTheList()
    {
        ServedItem[] items = [Item(1, "red", "shirt"), Item(2, "blue", "shirt"), Item(3, "green", "shirt"), Item(4, "mug"), Item(5, "cup", "set"), Item(6, "saucer", "set")];
        var state = State([Popularity([1, 2, 3, 4, 5, 6], [9, 8, 7, 3, 2, 1])], items);

        Assert.Equal(["red", "mug", "cup"], Ids(state, "u", limit: 3));
    }

    [Fact]
    public void Recommend_LimitBelowTheCatalogue_GivesJustSoMany()
    {
        var state = State([Popularity([1, 2, 3], [1, 2, 3])], [Item(1, "a"), Item(2, "b"), Item(3, "c")]);

        Assert.Equal(["c", "b"], Ids(state, "u", limit: 2));
    }

    [Fact]
    public void Apply_ConsumingInteraction_LeavesTheItemOutOfThatUsersListAlone()
    {
        var state = State([Popularity([1, 2], [1, 5])], [Item(1, "a"), Item(2, "b")], users: [(10, "u")]);

        Apply(state, 10, "u", 2, "b", "purchase");

        Assert.Equal(["a"], Ids(state, "u"));
        Assert.Equal(["b", "a"], Ids(state, "somebody else"));
    }

    [Fact]
    public void Apply_ViewOfAnItem_KeepsItInTheList()
    {
        var state = State([], [Item(1, "a")], users: [(10, "u")]);

        Apply(state, 10, "u", 1, "a", "view");

        Assert.Equal(["a"], Ids(state, "u"));
    }

    [Fact]
    public void Apply_UserAndItemNobodyKnew_BothAreKnownAtOnce()
    {
        var state = State([Popularity([1], [1])], [Item(1, "a")]);

        Apply(state, 11, "new user", 2, "new item", "purchase");
        Apply(state, 11, "new user", 2, "new item", "purchase");

        Assert.Equal(["a"], Ids(state, "new user"));
        Assert.Equal(["a", "new item"], Ids(state, "somebody else"));
        // Counted once although it was applied twice.
        Assert.Equal(1, state.Recommend("somebody else", 20)[1].Score);
    }

    [Fact]
    public void Apply_ManyNewItems_AllAreServed()
    {
        var state = State([], []);
        for (var key = 1; key <= 500; key++)
            state.Apply(Item(key, $"i{key}"));

        Assert.Equal(500, state.Items.Count);
        Assert.Equal(Enumerable.Range(1, 200).Select(key => $"i{key}"), Ids(state, "u", limit: 200));
    }

    [Fact]
    public void Apply_OlderRevisionArrivingLate_ChangesNothing()
    {
        var state = State([], [Item(1, "a", revision: 1)]);

        state.Apply(new ServedItem(1, "a", new CatalogueItem(Listed: true, Available: false, Hidden: false, Deleted: false, GroupId: null) { Revision = 3 }));
        state.Apply(Item(1, "a", revision: 2));

        Assert.Empty(Ids(state, "u"));
    }

    [Fact]
    public void EraseUser_KnownUser_IsForgottenAndTheSameIdIsSomebodyNew()
    {
        var state = State([], [Item(1, "a"), Item(2, "b")], users: [(10, "u")], consumed: [(10, 1)]);
        Assert.Equal(["b"], Ids(state, "u"));

        state.EraseUser(10);

        Assert.Equal(["a", "b"], Ids(state, "u"));
        Assert.False(state.Users.TryGetIndex("u", out _));

        Apply(state, 11, "u", 2, "b", "purchase");
        // A write of the erased user that was overtaken on its way here.
        Apply(state, 10, "u", 1, "a", "purchase");

        Assert.Equal(["a"], Ids(state, "u"));
    }

    [Fact]
    public void EraseUser_UserOfThisState_IsForgotten()
    {
        var state = State([], [Item(1, "a")]);
        Apply(state, 11, "late", 1, "a", "purchase");

        state.EraseUser(11);

        Assert.Equal(["a"], Ids(state, "late"));
        Assert.False(state.Users.TryGetIndex("late", out _));
    }

    /// <summary>As in a state that is built after the erasure.</summary>
    [Fact]
    public void EraseUser_TwiceAndWithLaterInteractions_IsForNoItemAnyMore()
    {
        var state = State([], [Item(1, "a"), Item(2, "b"), Item(3, "c")], consumed: [(10, 1), (10, 2), (20, 2)]);
        Apply(state, 10, "u10", 3, "c", "purchase");
        Apply(state, 30, "late", 3, "c", "purchase");
        Assert.Equal([1, 2, 2], state.Catalogue.UserCounts.ToArray());

        state.EraseUser(10);
        Assert.Equal([0, 1, 1], state.Catalogue.UserCounts.ToArray());
        state.EraseUser(10);
        state.EraseUser(30);

        Assert.Equal([0, 1, 0], state.Catalogue.UserCounts.ToArray());
    }

    /// <summary>A merge: the visitor is erased, and the user's history comes with what was theirs. In whatever order a replica hears of it, it counts once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EraseUserAndRewriteAnother_MovesWhatWasDone(bool rewrittenFirst)
    {
        var state = State([], [Item(1, "a"), Item(2, "b"), Item(3, "c")], users: [(10, "visitor"), (20, "user")], consumed: [(10, 1), (10, 2), (20, 2)]);
        ServedInteraction[] all = [.. new[] { (1, "a"), (2, "b") }.Select(item => new ServedInteraction(20, "user", item.Item1, item.Item2, Kind("purchase"), 0, 1))];
        Action[] changes = [() => state.EraseUser(10), () => state.Apply(new RewrittenUser(20, "user", all, new ReadPoint(9, [])))];

        foreach (var change in rewrittenFirst ? changes.Reverse() : changes)
            change();
        changes[1]();

        Assert.Equal([1, 1, 0], state.Catalogue.UserCounts.ToArray());
        Assert.Equal(["c"], Ids(state, "user"));
        Assert.Equal(3, Ids(state, "visitor").Count);
        Assert.False(state.Users.TryGetIndex("visitor", out _));
    }

    [Fact]
    public async Task Recommend_WhileItemsAndHistoriesChange_NeverShowsWhatWasTakenOutBefore()
    {
        var state = State([], [.. Enumerable.Range(1, 100).Select(key => Item(key, $"i{key}"))]);
        var takenOut = 0;
        var writer = Task.Run(() =>
        {
            for (var key = 1; key <= 100; key++)
            {
                state.Apply(new ServedItem(key, $"i{key}", new CatalogueItem(Listed: true, Available: false, Hidden: false, Deleted: false, GroupId: null) { Revision = 1 }));
                Volatile.Write(ref takenOut, key);
                Apply(state, 1000 + key, $"u{key}", 1000 + key, $"new{key}", "purchase");
            }
        });
        var reader = Task.Run(() =>
        {
            while (!writer.IsCompleted)
            {
                var before = Volatile.Read(ref takenOut);
                foreach (var itemId in Ids(state, "reader", limit: 200).Where(itemId => itemId[0] == 'i'))
                    Assert.True(int.Parse(itemId.AsSpan(1)) > before, $"{itemId} was shown after {before} items were taken out.");
            }
        });

        await Task.WhenAll(writer, reader);
        Assert.Equal(100, Ids(state, "reader", limit: 200).Count);
    }

    [Fact]
    public void Apply_InteractionOfAKnownUser_CountsForAModelThatKnowsHistories()
    {
        // Item 1 leads to 3, item 2 to 4. The user viewed 1 before training, and 2 a moment ago.
        var state = State([Leads((0, 2, 1f), (1, 3, 2f))], [Item(1, "a"), Item(2, "b"), Item(3, "c"), Item(4, "d")], users: [(10, "u")]);
        Apply(state, 10, "u", 1, "a", "view");
        Assert.Equal(("c", "leads"), Lists(state, "u")[0]);

        Apply(state, 10, "u", 2, "b", "view", time: 2);

        Assert.Equal([("d", "leads"), ("c", "leads")], Lists(state, "u").Take(2));
    }

    [Fact]
    public void Apply_UserWhoArrivedAfterTraining_IsServedFromHisHistory()
    {
        var state = State([Leads((0, 2, 1f))], [Item(1, "a"), Item(2, "b"), Item(3, "c")]);

        Apply(state, 10, "new", 1, "a", "view");
        Apply(state, 10, "new", 99, "an item the model has never seen", "view");

        Assert.Equal(("c", "leads"), Lists(state, "new")[0]);
    }

    [Theory]
    [InlineData("view", false, false)]
    [InlineData("add-to-cart", false, false)]
    [InlineData("purchase", false, false)]
    [InlineData("dislike", false, false)]
    [InlineData("view", true, true)]
    [InlineData("add-to-cart", true, true)]
    [InlineData("purchase", true, false)]
    [InlineData("dislike", true, false)]
    public void RecommendSession_ItemsOfTheSession_AreLeftOutUnlessAskedFor(string kind, bool includeContext, bool comeBack)
    {
        // Each of the two leads to the other, and to a third.
        var state = State([Leads((0, 1, 5f), (1, 0, 5f), (0, 2, 1f), (1, 2, 1f))], [Item(1, "a"), Item(2, "b"), Item(3, "c"), Item(4, "d")]);

        var list = state.RecommendSession([new SessionInteraction("a", Kind(kind), 0, 1), new SessionInteraction("b", Kind(kind), 0, 2), new SessionInteraction("unknown", Kind(kind), 0, 3)], 20, includeContext: includeContext)
            .ConvertAll(candidate => state.Items[candidate.ItemIndex]);

        Assert.Equal(comeBack ? 4 : 2, list.Count);
        Assert.Equal(comeBack, list.Contains("a") && list.Contains("b"));
        Assert.Contains("c", list);
    }

    /// <summary>A long visit is put together once, so ten times the interactions cost about ten times the memory, not a hundred times.</summary>
    [Fact]
    public void RecommendSession_LongVisit_AllocatesInProportion()
    {
        var keys = Enumerable.Range(1, 1000).ToArray();
        var state = new ServingState(
            [Popularity(keys, [.. keys.Select(key => (float)key)])], [], CatalogueBuilder.Of([.. keys.Select(key => Item(key, $"i{key}"))]), Histories([], keys, []), new ServingOptions());
        Allocated(1000);

        var (few, many) = (Allocated(100), Allocated(1000));

        Assert.True(many < 20 * few, $"{many} bytes for 1,000 interactions, {few} for 100");
        Assert.True(many < 1_000_000, $"{many} bytes");

        long Allocated(int count)
        {
            SessionInteraction[] visit = [.. Enumerable.Range(1, count).Select(key => new SessionInteraction($"i{key}", Kind("view"), 0, key))];
            state.RecommendSession(visit, 10);
            var before = GC.GetAllocatedBytesForCurrentThread();
            state.RecommendSession(visit, 10);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void RecommendSession_MoreItemsThanCount_AllAreLeftOut()
    {
        ServedItem[] items = [.. Enumerable.Range(1, 30).Select(key => Item(key, $"i{key}"))];
        var state = new ServingState([], [], CatalogueBuilder.Of(items), Histories([], [.. items.Select(item => item.Key)], []), new ServingOptions { LiveHistoryLimit = 5 });

        var list = state.RecommendSession([.. Enumerable.Range(1, 20).Select(key => new SessionInteraction($"i{key}", Kind("view"), 0, key))], 200);

        Assert.Equal(Enumerable.Range(21, 10).Select(key => $"i{key}"), list.Select(candidate => state.Items[candidate.ItemIndex]));
    }

    [Fact]
    public async Task Apply_BatchesFromManyThreads_LoseNothing()
    {
        const int users = 40;
        const int items = 50;
        var state = State([], []);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            var order = Enumerable.Range(0, users * items).ToArray();
            new Random(writer).Shuffle(order);
            foreach (var batch in order.Chunk(1 + (writer * 37)))
                state.Apply([.. batch.Select(number => new ServedInteraction(1 + (number % users), $"u{number % users}", 1 + (number / users), $"i{number / users}", Kind("purchase"), 0, 1))]);
            state.EraseUser(1);
        })));

        Assert.Equal((users, items), (state.Users.Count, state.Items.Count));
        // Everybody but the erased one has bought everything.
        Assert.False(state.Users.TryGetIndex("u0", out _));
        Assert.All(Enumerable.Range(1, users - 1), user => Assert.Empty(Ids(state, $"u{user}")));
        Assert.Equal(items, Ids(state, "nobody", limit: 200).Count);
        Assert.All(state.Recommend("nobody", 200), candidate => Assert.Equal(users - 1, candidate.Score));
    }

    [Fact]
    public void TryGetSimilarItems_ModelKnowsTheItem_BestFirstOneOfEachGroupAndNothingHidden()
    {
        var model = Leads((0, 1, 4f), (0, 2, 3f), (0, 3, 2f), (0, 4, 1f), (0, 5, 5f));
        ServedItem[] items =
        [
            Item(1, "shirt", "shirts"), Item(2, "red", "mugs"), Item(3, "blue", "mugs"), Item(4, "cup"),
            new ServedItem(5, "gone", new CatalogueItem(Listed: true, Available: false, Hidden: false, Deleted: false, null)), Item(6, "shirt too", "shirts"),
        ];
        var state = State([model], items);

        Assert.True(state.TryGetSimilarItems("shirt", 10, out var similar));

        Assert.Equal([("red", "leads"), ("cup", "leads")], similar.Select(candidate => (state.Items[candidate.ItemIndex], candidate.Source)));
        Assert.True(similar[0].Score > similar[1].Score);
        Assert.False(state.TryGetSimilarItems("nothing", 10, out _));
        Assert.True(state.TryGetSimilarItems("cup", 10, out var none));
        Assert.Empty(none);
    }

    [Fact]
    public void TryGetSimilarItems_FirstModelSilent_TheOneBehindAnswers()
    {
        var content = new InteractionDatasetBuilder(Kinds);
        content.AddContent(1, new ItemContent { Title = "oak chair" });
        content.AddContent(2, new ItemContent { Title = "chair of oak" });
        var behind = new ServedModel("content", 8, new ContentTrainer(new ContentOptions { MaxItemShare = 1 }).Train(content.Build(), new TrainingContext()), ModelRoles.ColdStart | ModelRoles.Similarity);
        var state = State([Leads((0, 1, 1f)), behind], [Item(1, "a"), Item(2, "b")]);

        Assert.True(state.TryGetSimilarItems("b", 10, out var similar));

        Assert.Equal("content", Assert.Single(similar).Source);
        Assert.DoesNotContain("content", Lists(state, "nobody").Select(item => item.Source));
    }

    [Fact]
    public void TryGetSimilarUsers_NoModelKnowsUsers_ByTheItemsBothActedOn()
    {
        // u: 1, 2. v: 1, 2 (cosine 1). w: 2, 3 (1 / sqrt 4 = 0.5). x: 3 (nothing shared).
        var state = State(
            [], [Item(1, "a"), Item(2, "b"), Item(3, "c")], [(1, "u"), (2, "v"), (3, "w"), (4, "x"), (5, "erased")],
            [(1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (3, 3), (4, 3), (5, 1), (5, 2)]);
        state.EraseUser(5);

        Assert.True(state.TryGetSimilarUsers("u", 10, out var similar));

        Assert.Equal([("v", 1f, "histories"), ("w", 0.5f, "histories")], similar.Select(user => (state.Users[user.UserIndex], user.Score, user.Source)));
        Assert.False(state.TryGetSimilarUsers("nobody", 10, out _));
    }

    private static ServedModel Leads(params (int From, int To, float Weight)[] weights)
    {
        var keys = KeyMap.FromAscending([1, 2, 3, 4, 5, 6]);
        var matrix = SparseMatrix.FromEntries(6, 6, [.. weights.Select(weight => weight.From)], [.. weights.Select(weight => weight.To)], [.. weights.Select(weight => weight.Weight)]);
        return new ServedModel("leads", 7, new ItemWeightsModel(KeyMap.Empty, keys, matrix, new HistoryWeighting(HistoryScale.Binary)), ModelRoles.Recommender);
    }

    private static ServingState State(
        IReadOnlyList<ServedModel> models, ServedItem[] items, (int Key, string UserId)[]? users = null, (int UserKey, int ItemKey)[]? consumed = null)
    {
        users ??= [.. (consumed ?? []).Select(pair => (pair.UserKey, $"user {pair.UserKey}")).Distinct().OrderBy(user => user.UserKey)];
        var histories = Histories([.. users.Select(user => user.Key)], [.. items.Select(item => item.Key)], consumed ?? []);
        return new ServingState(models, users, CatalogueBuilder.Of(items), histories, new ServingOptions { UnlistedItemMinUsers = 0, RecommendUnlistedItems = true });
    }

    private static InteractionDataset Histories(int[] userKeys, int[] itemKeys, (int UserKey, int ItemKey)[] purchases)
    {
        var builder = new InteractionDatasetBuilder(Kinds);
        foreach (var key in userKeys)
            builder.AddUser(key);
        foreach (var key in itemKeys)
            builder.AddItem(key);
        foreach (var (userKey, itemKey) in purchases)
            builder.Add(userKey, itemKey, Kind("purchase"), 0, 0);
        return builder.Build();
    }

    private static void Apply(ServingState state, int userKey, string userId, int itemKey, string itemId, string kind, float value = 0, long time = 1) =>
        state.Apply([new ServedInteraction(userKey, userId, itemKey, itemId, Kind(kind), value, time)]);

    private static ServedItem Item(int key, string itemId, string? groupId = null, long revision = 0) =>
        new(key, itemId, new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, groupId) { Revision = revision });

    private static ServedModel Popularity(int[] itemKeys, float[] scores) =>
        new("popularity", 7, new PopularityModel(KeyMap.Empty, KeyMap.FromAscending(itemKeys), scores), ModelRoles.Recommender);

    private static byte Kind(string name)
    {
        Assert.True(Kinds.TryGetIndex(name, out var index));
        return index;
    }

    private static List<string> Ids(ServingState state, string userId, int limit = 20) =>
        state.Recommend(userId, limit).ConvertAll(candidate => state.Items[candidate.ItemIndex]);

    private static List<(string ItemId, string Source)> Lists(ServingState state, string userId) =>
        state.Recommend(userId, 20).ConvertAll(candidate => (state.Items[candidate.ItemIndex], candidate.Source));
}
