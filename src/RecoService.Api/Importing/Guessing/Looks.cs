using System.Globalization;
using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Values;

namespace RecoService.Api.Importing.Guessing;

/// <summary>What a text looks like.</summary>
internal static class Looks
{
    private static readonly TimeReader Times = new(new ImportOptions().Times);

    public static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    public static bool IsTime(string text) => ReasonAgainstTime(text) is null;

    /// <summary>Null for a time, else why it is none.</summary>
    public static string? ReasonAgainstTime(string text) =>
        Times.TryRead(new RawValue(ValueKind.Text, Encoding.UTF8.GetBytes(text)), out _, out var reason) ? null : reason;

    public static bool IsAmount(string text, DecimalSign sign) =>
        NumberText.TryRead(new RawValue(ValueKind.Text, Encoding.UTF8.GetBytes(text)), sign, out _, out _, out _);

    /// <summary>A time of day alone.</summary>
    public static bool IsTimeOfDay(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.Zero && time < TimeSpan.FromDays(1);

    public static bool IsAddress(string text) => text.StartsWith("http", StringComparison.OrdinalIgnoreCase);

    /// <summary>The sign with which all amounts of the columns can be read; unstated where none fits.</summary>
    public static DecimalSign DecimalOf(params SampleColumn?[] amounts)
    {
        var values = amounts.Where(column => column is not null).SelectMany(column => column!.Filled).ToList();
        foreach (var sign in (DecimalSign[])[DecimalSign.Unstated, DecimalSign.Comma, DecimalSign.Point])
        {
            if (values.TrueForAll(text => IsAmount(text, sign)))
                return sign;
        }

        return DecimalSign.Unstated;
    }
}
