using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>What is returned, deleted or corrected leaves a live history as if it had never been, in whatever order the changes arrive.</summary>
public sealed class LiveUndoTests
{
    private const int Items = 6;
    private const int Limit = 1000;
    private static readonly InteractionKinds Kinds = InteractionKinds.Default;
    private static readonly byte Return = Kind("return");
    private static readonly byte AddToCart = Kind("add-to-cart");
    private static readonly byte RemoveFromCart = Kind("remove-from-cart");

    private static byte Kind(string name) => Kinds.TryGetIndex(name, out var index) ? index : throw new ArgumentException(name, nameof(name));

    private static LiveHistory Of(params (int User, int Item, byte Kind, float Value, long Time)[] interactions) => new(Datasets.Of(interactions), Limit);

    private static List<(int Item, int Change)> Add(LiveHistory history, params LiveInteraction[] batch)
    {
        var supporters = new List<(int Item, int Change)>();
        history.Add(0, batch, supporters);
        return supporters;
    }

    [Fact]
    public void Add_ReturnOfABuiltPurchase_LeavesNothingOfIt()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 5), (1, 11, Datasets.View, 0, 6));

        Assert.Equal([(0, -1)], Add(history, new LiveInteraction(0, Return, 0, 7)));

        Assert.Equal([1], history[0].Items);
        Assert.Equal(0, history.ContextOf(0).Consumed.Length);
    }

    [Fact]
    public void Add_ReturnOfSomethingAlsoViewed_LeavesTheView()
    {
        var history = Of((1, 10, Datasets.View, 0, 4), (1, 10, Datasets.Purchase, 0, 5));

        Add(history, new LiveInteraction(0, Return, 0, 7));

        Assert.Equal([1f], history[0].Weights);
        Assert.Equal([4L], history[0].Times);
    }

    [Fact]
    public void Add_ReturnOfOneOfTwoPurchases_StaysConsumed()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 4), (1, 10, Datasets.Purchase, 0, 5));

        Assert.Empty(Add(history, new LiveInteraction(0, Return, 0, 7)));

        Assert.Equal([8f], history[0].Weights);
        Assert.Equal([0], history.ContextOf(0).Consumed);
    }

    [Fact]
    public void Add_PurchaseThatArrivesAfterItsReturn_CountsForNothing()
    {
        var history = Of((1, 10, Return, 0, 9), (1, 11, Datasets.View, 0, 1));
        Assert.Equal([1], history[0].Items);

        Assert.Empty(Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 5)));
        Assert.Equal([1], history[0].Items);

        Assert.Equal([(0, 1)], Add(history, new LiveInteraction(0, Datasets.Purchase, 0, 10)));
        Assert.Equal([0, 1], history[0].Items);
    }

    [Fact]
    public void Add_ReturnAndPurchaseOfABuiltReturnAgain_ChangeNothing()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 4), (1, 10, Return, 0, 5), (1, 11, Datasets.View, 0, 1));

        Assert.Empty(Add(history, new LiveInteraction(0, Return, 0, 5), new LiveInteraction(0, Datasets.Purchase, 0, 4)));

        Assert.Equal(0, history.AddedCount);
        Assert.Equal([1], history[0].Items);
    }

    [Fact]
    public void ContextOf_SessionThatTakesOutOfTheCart_KnowsNothingOfIt()
    {
        var history = Of((1, 10, Datasets.View, 0, 5), (1, 11, Datasets.View, 0, 5));

        var context = history.ContextOf([new LiveInteraction(0, AddToCart, 0, 1), new LiveInteraction(1, AddToCart, 0, 2), new LiveInteraction(0, RemoveFromCart, 0, 3)]);

        Assert.Equal([1], context.User.Items);
        Assert.Equal(0, history.ContextOf([new LiveInteraction(0, AddToCart, 0, 1), new LiveInteraction(0, RemoveFromCart, 0, 3)]).User.Items.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Add_AnyPartOfAnyStoryInAnyOrder_IsWhatTheDatasetSays(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var story = Story(random, count: 40);
            var expected = new LiveHistory(DatasetOf(story), Limit, needs: HistoryNeeds.Events);
            var live = story.Where(_ => random.Next(2) == 0).ToArray();
            var built = new LiveHistory(DatasetOf(story.Except(live)), Limit, needs: HistoryNeeds.Order);
            random.Shuffle(live);
            var supporters = new List<(int Item, int Change)>();
            supporters.AddRange(ItemsFor(built).Select(item => (item, 1)));

            foreach (var batch in live.Chunk(1 + random.Next(9)))
                built.Add(0, batch, supporters);

            AssertSame(expected, built);
            Assert.Equal(
                ItemsFor(expected),
                supporters.GroupBy(one => one.Item).Where(group => Assert.Single([group.Sum(one => one.Change)]) is 1).Select(group => group.Key).Order());
            Assert.All(supporters.GroupBy(one => one.Item), group => Assert.InRange(group.Sum(one => one.Change), 0, 1));
        }
    }

    [Fact]
    public void Rewrite_TakesThePlaceOfWhatIsKnown()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 5), (1, 11, Datasets.Purchase, 0, 6), (1, 12, Datasets.View, 0, 7));
        Add(history, new LiveInteraction(2, Datasets.Purchase, 0, 8) { Change = 3 });
        var supporters = new List<(int Item, int Change)>();

        history.Rewrite(0, [new LiveInteraction(0, Datasets.Purchase, 0, 5), new LiveInteraction(1, Datasets.View, 0, 9)], new ReadPoint(10, []), supporters);

        Assert.Equal([0, 1], history[0].Items);
        Assert.Equal([8f, 1f], history[0].Weights);
        Assert.Equal([0], history.ContextOf(0).Consumed);
        Assert.Equal([(2, -1)], supporters);
        Assert.Equal(0, history[0].UserIndex);
    }

    [Fact]
    public void Rewrite_ToNothing_LeavesNothing()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 5));

        history.Rewrite(0, [], new ReadPoint(10, []), []);

        Assert.Equal(0, history[0].Items.Length);
        Assert.Equal(0, history.ContextOf(0).Consumed.Length);
    }

    [Fact]
    public void Rewrite_OfAnErasedUser_ChangesNothing()
    {
        var history = Of((1, 10, Datasets.Purchase, 0, 5));
        history.Erase(0, []);

        history.Rewrite(0, [new LiveInteraction(0, Datasets.Purchase, 0, 5)], new ReadPoint(10, []), []);

        Assert.Equal(0, history[0].Items.Length);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void AddAndRewrite_DeliveredInAnyOrderAndTwice_EndAsTheStore(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var store = new List<LiveInteraction>();
            var messages = new List<Action<LiveHistory>>();
            var operations = 20 + random.Next(20);
            var builtAt = random.Next(operations);
            LiveHistory? history = null;
            for (var change = 1; change <= operations; change++)
            {
                if (store.Count > 0 && random.Next(4) == 0)
                    store.RemoveAt(random.Next(store.Count));
                else
                    messages.Add(Appended(store, random, change));
                // A process reads the whole history after each deletion, and at other times as it pleases; the last reading is after the last deletion.
                messages.Add(Read(store, change));
                if (change == builtAt)
                    history = new LiveHistory(DatasetOf(store), Limit, new ReadPoint(change + 1, []), HistoryNeeds.Repeats);
            }

            history ??= new LiveHistory(DatasetOf([]), Limit, new ReadPoint(1, []), HistoryNeeds.Kinds);
            foreach (var message in messages.Concat(messages.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList())
                message(history);

            AssertSame(new LiveHistory(DatasetOf(store), Limit, needs: HistoryNeeds.Events), history);
        }

        static Action<LiveHistory> Appended(List<LiveInteraction> store, Random random, int change)
        {
            var interaction = new LiveInteraction(random.Next(Items), KindOf(random), 0, change * 1000L) { Change = change };
            store.Add(interaction);
            return history => history.Add(0, [interaction], []);
        }

        static Action<LiveHistory> Read(List<LiveInteraction> store, int change)
        {
            LiveInteraction[] all = [.. store];
            return history => history.Rewrite(0, all, new ReadPoint(change + 1, []), []);
        }
    }

    [Fact]
    public void ReadPoint_OpenTransactions_AreNotCovered()
    {
        var earlier = new ReadPoint(20, [12, 15]);
        var later = new ReadPoint(20, [15]);

        Assert.True(earlier.Covers(11) && earlier.Covers(19) && !earlier.Covers(12) && !earlier.Covers(20) && !earlier.Covers(ReadPoint.Unknown));
        Assert.True(later.IsAfter(earlier) && !earlier.IsAfter(later) && !later.IsAfter(later));
        Assert.True(earlier.IsAfter(ReadPoint.None) && new ReadPoint(21, [12, 15, 20]).IsAfter(later));
    }

    [Fact]
    public void Recommend_BoughtAndReturned_ComesBack()
    {
        var state = State();
        Apply(state, "purchase", time: 1000);
        Assert.Equal(["b"], Ids(state));

        Apply(state, "return", time: 2000);

        Assert.Equal(["a", "b"], Ids(state).Order());
    }

    [Theory]
    [InlineData(null, null, 36_500, false)]
    [InlineData(30.0, null, 29.9, false)]
    [InlineData(30.0, null, 30.1, true)]
    [InlineData(30.0, 10.0, 10.1, true)]
    [InlineData(30.0, 60.0, 30.1, false)]
    [InlineData(null, 10.0, 9.9, false)]
    [InlineData(null, 10.0, 10.1, true)]
    [InlineData(null, 0.0, 0.01, true)]
    [InlineData(0.0, null, 0.01, true)]
    public void Recommend_ConsumedForSomeDays_ComesBackAfterThem(double? kindDays, double? itemDays, double afterDays, bool isShown)
    {
        const long bought = 1_790_000_000_000;
        foreach (var isBuilt in (bool[])[false, true])
        {
            var state = State(kindDays, itemDays, isBuilt ? bought : null);
            if (!isBuilt)
                Apply(state, "purchase", bought);

            Assert.Equal(isShown ? ["a", "b"] : (string[])["b"], Ids(state, bought + (long)(afterDays * TimeSpan.MillisecondsPerDay)).Order());
            if ((itemDays ?? kindDays) != 0)
                Assert.Equal(["b"], Ids(state, bought));
        }
    }

    [Fact]
    public void Recommend_BoughtAgain_CountsFromTheLastTime()
    {
        const long bought = 1_790_000_000_000;
        const long days = 30 * TimeSpan.MillisecondsPerDay;
        var state = State(kindDays: 30, boughtAt: bought);
        Apply(state, "purchase", bought + days);
        // One that happened earlier and arrives late takes nothing from it.
        Apply(state, "purchase", bought - days);

        Assert.Equal(["b"], Ids(state, bought + days + days - 120_000));
        Assert.Equal(["a", "b"], Ids(state, bought + days + days + 120_000).Order());
    }

    [Fact]
    public void Recommend_AnotherKindThatConsumesForEver_Wins()
    {
        const long bought = 1_790_000_000_000;
        var state = State(kindDays: 30, boughtAt: bought);

        Apply(state, "dislike", bought - 5000);

        Assert.Equal(["b"], Ids(state, bought + (1000 * TimeSpan.MillisecondsPerDay)));
    }

    [Fact]
    public void RecommendManyAndSession_HonourTheTime()
    {
        const long bought = 1_790_000_000_000;
        const long later = bought + (31 * TimeSpan.MillisecondsPerDay);
        var state = State(kindDays: 30, boughtAt: bought);

        Assert.Equal([1, 2], new[] { state.RecommendMany([0], 10, bought)[0].Count, state.RecommendMany([0], 10, later)[0].Count });
        Assert.Equal([1, 2], new[] { bought, later }.Select(now => state.RecommendSession([new SessionInteraction("a", Kind("purchase"), 0, bought)], 10, now, includeContext: true).Count));
    }

    private static ServingState State(double? kindDays = null, double? itemDays = null, long? boughtAt = null)
    {
        var kinds = new InteractionKinds([.. Enumerable.Range(0, Kinds.Count).Select(index => Kinds[index].Name == "purchase" ? Kinds[index] with { ConsumesForDays = kindDays } : Kinds[index])]);
        var builder = new InteractionDatasetBuilder(kinds);
        builder.AddItem(1);
        builder.AddItem(2);
        builder.AddUser(10);
        if (boughtAt is { } time)
            builder.Add(10, 1, Kind("purchase"), 0, time);
        var item = new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null);
        return new ServingState([], [(10, "u")], CatalogueBuilder.Of([new ServedItem(1, "a", item with { ConsumesForDays = itemDays }), new ServedItem(2, "b", item)]), builder.Build(), new ServingOptions());
    }

    private static void Apply(ServingState state, string kind, long time) => state.Apply([new ServedInteraction(10, "u", 1, "a", Kind(kind), 0, time)]);

    private static List<string> Ids(ServingState state, long now = 0) => state.Recommend("u", 10, now).ConvertAll(candidate => state.Items[candidate.ItemIndex]);

    /// <summary>No two interactions alike, for the live history takes those for one.</summary>
    private static LiveInteraction[] Story(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new LiveInteraction(random.Next(Items), KindOf(random), 0, random.Next(30) * 1000L)).Distinct()];

    private static byte KindOf(Random random) => ((byte[])[Datasets.View, Datasets.Purchase, Datasets.Purchase, Return, AddToCart, RemoveFromCart, Datasets.Dislike])[random.Next(7)];

    private static InteractionDataset DatasetOf(IEnumerable<LiveInteraction> interactions)
    {
        var builder = new InteractionDatasetBuilder(Kinds);
        builder.AddUser(1);
        for (var item = 0; item < Items; item++)
            builder.AddItem(item);
        foreach (var interaction in interactions)
            builder.Add(1, interaction.ItemIndex, interaction.KindIndex, interaction.Value, interaction.Time);
        return builder.Build();
    }

    /// <summary>The items that the user is for.</summary>
    private static List<int> ItemsFor(LiveHistory history)
    {
        var items = new List<int>();
        var row = history[0];
        for (var position = 0; position < row.Items.Length; position++)
        {
            if (row.Weights[position] > 0)
                items.Add(row.Items[position]);
        }

        return items;
    }

    private static void AssertSame(LiveHistory expected, LiveHistory actual)
    {
        Assert.Equal(expected[0].Items.ToArray(), actual[0].Items.ToArray());
        Assert.Equal(expected[0].Weights.ToArray(), actual[0].Weights.ToArray());
        Assert.Equal(expected[0].Times.ToArray(), actual[0].Times.ToArray());
        Assert.Equal(expected.ContextOf(0).Consumed.ToArray(), actual.ContextOf(0).Consumed.ToArray());
        Assert.Equal(expected.ContextOf(0).ConsumedTimes.ToArray(), actual.ContextOf(0).ConsumedTimes.ToArray());
        Assert.Equal(EventsOf(expected), EventsOf(actual));
    }

    /// <summary>Those of one time are a set.</summary>
    private static List<(long Time, int Item, byte Kind, float Value)> EventsOf(LiveHistory history)
    {
        var events = history[0].Events;
        var all = new List<(long Time, int Item, byte Kind, float Value)>();
        for (var position = 0; position < events.Count; position++)
            all.Add((events.Times[position], events.Items[position], events.KindIndexes[position], events.Values[position]));
        Assert.Equal(all.Select(one => one.Time).Order(), all.Select(one => one.Time));
        return [.. all.Order()];
    }
}
