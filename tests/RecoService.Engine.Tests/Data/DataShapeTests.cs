using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class DataShapeTests
{
    [Fact]
    public void Of_CountsPairsAndTheirSquares()
    {
        // User 0 has items 0, 1, 2, one of them twice; user 1 has item 0; user 2 has nothing, and nobody has item 3.
        var shape = DataShape.Of(Datasets.Of(
            (0, 0, Datasets.Purchase, 0f, 1L), (0, 1, Datasets.Purchase, 0f, 2L), (0, 2, Datasets.Purchase, 0f, 3L), (0, 2, Datasets.Purchase, 0f, 4L), (1, 0, Datasets.Purchase, 0f, 5L)));

        Assert.Equal(new DataShape(Users: 2, Items: 3, Pairs: 4, PairsByUser: 9 + 1, PairsByItem: 4 + 1 + 1), shape);
    }

    [Fact]
    public void Of_NoInteractions_IsNothing() => Assert.Equal(new DataShape(0, 0, 0, 0, 0), DataShape.Of(Datasets.Empty));

    [Fact]
    public void Even_HasAsManyOfEverybody() => Assert.Equal(new DataShape(10, 5, 100, 10 * 100, 5 * 400), DataShape.Even(10, 5, 100));

    [Fact]
    public void OfUsers_APart_HasFewerUsersWithAsManyItems()
    {
        var part = DataShape.Even(90, 30, 900).OfUsers(1.0 / 3);

        Assert.Equal((30.0, 30.0, 300.0), (part.Users, part.Items, Math.Round(part.Pairs, 6)));
        Assert.Equal(30 * 100, part.PairsByUser, 6);
        Assert.Equal(30 * 100, part.PairsByItem, 6);
    }

    [Fact]
    public void DistanceTo_IsThatOfTheRatios()
    {
        var shape = DataShape.Even(100, 100, 1000);

        Assert.Equal(0, shape.DistanceTo(DataShape.Even(1_000_000, 1_000_000, 10_000_000)), 9);
        // Ten times as many per user, as many per item.
        Assert.Equal(Math.Log(10), shape.DistanceTo(DataShape.Even(100, 1000, 10_000)), 9);
        Assert.True(double.IsFinite(shape.DistanceTo(new DataShape(0, 0, 0, 0, 0))));
    }
}
