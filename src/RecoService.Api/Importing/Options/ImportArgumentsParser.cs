using System.Text;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing.Options;

/// <summary>Makes the options of an import from what was given for them.</summary>
/// <param name="arguments">As they were spelled.</param>
/// <param name="fields">Takes what is wrong with them.</param>
internal sealed class ImportArgumentsParser(ImportArguments arguments, FieldScope fields)
{
    /// <returns>Null when there was a fault; every one is named.</returns>
    public ImportOptions? Parse()
    {
        var (unit, origin) = ParseUnit();
        var options = new ImportOptions
        {
            Format = ParseFormat(),
            Delimiter = ParseDelimiter(),
            HasHeader = !arguments.NoHeader,
            Quotes = !arguments.NoQuotes,
            Encoding = ParseEncoding(),
            Map = ParsePairs("map", arguments.Map, "userId=CustomerID"),
            Set = ParsePairs("set", arguments.Set, "kind=purchase"),
            Values = Group(ParseTriples("value", arguments.Value, "kind:addtocart=add-to-cart"), triple => triple.Field, triple => (triple.From, triple.To)),
            Lists = Group(ParseLists(), list => list.Field, list => list.Separator),
            Flags = [.. ParseTriples("flag", arguments.Flag, "categories:Comedy=8")],
            Key = arguments.Key is null ? [] : SourceText.Split(arguments.Key, ','),
            DropWhen = [.. arguments.DropWhen.Select(text => ParseCondition(text)).OfType<RowCondition>()],
            FillDown = [.. arguments.FillDown.Select(text => ParseFillDown(text))],
            Ignore = arguments.Ignore,
            IgnoreUnknown = arguments.IgnoreUnknown,
            Nulls = arguments.Null,
            Decimal = ParseDecimal(),
            TimeZone = ParseTimeZone(),
            TimeFormat = ParseTimeFormat(),
            TimeUnit = unit,
            TimeOrigin = origin,
            Trim = !arguments.NoTrim,
            Truncate = arguments.Truncate,
            SkipInvalid = arguments.SkipInvalid,
            OnConflict = ParseOnConflict(),
            MergeRows = arguments.MergeRows,
            Replace = arguments.Replace,
        };

        foreach (var field in options.Map.Keys.Intersect(options.Set.Keys))
            fields.Add("set", $"gives {WireText.Quote(field)} a constant, but map gives it a column");
        if (options.Key.Contains(""))
            fields.Add("key", "names an empty column; it is a list as InvoiceNo,StockCode");
        if (options.Key.Count > 0 && (options.Map.ContainsKey("id") || options.Set.ContainsKey("id")))
            fields.Add("key", "makes the id, but map or set gives one too");
        if (arguments.MergeRows && arguments.OnConflict is not null)
            fields.Add("onConflict", "and mergeRows are two answers to one question; give one of them");
        if (arguments.TimeFormat is not null && arguments.TimeUnit is not null)
            fields.Add("timeUnit", "reads times as numbers, but timeFormat says how they are written");
        if (options.Format == ImportFormat.Ndjson)
            RefuseCsvOptions();
        return fields.FoundAny ? null : options;
    }

    private void RefuseCsvOptions()
    {
        (string Field, bool Given)[] csvOnly = [("delimiter", arguments.Delimiter is not null), ("noHeader", arguments.NoHeader), ("noQuotes", arguments.NoQuotes)];
        foreach (var (field, given) in csvOnly)
        {
            if (given)
                fields.Add(field, "is for CSV; this is JSON");
        }
    }

    private ImportFormat ParseFormat()
    {
        switch (arguments.Format)
        {
            case null or "csv":
                return ImportFormat.Csv;
            case "ndjson":
                return ImportFormat.Ndjson;
            default:
                fields.Add("format", $"{WireText.Quote(arguments.Format)} is unknown; csv and ndjson are known");
                return ImportFormat.Csv;
        }
    }

