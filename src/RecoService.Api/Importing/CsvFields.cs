using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>The wire fields of the record a CSV reader stands on. An empty field was not given.</summary>
internal sealed class CsvFields(CsvPlan plan, ImportOptions options)
{
    private const int ShownBytes = 200;
    private const int LongestTime = 64;
    private const double FirstMilliseconds = 1e11;

    /// <summary>The reader whose current record is looked at.</summary>
    public CsvReader Reader { get; set; } = null!;

    /// <summary>The fields that have a column or a constant: a bit for each, in their order.</summary>
    public int Given { get; } = plan.Columns.Zip(plan.Constants, (column, constant) => column >= 0 || constant is not null)
        .Select((isGiven, field) => isGiven ? 1 << field : 0).Sum();

    public string? Text(int field)
    {
        if (plan.Constants[field] is { } constant)
            return constant;
        var column = plan.Columns[field];
        return column < 0 || Reader.GetSpan(column).IsEmpty ? null : Reader.GetString(column);
    }

    /// <summary>The values of the key columns joined by <c>|</c>, so that no two keys give the same text; null when there is no key.</summary>
    public string? KeyText(ICollection<FieldProblem> problems)
    {
        if (plan.KeyColumns.Length == 0)
            return null;
        var key = new StringBuilder();
        foreach (var column in plan.KeyColumns)
        {
            var part = Reader.GetString(column);
            if (part.Length == 0)
                problems.Add(new FieldProblem("id", $"has an empty key column {options.Key[Array.IndexOf(plan.KeyColumns, column)]}"));
            if (key.Length > 0)
                key.Append('|');
            key.Append(part.AsSpan().ContainsAny('|', '\\') ? part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal) : part);
        }

        return key.ToString();
    }

    public double? Number(int field, ICollection<FieldProblem> problems)
    {
        if (!TryGet(field, out var text))
            return null;
        if (Utf8Parser.TryParse(text, out double number, out var length) && length == text.Length)
            return number;
        problems.Add(Fault(field, text, "is not a number"));
        return null;
    }

    public decimal? Amount(int field, ICollection<FieldProblem> problems)
    {
        if (!TryGet(field, out var text))
            return null;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
            return amount;
        problems.Add(Fault(field, text, "is not a decimal number"));
        return null;
    }

    public Guid? Guid(int field, ICollection<FieldProblem> problems)
    {
        if (!TryGet(field, out var text))
            return null;
        if (Utf8Parser.TryParse(text, out Guid id, out var length) && length == text.Length)
            return id;
        problems.Add(Fault(field, text, "is not a GUID"));
        return null;
    }

    /// <summary>true, false, 1, 0, yes or no.</summary>
    public bool? Flag(int field, ICollection<FieldProblem> problems)
    {
        if (!TryGet(field, out var text))
            return null;
        if (Ascii.EqualsIgnoreCase(text, "true"u8) || text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "yes"u8))
            return true;
        if (Ascii.EqualsIgnoreCase(text, "false"u8) || text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "no"u8))
            return false;
        problems.Add(Fault(field, text, "is not true or false"));
        return null;
    }

    public JsonElement? Json(int field, ICollection<FieldProblem> problems)
    {
        if (!TryGet(field, out var text))
            return null;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text, WireJson.Options);
        }
        catch (JsonException e)
        {
            problems.Add(WireJson.ProblemOf(e) with { Field = plan.Fields[field] });
            return null;
        }
    }

    public DateTimeOffset? Time(int field, ICollection<FieldProblem> problems)
    {
        if (!TryGet(field, out var text))
            return null;
        Span<char> characters = stackalloc char[LongestTime];
        if (text.Length <= LongestTime && Encoding.UTF8.TryGetChars(text, characters, out var length)
            && TryReadTime(text, characters[..length], out var moment))
        {
            return moment;
        }

        problems.Add(Fault(field, text, options.TimeFormat is { } format
            ? $"is no time in the format {format}"
            : "is no time; ISO 8601, yyyy-MM-dd HH:mm:ss and Unix seconds or milliseconds are read without a time format"));
        return null;
    }

    private bool TryReadTime(ReadOnlySpan<byte> text, ReadOnlySpan<char> characters, out DateTimeOffset moment)
    {
        if (options.TimeFormat is { } format)
        {
            if (!DateTime.TryParseExact(characters, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var parsed))
            {
                moment = default;
                return false;
            }

            if (parsed.Kind == DateTimeKind.Unspecified)
                return TimeText.TryPlace(parsed, options.TimeZone, out moment);
            moment = new DateTimeOffset(parsed, TimeSpan.Zero);
            return true;
        }

        return TryReadUnixTime(text, out moment) || TimeText.TryParseIso(characters, options.TimeZone, out moment);
    }

    /// <summary>Seconds, or milliseconds from 1e11 on, which as seconds would lie beyond the year 5000.</summary>
    private static bool TryReadUnixTime(ReadOnlySpan<byte> text, out DateTimeOffset moment)
    {
        moment = default;
        if (Utf8Parser.TryParse(text, out long whole, out var length) && length == text.Length)
        {
            if (Math.Abs(whole) > FirstMilliseconds * 1000)
                return false;
            moment = Math.Abs(whole) < FirstMilliseconds ? DateTimeOffset.FromUnixTimeSeconds(whole) : DateTimeOffset.FromUnixTimeMilliseconds(whole);
            return true;
        }

        if (!Utf8Parser.TryParse(text, out double number, out length) || length != text.Length || !(Math.Abs(number) <= FirstMilliseconds * 1000))
            return false;
        moment = DateTimeOffset.UnixEpoch + (Math.Abs(number) < FirstMilliseconds ? TimeSpan.FromSeconds(number) : TimeSpan.FromMilliseconds(number));
        return true;
    }

    /// <summary>Spaces around a value that is no text say nothing.</summary>
    private bool TryGet(int field, out ReadOnlySpan<byte> text)
    {
        if (plan.Constants[field] is { } constant)
        {
            text = Encoding.UTF8.GetBytes(constant);
            return true;
        }

        var column = plan.Columns[field];
        text = column < 0 ? default : Reader.GetSpan(column).Trim((byte)' ');
        return !text.IsEmpty;
    }

    private FieldProblem Fault(int field, ReadOnlySpan<byte> text, string reason) =>
        new(plan.Fields[field], $"{WireText.Quote(Encoding.UTF8.GetString(text[..Math.Min(text.Length, ShownBytes)]))} {reason}");
}
