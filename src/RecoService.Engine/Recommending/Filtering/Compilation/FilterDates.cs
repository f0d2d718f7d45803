using System.Globalization;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>Dates in expressions: a day of UTC, or a moment.</summary>
internal static class FilterDates
{
    public const string Examples = "2026-01-31 or 2026-01-31T12:00:00Z";

    private const long DayMilliseconds = 24 * 60 * 60 * 1000;
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The first and last Unix millisecond of what a text names; the same where it is a moment.</summary>
    public static bool TryParse(string text, out (long First, long Last) range)
    {
        range = default;
        var isDay = text.Length == DayFormat.Length;
        if (!DateTimeOffset.TryParseExact(text, isDay ? [DayFormat] : Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return false;
        var first = moment.ToUnixTimeMilliseconds();
        range = (first, isDay ? first + DayMilliseconds - 1 : first);
        return true;
    }
}
