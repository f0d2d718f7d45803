using System.IO.Compression;
using RecoService.Lab.Files;

namespace RecoService.Engine.Tests.Evaluation.Files;

public sealed class InteractionFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData("1\t2\t5\n3\t4\t1")]
    [InlineData("1 2\n\n3  4")]
    [InlineData("1,2\r\n3,4\r\n")]
    [InlineData("1::2::5::978300760\n3::4::1::978300761")]
    public void Read_Pairs_TakesTheFirstTwoColumns(string text) =>
        Assert.Equal([new("1", "2"), new("3", "4")], Read(text, new FileLayout(FileFormat.Pairs)));

    [Fact]
    public void Read_PairsWithNamedColumns_TakesThese() =>
        Assert.Equal(
            [new("u", "i, \"j\"", Time: 1_322_742_360_000)],
            Read("when,what,who\n2011-12-01 12:26:00,\"i, \"\"j\"\"\",u", new FileLayout(FileFormat.Pairs, Columns: ["time", "item", "user"], HasHeader: true)));

    [Fact]
    public void Read_Lists_GivesEachItemInOrder() =>
        Assert.Equal([new("7", "a"), new("7", "c"), new("7", "b"), new("8", "a")], Read("7 a c b\n8 a \n", new FileLayout(FileFormat.Lists)));

    [Theory]
    [InlineData("userId,movieId,rating,timestamp\n1,2,3.5,881250949")]
    [InlineData("1\t2\t3.5\t881250949000")]
    public void Read_Ratings_TakesTimesInSecondsOrMillisecondsAndPassesOverAHeader(string text) =>
        Assert.Equal([new("1", "2", 3.5f, 881_250_949_000)], Read(text, new FileLayout(FileFormat.Ratings)));

    [Fact]
    public void Read_RatingsWithoutTimes_HaveNone() =>
        Assert.Equal([new("1", "2", 4f)], Read("1;2;4", new FileLayout(FileFormat.Ratings)));

    private const long Day = TimeSpan.MillisecondsPerDay;

    [Theory]
    [InlineData("""{"u": [[1, "b"], [1]], "v": [["c"]]}""")]
    [InlineData("{\"user\": \"u\", \"baskets\": [[\"1\", \"b\"], [\"1\"]]}\n\n{\"user\": \"v\", \"baskets\": [[\"c\"]]}")]
    [InlineData(" \n{\"u\":\n [[1, \"b\"],\n [1]]}{\"v\": [[\"c\"], []]}")]
    public void Read_BasketsOfJson_GivesEachBasketATimeOfItsOwn(string text) => Assert.Equal(
        [("u", "1", 0), ("u", "b", 0), ("u", "1", Day), ("v", "c", 0)],
        Read(text, new FileLayout(FileFormat.Baskets)).Select(row => (row.User, row.Item, row.Time!.Value)));

    [Fact]
    public void Read_BasketsOfUserAndBasketsAsNames_AreUsers() => Assert.Equal(
        [("user", "1", 0), ("other", "2", 0), ("other", "3", Day)],
        Read("""{"user": [[1]], "other": [[2], [3]]}""", new FileLayout(FileFormat.Baskets)).Select(row => (row.User, row.Item, row.Time!.Value)));

    [Fact]
    public void Read_BasketsOfOrders_TakesTheEarliestTimeOfEachAndTellsThemApart()
    {
        // Order 7 was begun before order 9, though it stands behind it; order 8 has the time of order 7. Another user may use the same numbers.
        const string Text = "u,9,a,2000000000100\nu,7,b,2000000000050\nu,7,c,2000000000060\nu,8,d,2000000000050\nv,9,a,2000000000001";

        Assert.Equal(
            [("u", "a", 100), ("u", "b", 50), ("u", "c", 50), ("u", "d", 51), ("v", "a", 1)],
            Read(Text, new FileLayout(FileFormat.Baskets)).Select(row => (row.User, row.Item, row.Time!.Value - 2_000_000_000_000)));
    }

    [Fact]
    public void Read_BasketsOfOrdersWithoutTimes_StandInTheOrderOfTheFile() => Assert.Equal(
        [("u", "a", 0), ("u", "b", 0), ("u", "c", Day), ("v", "a", 0), ("u", "d", 0)],
        Read("item;user;basket\na;u;2\nb;u;2\nc;u;1\na;v;5\nd;u;2", new FileLayout(FileFormat.Baskets, Columns: ["item", "user", "order"], HasHeader: true))
            .Select(row => (row.User, row.Item, row.Time!.Value)));

    [Theory]
    [InlineData("{\"u\": [1]}", "basket 1 of user 'u' is no list")]
    [InlineData("{\"u\": 1}", "the baskets of user 'u' are no list")]
    [InlineData("{\"u\": [[true]]}", "an id is a text or a number, not true")]
    [InlineData("{\"u\": [[\"\"]]}", "an id is a text or a number")]
    [InlineData("{\"u\": [[1]]", "line")]
    [InlineData("{\"u\": [[1]]} [2]", "an object of users")]
    [InlineData("1,2", "line 1: 3 fields are expected, 2 found")]
    public void Read_BadBaskets_SaysWhatIsWrong(string text, string reason)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(text, new FileLayout(FileFormat.Baskets)));
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Read_BasketsWithoutOrders_AreRefused() =>
        Assert.Contains("name no order", Assert.Throws<InvalidDataException>(() => Read("1,2", new FileLayout(FileFormat.Baskets, Columns: ["user", "item"]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_PackedFile_IsUnpacked()
    {
        using (var packed = new GZipStream(File.Create(path), CompressionMode.Compress))
            packed.Write("1 2"u8);
        Assert.Equal([new("1", "2")], InteractionFile.Read(path, new FileLayout(FileFormat.Pairs)));
    }

    [Theory]
    [InlineData(FileFormat.Pairs, "1 2\n3", "line 2: 2 fields are expected, 1 found")]
    [InlineData(FileFormat.Pairs, "1,2\n,4", "line 2: the user is empty")]
    [InlineData(FileFormat.Ratings, "1 2 3\n1 2 x", "line 2: 'x' is no rating")]
    [InlineData(FileFormat.Ratings, "1 2 3\n1 2 NaN", "line 2: 'NaN' is no rating")]
    [InlineData(FileFormat.Ratings, "1 2 3 yesterday", "line 1: 'yesterday' is no time")]
    public void Read_BadLine_NamesFileLineAndReason(FileFormat format, string text, string reason)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(text, new FileLayout(format)));
        Assert.StartsWith($"{path}, {reason}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ListsOfUsersWithoutItems_ArePassedOver() =>
        Assert.Equal([new("1", "2"), new("4", "5")], Read("1 2\n\n3\n4 5", new FileLayout(FileFormat.Lists)));

    /// <summary>A file of ratings that is read as pairs, and one with a column too many.</summary>
    [Theory]
    [InlineData(FileFormat.Pairs, "1 2\n1 2 5", "line 2: 3 fields are found, and 2 are named")]
    [InlineData(FileFormat.Ratings, "1 2 3 4 5", "line 1: 5 fields are found, and 4 are named")]
    public void Read_MoreFieldsThanColumns_IsAFaultWhereTheLayoutIsStrict(FileFormat format, string text, string reason)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(text, new FileLayout(format) { IsStrict = true }));
        Assert.StartsWith($"{path}, {reason}", exception.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Read(text, new FileLayout(format)));
    }

    [Fact]
    public void Read_ColumnsWithoutAUser_Throws() =>
        Assert.Throws<InvalidDataException>(() => Read("1 2", new FileLayout(FileFormat.Pairs, Columns: ["item", "time"])));

    private List<FileInteraction> Read(string text, FileLayout layout)
    {
        File.WriteAllText(path, text);
        return [.. InteractionFile.Read(path, layout)];
    }
}
