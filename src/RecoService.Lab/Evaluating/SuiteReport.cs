using System.Globalization;
using System.Text.Json;

namespace RecoService.Lab.Evaluating;

/// <summary>Every preset by auto, held against what others published.</summary>
/// <param name="Seed">Of trainings and validation parts.</param>
/// <param name="Threads">Training and judging.</param>
/// <param name="Rows">One per part of a preset.</param>
/// <param name="Missing">Presets whose data are not there.</param>
internal sealed record SuiteReport(int Seed, int Threads, IReadOnlyList<SuiteRow> Rows, IReadOnlyList<string> Missing)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>With the parts of another preset.</summary>
    public SuiteReport With(EvaluationReport report) => this with { Rows = [.. Rows, .. report.Parts.Select(part => SuiteRow.Of(report.Data, part))] };

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>One part of a preset.</summary>
/// <param name="Preset">Its name.</param>
/// <param name="Part">What is judged.</param>
/// <param name="Measure">The compared figure.</param>
/// <param name="JudgedUsers">How many judge.</param>
/// <param name="Floor">The worst published figure; that of our own popularity where nothing is published.</param>
/// <param name="Good">The median of the published figures; null where there are none.</param>
/// <param name="Beat">The best published figure; null where there are none.</param>
/// <param name="Picked">What auto picked; null when it failed.</param>
/// <param name="Ours">Its figure.</param>
/// <param name="Interval">Its 95% interval over users.</param>
/// <param name="Verdict">Beside the best published figure: beaten, equal when the interval holds it, below; beside the floor where there is none.</param>
internal sealed record SuiteRow(
    string Preset, string Part, string Measure, int JudgedUsers, double? Floor, double? Good, double? Beat, string? Picked, double? Ours, IntervalReport? Interval, string Verdict)
{
    public static SuiteRow Of(string preset, PartReport part)
    {
        var published = part.Rows.Select(row => row.Published).OfType<PublishedReport>().Concat(part.Literature)
            .Where(row => row.Values.ContainsKey(part.Headline)).Select(row => row.Values[part.Headline]).Order().ToList();
        if (!part.HigherIsBetter)
            published.Reverse();
        var auto = part.Rows.FirstOrDefault(row => row.Recommender.StartsWith(RecommenderChoice.Auto, StringComparison.Ordinal));
        var popularity = part.Rows.FirstOrDefault(row => row.Recommender == Engine.Training.TrainerRegistry.Baseline)?.Values?.GetValueOrDefault(part.Headline);
        double? floor = published.Count > 0 ? published[0] : popularity;
        double? beat = published.Count > 0 ? published[^1] : null;
        return new SuiteRow(
            preset, part.Name, part.Headline, part.Data.JudgedUsers, floor, published.Count > 0 ? published[published.Count / 2] : null, beat,
            auto?.Failure is null ? auto?.Recommender : null, auto?.Values?.GetValueOrDefault(part.Headline), auto?.Interval, VerdictOf(auto, beat ?? floor, part.HigherIsBetter));
    }

    private static string VerdictOf(RowReport? auto, double? bar, bool higherIsBetter)
    {
        if (auto?.Interval is not { } interval)
            return "failed";
        if (bar is not { } level)
            return "";
        return interval.Low <= level && level <= interval.High ? "equal" : interval.Low > level == higherIsBetter ? "beaten" : "below";
    }
}

/// <summary>The suite as rows of text: the same table on the console and in Markdown.</summary>
internal static class SuiteGrid
{
    public static ReportGrid Of(SuiteReport suite) => new(
        ["data", "measure", "floor", "good", "beat", "auto", "95% interval", "the best published is"],
        [
            .. suite.Rows.Select(row => (IReadOnlyList<string>)
            [
                $"{row.Preset}: {row.Part}", row.Measure, Text($"{row.Floor:0.0000}"), Text($"{row.Good:0.0000}"), Text($"{row.Beat:0.0000}"),
                row.Picked is null ? "failed" : Text($"{row.Ours:0.0000}, {row.Picked}"), row.Interval is null ? "" : Text($"{row.Interval.Low:0.0000} to {row.Interval.High:0.0000}"),
                row.Beat is null ? Text($"not there; popularity is {row.Verdict}") : row.Verdict,
            ]),
        ]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
