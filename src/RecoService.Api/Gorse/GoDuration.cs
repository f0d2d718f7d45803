using System.Globalization;

namespace RecoService.Api.Gorse;

/// <summary>Durations as Go writes them: decimal numbers with units, such as <c>1h30m</c>, <c>1.5s</c> or <c>-200ms</c>; <c>0</c> needs none.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Seconds)[] Units = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <returns>False where it is none, or lasts longer than a <see cref="TimeSpan"/> can.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var sign = text is ['-', ..] ? -1 : 1;
        var rest = text is ['-' or '+', ..] ? text[1..] : text;
        if (rest is "0")
            return true;
        if (rest.IsEmpty)
            return false;
        var seconds = 0d;
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExceptInRange('.', '9');
            if (length <= 0 || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[length..];
            // The longest unit that fits: `ms` is not `m`.
            var (unit, factor) = ("", 0d);
            foreach (var (name, ofUnit) in Units)
            {
                if (name.Length > unit.Length && rest.StartsWith(name, StringComparison.Ordinal))
                    (unit, factor) = (name, ofUnit);
            }

            if (unit.Length == 0)
                return false;
            seconds += number * factor;
            rest = rest[unit.Length..];
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromSeconds(sign * seconds);
        return true;
    }
}
