using System.Globalization;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Values;

/// <summary>Dates and times as exports write them, beyond ISO 8601; what could be day or month is refused.</summary>
internal static class WrittenTime
{
    private static readonly string[] DateFormats =
    [
        "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "d-MMM-yyyy", "d MMM yyyy", "d MMMM yyyy", "MMM d yyyy", "MMMM d yyyy", "MMM d, yyyy", "MMMM d, yyyy", "yyyy-MMM-d",
    ];

    private static readonly string[] TimeFormats = ["H:m:s.FFFFFFF", "H:m", "h:m:s tt", "h:m tt", "h:m:stt", "h:mtt"];
    private static readonly string[] Weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    /// <param name="text">A date, and a time and a zone or not.</param>
    /// <param name="zone">Of times that name none.</param>
    /// <param name="moment">In UTC.</param>
    /// <param name="reason">Said better where more is known.</param>
    public static bool TryRead(ReadOnlySpan<char> text, TimeZoneInfo zone, out DateTimeOffset moment, ref string reason)
    {
        moment = default;
        var rest = TakeWeekday(text.Trim());
        var offset = TakeZone(ref rest);
        var time = TimeSpan.Zero;
        var hasTime = rest.Contains(':');
        if (hasTime && !TryTakeTime(ref rest, out time))
            return false;
        if (!hasTime && offset is not null)
            return false;
        rest = rest.TrimEnd(", ");
        if (!DateTime.TryParseExact(rest, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var date))
        {
            if (IsDayOrMonth(rest, out var separator))
            {
                var format = hasTime ? " H:mm" : "";
                reason = $"could begin with the day or the month; say --time-format \"d{separator}M{separator}yyyy{format}\" or \"M{separator}d{separator}yyyy{format}\"";
            }

            return false;
        }

        if (date.Year is < 2 or > 9998)
            return false;
        if (offset is not { } known)
            return TimeText.TryPosition(date + time, zone, out moment);
        moment = new DateTimeOffset(date + time - known, TimeSpan.Zero);
        return true;
    }

    private static ReadOnlySpan<char> TakeWeekday(ReadOnlySpan<char> text)
    {
        foreach (var day in Weekdays)
        {
            if (text.StartsWith(day, StringComparison.OrdinalIgnoreCase) && text.IndexOfAny(' ', ',') is > 0 and var end && text[..end].ContainsAnyInRange('0', '9') is false)
                return text[(end + 1)..].TrimStart(", ");
        }

        return text;
    }

    /// <summary>Takes <c>Z</c>, <c>UTC</c>, <c>GMT</c> or an offset with or without a blank before it; only behind a time.</summary>
    private static TimeSpan? TakeZone(ref ReadOnlySpan<char> text)
    {
        foreach (var name in (string[])["UTC", "GMT", "Z"])
        {
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase) && text.Contains(':'))
            {
                text = text[..^name.Length].TrimEnd();
                return TimeSpan.Zero;
            }
        }

        var colon = text.IndexOf(':');
        var sign = colon < 0 ? -1 : text.LastIndexOfAny('+', '-');
        if (sign < colon || colon < 0)
            return null;
        var digits = text[(sign + 1)..];
        var hours = digits.Length >= 2 && int.TryParse(digits[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var h) && h <= 14 ? h : -1;
        var rest = hours < 0 ? [] : digits[2..];
        if (rest is [':', ..])
            rest = rest[1..];
        var minutes = 0;
        if (hours < 0 || !(rest.IsEmpty || (rest.Length == 2 && int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out minutes) && minutes < 60)))
            return null;
        var offset = new TimeSpan(hours, minutes, 0);
        var isNegative = text[sign] == '-';
        text = text[..sign].TrimEnd();
        foreach (var name in (string[])["UTC", "GMT"])
        {
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase))
                text = text[..^name.Length].TrimEnd();
        }

        return isNegative ? -offset : offset;
    }

    /// <summary>Takes the time behind the date.</summary>
    private static bool TryTakeTime(ref ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        var from = text[..text.IndexOf(':')].LastIndexOfAny(' ', 'T', ',');
        if (from < 0)
            return false;
        if (!DateTime.TryParseExact(text[(from + 1)..].Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var read))
            return false;
        time = read.TimeOfDay;
        text = text[..from];
        return true;
    }

    private static bool IsDayOrMonth(ReadOnlySpan<char> date, out char separator)
    {
        var at = date.IndexOfAny('/', '-');
        separator = at < 0 ? '/' : date[at];
        return at is 1 or 2 && DateTime.TryParseExact(date, [$"d{separator}M{separator}yyyy", $"M{separator}d{separator}yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }
}
