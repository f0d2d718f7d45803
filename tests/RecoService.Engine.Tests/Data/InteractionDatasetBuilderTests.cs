using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class InteractionDatasetBuilderTests
{
    [Fact]
    public void Build_AnyOrder_GroupsByUserAndSortsByTime()
    {
        var dataset = Datasets.Of(
            (9, 30, Datasets.View, 0, 50), (4, 10, Datasets.Purchase, 0, 20), (9, 10, Datasets.Rating, 4, 10), (9, 20, Datasets.Purchase, 0, 30));

        Assert.Equal([4, 9], dataset.Users.Keys);
        Assert.Equal([10, 20, 30], dataset.Items.Keys);
        Assert.Equal([0, 1, 2], dataset.UserItemIndexes(1));
        Assert.Equal([10L, 30, 50], dataset.UserTimes(1));
        Assert.Equal([Datasets.Rating, Datasets.Purchase, Datasets.View], dataset.UserKinds(1));
        Assert.Equal([4f, 0, 0], dataset.UserValues(1));
        Assert.Equal(1, dataset.UserCount(0));
        Assert.Equal(50, dataset.LatestTime);
    }

    [Fact]
    public void Build_SameTime_KeepsTheOrderOfArrival()
    {
        var interactions = Enumerable.Range(0, 200).Select(arrival => (User: 1, Item: (arrival * 37) % 200, Datasets.View, 0f, (long)(arrival % 2 == 0 ? 5 : 3)));

        var dataset = Datasets.Of([.. interactions]);

        var odd = Enumerable.Range(0, 200).Where(arrival => arrival % 2 == 1);
        var even = Enumerable.Range(0, 200).Where(arrival => arrival % 2 == 0);
        Assert.Equal(odd.Concat(even).Select(arrival => (arrival * 37) % 200), dataset.UserItemIndexes(0).ToArray().Select(index => dataset.Items[index]));
    }

    [Fact]
    public void Build_Nothing_IsEmpty()
    {
        var dataset = new InteractionDatasetBuilder(InteractionKinds.Default).Build("mark");

        Assert.Equal((0, 0, 0), (dataset.Users.Count, dataset.Items.Count, dataset.Count));
        Assert.Null(dataset.LatestTime);
        Assert.Equal("mark", dataset.Watermark);
        Assert.Empty(dataset.UserItems.Entries());
        Assert.Empty(dataset.ItemUsers.Entries());
        Assert.Empty(dataset.Ratings.Entries());
    }

    [Fact]
    public void Add_UnknownKind_Throws()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(1, 1, (byte)InteractionKinds.Default.Count, 0, 0));
    }
}
