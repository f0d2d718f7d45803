namespace RecoService.Api.Wire;

/// <summary>ISO 8601 times, as the wire and import files write them.</summary>
internal static class TimeText
{
    /// <param name="text">Date, <c>T</c> or a space, time with seconds and their fraction or without, zone.</param>
    /// <param name="zone">The zone of times that name none and of dates alone; null refuses both.</param>
    /// <param name="moment">In UTC.</param>
    public static bool TryParseIso(ReadOnlySpan<char> text, TimeZoneInfo? zone, out DateTimeOffset moment)
    {
        moment = default;
        var rest = text;
        if (!TryTake(ref rest, 4, '-', out var year) || !TryTake(ref rest, 2, '-', out var month) || !TryTake(ref rest, 2, '\0', out var day)
            || year < 2 || year > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var local = new DateTime(year, month, day);
        if (rest.IsEmpty)
            return zone is not null && TryPosition(local, zone, out moment);

        if (rest[0] is not ('T' or 't' or ' ') || !TryTakeTime(ref rest, out var time))
            return false;
        local += time;
        if (rest.IsEmpty)
            return zone is not null && TryPosition(local, zone, out moment);
        if (!TryReadOffset(rest, out var offset))
            return false;
        moment = new DateTimeOffset(local - offset, TimeSpan.Zero);
        return true;
    }

    /// <summary>Places a wall-clock time in a zone: of an hour that happened twice the earlier one; an hour that was skipped counts on from the old offset.</summary>
    public static bool TryPosition(DateTime local, TimeZoneInfo zone, out DateTimeOffset moment)
    {
        moment = default;
        if (local.Year is < 2 or > 9998)
            return false;
        if (ReferenceEquals(zone, TimeZoneInfo.Utc))
        {
            moment = new DateTimeOffset(local.Ticks, TimeSpan.Zero);
            return true;
        }

        var wall = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        moment = new DateTimeOffset(wall - offset, TimeSpan.Zero);
        return true;
    }

    private static bool TryTakeTime(ref ReadOnlySpan<char> rest, out TimeSpan time)
    {
        time = default;
        rest = rest[1..];
        if (!TryTake(ref rest, 2, ':', out var hour) || !TryTake(ref rest, 2, '\0', out var minute) || hour > 23 || minute > 59)
            return false;
        var second = 0;
        long ticks = 0;
        if (rest is [':', ..])
        {
            rest = rest[1..];
            if (!TryTake(ref rest, 2, '\0', out second) || second > 59)
                return false;
            if (rest is ['.' or ',', ..] && !TryTakeFraction(ref rest, out ticks))
                return false;
        }

        time = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(ticks);
        return true;
    }

    /// <summary>Digits beyond the tick of 100 ns are dropped.</summary>
    private static bool TryTakeFraction(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        rest = rest[1..];
        var digits = 0;
        var unit = TimeSpan.TicksPerSecond;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
        {
            unit /= 10;
            ticks += (rest[digits++] - '0') * unit;
        }

        rest = rest[digits..];
        return digits is > 0 and <= 12;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = default;
        if (rest is ['Z' or 'z'])
            return true;
        var sign = rest[0] == '-' ? -1 : 1;
        if (rest[0] is not ('+' or '-'))
            return false;
        rest = rest[1..];
        if (!TryTake(ref rest, 2, '\0', out var hours) || hours > 14)
            return false;
        var minutes = 0;
        if (!rest.IsEmpty)
        {
            if (rest[0] == ':')
                rest = rest[1..];
            if (!TryTake(ref rest, 2, '\0', out minutes) || minutes > 59 || !rest.IsEmpty)
                return false;
        }

        offset = sign * new TimeSpan(hours, minutes, 0);
        return true;
    }

    /// <summary>Takes a number of so many digits and, unless it is U+0000, the character after it.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> rest, int digits, char then, out int number)
    {
        number = 0;
        var length = then == '\0' ? digits : digits + 1;
        if (rest.Length < length || (then != '\0' && rest[digits] != then))
            return false;
        for (var position = 0; position < digits; position++)
        {
            if (!char.IsAsciiDigit(rest[position]))
                return false;
            number = (number * 10) + (rest[position] - '0');
        }

        rest = rest[length..];
        return true;
    }
}
