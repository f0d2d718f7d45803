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
    [InlineData(FileFormat.Lists, "1 2\n\n3", "line 3: a user and at least one item are expected")]
    [InlineData(FileFormat.Ratings, "1 2 3\n1 2 x", "line 2: 'x' is no rating")]
    [InlineData(FileFormat.Ratings, "1 2 3\n1 2 NaN", "line 2: 'NaN' is no rating")]
    [InlineData(FileFormat.Ratings, "1 2 3 yesterday", "line 1: 'yesterday' is no time")]
    public void Read_BadLine_NamesFileLineAndReason(FileFormat format, string text, string reason)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(text, new FileLayout(format)));
        Assert.StartsWith($"{path}, {reason}", exception.Message, StringComparison.Ordinal);
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
