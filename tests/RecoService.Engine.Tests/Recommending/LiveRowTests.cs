using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>However interactions are cut into batches, and in whatever order they come, a row is the same, and is what a simple reckoning says.</summary>
public sealed class LiveRowTests
{
    private const int Items = 40;
    private const int Interactions = 400;

    /// <summary>Seed and limit of the view.</summary>
    public static TheoryData<int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int>();
            for (var seed = 0; seed < 8; seed++)
            {
                foreach (var limit in (int[])[1, 7, 25, 1000])
                    cases.Add(seed, limit);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Add_AnyBatches_MakeTheSameRow(int seed, int limit)
    {
        var random = new Random(seed);
        var (built, later) = Story(random);
        var oneByOne = new LiveHistory(built, limit);
        foreach (var interaction in later)
            oneByOne.Add(0, [interaction], []);

        foreach (var size in (int[])[2, 13, 100, later.Length])
        {
            var batched = new LiveHistory(built, limit);
            foreach (var batch in later.Chunk(size))
                batched.Add(0, batch, []);
            AssertSame(oneByOne, batched);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Add_AnyOrder_MakesTheSameRow(int seed, int limit)
    {
        var random = new Random(seed);
        var (built, later) = Story(random);
        var inOrder = new LiveHistory(built, limit);
        inOrder.Add(0, later, []);

        for (var round = 0; round < 5; round++)
        {
            random.Shuffle(later);
            var shuffled = new LiveHistory(built, limit);
            foreach (var batch in later.Chunk(1 + random.Next(60)))
            {
                shuffled.Add(0, batch, []);
                shuffled.Add(0, batch.AsSpan(0, batch.Length / 2), []);
            }

            AssertSame(inOrder, shuffled);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Add_AnyBatches_MakeTheRowOfAStateBuiltFromAll(int seed, int limit)
    {
        var random = new Random(seed);
        var (built, later) = Story(random);
        var history = new LiveHistory(built, limit);
        foreach (var batch in later.Chunk(17))
            history.Add(0, batch, []);

        var all = new InteractionDatasetBuilder(InteractionKinds.Default);
        AddBuilt(all, built);
        foreach (var interaction in WithoutOvertakenRatings(built, later))
            all.Add(1, interaction.ItemIndex, interaction.KindIndex, interaction.Value, interaction.Time);
        var expected = new LiveHistory(Known(all), limit);
        var newest = Newest(expected[0], limit);

        var actual = history[0];
        Assert.Equal(newest.Select(entry => entry.Item), actual.Items.ToArray());
        Assert.Equal(newest.Select(entry => entry.Weight), actual.Weights.ToArray(), (one, other) => MathF.Abs(one - other) < 1e-3f);
        Assert.Equal(newest.Select(entry => entry.Time), actual.Times.ToArray());
        Assert.Equal(newest.Select(entry => entry.Rating), actual.Ratings.ToArray());
        // Whatever falls out of the view stays consumed.
        Assert.Equal(expected.ContextOf(0).Consumed.ToArray(), history.ContextOf(0).Consumed.ToArray().Order());
    }

    [Fact]
    public void Add_UserOfManyItems_CostsNoMoreThanTheLimit()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var item = 0; item < 16_000; item++)
            builder.Add(1, item, Datasets.Purchase, 0, item);
        var history = new LiveHistory(builder.Build(), limit: 500);
        Touch(history, 0, 20_000);

        var perWrite = AllocatedBy(() => Touch(history, 1, 20_001)) / 100;

        Assert.Equal(500, history[0].Items.Length);
        Assert.Equal(16_000, history.ContextOf(0).Consumed.Length);
        // A view is 500 x 20 bytes, and is made twice when an item falls out of it.
        Assert.InRange(perWrite, 0, 60_000);

        void Touch(LiveHistory live, int firstItem, long time)
        {
            for (var position = 0; position < 100; position++)
                live.Add(0, [new LiveInteraction(firstItem + position, Datasets.View, 0, time + position)], []);
        }
    }

    [Fact]
    public void ContextOf_LongSession_AllocatesInProportion()
    {
        var history = new LiveHistory(Datasets.Of((1, 10, Datasets.View, 0, 5)), limit: 2000);
        var session = Enumerable.Range(0, 1000).Select(item => new LiveInteraction(item, Datasets.View, 0, item)).ToArray();
        Assert.Equal(1000, history.ContextOf(session).User.Items.Length);

        var (half, whole) = (AllocatedBy(() => _ = history.ContextOf(session.AsSpan(0, 500)).Consumed.Length), AllocatedBy(() => _ = history.ContextOf(session).Consumed.Length));

        Assert.InRange(whole, 0, 300_000);
        Assert.InRange(whole, 0, 3 * half);
    }

    [Fact]
    public async Task Add_ManyUsersFromManyThreads_LosesNothingAndReadersSeeWholeRows()
    {
        const int users = 6;
        const int items = 300;
        var history = new LiveHistory(Datasets.Of((1, 1, Datasets.View, 0, 0)), limit: 1000);
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            // Every writer brings everything, each in an order of its own.
            var order = Enumerable.Range(0, users * items).ToArray();
            new Random(writer).Shuffle(order);
            foreach (var number in order)
                history.Add(number % users, [new LiveInteraction(number / users, Datasets.Purchase, 0, 1 + number)], []);
        })).ToArray();
        var done = Task.WhenAll(writers);
        while (!done.IsCompleted)
        {
            for (var user = 0; user < users; user++)
            {
                var row = history[user];
                for (var position = 0; position < row.Items.Length; position++)
                {
                    Assert.True(position == 0 || row.Items[position - 1] < row.Items[position]);
                    Assert.Contains(row.Weights[position], (float[])[1, 8, 9]);
                }
            }
        }

        await done;
        Assert.Equal(users * items, history.AddedCount);
        for (var user = 0; user < users; user++)
        {
            Assert.Equal(Enumerable.Range(0, items), history[user].Items.ToArray());
            Assert.Equal(Enumerable.Range(0, items), history.ContextOf(user).Consumed.ToArray().Order());
        }
    }

