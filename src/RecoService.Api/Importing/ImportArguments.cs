using System.Text;
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

    public IReadOnlyList<string> Map { get; init; } = [];

    public IReadOnlyList<string> Set { get; init; } = [];

    public string? Key { get; init; }

    public IReadOnlyList<string> DropWhen { get; init; } = [];

    public string? TimeZone { get; init; }

    public string? TimeFormat { get; init; }

    public string? Encoding { get; init; }

    public bool SkipInvalid { get; init; }

    public string? OnConflict { get; init; }

    public bool MergeRows { get; init; }

    public bool Replace { get; init; }

    /// <returns>Null when there was a fault; every one is named.</returns>
    public ImportOptions? Parse(ICollection<FieldProblem> problems)
    {
        var fields = new FieldScope("", problems);
        var options = new ImportOptions
        {
            Format = ParseFormat(fields),
            Delimiter = ParseDelimiter(fields),
            HasHeader = !NoHeader,
            Quotes = !NoQuotes,
            Map = ParsePairs(fields, "map", Map, "userId=CustomerID"),
            Set = ParsePairs(fields, "set", Set, "kind=purchase"),
            Key = Key is null ? [] : Key.Split(','),
            DropWhen = [.. DropWhen.Select(text => ParseCondition(fields, text)).OfType<RowCondition>()],
            TimeZone = ParseTimeZone(fields),
            TimeFormat = ParseTimeFormat(fields),
            Encoding = ParseEncoding(fields),
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
        if (options.Format == ImportFormat.Ndjson)
            RefuseCsvOptions(fields);
        return fields.FoundAny ? null : options;
    }

    private void RefuseCsvOptions(FieldScope fields)
    {
        (string Field, bool Given)[] csvOnly =
        [
            ("delimiter", Delimiter is not null), ("noHeader", NoHeader), ("noQuotes", NoQuotes), ("map", Map.Count > 0), ("set", Set.Count > 0),
            ("key", Key is not null), ("dropWhen", DropWhen.Count > 0), ("timeZone", TimeZone is not null), ("timeFormat", TimeFormat is not null),
        ];
        foreach (var (field, given) in csvOnly)
        {
            if (given)
                fields.Add(field, "is for CSV; an NDJSON line is an object as the API takes it");
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

    private char ParseDelimiter(FieldScope fields)
    {
        switch (Delimiter)
        {
            case null or "comma":
                return ',';
            case "tab" or "\\t":
                return '\t';
            case "semicolon":
                return ';';
            case "pipe":
                return '|';
            case [var character] when char.IsAscii(character) && character is not ('"' or '\r' or '\n' or '\0'):
                return character;
            default:
                fields.Add("delimiter", $"{WireText.Quote(Delimiter)} is none; give one ASCII character or tab, comma, semicolon, pipe");
                return ',';
        }
    }

    private static Dictionary<string, string> ParsePairs(FieldScope fields, string option, IReadOnlyList<string> texts, string example)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == text.Length - 1)
                fields.Add(option, $"{WireText.Quote(text)} is no pair as {example}");
            else if (!pairs.TryAdd(text[..equals], text[(equals + 1)..]))
                fields.Add(option, $"gives {WireText.Quote(text[..equals])} twice");
        }

        return pairs;
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
        if (TimeZone is null or "UTC")
            return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone))
            return zone;
        fields.Add("timeZone", $"{WireText.Quote(TimeZone)} is unknown; give a name as Europe/London");
        return TimeZoneInfo.Utc;
    }

    private string? ParseTimeFormat(FieldScope fields)
    {
        if (TimeFormat is null)
            return null;
        try
        {
            // A format that cannot write a time cannot read one.
            _ = DateTimeOffset.UnixEpoch.ToString(TimeFormat, System.Globalization.CultureInfo.InvariantCulture);
            if (TimeFormat.Length > 1)
                return TimeFormat;
        }
        catch (FormatException)
        {
        }

        fields.Add("timeFormat", $"{WireText.Quote(TimeFormat)} is no date and time format as M/d/yyyy H:mm");
        return null;
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
        switch (Encoding?.ToLowerInvariant())
        {
            case null or "utf-8" or "utf8":
                return System.Text.Encoding.UTF8;
            case "latin-1" or "latin1" or "iso-8859-1":
                return System.Text.Encoding.Latin1;
            default:
                fields.Add("encoding", $"{WireText.Quote(Encoding!)} is unknown; utf-8 and latin-1 are known");
                return System.Text.Encoding.UTF8;
        }
    }
}
