using System.Globalization;
using RecoService.WebConsole.Sessions;

namespace RecoService.WebConsole.Words;

/// <summary>The words of the language that a page is asked for in, and how numbers and times are written.</summary>
internal sealed class Text(Visit visit)
{
    /// <summary>The words of a key; the key itself where they are missing, so that a page says something.</summary>
    public string this[string key] => WordList.Of(visit.Language).TryGetValue(key, out var words) ? words : key;

    /// <summary>The same with values in the place of <c>{0}</c>, <c>{1}</c>, ...</summary>
    public string Of(string key, params object?[] values) => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>Whether there are words of this key.</summary>
    public bool Has(string key) => WordList.Of(visit.Language).ContainsKey(key);

    /// <summary>Words of the API, as the outcome of a run, in this language; the API's own word where there is no other.</summary>
    public string Named(string group, string? word) => word is null ? "" : WordList.Of(visit.Language).TryGetValue($"{group}.{word}", out var words) ? words : word;

    public static string Count(double? value) => value is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "–";

    public static string Number(double? value, int digits = 4) => value is { } number ? number.ToString($"N{digits}", CultureInfo.InvariantCulture) : "–";

    public static string Money(decimal? value) => value is { } number ? number.ToString("N2", CultureInfo.InvariantCulture) : "–";

    public static string Percent(double? value, int digits = 2) => value is { } number ? (number * 100).ToString($"N{digits}", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>UTC, to the minute.</summary>
    public static string Time(DateTimeOffset? value) => value is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC" : "–";

    public static string Day(DateOnly value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A span in its largest unit that is not below one: seconds, minutes, hours, days.</summary>
    public string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => Of("span.days", Number(span.TotalDays, 0)),
        { TotalHours: >= 2 } => Of("span.hours", Number(span.TotalHours, 0)),
        { TotalMinutes: >= 2 } => Of("span.minutes", Number(span.TotalMinutes, 0)),
        _ => Of("span.seconds", Number(Math.Max(0, span.TotalSeconds), 0)),
    };

    /// <summary>Bytes in MiB.</summary>
    public static string Size(long bytes) => $"{Number(bytes / 1_048_576.0, 1)} MiB";
}
