using System.Text;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Presets;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing;

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
    public ImportOptions? Parse(ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope("", problems);
        var (unit, origin) = ParseUnit(fields);
        var options = new ImportOptions
        {
            Format = ParseFormat(fields),
            Delimiter = ParseDelimiter(fields),
            HasHeader = !NoHeader,
            Quotes = !NoQuotes,
            Encoding = ParseEncoding(fields),
            Map = ParsePairs(fields, "map", Map, "userId=CustomerID"),
            Set = ParsePairs(fields, "set", Set, "kind=purchase"),
            Values = Group(ParseTriples(fields, "value", Value, "kind:addtocart=add-to-cart"), triple => triple.Field, triple => (triple.From, triple.To)),
            Lists = Group(ParseLists(fields), list => list.Field, list => list.Separator),
            Flags = [.. ParseTriples(fields, "flag", Flag, "categories:Comedy=8")],
            Key = Key is null ? [] : SourceText.Split(Key, ','),
            DropWhen = [.. DropWhen.Select(text => ParseCondition(fields, text)).OfType<RowCondition>()],
            FillDown = [.. FillDown.Select(text => ParseFillDown(fields, text))],
            Ignore = Ignore,
            IgnoreUnknown = IgnoreUnknown,
            Nulls = Null,
            Decimal = ParseDecimal(fields),
            TimeZone = ParseTimeZone(fields),
            TimeFormat = ParseTimeFormat(fields),
            TimeUnit = unit,
            TimeOrigin = origin,
            Trim = !NoTrim,
            Truncate = Truncate,
            SkipInvalid = SkipInvalid,
            OnConflict = ParseOnConflict(fields),
            MergeRows = MergeRows,
            Replace = Replace,
        };

        foreach (var field in options.Map.Keys.Intersect(options.Set.Keys))
            fields.Add("set", $"gives {WireText.Quote(field)} a constant, but map gives it a column");
        if (options.Key.Contains(""))
            fields.Add("key", "names an empty column; it is a list as InvoiceNo,StockCode");
        if (options.Key.Count > 0 && (options.Map.ContainsKey("id") || options.Set.ContainsKey("id")))
            fields.Add("key", "makes the id, but map or set gives one too");
        if (MergeRows && OnConflict is not null)
            fields.Add("onConflict", "and mergeRows are two answers to one question; give one of them");
        if (TimeFormat is not null && TimeUnit is not null)
            fields.Add("timeUnit", "reads times as numbers, but timeFormat says how they are written");
        if (options.Format == ImportFormat.Ndjson)
            RefuseCsvOptions(fields);
        return fields.FoundAny ? null : options;
    }

    private void RefuseCsvOptions(FieldScope fields)
    {
        (string Field, bool Given)[] csvOnly = [("delimiter", Delimiter is not null), ("noHeader", NoHeader), ("noQuotes", NoQuotes)];
        foreach (var (field, given) in csvOnly)
        {
            if (given)
                fields.Add(field, "is for CSV; this is JSON");
        }
    }

    private ImportFormat ParseFormat(FieldScope fields)
    {
        switch (Format)
        {
            case null or "csv":
                return ImportFormat.Csv;
            case "ndjson":
                return ImportFormat.Ndjson;
            default:
                fields.Add("format", $"{WireText.Quote(Format)} is unknown; csv and ndjson are known");
                return ImportFormat.Csv;
        }
    }

    private string? ParseDelimiter(FieldScope fields)
    {
        switch (Delimiter)
        {
            case null or "auto":
                return null;
            case "comma":
                return ",";
            case "tab" or "\\t":
                return "\t";
            case "semicolon":
                return ";";
            case "pipe":
                return "|";
            case { Length: >= 1 and <= 8 } text when text.AsSpan().IndexOfAny("\"\r\n\0") < 0 && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'):
                return text;
            default:
                fields.Add("delimiter", $"{WireText.Quote(Delimiter)} is none; give auto, comma, tab, semicolon, pipe, or 1 to 8 characters without quotes and line ends");
                return null;
        }
    }

    private static Dictionary<string, string> ParsePairs(FieldScope fields, string option, IReadOnlyList<string> texts, string example)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var equals = SourceText.IndexOfAny(text, "=");
            if (equals < 1 || equals == text.Length - 1)
                fields.Add(option, $"{WireText.Quote(text)} is no pair as {example}");
            else if (!pairs.TryAdd(text[..equals], text[(equals + 1)..]))
                fields.Add(option, $"gives {WireText.Quote(text[..equals])} twice");
        }

        return pairs;
    }

    /// <summary>field:from=to; the text before the sign may hold signs behind backslashes.</summary>
    private static List<(string Field, string From, string To)> ParseTriples(FieldScope fields, string option, IReadOnlyList<string> texts, string example)
    {
        List<(string, string, string)> triples = [];
        foreach (var text in texts)
        {
            var colon = SourceText.IndexOfAny(text, ":");
            var equals = colon < 0 ? -1 : SourceText.IndexOfAny(text, "=", colon + 1);
            if (colon < 1 || equals <= colon + 1 || (option == "flag" && equals == text.Length - 1))
                fields.Add(option, $"{WireText.Quote(text)} is not as {example}");
            else
                triples.Add((text[..colon], SourceText.Unescape(text[(colon + 1)..equals]), text[(equals + 1)..]));
        }

        return triples;
    }

    private List<(string Field, string Separator)> ParseLists(FieldScope fields)
    {
        List<(string, string)> lists = [];
        foreach (var text in List)
        {
            var colon = SourceText.IndexOfAny(text, ":");
            if (colon < 1 || colon == text.Length - 1)
                fields.Add("list", $"{WireText.Quote(text)} is not as categories:>");
            else
                lists.Add((text[..colon], SourceText.Unescape(text[(colon + 1)..])));
        }

        return lists;
    }

    private static Dictionary<string, List<TValue>> Group<T, TValue>(IEnumerable<T> entries, Func<T, string> key, Func<T, TValue> value) =>
        entries.GroupBy(key).ToDictionary(group => group.Key, group => group.Select(value).ToList());

    private static (IReadOnlyList<string> Key, IReadOnlyList<string> Columns) ParseFillDown(FieldScope fields, string text)
    {
        var colon = SourceText.IndexOfAny(text, ":");
        var columns = SourceText.Split(text[(colon + 1)..], ',');
        if (columns.Contains("") || colon == 0)
            fields.Add("fillDown", $"{WireText.Quote(text)} is not as Order:Email,Paid at or Email,Paid at");
        return (colon < 0 ? [] : [text[..colon]], columns);
    }

    private DecimalSign ParseDecimal(FieldScope fields)
    {
        switch (Decimal)
        {
            case null:
                return DecimalSign.Unstated;
            case "point" or ".":
                return DecimalSign.Point;
            case "comma" or ",":
                return DecimalSign.Comma;
            case "auto":
                return DecimalSign.Auto;
            default:
                fields.Add("decimal", $"{WireText.Quote(Decimal)} is unknown; point, comma and auto are known");
                return DecimalSign.Unstated;
        }
    }

    private (TimeUnit? Unit, DateTime Origin) ParseUnit(FieldScope fields)
    {
        TimeUnit? unit = TimeUnit switch
        {
            "days" or "d" => Values.TimeUnit.Days,
            "s" or "seconds" => Values.TimeUnit.Seconds,
            "ms" or "milliseconds" => Values.TimeUnit.Milliseconds,
            "us" or "\u00b5s" or "microseconds" => Values.TimeUnit.Microseconds,
            "ns" or "nanoseconds" => Values.TimeUnit.Nanoseconds,
            _ => null,
        };
        if (TimeUnit is not null && unit is null)
            fields.Add("timeUnit", $"{WireText.Quote(TimeUnit)} is unknown; days, s, ms, us and ns are known");
        if (TimeOrigin is null)
            return (unit, DateTime.UnixEpoch);
        if (TimeUnit is null)
            fields.Add("timeOrigin", "needs timeUnit, which says what is counted from it");
        if (TimeText.TryParseIso(TimeOrigin, TimeZoneInfo.Utc, out var origin))
            return (unit, origin.UtcDateTime);
        fields.Add("timeOrigin", $"{WireText.Quote(TimeOrigin)} is no date as 2015-01-01");
        return (unit, DateTime.UnixEpoch);
    }

    private static RowCondition? ParseCondition(FieldScope fields, string text)
    {
        var condition = RowCondition.Parse(text, out var reason);
        if (condition is null)
            fields.Add("dropWhen", reason!);
        return condition;
    }

    private TimeZoneInfo ParseTimeZone(FieldScope fields)
    {
        if (TimeZone is null)
            return TimeZoneInfo.Utc;
        if (TimeZones.Find(TimeZone) is { } zone)
            return zone;
        fields.Add("timeZone", $"{WireText.Quote(TimeZone)} is unknown; give a name as Europe/London or GMT Standard Time");
        return TimeZoneInfo.Utc;
    }

    private string? ParseTimeFormat(FieldScope fields)
    {
        if (TimeFormat is null || TimeFormat.Split('|').All(IsTimeFormat))
            return TimeFormat;
        fields.Add("timeFormat", $"{WireText.Quote(TimeFormat)} is no date and time format as M/d/yyyy H:mm");
        return null;
    }

    private static bool IsTimeFormat(string format)
    {
        try
        {
            // A format that cannot write a time cannot read one.
            _ = DateTimeOffset.UnixEpoch.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
            return format.Length > 1;
        }
        catch (FormatException)
        {
            return format == TimeReader.Auto;
        }
    }

    private ConflictRule ParseOnConflict(FieldScope fields)
    {
        switch (OnConflict)
        {
            case null or "fail":
                return ConflictRule.Fail;
            case "skip":
                return ConflictRule.Skip;
            case "replace":
                return ConflictRule.Replace;
            default:
                fields.Add("onConflict", $"{WireText.Quote(OnConflict)} is unknown; fail, skip and replace are known");
                return ConflictRule.Fail;
        }
    }

    private Encoding ParseEncoding(FieldScope fields)
    {
        if (Encoding is null)
            return System.Text.Encoding.UTF8;
        if (Encodings.Find(Encoding) is { } encoding)
            return encoding;
        fields.Add("encoding", $"{WireText.Quote(Encoding)} is unknown; known are utf-8, windows-1252, latin-1, iso-8859-15 and other names of the IANA");
        return System.Text.Encoding.UTF8;
    }
}
