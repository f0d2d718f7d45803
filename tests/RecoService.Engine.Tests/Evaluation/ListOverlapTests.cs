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
        Assert.True(double.IsNaN(ListOverlap.Mean(first, second, train, [], k: 2, CancellationToken.None)));
    }
}
