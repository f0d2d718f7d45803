using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class ListOverlapTests
{
    [Fact]
    public void Mean_ListsThatShareHalf_IsOneHalf()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var itemKey in new[] { 1, 2, 3, 4 })
            builder.Add(itemKey == 4 ? 11 : 10, itemKey, 0, 0, 0);
        var train = builder.Build();
        // User 11 has seen item 4. The first model then ranks 3, 2, 1; the second 1, 3, 2. At k = 2 they share item 3.
        var first = new PopularityModel(train.Users, train.Items, [1, 2, 3, 4]);
        var second = new PopularityModel(train.Users, train.Items, [9, 1, 3, 8]);

        Assert.Equal(0.5, ListOverlap.Mean(first, second, train, [1], k: 2, CancellationToken.None), 10);
        Assert.Equal(1, ListOverlap.Mean(first, first, train, [1], k: 2, CancellationToken.None), 10);
        Assert.Equal(1, ListOverlap.Mean(first, first, train, [1], k: 10, CancellationToken.None), 10);
        Assert.True(double.IsNaN(ListOverlap.Mean(first, second, train, [], k: 2, CancellationToken.None)));
    }

    [Fact]
    public void Mean_UserWhoHasConsumedEverything_SaysNothingAgainstAModel()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var item in new[] { 1, 2, 3, 4 })
            builder.Add(10, item, 0, 0, 0);
        builder.Add(11, 4, 0, 0, 0);
        var train = builder.Build();
        var first = new PopularityModel(train.Users, train.Items, [1, 2, 3, 4]);
        var second = new PopularityModel(train.Users, train.Items, [9, 1, 3, 8]);

        Assert.Equal(1, ListOverlap.Mean(first, second, train, [0], k: 2, CancellationToken.None), 10);
        // (1 + 1/2) / 2, as user 11's lists share one of two.
        Assert.Equal(0.75, ListOverlap.Mean(first, second, train, [0, 1], k: 2, CancellationToken.None), 10);
    }

    [Fact]
    public void Mean_OneEmptyListBesideAFullOne_IsNoAgreement()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(10, 1, 0, 0, 0);
        builder.Add(11, 2, 0, 0, 0);
        var train = builder.Build();

        Assert.Equal(0, ListOverlap.Mean(new PopularityModel(train.Users, train.Items, [1, 2]), new FixedScorer(train.Users, train.Items, (_, _) => float.NaN), train, [0, 1], k: 2, CancellationToken.None), 10);
    }
}
