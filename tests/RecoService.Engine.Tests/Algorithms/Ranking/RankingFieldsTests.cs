using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Data;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class RankingFieldsTests
{
    private const long Day = TimeSpan.MillisecondsPerDay;
    private const long Hour = 3_600_000;

    private static readonly float[] Numbers = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f];

    /// <summary>
    /// User 1 did something with the items 10 and 20, the last on the 4th of January 1970, a Sunday, at 9; user 2 with 20 at 8 on the 1st, a Thursday. The one list is of user 1: item 30, and 40, of which nothing
    /// is known.
    /// </summary>
    private static (InteractionDataset Dataset, RankingFields Fields) Shop()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(1, 10, Datasets.Purchase, 0, Day);
        builder.Add(1, 20, Datasets.Purchase, 0, (3 * Day) + (9 * Hour));
        builder.Add(2, 20, Datasets.Purchase, 0, 8 * Hour);
        builder.AddContent(10, new ItemContent { Categories = ["tools"], Price = 1 });
        builder.AddContent(30, new ItemContent { Categories = ["garden", "toys"], Attributes = ["size=1"], Price = 2 });
        builder.AddItem(40);
        var dataset = builder.Build();
        return (dataset, RankingFields.Of(dataset, new RankingLists([0, 2], [0], [2, 3], [true, false], new float[2 * UserItemFeatures.Count])));
    }

    [Fact]
    public void Of_OneList_NumbersWhatOccursFieldByField()
    {
        // The user; the items 10 and 20 as done last; hour 9; Sunday; the items 30 and 40; garden and toys; the size; a band of prices; five numbers.
        Assert.Equal(["user", "recent", "hour", "weekday", "item", "category", "attribute", "price", "numbers"], RankingFields.Names);
        Assert.Equal([0, 1, 3, 4, 5, 7, 9, 10, 11, 16], Shop().Fields.Starts);
        Assert.Equal(16, Shop().Fields.Count);
    }

    [Fact]
    public void Add_UserOfAList_IsThemselvesTheirLastItemsAndTheTime()
    {
        var (dataset, fields) = Shop();

        Assert.Equal([(0, 1), (1, Half), (2, Half), (3, 1), (4, 1)], OfUser(fields, dataset.HistoryOf(0)));
        // Nothing of user 2 is known but the item, and neither hour nor day occurred.
        Assert.Equal([(2, 1)], OfUser(fields, dataset.HistoryOf(1)));
        Assert.Empty(OfUser(fields, new UserHistory(-1)));
    }

    [Fact]
    public void Add_Item_IsItselfItsContentAndTheNumbers()
    {
        var (_, fields) = Shop();

        Assert.Equal([(5, 1), (7, Half), (8, Half), (9, 1), (10, 1), (11, 0.1f), (12, 0.2f), (13, 0.3f), (14, 0.4f), (15, 0.5f)], OfItem(fields, 2));
        Assert.Equal([(6, 1), (11, 0.1f), (12, 0.2f), (13, 0.3f), (14, 0.4f), (15, 0.5f)], OfItem(fields, 3));
        // Item 10 stood in no list, nor did its category or its price.
        Assert.Equal([11, 12, 13, 14, 15], OfItem(fields, 0).Select(entry => entry.Item1));
    }

    [Fact]
    public void NewestOf_LongHistory_AreTheNewestThatAreNotAgainst()
    {
        var history = new UserHistory(0, [0, 1, 2, 3, 4, 5, 6, 7], [1, 1, -1, 1, 1, 1, 1, 1], [90, 10, 99, 30, 40, 50, 60, 30], new float[8]);

        Assert.Equal([0, 4, 5, 6, 7], RankingFields.NewestOf(history));
    }

    [Theory]
    [InlineData(0, 0, 4)]
    [InlineData(-1, 23, 3)]
    [InlineData((2 * Day) + (23 * Hour), 23, 6)]
    [InlineData(3 * Day, 0, 0)]
    [InlineData(1_798_761_600_000 + Hour, 1, 5)] // Friday, the 1st of January 2027, at 1
    public void MomentsOf_NewestTime_AreHourAndDayOfTheWeek(long time, int hour, int day)
    {
        var history = new UserHistory(0, [0, 1], [1, 1], [time - Day, time], new float[2]);

        Assert.Equal([hour, 24 + day], RankingFields.MomentsOf(history));
    }

    [Fact]
    public void Rebase_OtherKeys_KeepsWhatIsShared()
    {
        var (dataset, fields) = Shop();
        var (users, items) = (KeyMap.FromAscending([0, 1]), KeyMap.FromAscending([5, 20, 30]));

        var rebased = fields.Rebase(dataset.Users, users, dataset.Items, items);

        Assert.Equal([(0, 1), (2, 1), (3, 1), (4, 1)], OfUser(rebased, new UserHistory(1, [1], [1], [(3 * Day) + (9 * Hour)], [0])));
        Assert.Equal(OfItem(fields, 2), OfItem(rebased, 2));
        Assert.Equal([11, 12, 13, 14, 15], OfItem(rebased, 0).Select(entry => entry.Item1));
    }

    private static float Half => 1 / MathF.Sqrt(2);

    private static List<(int, float)> OfUser(RankingFields fields, UserHistory user)
    {
        var entries = new List<FieldEntry>();
        fields.AddUser(user, entries);
        return [.. entries.Select(entry => (entry.Feature, entry.Value))];
    }

    private static List<(int, float)> OfItem(RankingFields fields, int item)
    {
        var entries = new List<FieldEntry>();
        fields.AddItem(item, Numbers, entries);
        return [.. entries.Select(entry => (entry.Feature, entry.Value))];
    }
}
