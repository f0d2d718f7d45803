using System.Text.RegularExpressions;
using RecoService.Api.Importing;
using Spectre.Console;

namespace RecoService.Api.Tests.Importing;

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

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 1000;
        return ImportCommand.Create(_ => Task.FromResult(import.Targets), console)
            .Parse(arguments)
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
