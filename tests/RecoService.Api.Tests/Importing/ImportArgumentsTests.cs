using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;

namespace RecoService.Api.Tests.Importing;

public sealed class ImportArgumentsTests
{
    private static readonly Dictionary<string, (ImportArguments Arguments, string Field, string Reason)> Faults = new()
    {
        ["format"] = (new() { Format = "xml" }, "format", "'xml' is unknown"),
        ["delimiter"] = (new() { Delimiter = "\"" }, "delimiter", "'\"' is none"),
        ["delimiter too long"] = (new() { Delimiter = "---------" }, "delimiter", "'---------' is none"),
        ["value"] = (new() { Value = ["kind=a"] }, "value", "'kind=a' is not as kind:addtocart=add-to-cart"),
        ["list"] = (new() { List = ["categories"] }, "list", "'categories' is not as"),
        ["flag"] = (new() { Flag = ["categories:a="] }, "flag", "'categories:a=' is not as"),
        ["fill-down"] = (new() { FillDown = ["a:"] }, "fillDown", "'a:' is not as"),
        ["decimal"] = (new() { Decimal = "dot" }, "decimal", "'dot' is unknown"),
        ["time unit"] = (new() { TimeUnit = "weeks" }, "timeUnit", "'weeks' is unknown"),
        ["time origin"] = (new() { TimeUnit = "days", TimeOrigin = "yesterday" }, "timeOrigin", "'yesterday' is no date"),
        ["time origin alone"] = (new() { TimeOrigin = "2015-01-01" }, "timeOrigin", "needs timeUnit"),
        ["time unit and format"] = (new() { TimeUnit = "s", TimeFormat = "yyyy" }, "timeUnit", "reads times as numbers"),
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
        ["csv option"] = (new() { Format = "ndjson", NoHeader = true }, "noHeader", "is for CSV"),
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

        Assert.Equal((ImportFormat.Csv, null as string, true, true, false), (options.Format, options.Delimiter, options.HasHeader, options.Quotes, options.SkipInvalid));
        Assert.Equal((TimeZoneInfo.Utc, "utf-8"), (options.TimeZone, options.Encoding.WebName));
    }

    [Theory]
    [InlineData("tab", "\t")]
    [InlineData("\t", "\t")]
    [InlineData("\\t", "\t")]
    [InlineData("semicolon", ";")]
    [InlineData("|", "|")]
    [InlineData("::", "::")]
    [InlineData("\u00a7", "\u00a7")]
    [InlineData("auto", null)]
    public void Parse_Delimiter_IsTextOrItsName(string text, string? delimiter) =>
        Assert.Equal(delimiter, new ImportArguments { Delimiter = text }.Parse([])!.Delimiter);

    [Fact]
    public void From_EveryOption_IsTaken()
    {
        var given = ImportOption.All.ToDictionary(option => option.Name, option => option.Shape == OptionShape.Flag ? "true" : $"<{option.Name}>");

        var arguments = ImportArguments.From(name => [given[name]], []);

        var taken = typeof(ImportArguments).GetProperties().Where(property => property.Name != "EqualityContract")
            .ToDictionary(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..], property => property.GetValue(arguments));
        Assert.Equal(given.Keys.Order(), taken.Keys.Order());
        Assert.All(taken, pair => Assert.Equal(
            given[pair.Key], pair.Value switch { IReadOnlyList<string> texts => Assert.Single(texts), true => "true", var other => other as string }));
    }
}
