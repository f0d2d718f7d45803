using System.Text;
using RecoService.Api.Commands;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Importing.Options;
using Spectre.Console;

namespace RecoService.Api.Tests.Importing;

public sealed class ImportGuessTests : IDisposable
{
    private readonly MemoryImport import = new();
    private readonly StringWriter output = new();
    private readonly string folder = Directory.CreateTempSubdirectory("reco-guess-").FullName;

    public void Dispose()
    {
        output.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(ImportPresetTests.Names), MemberType = typeof(ImportPresetTests))]
    public async Task Guess_LayoutOfAPreset_NamesThePreset(string name)
    {
        var preset = ImportPreset.All.Single(preset => $"{preset.Name} {preset.Target.ToString().ToLowerInvariant()}" == name);
        var text = ImportPresetTests.TextOf(name);

        var guess = ImportGuess.Of(await SampleOfAsync(text), target: null);

        Assert.Equal((preset.Target, preset.Name), (guess.Target, guess.Given("format").SingleOrDefault()));
    }

    private static readonly Dictionary<string, (string Text, string Command, string[] Rows)> Files = new()
    {
        ["a shop's orders"] = (
            "Bestellnummer;Kundennummer;Artikelnummer;Datum;Uhrzeit;Menge;Einzelpreis\n7;0012;A-1;05.01.2026;9:59;2;1.089,90\n8;;A-1;05.01.2026;10:59;1;12,50\n9;0013;A-2;05.01.2026;10:59;-1;12,50\n",
            "import interactions f --map userId=Kundennummer --drop-when Kundennummer:empty --map itemId=Artikelnummer --map occurredAt=Datum+Uhrzeit --map orderId=Bestellnummer --map quantity=Menge --map unitPrice=Einzelpreis --decimal comma --drop-when 'Menge<=0' --set kind=purchase",
            ["0012|A-1|purchase||2026-01-05T09:59:00|7|2|1089.90"]),
        ["events"] = (
            "Event Time,Visitor ID,SKU,Event Type\n2026-01-05 10:00:00,v1,s1,Add to Cart\n2026-01-05 10:00:01,v1,s1,scroll\n2026-01-05 10:00:02,v2,s1,buy\n",
            "import interactions f --map 'userId=Visitor ID' --map itemId=SKU --map 'occurredAt=Event Time' --map 'kind=Event Type' --value 'kind:Add to Cart=add-to-cart' --value kind:buy=purchase --drop-when 'Event Type:not-in=Add to Cart,buy'",
            ["v1|s1|add-to-cart||2026-01-05T10:00:00|||", "v2|s1|purchase||2026-01-05T10:00:02|||"]),
        ["ratings with compact dates"] = (
            "user,item,stars,date\nu,i,4,20260105\n", "import interactions f --map userId=user --map itemId=item --map value=stars --map occurredAt=date --time-format yyyyMMdd --set kind=rating", ["u|i|rating|4|2026-01-05T00:00:00|||"]),
        ["American dates"] = (
            "customer_id\tproduct_id\torder_date\nu\ti\t1/13/2026 9:05\nu\tj\t1/2/2026 9:05\n",
            "import interactions f --map userId=customer_id --map itemId=product_id --map occurredAt=order_date --time-format 'M/d/yyyy H:mm' --set kind=view",
            ["u|i|view||2026-01-13T09:05:00|||", "u|j|view||2026-01-02T09:05:00|||"]),
        ["JSON events"] = (
            "{\"user\":{\"id\":7},\"product\":{\"id\":\"p\"},\"action\":\"view\",\"ts\":1767607200000,\"other\":{\"x\":[1]}}\n",
            "import interactions f --format ndjson --map userId=user.id --map itemId=product.id --map occurredAt=ts --map kind=action --ignore-unknown",
            ["7|p|view||2026-01-05T10:00:00|||"]),
        ["items"] = (
            "id;name;Kategorie;preis;Verf\u00fcgbar;marke\n1;Stuhl;M\u00f6bel > St\u00fchle;12,50 \u20ac;ja;Nord\n2;Becher;;NULL;nein;\n",
            "import items f --map itemId=id --map title=name --map categories=Kategorie --list 'categories:\\>' --map price=preis --decimal comma --map available=Verf\u00fcgbar --value available:ja=true --value available:nein=false --map attributes.marke=marke --truncate --null NULL",
            ["1|Stuhl|M\u00f6bel,St\u00fchle|12.50|EUR|True|False|||{\"marke\":\"Nord\"}", "2|Becher||||False|False|||{\"marke\":null}"]),
        ["items on sale"] = (
            "sku,name,price,Sale Price,brand\n1,Stuhl,12.50,9.90,Nord\n2,Becher,5,,Nord\n",
            "import items f --map itemId=sku --map title=name --map price=price --map 'salePrice=Sale Price' --map attributes.brand=brand --truncate",
            ["1|Stuhl||12.50/9.90||True|False|||{\"brand\":\"Nord\"}", "2|Becher||5||True|False|||{\"brand\":\"Nord\"}"]),
        ["items with a price before"] = (
            "sku,name,price,compare_at_price\n1,Stuhl,9.90,12.50\n2,Becher,5,\n",
            "import items f --map itemId=sku --map title=name --map price=price --map compareAtPrice=compare_at_price --truncate",
            ["1|Stuhl||12.50/9.90||True|False|||", "2|Becher||5||True|False|||"]),
        ["users"] = ("user_id,age,city\nu,30,Bonn\n", "import users f --map userId=user_id --map attributes.age=age --map attributes.city=city", ["u|{\"age\":\"30\",\"city\":\"Bonn\"}"]),
        ["no header"] = ("u1,i1,4.5,2026-01-05\nu2,i2,3,2026-01-06\n", "import interactions f --no-header --map userId=1 --map itemId=2 --map value=3 --map occurredAt=4 --set kind=rating", ["u1|i1|rating|4.5|2026-01-05T00:00:00|||", "u2|i2|rating|3|2026-01-06T00:00:00|||"]),
    };

    public static TheoryData<string> FileNames => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(FileNames))]
    public async Task Guess_UnknownLayout_IsACommandThatWorks(string name)
    {
        var (text, command, rows) = Files[name];
        var guess = ImportGuess.Of(await SampleOfAsync(text), target: null);

        Assert.Equal(command, guess.CommandLine("f"));
        Assert.DoesNotContain(guess.Warnings, warning => warning.StartsWith("No column", StringComparison.Ordinal));
        var problems = new List<Api.Wire.FieldProblem>();
        var arguments = ImportArguments.Read(guess.Target!.Value, guess.Given, () => "csv", problems);
        // The row with NULL needs it to be said; all is then as a person would write it.
        var report = await import.RunAsync(text, arguments, guess.Target.Value);

        Assert.Empty(problems);
        Assert.Empty(report.Errors);
        Assert.Equal(rows, import.Shown(guess.Target.Value));
    }

    [Fact]
    public async Task Guess_Command_ShowsTheCommandTheRowsAndWarnings()
    {
        var path = Path.Combine(folder, "a file.csv");
        await File.WriteAllBytesAsync(path, MemoryImport.Gzip(Encoding.Latin1.GetBytes("user,item,note\n007,i,Gl\u00fcck\n007,j,\n")));

        Assert.Equal(0, await RunAsync("--guess", path));

        var shown = output.ToString().Split('\n');
        Assert.Equal($"import interactions '{path}' --encoding windows-1252 --map userId=user --map itemId=item --set kind=view", shown[0]);
        Assert.Equal("{\"userId\":\"007\",\"itemId\":\"i\",\"kind\":\"view\"}", shown[2]);
        Assert.Contains(shown, line => line.Contains("No column was found for the times", StringComparison.Ordinal));
        Assert.Contains(shown, line => line.Contains("begin with zeros", StringComparison.Ordinal));
        Assert.Contains(shown, line => line.Contains("all rows are taken for one, view", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n1,2\n")]
    [InlineData("{}\n")]
    public async Task Guess_NothingToRecognise_EndsWithOneAndSaysWhatToDo(string text)
    {
        var path = Path.Combine(folder, "x");
        await File.WriteAllTextAsync(path, text);

        Assert.Equal(1, await RunAsync("--guess", path));
        Assert.Contains("--map", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guess_AnyBytes_NeverThrows()
    {
        string[] pieces = ["id", "user", "item", ",", ";", "\t", "\n", "\"", "{", "}", "[", "]", ":", "1", "2026-01-01", "\u00e9", "\0", "true", "=", "|"];
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => pieces[random.Next(pieces.Length)]));
            var path = Path.Combine(folder, "any");
            await File.WriteAllTextAsync(path, text);

            Assert.InRange(await RunAsync("--guess", path), 0, 1);
        }
    }

    private static async Task<FileSample> SampleOfAsync(string text)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await FileSample.ReadAsync(file, TestContext.Current.CancellationToken);
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
        console.Profile.Width = 10_000;
        return ImportCommand.Create(_ => Task.FromResult(import.Targets), () => MemoryImport.Dumps, () => MemoryImport.Preview, console)
            .Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
