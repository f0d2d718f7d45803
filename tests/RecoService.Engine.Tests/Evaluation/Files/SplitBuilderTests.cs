using RecoService.Lab.Files;

namespace RecoService.Engine.Tests.Evaluation.Files;

public sealed class SplitBuilderTests
{
    [Fact]
    public void Build_RowsOutOfOrder_KeepTheirPartBesideThem()
    {
        var builder = new SplitBuilder();
        builder.Add(new("20", "300", Time: 9), part: 1);
        builder.Add(new("3", "7", Rating: 4, Time: 5), part: 2);
        builder.Add(new("20", "4", Time: 1));

        var (all, parts) = builder.Build();

        Assert.Equal([3, 20], all.Users.Keys);
        Assert.Equal([4, 7, 300], all.Items.Keys);
        Assert.Equal([0, 2], all.UserItemIndexes(1));
        Assert.Equal<byte>([2, 0, 1], parts);
        Assert.Equal([(0, 1, 4f)], all.Ratings.Entries());
    }

    [Fact]
    public void Build_RowsWithoutTimes_AreInOrderOfTheFile()
    {
        var builder = new SplitBuilder();
        foreach (var item in new[] { "c", "a", "b" })
            builder.Add(new("u", item));
        Assert.Equal([0, 1, 2], builder.Build().All.UserItemIndexes(0));
    }

    [Fact]
    public void IdTable_Numbers_AreTheirOwnKeysUnlessOneIsNone()
    {
        var table = new IdTable();
        Assert.Equal([0, 1, 0], new[] { "12", "5", "12" }.Select(table.PositionOf));
        Assert.Equal([12, 5], new[] { 0, 1 }.Select(table.KeyOf));
        Assert.True(table.TryGetKey("5", out var key) && key == 5);
        Assert.False(table.TryGetKey("6", out _));

        // 05 is not how the number 5 is written, so the two ids must not share a key.
        table.PositionOf("05");
        Assert.Equal([0, 1, 2], new[] { 0, 1, 2 }.Select(table.KeyOf));
    }
}
