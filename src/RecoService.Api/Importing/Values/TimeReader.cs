using System.Buffers.Text;
using System.Globalization;
using System.Text;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Values;

/// <summary>Times as a file writes them: in a format or a unit that options name, else in any way that can be read in one way only.</summary>
internal sealed class TimeReader(TimeRules rules)
{
    /// <summary>Among formats: whatever can be read without one.</summary>
    public const string Auto = "auto";

    private const int LongestTime = 64;
    private readonly string[] formats = rules.Format?.Split('|') ?? [];

    /// <param name="value">Text or a JSON number.</param>
    /// <param name="moment">In UTC.</param>
    /// <param name="reason">Why it is no time, and which option would read it.</param>
    public bool TryRead(RawValue value, out DateTimeOffset moment, out string reason)
    {
        reason = "is no time; ISO 8601, yyyy-MM-dd HH:mm:ss, dd.MM.yyyy, RFC 1123 and Unix times are read without a time format";
        Span<char> characters = stackalloc char[LongestTime];
        if (value.Kind is not (ValueKind.Text or ValueKind.Number) || value.Text.Length > LongestTime
            || !Encoding.UTF8.TryGetChars(value.Text, characters, out var length))
        {
            moment = default;
            return false;
        }

        var text = characters[..length];
        foreach (var format in formats)
        {
            if (format != Auto && TryReadExact(text, format, out moment))
                return true;
        }

        if (formats.Length > 0 && !formats.Contains(Auto))
        {
            moment = default;
            reason = $"is no time in the format {rules.Format}";
            return false;
        }

        if (rules.Unit is { } unit)
            return UnitTime.TryRead(text, unit, rules, out moment, out reason);
        if (TimeText.TryParseIso(text, rules.Zone, out moment))
            return true;
        if (Utf8Parser.TryParse(value.Text, out double number, out var used) && used == value.Text.Length)
            return UnixTime.TryRead(text, number, out moment, out reason);
        return WrittenTime.TryRead(text, rules.Zone, out moment, ref reason);
    }

    private bool TryReadExact(ReadOnlySpan<char> text, string format, out DateTimeOffset moment)
    {
        moment = default;
        if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var parsed))
            return false;
        if (parsed.Kind == DateTimeKind.Unspecified)
            return TimeText.TryPosition(parsed, rules.Zone, out moment);
        moment = new DateTimeOffset(parsed, TimeSpan.Zero);
        return true;
    }
}
