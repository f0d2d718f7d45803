using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class HoldoutCutTests
{
    private const int MinUsers = 200;
    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;

    /// <summary>300 users take one of 40 items a day, for ten days.</summary>
    private static IEnumerable<(int User, int Item, byte Kind, float Value, long Time)> Shop() =>
        from day in Enumerable.Range(0, 10) from user in Enumerable.Range(0, 300) select (user, (user + (day * 7)) % 40, Datasets.Purchase, 0f, (day * Day) + (user * Minute));

    private static readonly Dictionary<string, IEnumerable<(int User, int Item, byte Kind, float Value, long Time)>> Owners = new(StringComparer.Ordinal)
    {
        ["a bot with 600 views in ten minutes"] = Enumerable.Range(0, 600).Select(view => (1000, view % 40, Datasets.View, 0f, (11 * Day) + (view * 1000L))),
        ["a known user with 2,000 views"] = Enumerable.Range(0, 2000).Select(view => (7, view % 40, Datasets.View, 0f, (11 * Day) + view)),
        ["a bulk order of 1,000 new items"] = Enumerable.Range(0, 1000).Select(line => (5, 100 + line, Datasets.Purchase, 0f, 11 * Day)),
        ["a late import of strangers with one time stamp"] = from user in Enumerable.Range(2000, 400) from item in Enumerable.Range(0, 3) select (user, item, Datasets.View, 0f, 11 * Day),
        ["a late import, larger than the shop, with one time stamp"] = from user in Enumerable.Range(2000, 3000) from item in Enumerable.Range(0, 3) select (user, item, Datasets.View, 0f, 11 * Day),
        ["a late import of an old history"] = from user in Enumerable.Range(2000, 300) from item in Enumerable.Range(0, 3) select (user, item, Datasets.View, 0f, -500 * Day),
        ["strangers only in the newest tenth"] = Enumerable.Range(0, 400).Select(user => (3000 + user, user % 40, Datasets.Purchase, 0f, (11 * Day) + user)),
        ["a row dated far ahead"] = [(3, 1, Datasets.View, 0f, 10_000 * Day)],
    };

    public static TheoryData<string> OwnerNames => [.. Owners.Keys];

    [Fact]
    public void Of_SpreadInTime_HoldsOutTheNewestFraction()
    {
        var all = Datasets.Of([.. Shop()]);

        var split = HoldoutCut.Of(all, 0.1, MinUsers, seed: 1);

        Assert.Equal(all.SplitByTime(0.1).CutTime, split.CutTime);
        Assert.Equal((2700, 300, 300), (split.Train.Count, split.Holdout.Count, Judged(split)));
    }

    [Theory]
    [MemberData(nameof(OwnerNames))]
    public void Of_SomebodyWhoOwnsTheNewest_StillJudgesEnough(string owner)
    {
        var all = Datasets.Of([.. Shop(), .. Owners[owner]]);

        var split = HoldoutCut.Of(all, 0.1, MinUsers, seed: 1);

        Assert.InRange(Judged(split), MinUsers, int.MaxValue);
        AssertIsACut(all, split);
        // What the others did trains too, or the candidate would know nothing.
        Assert.InRange(Enumerable.Range(0, 300).Sum(split.Train.UserCount), 1500, 3000);
    }

    [Fact]
    public void Of_BusyUser_LeavesTheCutWhereItWouldBeWithoutThem()
    {
        var without = HoldoutCut.Of(Datasets.Of([.. Shop()]), 0.1, MinUsers, seed: 1);
        var with = HoldoutCut.Of(Datasets.Of([.. Shop(), .. Owners["a bot with 600 views in ten minutes"]]), 0.1, MinUsers, seed: 1);

        Assert.InRange(without.CutTime!.Value - with.CutTime!.Value, -20 * Minute, 20 * Minute);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(2)]
    public void Of_AllTimesEqual_HoldsOutAnItemOfEachUser(int users)
    {
        var all = Datasets.Of([.. Shop().Where(row => row.User < users).Select(row => row with { Time = 5 })]);

        var split = HoldoutCut.Of(all, 0.1, MinUsers, seed: 1);

        Assert.Null(split.CutTime);
        Assert.Equal(users, Judged(split));
        Assert.All(Enumerable.Range(0, users), user => Assert.Equal((9, 1), (split.Train.UserCount(user), split.Holdout.UserCount(user))));
        AssertIsACut(all, split);
        Assert.Equal(split.Holdout.UserItems.Entries(), HoldoutCut.Of(all, 0.1, MinUsers, seed: 1).Holdout.UserItems.Entries());
        Assert.NotEqual(split.Holdout.UserItems.Entries(), HoldoutCut.Of(all, 0.1, MinUsers, seed: 2).Holdout.UserItems.Entries());
    }

    [Fact]
    public void Of_AllTimesEqual_DoesNotTakeTheItemsThatStandLastInTheFile()
    {
        // Sorted by item, as many exports are: the last of every user is the same item, which then nobody would have in the train part.
        var all = Datasets.Of([.. from user in Enumerable.Range(0, 300) from item in Enumerable.Range(0, 10) select (user, item, Datasets.Purchase, 0f, 5L)]);

        var split = HoldoutCut.Of(all, 0.1, MinUsers, seed: 1);

        Assert.All(Enumerable.Range(0, 10), item => Assert.InRange(split.Train.ItemUsers.RowLength(item), 200, 299));
    }

    [Fact]
    public void Of_TwoUsers_AreBothOrOneJudged()
    {
        var all = Datasets.OfPurchases((1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3));

        Assert.InRange(Judged(HoldoutCut.Of(all, 0.1, MinUsers, seed: 1)), 1, 2);
    }

    [Fact]
    public void Of_ShopThatIsSmall_IsCutInTimeWhereThatJudgesHalfOfIt()
    {
        var all = Datasets.Of([.. Shop().Where(row => row.User < 50)]);

        var split = HoldoutCut.Of(all, 0.1, MinUsers, seed: 1);

        Assert.Equal((9 * Day, 50), (split.CutTime, Judged(split)));
    }

    [Fact]
    public void Of_LastItems_TakesAllThatTheUserDidWithThem()
    {
        // User 1 views 1, then 2 three times, the last being 1 again: 2 was taken up last. User 2 dislikes what came last.
        var all = Datasets.Of(
            (1, 1, Datasets.View, 0, 1), (1, 2, Datasets.View, 0, 2), (1, 2, Datasets.Purchase, 0, 3), (1, 1, Datasets.View, 0, 9),
            (2, 1, Datasets.View, 0, 9), (2, 3, Datasets.View, 0, 9), (2, 2, Datasets.Dislike, 0, 10), (3, 3, Datasets.View, 0, 9), (3, 3, Datasets.View, 0, 9));

        var split = HoldoutCut.Of(all, 0.1, minUsers: 2, seed: 1);

        Assert.Null(split.CutTime);
        Assert.Equal([(0, 1)], split.Holdout.UserItems.Entries().Where(entry => entry.Row == 0).Select(entry => (entry.Row, entry.Column)));
        Assert.Equal(2, split.Holdout.UserCount(0));
        Assert.Equal(2, Judged(split));
        Assert.Equal(0, split.Holdout.UserCount(2));
    }

    [Fact]
    public void Of_NobodyWithTwoItems_JudgesNobody()
    {
        Assert.Equal(0, Judged(HoldoutCut.Of(Datasets.OfPurchases((1, 1), (2, 1), (3, 2), (4, 2)), 0.5, MinUsers, seed: 1)));
        Assert.Equal(0, HoldoutCut.Of(Datasets.Of((1, 1, Datasets.View, 0, 5), (2, 1, Datasets.View, 0, 5)), 0.5, MinUsers, seed: 1).Holdout.Count);
        Assert.Equal(0, Judged(HoldoutCut.Of(Datasets.Of((1, 1, Datasets.Dislike, 0, 5), (1, 2, Datasets.Dislike, 0, 6)), 0.5, MinUsers, seed: 1)));
        Assert.Equal((0, 0), (HoldoutCut.Of(Datasets.Empty, 0.5, MinUsers, 1).Train.Count, HoldoutCut.Of(Datasets.Empty, 0.5, MinUsers, 1).Holdout.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Of_AnyData_JudgesAsManyAsTheDataGives(int seed)
    {
        var random = new SeededRandom(seed, 0);
        for (var shape = 0; shape < 40; shape++)
        {
            var (users, items, times, rows) = (1 + random.Next(60), 1 + random.Next(8), 1 + random.Next(shape % 2 == 0 ? 3 : 500), random.Next(400));
            byte[] kinds = [Datasets.View, Datasets.Purchase, Datasets.Dislike];
            var list = new List<(int, int, byte, float, long)>();
            for (var row = 0; row < rows; row++)
                list.Add((random.Next(random.Next(3) == 0 ? 1 : users), random.Next(items), kinds[random.Next(3)], 0f, random.Next(times)));
            var all = Datasets.Of([.. list]);
            var judgeable = Enumerable.Range(0, all.Users.Count).Count(user => all.UserItems.RowLength(user) > 1 && all.UserItems.RowValues(user).ContainsAnyInRange(float.Epsilon, float.MaxValue));
            var minUsers = 1 + random.Next(40);

            var split = HoldoutCut.Of(all, 0.05 + (0.4 * random.NextDouble()), minUsers, seed);

            Assert.InRange(Judged(split), Math.Min(minUsers, (judgeable + 1) / 2), all.Users.Count);
            AssertIsACut(all, split);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.1, 0)]
    public void Of_BadArgument_Throws(double fraction, int minUsers) =>
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => HoldoutCut.Of(Datasets.Empty, fraction, minUsers, seed: 1));

    private static int Judged(DataSplit split)
    {
        var relevant = HoldoutItems.From(split.Train, split.Holdout).Relevant;
        return Enumerable.Range(0, relevant.RowCount).Count(user => relevant.RowLength(user) > 0 && split.Train.UserCount(user) > 0);
    }

    private static void AssertIsACut(InteractionDataset all, HoldoutSplit split)
    {
        Assert.Equal(all.Count, split.Train.Count + split.Holdout.Count);
        Assert.Same(all.Users, split.Train.Users);
        if (split.CutTime is not { } cut)
            return;
        Assert.True(split.Train.LatestTime < cut);
        Assert.All(Enumerable.Range(0, all.Users.Count).Where(user => split.Holdout.UserCount(user) > 0), user => Assert.True(split.Holdout.UserTimes(user)[0] >= cut));
    }
}
