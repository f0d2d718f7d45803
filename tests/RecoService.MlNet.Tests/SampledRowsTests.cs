namespace RecoService.MlNet.Tests;

public sealed class SampledRowsTests
{
    // Item 0 has 3 users, item 1 has 1, item 2 none, item 3 has 1.
    private static readonly PositivePairs Pairs = PositivePairs.Of([0, 2, 3, 5, 5], [0, 1, 0, 0, 3], [1, 2, 3, 4, 5], itemCount: 4);

    [Fact]
    public void Of_NegativeAndZeroWeights_AreLeftOut()
    {
        var pairs = PositivePairs.Of([0, 3, 4], [0, 1, 2, 1], [1, 0, -2, float.NaN], itemCount: 3);

        Assert.Equal([0], pairs.Users);
        Assert.Equal([0], pairs.Items);
        Assert.Equal(1, pairs.Count);
        Assert.Equal([1, 0, 0], pairs.UsersOfItem);
        Assert.Equal((true, false), (pairs.HasUser(0), pairs.HasUser(1)));
        Assert.Equal((true, false, false), (pairs.Contains(0, 0), pairs.Contains(0, 2), pairs.Contains(1, 1)));
    }

    [Fact]
    public void Pass_Rows_AreEachPairOnceWithPairsThatDidNotHappen()
    {
        var rows = Rows(negatives: 3).ToList();

        var positives = rows.Where(row => row.Label).Select(row => ((int)row.User, (int)row.Item)).Order();
        Assert.Equal([(0, 0), (0, 1), (1, 0), (2, 0), (2, 3)], positives);
        Assert.All(rows.Where(row => !row.Label), row => Assert.False(Pairs.Contains((int)row.User, (int)row.Item)));
        Assert.DoesNotContain(rows, row => row.Item == 2);
        Assert.InRange(rows.Count(row => !row.Label), 12, 15);
    }

    [Fact]
    public void Passes_OneAfterTheOther_DifferAndRepeatWithTheSeed()
    {
        var (first, again) = (Rows(negatives: 4), Rows(negatives: 4));
        var passes = Enumerable.Range(0, 3).Select(_ => Text(first)).ToList();

        Assert.Equal(3, passes.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(passes, Enumerable.Range(0, 3).Select(_ => Text(again)));
        Assert.NotEqual(passes[0], Text(Rows(negatives: 4, seed: 8)));
    }

    [Fact]
    public void Draws_ByPopularity_FollowTheNumberOfUsers()
    {
        // 90 users have item 0, 10 have item 1, and one user has neither but item 2: what is drawn for that one is 0 or 1.
        var users = Enumerable.Range(0, 101).ToList();
        var pairs = PositivePairs.Of([.. users.Select(user => (long)user), 101], [.. users.Select(user => user < 90 ? 0 : user < 100 ? 1 : 2)], [.. users.Select(_ => 1f)], itemCount: 3);

        double ShareOfItem0(double popularity)
        {
            var drawn = new SampledRows(pairs, 4000, popularity, 1, (_, _) => { }).Where(row => row is { Label: false, User: 100 }).ToList();
            return drawn.Count(row => row.Item == 0) / (double)drawn.Count;
        }

        Assert.InRange(ShareOfItem0(0), 0.46, 0.54);
        Assert.InRange(ShareOfItem0(0.5), 0.71, 0.79);
        Assert.InRange(ShareOfItem0(1), 0.87, 0.93);
    }

    [Fact]
    public void Pass_UserHasEverything_GivesNoPairThatDidNotHappen()
    {
        var pairs = PositivePairs.Of([0, 2], [0, 1], [1, 1], itemCount: 2);

        Assert.All(new SampledRows(pairs, 5, 0.5, 1, (_, _) => { }), row => Assert.True(row.Label));
    }

    [Fact]
    public void Pass_Report_NamesThePass()
    {
        var reports = new List<(int Pass, double Part)>();
        var rows = new SampledRows(Pairs, 1, 0, 1, (pass, part) => reports.Add((pass, part)));
        _ = rows.Count();
        _ = rows.Count();

        Assert.Equal([(0, 0), (1, 0)], reports);
    }

    private static SampledRows Rows(int negatives, int seed = 7) => new(Pairs, negatives, 0.5, seed, (_, _) => { });

    private static string Text(SampledRows rows) => string.Join(' ', rows.Select(row => $"{row.User}{(row.Label ? '+' : '-')}{row.Item}"));
}
