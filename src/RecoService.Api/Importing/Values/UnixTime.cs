using System.Globalization;

namespace RecoService.Api.Importing.Values;

/// <summary>
/// Numbers that nobody said the unit of: Unix seconds, milliseconds, microseconds or nanoseconds, by their size. Only those from 1980 to 2099 are
/// believed: a smaller number is a date without signs, a day number, a year or a spreadsheet's serial, and would be silently read as 1970.
/// </summary>
internal static class UnixTime
{
    private const decimal FirstMilliseconds = 1e11m;
    private const decimal FirstMicroseconds = 1e14m;
    private const decimal FirstNanoseconds = 1e17m;
    private static readonly DateTimeOffset First = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Last = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static bool TryRead(ReadOnlySpan<char> text, double number, out DateTimeOffset moment, out string reason)
    {
        moment = default;
        reason = "";
        if (Math.Abs(number) < 1e20 && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
        {
            var ticks = exact * exact switch
            {
                < FirstMilliseconds => TimeSpan.TicksPerSecond,
                < FirstMicroseconds => TimeSpan.TicksPerMillisecond,
                < FirstNanoseconds => TimeSpan.TicksPerMicrosecond,
                _ => 0.01m,
            };
            if (ticks >= (First - DateTimeOffset.UnixEpoch).Ticks && ticks < (Last - DateTimeOffset.UnixEpoch).Ticks)
            {
                moment = DateTimeOffset.UnixEpoch.AddTicks((long)ticks);
                return true;
            }
        }

        reason = ReasonOf(text, number);
        return false;
    }

    private static string ReasonOf(ReadOnlySpan<char> text, double number)
    {
        foreach (var format in (string[])["yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss", "yyyyMM"])
        {
            if (text.Length == format.Length && DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1800 and < 2200)
                return $"is a number too small or too large for a Unix time; --time-format {format} reads it as a date";
        }

        return number switch
        {
            >= 1800 and < 2200 when text.Length == 4 => "is too small for a Unix time; --time-format yyyy reads it as a year",
            >= 20_000 and < 80_000 => "is too small for a Unix time; --time-unit days --time-origin 1899-12-30 reads the day number of a spreadsheet",
            >= 0 and < 20_000 => "is too small for a Unix time; --time-unit days --time-origin 2015-01-01 reads it as days since a date, which you name",
            < 1e9 => "lies before 1980 as a Unix time; if it is one, --time-unit s reads it",
            _ => "is no Unix time before 2100; --time-unit s, ms, us or ns says what it counts",
        };
    }
}
