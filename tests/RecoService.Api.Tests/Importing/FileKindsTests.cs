using System.IO.Compression;
using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Importing;

/// <summary>A file that is no table is named for what it is, before a single row is read.</summary>
public sealed class FileKindsTests
{
    private readonly MemoryImport import = new();

    public static TheoryData<string, byte[], string> Files() => new()
    {
        { "zip", Zip("orders.csv"), "zip archive" },
        { "empty zip", Zip(), "zip archive" },
        { "xlsx", Zip("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook (xlsx)" },
        { "xlsx by another writer", Zip("xl/worksheets/sheet1.xml"), "Excel workbook (xlsx)" },
        { "ods", Zip("mimetype:application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument" },
        { "bzip2", "BZh91AY&SY\x01\x02"u8.ToArray(), "bzcat" },
        { "xz", [0xfd, .. "7zXZ\0\0"u8, 4], "xzcat" },
        { "zstd", [0x28, 0xb5, 0x2f, 0xfd, 4, 0], "zstdcat" },
        { "lz4", [0x04, 0x22, 0x4d, 0x18, 0x64], "lz4cat" },
        { "7z", [.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c, 0, 4], "7z archive" },
        { "rar", "Rar!\x1a\x07\x01\x00"u8.ToArray(), "RAR archive" },
        { "tar", [.. new byte[257], .. "ustar\0"u8, .. new byte[200]], "tar archive" },
        { "xls", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0], "old Excel workbook" },
        { "pdf", "%PDF-1.7\n"u8.ToArray(), "PDF document" },
        { "parquet", "PAR1\x15\x04"u8.ToArray(), "Parquet" },
        { "sqlite", "SQLite format 3\0"u8.ToArray(), "SQLite database" },
        { "html", "<!DOCTYPE html>\n<html><body>Log in</body></html>"u8.ToArray(), "log-in page" },
        { "html after blank lines and a mark", [0xef, 0xbb, 0xbf, .. "\r\n\r\n  <HTML lang=en>"u8], "web page" },
        { "xhtml", "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">"u8.ToArray(), "web page" },
        { "xml feed", "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel/></rss>"u8.ToArray(), "is XML" },
        { "utf-16 with a mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("userId\titemId\n")], "encoding utf-16," },
        { "utf-16 without a mark", Encoding.Unicode.GetBytes("userId\titemId\tkind\nu\ti\tview\n"), "encoding utf-16," },
        { "big-endian utf-16", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("userId\n")], "encoding utf-16be" },
        { "json", "{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\"}\n"u8.ToArray(), "is JSON" },
        { "json array", "[\n  {\"userId\":\"u\"}\n]"u8.ToArray(), "is JSON" },
        { "git lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"u8.ToArray(), "git lfs pull" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Import_FileThatIsNoTable_IsNamedForWhatItIs(string kind, byte[] file, string expected)
    {
        foreach (var bytes in new[] { file, MemoryImport.Gzip(file) })
        {
            var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => import.RunAsync(bytes));

            var problem = Assert.Single(refused.Problems);
            Assert.Equal(FieldProblem.Body, problem.Field);
            Assert.True(problem.Reason.Contains(expected, StringComparison.Ordinal), $"{kind}: {problem.Reason}");
            Assert.Equal(bytes != file, problem.Reason.StartsWith("(in the gzip file)", StringComparison.Ordinal));
        }

        Assert.Empty(import.Hashes);
    }

    [Fact]
    public async Task Import_GzipInGzip_IsNamed()
    {
        var twice = MemoryImport.Gzip(MemoryImport.Gzip("userId,itemId,kind\nu,i,view\n"u8.ToArray()));

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => import.RunAsync(twice));

        Assert.Contains("gzip twice", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("userId,itemId,kind\n<b>u</b>,<html>,view\n", "<html>")]
    [InlineData("userId,itemId,kind\nPK\u0003\u0004,{},view\n", null)]
    [InlineData("userId,itemId,kind\nu,\"{\"\"a\"\":1}\",view\n", "{\"a\":1}")]
    [InlineData("userId,itemId,kind\nBZh,ORC,view\n", "ORC")]
    public async Task Import_TableThatHoldsSuchTexts_IsRead(string csv, string? itemId)
    {
        var report = await import.RunAsync(csv, new ImportArguments { SkipInvalid = true });

        Assert.Equal(itemId, import.Interactions.Select(pair => pair.Row.ItemId).SingleOrDefault());
        Assert.Equal(1, report.Lines);
    }

    [Fact]
    public async Task Import_FileShorterThanALook_IsRead() =>
        Assert.Equal(1, (await import.RunAsync("userId,itemId,kind\nu,i,view")).Accepted);

    private static byte[] Zip(params string[] entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                var parts = entry.Split(':');
                using var content = archive.CreateEntry(parts[0], CompressionLevel.NoCompression).Open();
                content.Write(Encoding.ASCII.GetBytes(parts.Length > 1 ? parts[1] : "userId,itemId\n"));
            }
        }

        return bytes.ToArray();
    }
}
