using System.Text.Json;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using Spectre.Console;

namespace RecoService.Lab.Tuning;

/// <summary>The best configurations of a search, and what the best gains over the first.</summary>
internal static class TuningTable
{
    private const int Rows = 10;

    public static void Show(IAnsiConsole console, TrainerRegistry registry, string trainer, Validation validation, SearchResult result)
    {
        var measure = validation.MeasureName;
        var onAllUsers = result.Trials.Where(trial => trial is { Fraction: >= 1, Value: not null });
        var bestFirst = validation.IsOfRatings ? onAllUsers.OrderBy(trial => trial.Value) : onAllUsers.OrderByDescending(trial => trial.Value);
        var shown = bestFirst.OrderBy(trial => trial != result.Best).Take(Rows).Append(result.Initial).Distinct();
        var table = new Table().AddColumns("trial", measure, "seconds", "options that differ from the first");
        var first = Members(registry.Serialize(trainer, result.Initial.Options));
        foreach (var trial in shown)
        {
            var changed = Members(registry.Serialize(trainer, trial.Options)).Where(member => first.GetValueOrDefault(member.Key) != member.Value).Select(member => $"{member.Key} {member.Value}");
            table.AddRow($"{trial.Number}", trial.Value?.ToString("F4") ?? "", $"{trial.Seconds:F1}", (trial.Number == 0 ? "the first" : string.Join(", ", changed)).EscapeMarkup());
        }

        console.Write(table);
        var failures = result.Trials.Where(trial => trial.Failure is not null).ToList();
        console.WriteLine($"{result.Trials.Select(trial => trial.Number).Distinct().Count()} configurations, {result.Trials.Count(trial => trial.Fraction >= 1)} of them tried on all users{(failures.Count == 0 ? "" : $"; {failures.Count} trials failed, the first because: {failures[0].Failure}")}");
        console.WriteLine(result.Difference is { } difference
            ? $"{measure} {result.Best.Value:F4} beside {result.Initial.Value:F4} of the first: {difference.Mean:+0.0000;-0.0000;0.0000} (95% interval {difference.Interval.Low:F4} to {difference.Interval.High:F4}, {difference.UserCount} users). The validation part chose it, so part of that is chance."
            : $"{measure} {result.Best.Value:F4}; the first failed: {result.Initial.Failure}");
    }

    private static Dictionary<string, string> Members(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText(), StringComparer.Ordinal);
    }
}
