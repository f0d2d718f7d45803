using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Tests.Recommending.Reranking;

public sealed class ShownItemsTests
{
    private const long Second = 1000;
    private static readonly TimeSpan Forget = TimeSpan.FromSeconds(100);

    [Fact]
    public void Add_SeveralTimes_CountsEachItem()
    {
        var shown = new ShownItems(1000, Forget);
        shown.Add(1, [30, 10, 20], 1 * Second);
        shown.Add(1, [20, 40, 20], 2 * Second);
        shown.Add(2, [10], 3 * Second);

        Assert.Equal([1, 2, 1, 1, 0], Counts(shown, 1, 0, 10, 20, 30, 40, 50));
        Assert.Equal([1, 0], Counts(shown, 2, 0, 10, 20));
        Assert.Equal([0], Counts(shown, 3, 0, 10));
        Assert.Equal((5, 2), (shown.EntryCount, shown.UserCount));
    }

    [Fact]
    public void CountsOf_ItemNotShownSince_IsZero()
    {
        var shown = new ShownItems(1000, Forget);
        shown.Add(1, [10, 20], 5 * Second);
        shown.Add(1, [20], 9 * Second);

        Assert.Equal([1, 2], Counts(shown, 1, (5 * Second) - 1, 10, 20));
        Assert.Equal([0, 2], Counts(shown, 1, 5 * Second, 10, 20));
        Assert.Equal([0, 0], Counts(shown, 1, 9 * Second, 10, 20));
    }

    [Fact]
    public void Add_AfterALongTime_CountsAnew()
    {
        var shown = new ShownItems(1000, Forget);
        shown.Add(1, [10], 0);
        shown.Add(1, [10], 99 * Second);
        Assert.Equal([2], Counts(shown, 1, -1, 10));

        shown.Add(1, [10], 199 * Second);
        Assert.Equal([1], Counts(shown, 1, -1, 10));
        // One that arrives late counts, and does not turn the time back.
        shown.Add(1, [10], 150 * Second);
        Assert.Equal([2], Counts(shown, 1, 198 * Second, 10));
    }

    [Fact]
    public void Clear_ItemAndUser_AreForgotten()
    {
        var shown = new ShownItems(1000, Forget);
        shown.Add(1, [10, 20], Second);
        shown.Add(2, [10], Second);

        shown.Clear(1, 10);
        shown.Clear(1, 99);
        shown.Clear(99, 10);
        Assert.Equal([0, 1], Counts(shown, 1, 0, 10, 20));
        Assert.Equal((2, 2), (shown.EntryCount, shown.UserCount));

        shown.Clear(1, 20);
        Assert.Equal((1, 1), (shown.EntryCount, shown.UserCount));
        shown.Erase(2);
        shown.Erase(2);
        Assert.Equal((0, 0), (shown.EntryCount, shown.UserCount));
        shown.Add(1, [10], Second);
        Assert.Equal([1], Counts(shown, 1, 0, 10));
    }

    [Fact]
    public void Add_BeyondTheBound_ForgetsTheUsersShownTheLongestAgo()
    {
        var shown = new ShownItems(mostEntries: 6, Forget);
        shown.Add(1, [1, 2], 1 * Second);
        shown.Add(2, [1, 2], 2 * Second);
        shown.Add(3, [1, 2], 3 * Second);
        shown.Add(1, [1], 4 * Second);

        shown.Add(4, [1, 2, 3], 5 * Second);

        // Users 2 and 3 were not shown anything since; 5 entries are left.
        Assert.Equal([1, 0, 0, 1], new[] { 1, 2, 3, 4 }.Select(user => Counts(shown, user, 0, 2)[0]));
        Assert.Equal((5, 2), (shown.EntryCount, shown.UserCount));
    }

    [Fact]
    public void Add_MoreItemsThanTheBound_KeepsTheNewest()
    {
        var shown = new ShownItems(mostEntries: 3, Forget);
        shown.Add(1, [1, 2], 1 * Second);
        shown.Add(1, [5, 4], 2 * Second);

        // Of those of one time, the lower keys.
        Assert.Equal([1, 0, 1, 1], Counts(shown, 1, 0, 1, 2, 4, 5));
        Assert.Equal(3, shown.EntryCount);
    }

    [Fact]
    public void Add_OneUserForEver_IsBounded()
    {
        var shown = new ShownItems(1_000_000, TimeSpan.FromDays(1));
        for (var list = 0; list < 100; list++)
            shown.Add(7, [.. Enumerable.Range(list * 20, 20)], list * Second);

        Assert.Equal(ShownItems.MostItemsPerUser, shown.EntryCount);
        Assert.Equal([0, 1], Counts(shown, 7, -1, 0, 1999));
    }

