using System.CommandLine;
using System.Text.RegularExpressions;
using RecoService.Api.Commands;
using RecoService.Api.Tests.Importing;
using Spectre.Console;

namespace RecoService.Api.Tests.Commands;

public sealed class ImportCommandTests : IDisposable
{
    private readonly MemoryImport import = new();
    private readonly StringWriter output = new();
    private readonly string folder = Directory.CreateTempSubdirectory("reco-import-").FullName;

    public void Dispose()
    {
        output.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Import_GoodFile_EndsWithZeroAndShowsTheCounts()
    {
        var file = Write("u.data", "196\t242\t3\t881250949\n186\t302\t4\t891717742\n");

        var exit = await RunAsync(
            "interactions", file, "--delimiter", "tab", "--no-header", "--map", "userId=1", "--map", "itemId=2", "--map", "value=3", "--map", "occurredAt=4",
            "--set", "kind=rating");

        Assert.Equal(0, exit);
        Assert.Equal(["196", "186"], import.Interactions.Select(pair => pair.Row.UserId));
        Assert.Contains("100% read, 2 lines, 0 bad", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(new Regex(@"2 +\W +2 +\W +0 +\W +0 +\W +0", RegexOptions.None, TimeSpan.FromSeconds(1)), output.ToString());
    }

    [Fact]
    public async Task Import_BadRow_EndsWithOneAndNamesIt()
    {
        var exit = await RunAsync("interactions", Write("a.csv", "userId,itemId,kind\nu,i,[foo]\n"));

        Assert.Equal(1, exit);
        Assert.Contains("line 2: kind '[foo]' is unknown", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Nothing was stored", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_BadRowSkipped_EndsWithZero()
    {
        var file = Write("a.csv", "userId,itemId,kind,q\nu,i,foo,1\nu,i,view,0\nu,i,view,1\n");

        Assert.Equal(0, await RunAsync("interactions", file, "--skip-invalid", "--drop-when", "q<=0"));
        Assert.Single(import.Interactions);
    }

    [Fact]
    public async Task Import_NdjsonByName_IsReadAsNdjson()
    {
        Assert.Equal(0, await RunAsync("items", Write("items.jsonl", "{\"itemId\":\"i\",\"title\":\"Mug\"}\n")));
        Assert.Equal("Mug", import.Items[0].Row.Record.Title);
    }

    [Theory]
    [InlineData("--drop-when", "Quantity", "--drop-when 'Quantity' is no condition")]
    [InlineData("--time-zone", "Mars", "--time-zone 'Mars' is unknown")]
    [InlineData("--map", "userId=who", "--map names the column 'who'")]
    public async Task Import_WrongOption_IsNamedAsItIsWritten(string option, string value, string expected)
    {
        Assert.Equal(1, await RunAsync("interactions", Write("a.csv", "userId,itemId,kind\nu,i,view\n"), option, value));
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
        Assert.Empty(import.Hashes);
    }

    [Fact]
    public async Task Import_MissingFile_EndsWithOne()
    {
        Assert.Equal(1, await RunAsync("users", Path.Combine(folder, "none.csv")));
        Assert.Contains("none.csv", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_NamedPipe_IsReadToItsEnd(bool isPacked)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other pipes.");
        var pipe = Path.Combine(folder, "pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        var text = "userId,itemId,kind\n" + string.Concat(Enumerable.Range(0, 20_000).Select(row => $"user-{row},i,view\n"));
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);

        var writing = Task.Run(() => File.WriteAllBytes(pipe, isPacked ? MemoryImport.Gzip(bytes) : bytes));
        var exit = await RunAsync("interactions", pipe);
        await writing;

        Assert.Equal((0, 20_000), (exit, import.Interactions.Count));
    }

    [Fact]
    public async Task Import_CancelledWhileAPipeIsSilent_StoresNothingAndSaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other pipes.");
        var pipe = Path.Combine(folder, "silent");
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();

        var running = RunAsync(cancel.Token, "interactions", pipe);
        await using (var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            writer.Write("userId,itemId,kind\nu,i,view\n"u8);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        Assert.Contains("Nothing was stored.", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(import.Hashes);
    }

    [Fact]
    public async Task Import_Folder_IsNamed()
    {
        Assert.Equal(1, await RunAsync("users", folder));
        Assert.Contains("is a folder", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_SpreadsheetFile_IsNamedForWhatItIs()
    {
        var path = Path.Combine(folder, "orders.csv");
        await File.WriteAllBytesAsync(path, [.. "PK\x03\x04"u8, .. new byte[26], .. "[Content_Types].xml"u8], TestContext.Current.CancellationToken);

        Assert.Equal(1, await RunAsync("interactions", path));
        Assert.Contains("The file is an Excel workbook (xlsx)", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_RowsOfOneIdThatDiffer_NameTheOptionsAsTheyAreTyped()
    {
        var exit = await RunAsync("interactions", Write("a.csv", "userId,itemId,kind\nu,i,view\n"), "--merge-rows");

        Assert.Equal(1, exit);
        Assert.Contains("--merge-rows is for users and items", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("see --on-conflict", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Formats_ListsThePresets()
    {
        Assert.Equal(0, await RunAsync("--formats"));
        Assert.Contains("movielens-1m         items         movies.dat", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--guess")]
    [InlineData("orders")]
    [InlineData("items")]
    public async Task Import_WithoutAFileOrATarget_SaysWhatToGive(string word)
    {
        Assert.Equal(1, await RunAsync(word));
        Assert.Contains("import --guess FILE", output.ToString(), StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private Task<int> RunAsync(params string[] arguments) => RunAsync(TestContext.Current.CancellationToken, arguments);

    private Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 1000;
        return ImportCommand.Create(_ => Task.FromResult(import.Targets), () => MemoryImport.Dumps, () => MemoryImport.Preview, console)
            .Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken);
    }
}
