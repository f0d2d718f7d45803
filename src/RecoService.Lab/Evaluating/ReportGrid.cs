using System.Globalization;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Evaluating;

/// <summary>One part as rows of text: the same table on the console and in Markdown.</summary>
internal sealed record ReportGrid(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private static readonly RankingMetric[] BesideTheHeadline =
        [RankingMetric.Ndcg, RankingMetric.Recall, RankingMetric.Precision, RankingMetric.HitRate, RankingMetric.Coverage];

    public static ReportGrid Of(PartReport part)
    {
        var measures = MeasuresOf(part).ToList();
        var published = part.Rows.Select(row => row.Published).OfType<PublishedReport>().Concat(part.Literature).ToList();
        var withPublished = measures.Where(measure => published.Exists(row => row.Values.ContainsKey(measure))).ToHashSet(StringComparer.Ordinal);
        List<string> columns =
        [
            "recommender", .. measures.SelectMany(measure => withPublished.Contains(measure) ? new[] { measure, "published" } : [measure]),
            $"difference in {part.Headline} (95%)", "train", part.Shown is null ? "per user" : "a list",
        ];
        var rows = part.Rows.Select(row => (IReadOnlyList<string>)
        [
            row.Recommender,
            .. measures.SelectMany(measure => Cells(row.Values?.GetValueOrDefault(measure), row.Published?.Values, measure, withPublished)),
            DifferenceOf(row), row.TrainSeconds is { } seconds ? Text($"{seconds:0.00} s") : "", row.MillisecondsPerUser is { } milliseconds ? Text($"{milliseconds:0.000} ms") : "",
        ]);
        var literature = part.Literature.Select(row => (IReadOnlyList<string>)
            [$"({row.Name})", .. measures.SelectMany(measure => Cells(null, row.Values, measure, withPublished)), "", "", ""]);
        return new ReportGrid(columns, [.. rows, .. literature]);
    }

    public static string DataLine(PartReport part)
    {
        var data = part.Data;
        return Text($"{data.Users:N0} users, {data.Items:N0} items, {data.TrainInteractions:N0} interactions to learn from, {data.HoldoutInteractions:N0} held out, {data.JudgedUsers:N0} {data.Unit ?? "users"} judged")
            + (data.Folds > 1 ? Text($"; {data.Folds} folds, their means") : "") + ".";
    }

    private static IEnumerable<string> MeasuresOf(PartReport part)
    {
        if (!part.HigherIsBetter)
            return [Measures.Rmse, Measures.Mae];
        if (part.Shown is { } shown)
            return shown;
        var at = part.Headline[(part.Headline.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var metric = part.Headline[..part.Headline.IndexOf('@', StringComparison.Ordinal)];
        var apart = part.Rows.FirstOrDefault(row => row.Values is not null)?.Values is { } values
            ? Enum.GetValues<RankingMetric>().Where(Measures.IsOfRepeats).Select(other => $"{Measures.NameOf(other)}@{at}").Where(values.ContainsKey)
            : [];
        return new[] { part.Headline }
            .Concat(BesideTheHeadline.Select(other => $"{Measures.NameOf(other)}@{at}"))
            .Concat(apart)
            .Concat(part.Protocol.CutOffs.Select(cutOff => Text($"{metric}@{cutOff}"))).Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Cells(double? value, IReadOnlyDictionary<string, double>? published, string measure, HashSet<string> withPublished)
    {
        yield return value is { } number ? Text($"{number:0.0000}") : "";
        if (withPublished.Contains(measure))
            yield return published is not null && published.TryGetValue(measure, out var printed) ? Text($"{printed:0.0000}") : "";
    }

    private static string DifferenceOf(RowReport row) =>
        row.Failure ?? (row.Difference is { } difference
            ? Text($"{difference.Mean:+0.0000;-0.0000;0.0000} ({difference.Low:+0.0000;-0.0000;0.0000} to {difference.High:+0.0000;-0.0000;0.0000}): {difference.Verdict} than {difference.Versus}")
                .Replace("equal than", "equal to", StringComparison.Ordinal)
            : "the reference");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
