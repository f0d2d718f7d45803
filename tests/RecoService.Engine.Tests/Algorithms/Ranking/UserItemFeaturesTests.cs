using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class UserItemFeaturesTests
{
    private const long Day = TimeSpan.MillisecondsPerDay;

    /// <summary>User 1 bought the items 10 and 20 on the days 1 and 3, user 2 the item 30 on day 7. 40 has no price, no category, no buyer.</summary>
    private static InteractionDataset Dataset()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(1, 10, Datasets.Purchase, 0, 1 * Day);
        builder.Add(1, 20, Datasets.Purchase, 0, 3 * Day);
        builder.Add(2, 20, Datasets.Purchase, 0, 4 * Day);
        builder.Add(2, 30, Datasets.Purchase, 0, 7 * Day);
        builder.AddContent(10, new ItemContent { Price = 2, Categories = ["tools"] });
        builder.AddContent(20, new ItemContent { Price = 8, Categories = ["tools", "garden"] });
        builder.AddContent(30, new ItemContent { Price = 8, Categories = ["garden", "toys"] });
        builder.AddItem(40);
        return builder.Build();
    }

    [Fact]
    public void Fill_AllKnown_IsAsComputedByHand()
    {
        var row = RowOf(2, 0.7f);

        Assert.Equal(Math.Log(2), row[0], 1e-6); // one buyer
        Assert.Equal(Math.Log(2), row[1], 1e-6); // price 8 against the geometric mean of 2 and 8, which is 4
        Assert.Equal(0.5, row[2], 1e-6); // "garden": one of their two; "toys": none
        Assert.Equal(0.7f, row[UserItemFeatures.FirstStage]);
        Assert.Equal(0, row[4], 1e-6); // sold on the newest day
        Assert.Equal(-Math.Log(7), RowOf(0, 0)[4], 1e-6); // sold last on day 1, and the newest day is 7
    }

    [Fact]
    public void Fill_NothingKnownOfTheItem_IsNeutral()
    {
        var row = RowOf(3, 0.1f);

        Assert.Equal([0f, 0, 0], row[..UserItemFeatures.FirstStage]);
        Assert.Equal(0, row[4]);
    }

    [Fact]
    public void Fill_NoHistory_IsNeutral()
    {
        var row = new float[UserItemFeatures.Count];
        UserItemFeatures.Of(Dataset()).Fill(new UserHistory(-1), [0], [1], row);
        Assert.Equal((0f, 0f), (row[1], row[2]));
    }

    private static float[] RowOf(int item, float firstScore)
    {
        var dataset = Dataset();
        var row = new float[UserItemFeatures.Count];
        UserItemFeatures.Of(dataset).Fill(dataset.HistoryOf(0), [item], [firstScore], row);
        return row;
    }
}
