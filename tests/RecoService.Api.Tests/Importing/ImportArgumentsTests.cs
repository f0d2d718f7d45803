using RecoService.Api.Importing;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Importing;

public sealed class ImportArgumentsTests
{
    private static readonly Dictionary<string, (ImportArguments Arguments, string Field, string Reason)> Faults = new()
    {
        ["format"] = (new() { Format = "xml" }, "format", "'xml' is unknown"),
        ["delimiter"] = (new() { Delimiter = ";;" }, "delimiter", "';;' is none"),
        ["delimiter not ASCII"] = (new() { Delimiter = "§" }, "delimiter", "'§' is none"),
        ["map without ="] = (new() { Map = ["userId"] }, "map", "'userId' is no pair"),
        ["map without column"] = (new() { Map = ["userId="] }, "map", "'userId=' is no pair"),
        ["map twice"] = (new() { Map = ["userId=a", "userId=b"] }, "map", "gives 'userId' twice"),
        ["map and set"] = (new() { Map = ["kind=a"], Set = ["kind=view"] }, "set", "gives 'kind' a constant"),
        ["empty key column"] = (new() { Key = "a,,b" }, "key", "names an empty column"),
        ["key and id"] = (new() { Key = "a", Map = ["id=b"] }, "key", "makes the id"),
        ["condition"] = (new() { DropWhen = ["Quantity"] }, "dropWhen", "'Quantity' is no condition"),
        ["condition's test"] = (new() { DropWhen = ["Quantity:like=3"] }, "dropWhen", "'Quantity:like=3' has an unknown test after ':'"),
        ["condition's column"] = (new() { DropWhen = ["<3"] }, "dropWhen", "'<3' is no condition"),
        ["condition's sign"] = (new() { DropWhen = ["a!3"] }, "dropWhen", "'a!3' has no comparison at '!'"),
        ["condition's operand"] = (new() { DropWhen = ["a<"] }, "dropWhen", "'a<' compares with nothing"),
        ["time zone"] = (new() { TimeZone = "Europe/Atlantis" }, "timeZone", "'Europe/Atlantis' is unknown"),
        ["time format"] = (new() { TimeFormat = "q" }, "timeFormat", "'q' is no date and time format"),
        ["encoding"] = (new() { Encoding = "ebcdic" }, "encoding", "'ebcdic' is unknown"),
        ["csv option"] = (new() { Format = "ndjson", Map = ["userId=a"] }, "map", "is for CSV"),
    };

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void Parse_OneFault_NamesIt(string fault)
    {
        var (arguments, field, reason) = Faults[fault];
        var problems = new List<FieldProblem>();

        Assert.Null(arguments.Parse(problems));

        var problem = Assert.Single(problems);
        Assert.Equal(field, problem.Field);
        Assert.StartsWith(reason, problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Nothing_IsCommaSeparatedUtf8WithAHeader()
    {
        var options = new ImportArguments().Parse([])!;

        Assert.Equal((ImportFormat.Csv, ',', true, true, false), (options.Format, options.Delimiter, options.HasHeader, options.Quotes, options.SkipInvalid));
        Assert.Equal((TimeZoneInfo.Utc, "utf-8"), (options.TimeZone, options.Encoding.WebName));
    }

    [Theory]
    [InlineData("tab", '\t')]
    [InlineData("\t", '\t')]
    [InlineData("\\t", '\t')]
    [InlineData("semicolon", ';')]
    [InlineData("|", '|')]
    public void Parse_Delimiter_IsACharacterOrItsName(string text, char delimiter) =>
        Assert.Equal(delimiter, new ImportArguments { Delimiter = text }.Parse([])!.Delimiter);
}