    private string? ParseDelimiter()
    {
        switch (arguments.Delimiter)
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
                fields.Add("delimiter", $"{WireText.Quote(arguments.Delimiter)} is none; give auto, comma, tab, semicolon, pipe, or 1 to 8 characters without quotes and line ends");
                return null;
        }
    }

    private Dictionary<string, string> ParsePairs(string option, IReadOnlyList<string> texts, string example)
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
    private List<(string Field, string From, string To)> ParseTriples(string option, IReadOnlyList<string> texts, string example)
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

    private List<(string Field, string Separator)> ParseLists()
    {
        List<(string, string)> lists = [];
        foreach (var text in arguments.List)
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

    private (IReadOnlyList<string> Key, IReadOnlyList<string> Columns) ParseFillDown(string text)
    {
        var colon = SourceText.IndexOfAny(text, ":");
        var columns = SourceText.Split(text[(colon + 1)..], ',');
        if (columns.Contains("") || colon == 0)
            fields.Add("fillDown", $"{WireText.Quote(text)} is not as Order:Email,Paid at or Email,Paid at");
        return (colon < 0 ? [] : [text[..colon]], columns);
    }

    private DecimalSign ParseDecimal()
    {
        switch (arguments.Decimal)
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
                fields.Add("decimal", $"{WireText.Quote(arguments.Decimal)} is unknown; point, comma and auto are known");
                return DecimalSign.Unstated;
        }
    }

    private (TimeUnit? Unit, DateTime Origin) ParseUnit()
    {
        TimeUnit? unit = arguments.TimeUnit switch
        {
            "days" or "d" => TimeUnit.Days,
            "s" or "seconds" => TimeUnit.Seconds,
            "ms" or "milliseconds" => TimeUnit.Milliseconds,
            "us" or "\u00b5s" or "microseconds" => TimeUnit.Microseconds,
            "ns" or "nanoseconds" => TimeUnit.Nanoseconds,
            _ => null,
        };
        if (arguments.TimeUnit is not null && unit is null)
            fields.Add("timeUnit", $"{WireText.Quote(arguments.TimeUnit)} is unknown; days, s, ms, us and ns are known");
        if (arguments.TimeOrigin is null)
            return (unit, DateTime.UnixEpoch);
        if (arguments.TimeUnit is null)
            fields.Add("timeOrigin", "needs timeUnit, which says what is counted from it");
        if (TimeText.TryParseIso(arguments.TimeOrigin, TimeZoneInfo.Utc, out var origin))
            return (unit, origin.UtcDateTime);
        fields.Add("timeOrigin", $"{WireText.Quote(arguments.TimeOrigin)} is no date as 2015-01-01");
        return (unit, DateTime.UnixEpoch);
    }

    private RowCondition? ParseCondition(string text)
    {
        var condition = RowCondition.Parse(text, out var reason);
        if (condition is null)
            fields.Add("dropWhen", reason!);
        return condition;
    }

    private TimeZoneInfo ParseTimeZone()
    {
        if (arguments.TimeZone is null)
            return TimeZoneInfo.Utc;
        if (TimeZones.Find(arguments.TimeZone) is { } zone)
            return zone;
        fields.Add("timeZone", $"{WireText.Quote(arguments.TimeZone)} is unknown; give a name as Europe/London or GMT Standard Time");
        return TimeZoneInfo.Utc;
    }

    private string? ParseTimeFormat()
    {
        if (arguments.TimeFormat is null || arguments.TimeFormat.Split('|').All(IsTimeFormat))
            return arguments.TimeFormat;
        fields.Add("timeFormat", $"{WireText.Quote(arguments.TimeFormat)} is no date and time format as M/d/yyyy H:mm");
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

    private ConflictRule ParseOnConflict()
    {
        switch (arguments.OnConflict)
        {
            case null or "fail":
                return ConflictRule.Fail;
            case "skip":
                return ConflictRule.Skip;
            case "replace":
                return ConflictRule.Replace;
            default:
                fields.Add("onConflict", $"{WireText.Quote(arguments.OnConflict)} is unknown; fail, skip and replace are known");
                return ConflictRule.Fail;
        }
    }

    private Encoding ParseEncoding()
    {
        if (arguments.Encoding is null)
            return Encoding.UTF8;
        if (Encodings.Find(arguments.Encoding) is { } encoding)
            return encoding;
        fields.Add("encoding", $"{WireText.Quote(arguments.Encoding)} is unknown; known are utf-8, windows-1252, latin-1, iso-8859-15 and other names of the IANA");
        return Encoding.UTF8;
    }
}
