using System.CommandLine;
using System.Globalization;

namespace RecoService.Lab.Evaluating;

/// <summary>An option that says how long something may take: in seconds, or as hours, minutes and seconds with colons.</summary>
internal static class TimeBudget
{
    /// <param name="description">What may take so long.</param>
    /// <param name="unlessGiven">How long it may take without the option.</param>
    public static Option<TimeSpan> Option(string description, TimeSpan unlessGiven) => new("--budget")
    {
        Description = $"{description}, in seconds or as 00:10:00; default {unlessGiven:hh\\:mm\\:ss}",
        DefaultValueFactory = _ => unlessGiven,
        CustomParser = result => result.Tokens.Count == 1 ? Read(result.Tokens[0].Value) ?? TimeSpan.Zero : TimeSpan.Zero,
    };

    /// <exception cref="EvaluationArgumentException">What was given is no budget.</exception>
    public static void Check(TimeSpan? budget)
    {
        if (budget <= TimeSpan.Zero)
            throw new EvaluationArgumentException("--budget is a number of seconds, as 90, or a time span, as 00:01:30, above 0 and up to 30 days.");
    }

    /// <summary>The budget that a text says; null when it says none.</summary>
    public static TimeSpan? Read(string text)
    {
        var budget = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < TimeSpan.FromDays(31).TotalSeconds ? TimeSpan.FromSeconds(seconds)
            : text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span
            : TimeSpan.Zero;
        return budget > TimeSpan.Zero && budget <= TimeSpan.FromDays(30) ? budget : null;
    }
}
