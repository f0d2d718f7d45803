using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing.Options;

/// <summary>The options of an import as the command line and the query string spell them.</summary>
internal sealed record ImportArguments
{
    public string? Format { get; init; }

    public string? Delimiter { get; init; }

    public bool NoHeader { get; init; }

    public bool NoQuotes { get; init; }

    public string? Encoding { get; init; }

    public IReadOnlyList<string> Map { get; init; } = [];

    public IReadOnlyList<string> Set { get; init; } = [];

    public IReadOnlyList<string> Value { get; init; } = [];

    public IReadOnlyList<string> List { get; init; } = [];

    public IReadOnlyList<string> Flag { get; init; } = [];

    public string? Key { get; init; }

    public IReadOnlyList<string> DropWhen { get; init; } = [];

    public IReadOnlyList<string> FillDown { get; init; } = [];

    public IReadOnlyList<string> Ignore { get; init; } = [];

    public bool IgnoreUnknown { get; init; }

    public IReadOnlyList<string> Null { get; init; } = [];

    public string? Decimal { get; init; }

    public string? TimeZone { get; init; }

    public string? TimeFormat { get; init; }

    public string? TimeUnit { get; init; }

    public string? TimeOrigin { get; init; }

    public bool NoTrim { get; init; }

    public bool Truncate { get; init; }

    public bool SkipInvalid { get; init; }

    public string? OnConflict { get; init; }

    public bool MergeRows { get; init; }

    public bool Replace { get; init; }

    /// <param name="given">What was given for an option; empty = nothing. Of flags true or false.</param>
    /// <param name="problems">Takes what is wrong with flags.</param>
    public static ImportArguments From(Func<string, IReadOnlyList<string>> given, ICollection<FieldProblem> problems)
    {
        return new ImportArguments
        {
            Format = One("format"),
            Delimiter = One("delimiter"),
            NoHeader = IsOn("noHeader"),
            NoQuotes = IsOn("noQuotes"),
            Encoding = One("encoding"),
            Map = given("map"),
            Set = given("set"),
            Value = given("value"),
            List = given("list"),
            Flag = given("flag"),
            Key = One("key"),
            DropWhen = given("dropWhen"),
            FillDown = given("fillDown"),
            Ignore = given("ignore"),
            IgnoreUnknown = IsOn("ignoreUnknown"),
            Null = given("null"),
            Decimal = One("decimal"),
            TimeZone = One("timeZone"),
            TimeFormat = One("timeFormat"),
            TimeUnit = One("timeUnit"),
            TimeOrigin = One("timeOrigin"),
            NoTrim = IsOn("noTrim"),
            Truncate = IsOn("truncate"),
            SkipInvalid = IsOn("skipInvalid"),
            OnConflict = One("onConflict"),
            MergeRows = IsOn("mergeRows"),
            Replace = IsOn("replace"),
        };

        string? One(string name) => given(name) is [.., var last] ? last : null;

        bool IsOn(string name)
        {
            if (One(name) is not { } text)
                return false;
            if (bool.TryParse(text, out var value))
                return value;
            problems.Add(new FieldProblem(name, "must be true or false"));
            return false;
        }
    }

    /// <summary>The options of the preset that the format names, or those given alone.</summary>
    /// <param name="target">What is imported.</param>
    /// <param name="given">As for <see cref="From"/>.</param>
    /// <param name="defaultFormat">csv or ndjson, when none is given.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static ImportArguments Read(ImportTarget target, Func<string, IReadOnlyList<string>> given, Func<string> defaultFormat, ICollection<FieldProblem> problems)
    {
        var format = given("format") is [.., var last] ? last : null;
        if (format is null or "csv" or "ndjson")
            return From(given, problems) with { Format = format ?? defaultFormat() };
        if (ImportPreset.Find(format, target) is { } preset)
            return From(preset.With(given), problems);
        var known = string.Join(", ", ImportPreset.All.Where(known => known.Target == target).Select(known => known.Name));
        problems.Add(new FieldProblem("format", $"{WireText.Quote(format)} is unknown; for {target.ToString().ToLowerInvariant()} csv, ndjson and these presets are known: {known}"));
        return new ImportArguments();
    }

    /// <returns>Null when there was a fault; every one is named.</returns>
    public ImportOptions? Parse(ICollection<FieldProblem> problems) => new ImportArgumentsParser(this, new FieldScope("", problems)).Parse();
}