    [Fact]
    public async Task Add_ManyThreads_LosesNothing()
    {
        var shown = new ShownItems(1_000_000, TimeSpan.FromDays(1));
        var (users, rounds, threads) = (50, 40, 4);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var round = 0; round < rounds; round++)
            {
                for (var user = 0; user < users; user++)
                {
                    shown.Add(user, [1, 2 + thread], round * Second);
                    // A reader never sees a count that is more than all, or an item without the count it came with.
                    Assert.InRange(Counts(shown, user, -1, 1)[0], 1, rounds * threads);
                }
            }
        })));

        for (var user = 0; user < users; user++)
            Assert.Equal([rounds * threads, rounds, rounds, rounds, rounds], Counts(shown, user, -1, 1, 2, 3, 4, 5));
        Assert.Equal((users * 5, users), (shown.EntryCount, shown.UserCount));
    }

    [Fact]
    public async Task Add_ManyThreadsBeyondTheBound_StaysWithinIt()
    {
        var shown = new ShownItems(5_000, TimeSpan.FromDays(1));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var user = 0; user < 2_000; user++)
            {
                shown.Add(user, [thread, 10, 11, 12], user);
                if (user % 7 == 0)
                    shown.Clear(user, 11);
                if (user % 11 == 0)
                    shown.Erase(user);
            }
        })));

        Assert.InRange(shown.EntryCount, 1, 5_000);
        // What is counted is what is there.
        var found = Enumerable.Range(0, 2_000).Sum(user => Counts(shown, user, -1, 0, 1, 2, 3, 10, 11, 12).Count(count => count > 0));
        Assert.Equal(shown.EntryCount, found);
    }

    [Fact]
    public void Constructor_NothingToKeep_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>("mostEntries", () => new ShownItems(0, Forget));
        Assert.Throws<ArgumentOutOfRangeException>("forgetAfter", () => new ShownItems(1, TimeSpan.Zero));
    }

    [Fact]
    public void Rotation_ItemShownTooOften_StepsBackForThePeriod()
    {
        var shown = new ShownItems(1000, TimeSpan.FromDays(1));
        var (users, items) = (Keys(100, 101), Keys(10, 11, 12, 13));
        var rotation = new RotationReranker(shown, shownLimit: 2, TimeSpan.FromSeconds(60), users.KeyOf, items.KeyOf);
        shown.Add(101, [10, 12], 1 * Second);
        Assert.Equal([0, 1, 2, 3], OrderAt(2));

        shown.Add(101, [10, 12], 10 * Second);
        Assert.Equal([1, 3, 0, 2], OrderAt(11));
        // Nobody else's list changes.
        Assert.Equal([0, 1, 2, 3], rotation.Order(RerankerShop.Pool(4, 3, 2, 1), 4, RerankerShop.User(0).In(11 * Second)));
        Assert.Equal([0, 1, 2, 3], rotation.Order(RerankerShop.Pool(4, 3, 2, 1), 4, RerankerShop.User(-1).In(11 * Second)));

        Assert.Equal([1, 3, 0, 2], OrderAt(69));
        Assert.Equal([0, 1, 2, 3], OrderAt(70));
        // Shown once more, it steps back again; done something with, it does not.
        shown.Add(101, [10, 12], 71 * Second);
        shown.Clear(101, 12);
        Assert.Equal([1, 2, 3, 0], OrderAt(72));

        int[] OrderAt(long second) => rotation.Order(RerankerShop.Pool(4, 3, 2, 1), 4, RerankerShop.User(1).In(second * Second));
    }

    [Fact]
    public void Rotation_UserAndItemThatArrivedLater_HaveTheirKeys()
    {
        var shown = new ShownItems(1000, TimeSpan.FromDays(1));
        var (users, items) = (Keys(100), Keys(10));
        for (var later = 0; later < 40; later++)
            Assert.Equal(1 + later, items.GetOrAdd(500 + later, $"late{later}"));
        Assert.Equal(1, users.GetOrAdd(200, "new"));
        shown.Add(200, [539], Second);

        var pool = RerankerShop.PoolOf([new(40, 2, "model"), new(0, 1, "model")]);
        Assert.Equal([0, 40], new RotationReranker(shown, 1, TimeSpan.FromSeconds(60), users.KeyOf, items.KeyOf).Order(pool, 2, RerankerShop.User(1).In(2 * Second)));
    }

    [Fact]
    public void Rotation_ValuesOutsideOfTheirRanges_Throw()
    {
        var shown = new ShownItems(10, Forget);
        Assert.Throws<ArgumentOutOfRangeException>("shownLimit", () => new RotationReranker(shown, 0, Forget, Keys(1).KeyOf, Keys(1).KeyOf));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => new RotationReranker(shown, 1, TimeSpan.Zero, Keys(1).KeyOf, Keys(1).KeyOf));
    }

    private static LiveIdMap Keys(params int[] keys) => new(KeyMap.FromAscending(keys), new IdMap([.. keys.Select(key => $"{key}")]));

    private static int[] Counts(ShownItems shown, int user, long since, params int[] items)
    {
        var counts = new int[items.Length];
        shown.CountsOf(user, items, since, counts);
        return counts;
    }
}
