using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Data;

public sealed class UserHistoryTests
{
    [Fact]
    public void HistoryOf_SeveralInteractionsWithAnItem_GivesSumLastTimeAndLastRating()
    {
        // Item 7: viewed at 1 (weight 1) and at 5 (1). Item 9: rated 2 at 3 and 4 at 4; only the last rating counts as a rating.
        var dataset = Datasets.Of(
            (1, 7, Datasets.View, 0, 1), (1, 9, Datasets.Rating, 2, 3), (1, 9, Datasets.Rating, 4, 4), (1, 7, Datasets.View, 0, 5), (2, 7, Datasets.View, 0, 9));

        var history = dataset.HistoryOf(0);

        Assert.Equal(0, history.UserIndex);
        Assert.Equal([0, 1], history.Items);
        Assert.Equal([2f, 5 * (2 / 5f) + 5 * (4 / 5f)], history.Weights);
        Assert.Equal([5L, 4], history.Times);
        Assert.Equal([float.NaN, 4], history.Ratings);
        Assert.Equal([9L], dataset.HistoryOf(1).Times);
    }

    [Fact]
    public void Weights_KindsWithAHalfLife_HalveWithEachOne()
    {
        const long Day = 24 * 60 * 60 * 1000;
        var kinds = new InteractionKinds([new("view", 1, Consumes: false), new(InteractionKind.Rating, 5, Consumes: true)], halfLifeDays: 2);
        var builder = new InteractionDatasetBuilder(kinds);
        builder.Add(1, 1, 0, 0, 0);
        builder.Add(1, 2, 0, 0, 2 * Day);
        builder.Add(1, 3, 0, 0, 4 * Day);

        Assert.Equal([0.25f, 0.5f, 1], builder.Build().HistoryOf(0).Weights);
    }

    [Fact]
    public void ContentOf_CatalogueItems_IsKnownForThoseAndTheyAreItemsWithoutInteractions()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(1, 5, Datasets.View, 0, 0);
        builder.AddContent(4, new ItemContent { Title = "first" });
        builder.AddContent(4, new ItemContent { Title = "second" });

        var dataset = builder.Build();

        Assert.True(dataset.HasContent);
        Assert.Equal([4, 5], dataset.Items.Keys);
        Assert.Equal("second", dataset.ContentOf(0)?.Title);
        Assert.Null(dataset.ContentOf(1));
        Assert.Equal(0, dataset.ItemUsers.RowLength(0));
        Assert.False(Datasets.Empty.HasContent);
    }

    [Fact]
    public void New_PartsOfDifferentLengths_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserHistory(0, [1, 2], [1], [1, 2], [1, 2]).Items.Length);
}