    /// <summary>What a user did before and after the state was built; no two ratings of an item at one time.</summary>
    private static (InteractionDataset Built, LiveInteraction[] Later) Story(Random random)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var later = new List<LiveInteraction>();
        for (var number = 0; number < Interactions; number++)
        {
            var (item, kind, time) = (random.Next(Items), Kind(random), random.Next(60) * 1000L);
            var value = 0f;
            if (kind == Datasets.Rating)
                (value, time) = (1 + random.Next(5), (time * 1000) + number);
            if (number % 4 == 0 && kind != Datasets.Rating)
                builder.Add(1, item, kind, value, time);
            else
                later.Add(new LiveInteraction(item, kind, value, time));
        }

        // One rating of an item, as the store has it.
        for (var item = 0; item < Items; item += 3)
            builder.Add(1, item, Datasets.Rating, 2.5f, 20_000_000 + item);
        return (Known(builder), [.. later]);
    }

    private static InteractionDataset Known(InteractionDatasetBuilder builder)
    {
        for (var item = 0; item < Items; item++)
            builder.AddItem(item);
        return builder.Build();
    }

    private static byte Kind(Random random) => random.Next(4) switch
    {
        0 => Datasets.Purchase,
        1 => Datasets.Rating,
        _ => Datasets.View,
    };

    private static void AddBuilt(InteractionDatasetBuilder target, InteractionDataset built)
    {
        var (items, kinds, values, times) = (built.UserItemIndexes(0).ToArray(), built.UserKinds(0).ToArray(), built.UserValues(0).ToArray(), built.UserTimes(0).ToArray());
        for (var position = 0; position < items.Length; position++)
        {
            if (kinds[position] != Datasets.Rating)
                target.Add(1, items[position], kinds[position], values[position], times[position]);
        }
    }

    /// <summary>Of each item the newest rating, that of the built part among them, and everything else once.</summary>
    private static IEnumerable<LiveInteraction> WithoutOvertakenRatings(InteractionDataset built, LiveInteraction[] later)
    {
        var ratings = new List<LiveInteraction>(later.Where(interaction => interaction.KindIndex == Datasets.Rating));
        var others = later.Where(interaction => interaction.KindIndex != Datasets.Rating).Distinct();
        var known = new HashSet<LiveInteraction>();
        var (items, kinds, values, times) = (built.UserItemIndexes(0).ToArray(), built.UserKinds(0).ToArray(), built.UserValues(0).ToArray(), built.UserTimes(0).ToArray());
        for (var position = 0; position < items.Length; position++)
        {
            var interaction = new LiveInteraction(items[position], kinds[position], values[position], times[position]);
            if (kinds[position] == Datasets.Rating)
                ratings.Add(interaction);
            else
                known.Add(interaction);
        }

        return others.Where(interaction => !known.Contains(interaction)).Concat(ratings.GroupBy(rating => rating.ItemIndex).Select(group => group.MaxBy(rating => rating.Time)));
    }

    private static List<HistoryEntry> Newest(UserHistory history, int limit)
    {
        var entries = new List<HistoryEntry>();
        for (var position = 0; position < history.Items.Length; position++)
            entries.Add(new HistoryEntry(history.Items[position], history.Weights[position], history.Times[position], history.Ratings[position]));
        return [.. entries.OrderByDescending(entry => entry.Time).ThenByDescending(entry => entry.Item).Take(limit).OrderBy(entry => entry.Item)];
    }

    private static void AssertSame(LiveHistory one, LiveHistory other)
    {
        Assert.Equal(one[0].Items.ToArray(), other[0].Items.ToArray());
        Assert.Equal(one[0].Weights.ToArray(), other[0].Weights.ToArray(), (left, right) => MathF.Abs(left - right) < 1e-3f);
        Assert.Equal(one[0].Times.ToArray(), other[0].Times.ToArray());
        Assert.Equal(one[0].Ratings.ToArray(), other[0].Ratings.ToArray());
        Assert.Equal(one.ContextOf(0).Consumed.ToArray().Order(), other.ContextOf(0).Consumed.ToArray().Order());
        Assert.Equal(one.AddedCount, other.AddedCount);
    }

    private static long AllocatedBy(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
