using System.Text;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Options;
using RecoService.Storage;

namespace RecoService.Api.Tests.Importing;

public sealed class NdjsonImportTests
{
    private static readonly ImportArguments Ndjson = new() { Format = "ndjson" };
    private readonly MemoryImport import = new();

    [Fact]
    public async Task Import_Lines_AreInteractions()
    {
        var report = await import.RunAsync(
            "\ufeff{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\"}\r\n\n  \n{\"userId\":\"v\",\"itemId\":\"j\",\"kind\":\"rating\",\"value\":3}", Ndjson);

        Assert.Equal((true, 2L, 2L), (report.Committed, report.Lines, report.Accepted));
        Assert.Equal([(1L, "u"), (4L, "v")], import.Interactions.Select(pair => (pair.Line, pair.Row.UserId)));
    }

    [Fact]
    public async Task Import_BadLines_AreNamed()
    {
        var bytes = Encoding.Latin1.GetBytes("{\n[]\n{\"userId\":\"u\",\"itemId\":\"\xe9\",\"kind\":\"view\"}\n{\"user\":1}\nnull\n{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\"}\n");

        var report = await import.RunAsync(bytes, Ndjson with { SkipInvalid = true });

        Assert.Equal(
            [
                new ImportError(1, "body is not valid JSON at line 1, byte 2"),
                new ImportError(2, "body must be an object"),
                new ImportError(3, "the line is not valid UTF-8; a file from Excel or an older system is read with --encoding windows-1252"),
                new ImportError(4, "user is not a known field; map it, or pass over it with --ignore or --ignore-unknown"),
                new ImportError(5, "body is null"),
            ],
            report.Errors);
        Assert.Equal(1, report.Accepted);
    }

    [Fact]
    public async Task Import_ItemsAndUsers_CarryTheirId()
    {
        await import.RunAsync("{\"itemId\":\"i\",\"title\":\"Mug\",\"price\":2}\n", Ndjson, ImportTarget.Items);
        await import.RunAsync("{\"userId\":\"u\",\"attributes\":{\"a\":1}}\n", Ndjson, ImportTarget.Users);

        Assert.Equal(("i", "Mug", 2m), (import.Items[0].Row.ItemId, import.Items[0].Row.Record.Title, import.Items[0].Row.Record.Price));
        Assert.Equal(new ImportedUser("u", """{"a":1}"""), import.Users[0].Row);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(10_000_000)]
    public async Task Import_TooLongLine_IsBadAndTheNextLinesAreRead(int length)
    {
        const string Good = "{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\"}\n";
        var options = MemoryImport.Options(Ndjson with { SkipInvalid = true }) with { MaxLineBytes = 90_000 };

        var report = await import.RunAsync(Encoding.UTF8.GetBytes($"{Good}\"{new string('x', length)}\n{Good}"), options);

        Assert.Equal(new ImportError(2, "the line is longer than 90000 bytes"), Assert.Single(report.Errors));
        Assert.Equal([1L, 3L], import.Interactions.Select(pair => pair.Line));
    }
}
