using System.Globalization;
using System.Text.Json;
using RecoService.Engine.Tuning;

namespace RecoService.Lab.Evaluating;

/// <summary>How a recommender was picked: what was tried on the validation part.</summary>
/// <param name="Measure">What the figure is called.</param>
/// <param name="Candidates">The picked one first.</param>
/// <param name="Trials">All of them, in their order.</param>
/// <param name="GivenUp">What the bound on the time of a list cost; null when it cost nothing.</param>
internal sealed record SelectionReport(string Measure, IReadOnlyList<CandidateReport> Candidates, IReadOnlyList<TrialReport> Trials, string? GivenUp)
{
    public static SelectionReport Of(SelectionResult selection, RecommenderChoice choice) => new(
        selection.MeasureName,
        [
            .. selection.Rows.Select(row => new CandidateReport(
                row.Candidate.Trainer, row.Best?.Value, row.Best?.Origin, row.Trials, row.Seconds, row.Best?.TrainSeconds, row.Best?.PeakBytes / 1048576.0, row.Best?.ListMicroseconds, row.Reason,
                JsonSerializer.Deserialize<JsonElement>(choice.Describe(row.Candidate.Trainer, row.Candidate.Options)))),
        ],
        [.. selection.Trials.Select(trial => new TrialReport(trial.Trainer, trial.Origin, trial.Fraction, trial.Value, trial.Seconds, trial.Failure))],
        selection.GivenUp);
}

/// <param name="Recommender">Who.</param>
/// <param name="Value">Its best figure; null when there is none.</param>
/// <param name="Origin">Where the options of that come from.</param>
/// <param name="Trials">How often it was tried.</param>
/// <param name="Seconds">All trials together.</param>
/// <param name="TrainSeconds">Of the best trial.</param>
/// <param name="PeakMiB">Of the best trial: the most memory that its training held at once.</param>
/// <param name="ListMicroseconds">Of the best trial: a list, by one thread.</param>
/// <param name="Reason">Why it was not picked, or not tried; null when there is nothing to say but its figure.</param>
/// <param name="Options">With which it was best.</param>
internal sealed record CandidateReport(
    string Recommender, double? Value, string? Origin, int Trials, double Seconds, double? TrainSeconds, double? PeakMiB, double? ListMicroseconds, string? Reason, JsonElement Options);

internal sealed record TrialReport(string Recommender, string Origin, double UserFraction, double? Value, double Seconds, string? Failure);

/// <summary>What was tried as rows of text: the same table on the console and in Markdown.</summary>
internal static class SelectionGrid
{
    public const string Title = "What auto tried, on a part of the training part";

    public static ReportGrid Of(SelectionReport report) => new(
        ["tried", $"validation {report.Measure}", "options", "trials", "seconds", "memory", "a list", ""],
        [
            .. report.Candidates.Select(row => (IReadOnlyList<string>)
            [
                row.Recommender, Text($"{row.Value:0.0000}"), row.Origin ?? "", Text($"{row.Trials}"), Text($"{row.Seconds:0.0}"),
                row.PeakMiB is { } memory ? Text($"{memory:0} MiB") : "", row.ListMicroseconds is { } time ? Text($"{time:0} µs") : "", row.Reason ?? "",
            ]),
        ]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
