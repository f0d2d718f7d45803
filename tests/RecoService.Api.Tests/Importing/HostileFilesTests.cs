using System.Text;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Importing;

/// <summary>Whatever the bytes are, an import ends with a report or with the faults of its options.</summary>
public sealed class HostileFilesTests
{
    private const string Pieces = "u,i,view\n|\"|\"\"|,|\r\n|\n|\0|{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\"}\n|{|[[[[|\\ud800|1e999|é|\ufeff|\t|é,\"é\n|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    private readonly MemoryImport import = new();

    [Theory]
    [InlineData("csv", false)]
    [InlineData("csv", true)]
    [InlineData("ndjson", false)]
    [InlineData("ndjson", true)]
    public async Task Import_RandomPieces_EndsWithAReport(string format, bool latin1)
    {
        var pieces = Pieces.Split('|').Select(Encoding.UTF8.GetBytes).Append([0xff, 0xfe]).Append([0x1f, 0x8b, 0x08]).ToArray();
        var arguments = new ImportArguments { Format = format, Encoding = latin1 ? "latin-1" : null, SkipInvalid = true };
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            byte[] start = format == "csv" && seed % 4 != 0 ? [.. "userId,itemId,kind\n"u8] : [];
            byte[] bytes = [.. start, .. Enumerable.Range(0, random.Next(200)).SelectMany(_ => pieces[random.Next(pieces.Length)])];
            if (seed % 5 == 0)
                bytes = [.. MemoryImport.Gzip(bytes).Take(random.Next(1, 200))];
            try
            {
                var report = await import.RunAsync(bytes, MemoryImport.Options(arguments) with { MaxLineBytes = 300 });

                Assert.InRange(report.Invalid, 0, report.Lines + 1);
                Assert.Equal(Math.Min(report.Invalid, ImportRun<int>.ErrorsShown), report.Errors.Count);
                Assert.Equal(report.Errors.Select(error => error.Line).Order(), report.Errors.Select(error => error.Line));
            }
            catch (InvalidRequestException e)
            {
                Assert.NotEmpty(e.Problems);
                Assert.True(format == "csv" || e.Problems[0].Field == FieldProblem.Body, e.Message);
            }
        }
    }

    [Theory]
    [InlineData("userId,itemId,kind\ru,i,view\r", null)]
    [InlineData("userId;itemId;kind\ru;i;view", ";")]
    public async Task Import_LinesEndWithCarriageReturnsAlone_IsSaid(string text, string? delimiter)
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => import.RunAsync(text, new ImportArguments { Delimiter = delimiter }));

        Assert.Contains("carriage return alone", refused.Problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_SeveralGzipMembers_AreOneFile()
    {
        byte[] packed = [.. MemoryImport.Gzip("userId,itemId,kind\nu,i,vi"u8.ToArray()), .. MemoryImport.Gzip("ew\nv,i,view\n"u8.ToArray())];

        Assert.Equal(2, (await import.RunAsync(packed)).Accepted);
    }

    [Fact]
    public async Task Import_EveryTruncationOfAGzipFile_IsRefused()
    {
        var packed = MemoryImport.Gzip("userId,itemId,kind\nu,i,view\n"u8.ToArray());

        for (var length = 1; length < packed.Length; length++)
        {
            var options = MemoryImport.Options(null) with { Gzip = true };
            var report = await import.RunAsync(packed[..length], options);
            Assert.False(report.Committed, $"{length} of {packed.Length} bytes were taken for the whole file.");
        }
    }

    [Theory]
    [InlineData(CompressionKind.Stored)]
    [InlineData(CompressionKind.Packed)]
    public async Task Import_DamagedGzip_IsRefused(CompressionKind kind)
    {
        var random = new Random(3);
        var rows = string.Concat(Enumerable.Range(0, 2_000).Select(row => $"user-{random.Next()},item-{row},view\n"));
        var packed = MemoryImport.Gzip(Encoding.UTF8.GetBytes("userId,itemId,kind\n" + rows), kind == CompressionKind.Stored);
        packed[packed.Length / 2] ^= 0x10;

        var report = await import.RunAsync(packed, new ImportArguments { SkipInvalid = true });

        Assert.False(report.Committed);
        Assert.Contains("gzip", report.Errors[^1].Reason, StringComparison.Ordinal);
    }

    public enum CompressionKind
    {
        Stored,
        Packed,
    }
}
