using System.Globalization;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Values;

/// <summary>What the numbers of a file count, since an origin.</summary>
internal enum TimeUnit
{
    Days,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>Times as numbers of a unit that options name. Behind a number of days a time of day may stand: <c>HHmm</c> or <c>HH:mm</c>.</summary>
internal static class UnitTime
{
    public static bool TryRead(ReadOnlySpan<char> text, TimeUnit unit, TimeRules rules, out DateTimeOffset moment, out string reason)
    {
        moment = default;
        reason = $"is no number of {unit.ToString().ToLowerInvariant()}, as --time-unit says";
        var timeOfDay = TimeSpan.Zero;
        var blank = text.IndexOf(' ');
        if (unit == TimeUnit.Days && blank > 0)
        {
            if (!TryReadTimeOfDay(text[(blank + 1)..].Trim(), out timeOfDay))
                return false;
            text = text[..blank];
        }

        Span<char> plain = stackalloc char[text.Length];
        text.CopyTo(plain);
        if (rules.Decimal is DecimalSign.Comma or DecimalSign.Auto)
            plain.Replace(',', '.');
        if (!decimal.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;
        var ticksPerUnit = unit switch
        {
            TimeUnit.Days => TimeSpan.TicksPerDay,
            TimeUnit.Seconds => TimeSpan.TicksPerSecond,
            TimeUnit.Milliseconds => TimeSpan.TicksPerMillisecond,
            TimeUnit.Microseconds => TimeSpan.TicksPerMicrosecond,
            _ => 0.01m,
        };
        reason = "lies outside the years 2 to 9998";
        if (Math.Abs(number) > 1e27m / Math.Max(ticksPerUnit, 1))
            return false;
        var ticks = rules.Origin.Ticks + (number * ticksPerUnit) + timeOfDay.Ticks;
        if (ticks < DateTime.MinValue.AddYears(1).Ticks || ticks > DateTime.MaxValue.AddYears(-1).Ticks)
            return false;
        // Fractions of days have about a microsecond's precision.
        var milliseconds = Math.Round(ticks / TimeSpan.TicksPerMillisecond);
        var local = new DateTime((long)(unit == TimeUnit.Days ? milliseconds * TimeSpan.TicksPerMillisecond : ticks));
        if (unit == TimeUnit.Days)
            return TimeText.TryPosition(local, rules.Zone, out moment);
        // Seconds since a wall-clock time count on, whatever the clocks do meanwhile.
        return TimeText.TryPosition(rules.Origin, rules.Zone, out var origin) && TryAdd(origin, local - rules.Origin, out moment);
    }

    private static bool TryAdd(DateTimeOffset origin, TimeSpan span, out DateTimeOffset moment)
    {
        moment = origin + span;
        return true;
    }

    private static bool TryReadTimeOfDay(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        if (text.Contains(':'))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time) && time >= TimeSpan.Zero && time < TimeSpan.FromDays(1);
        if (text.Length > 4 || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number / 100 > 23 || number % 100 > 59)
            return false;
        time = new TimeSpan(number / 100, number % 100, 0);
        return true;
    }
}
