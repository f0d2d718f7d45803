using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class ValidationPartTests
{
    /// <summary>Ten users buy ten items each, all on the same ten days.</summary>
    private static InteractionDataset Spread(int users = 10) => Datasets.Of(
        [.. from user in Enumerable.Range(0, users) from day in Enumerable.Range(0, 10) select (user, (user + day) % 20, Datasets.Purchase, 0f, (long)day)]);

    [Fact]
    public void Of_AutoWithSpreadInTime_KeepsBackTheNewest()
    {
        var part = ValidationPart.Of(Spread(), ValidationCut.Auto, 0.2, 100, 1);

        Assert.False(part.IsRandom);
        Assert.Equal(10, part.Users.Length);
        Assert.Equal(7, part.Train.LatestTime);
        Assert.Equal([8, 9], part.Relevant.RowColumns(0).ToArray());
    }

    [Fact]
    public void Of_AutoWithoutSpread_CutsAtRandom()
    {
        var dataset = Datasets.Of([.. from user in Enumerable.Range(0, 10) from item in Enumerable.Range(0, 10) select (user, item, Datasets.Purchase, 0f, 5L)]);

        var part = ValidationPart.Of(dataset, ValidationCut.Auto, 0.2, 100, 1);

        Assert.True(part.IsRandom);
        Assert.All(part.Users, user => Assert.Equal(2, part.Relevant.RowLength(user)));
    }

    [Fact]
    public void Of_AutoWhereOneUserOwnsTheNewest_DoesNotJudgeByThemAlone()
    {
        var dataset = Datasets.Of(
        [
            .. from user in Enumerable.Range(0, 50) from day in Enumerable.Range(0, 10) select (user, (user + day) % 20, Datasets.Purchase, 0f, (long)day),
            .. Enumerable.Range(0, 400).Select(view => (99, view % 21, Datasets.View, 0f, view == 0 ? 0L : 100 + view)),
        ]);

        Assert.InRange(ValidationPart.Of(dataset, ValidationCut.Auto, 0.2, 100, 1).Users.Length, 25, 51);
    }

    [Fact]
    public void Of_Last_KeepsBackEachUsersLast()
    {
        var part = ValidationPart.Of(Spread(), ValidationCut.Last, 0.2, 100, 1);
        Assert.Equal([9], part.Relevant.RowColumns(0).ToArray());
    }

    [Fact]
    public void Of_LastBasket_KeepsBackAllOfTheLastTime()
    {
        var kinds = new InteractionKinds([new("purchase", 8, Consumes: false), new(InteractionKind.Rating, 5, Consumes: true)]);
        var builder = new InteractionDatasetBuilder(kinds);
        foreach (var (item, time) in new[] { (1, 10), (2, 10), (1, 20), (3, 30), (1, 30) })
            builder.Add(7, item, 0, 0, time);
        builder.Add(8, 1, 0, 0, 40);

        var part = ValidationPart.Of(builder.Build(), ValidationCut.LastBasket, 0.2, 100, 1);

        // Item 1 is taken again, and may be listed; user 8 has one basket.
        Assert.Equal([0, 2], part.Relevant.RowColumns(0).ToArray());
        Assert.Equal([0], part.Users);
        Assert.False(part.IsRandom);
        var mask = part.NewMask();
        mask.Set(0);
        Assert.False(mask.Blocked.ContainsAnyExcept(0UL));
    }

    [Fact]
    public void Of_MoreUsersThanWanted_DrawsSome()
    {
        var part = ValidationPart.Of(Spread(50), ValidationCut.Auto, 0.2, 7, 1);
        Assert.Equal(7, part.Users.Length);
        Assert.Equal(part.Users.Order().Distinct(), part.Users);
        Assert.NotEqual(part.Users, ValidationPart.Of(Spread(50), ValidationCut.Auto, 0.2, 7, 2).Users);
    }
}
