using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Tests.Recommending;

public sealed class ServingStateTests
{
    private static readonly InteractionKinds Kinds = InteractionKinds.Default;

    [Fact]
    public void Recommend_NoModel_RanksTheCatalogueByConsumers()
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

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    public void Recommend_UnavailableHiddenOrDeleted_IsLeftOut(bool available, bool hidden, bool deleted)
    {
        var state = State([Popularity([1, 2], [1, 5])], [Item(1, "a"), new ServedItem(2, "b", new CatalogueItem(Listed: true, available, hidden, deleted, GroupId: null))]);

        Assert.Equal(["a"], Ids(state, "u"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Recommend_UnlistedItem_FollowsTheSetting(bool recommendUnlistedItems)
    {
        var state = new ServingState([], [], [new ServedItem(1, "a", CatalogueItem.Unlisted)], [], Kinds, recommendUnlistedItems);

        Assert.Equal(recommendUnlistedItems ? ["a"] : [], Ids(state, "u"));
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

        state.Apply(10, "u", 2, "b", Kind("purchase"));

        Assert.Equal(["a"], Ids(state, "u"));
        Assert.Equal(["b", "a"], Ids(state, "somebody else"));
    }

    [Fact]
    public void Apply_ViewOfAnItem_KeepsItInTheList()
    {
        var state = State([], [Item(1, "a")], users: [(10, "u")]);

        state.Apply(10, "u", 1, "a", Kind("view"));

        Assert.Equal(["a"], Ids(state, "u"));
    }

    [Fact]
    public void Apply_UserAndItemNobodyKnew_BothAreKnownAtOnce()
    {
        var state = State([Popularity([1], [1])], [Item(1, "a")]);

        state.Apply(11, "new user", 2, "new item", Kind("purchase"));
        state.Apply(11, "new user", 2, "new item", Kind("purchase"));

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

        state.Apply(11, "u", 2, "b", Kind("purchase"));
        // A write of the erased user that was overtaken on its way here.
        state.Apply(10, "u", 1, "a", Kind("purchase"));

        Assert.Equal(["a"], Ids(state, "u"));
    }

    [Fact]
    public void EraseUser_UserOfThisState_IsForgotten()
    {
        var state = State([], [Item(1, "a")]);
        state.Apply(11, "late", 1, "a", Kind("purchase"));

        state.EraseUser(11);

        Assert.Equal(["a"], Ids(state, "late"));
        Assert.False(state.Users.TryGetIndex("late", out _));
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
                state.Apply(1000 + key, $"u{key}", 1000 + key, $"new{key}", Kind("purchase"));
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

    private static ServingState State(
        IReadOnlyList<ServedModel> models, ServedItem[] items, (int Key, string UserId)[]? users = null, (int UserKey, int ItemKey)[]? consumed = null) =>
        new(models, users ?? [.. (consumed ?? []).Select(pair => (pair.UserKey, $"user {pair.UserKey}")).Distinct().OrderBy(user => user.UserKey)], items, consumed ?? [], Kinds, recommendUnlistedItems: true);

    private static ServedItem Item(int key, string itemId, string? groupId = null, long revision = 0) =>
        new(key, itemId, new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, groupId) { Revision = revision });

    private static ServedModel Popularity(int[] itemKeys, float[] scores) =>
        new("popularity", 7, new PopularityModel(KeyMap.Empty, KeyMap.FromAscending(itemKeys), scores));

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
