using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Evaluating;

/// <summary>What was measured of a preset or of files: the same figures stand in every output.</summary>
internal sealed record EvaluationReport(string Data, int Seed, int Threads, IReadOnlyList<PartReport> Parts)
{
    /// <summary>What the trainings have to say although they went well; null for nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>What became of one recommender.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Options">All of them, as JSON.</param>
/// <param name="Result">Null when it failed.</param>
/// <param name="Failure">Why; null when it did not.</param>
internal sealed record RecommenderOutcome(string Name, string Options, EvaluationResult? Result, string? Failure)
{
    /// <summary>How it was picked; null when it was named.</summary>
    public SelectionReport? Selection { get; init; }
}

/// <summary>What is judged, by which measure rows are compared, the rows, the best first and those that failed last, and published rows of what is not among ours.</summary>
internal sealed record PartReport(
    string Name, DataFigures Data, ProtocolFigures Protocol, string Headline, bool HigherIsBetter, IReadOnlyList<RowReport> Rows, IReadOnlyList<PublishedReport> Literature,
    SelectionReport? Selection)
{
    /// <summary>The measures that tables show, the headline first; null: those of its protocol.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Shown { get; init; }

    public static PartReport Of(EvaluationPart part, IReadOnlyList<RecommenderOutcome> outcomes, string? versus) => Of(
        part.Name, DataFigures.Of(part, outcomes.FirstOrDefault(outcome => outcome.Result is not null)?.Result), ProtocolFigures.Of(part.Protocol, part), part.Protocol, part.Published, outcomes, versus);

    /// <param name="name">What is judged.</param>
    /// <param name="data">How much.</param>
    /// <param name="figures">How, as the files say it.</param>
    /// <param name="protocol">How.</param>
    /// <param name="published">What others measured.</param>
    /// <param name="outcomes">Of each recommender.</param>
    /// <param name="versus">With which the others are compared; null: the best.</param>
    public static PartReport Of(
        string name, DataFigures data, ProtocolFigures figures, EvaluationProtocol protocol, IReadOnlyList<PublishedRow> published, IReadOnlyList<RecommenderOutcome> outcomes, string? versus)
    {
        var isError = protocol.Target == EvaluationTarget.Ratings;
        var headline = isError ? Measures.Rmse : Measures.NameOf(protocol.Headline, protocol.HeadlineCutOff);
        var ordered = outcomes.OrderBy(outcome => outcome.Result is null).ThenBy(outcome => (isError ? 1 : -1) * (outcome.Result?.Values[headline] ?? 0)).ToList();
        var reference = ordered.Find(outcome => outcome.Name == versus && outcome.Result is not null) ?? ordered[0];
        var rows = ordered.Select(outcome => new RowReport(
            outcome.Name, JsonSerializer.Deserialize<JsonElement>(outcome.Options), outcome.Failure,
            outcome.Result?.Values.ToDictionary(value => value.Key, value => Finite(value.Value), StringComparer.Ordinal),
            outcome.Result?.TrainSeconds, outcome.Result is { UserCount: > 0 } result ? 1000 * result.EvaluateSeconds / result.UserCount : null,
            published.FirstOrDefault(row => row.Trainer == outcome.Name) is { } printed ? new PublishedReport(printed.Name, printed.Values) : null,
            outcome.Result is null || reference.Result is null || outcome.Name == reference.Name ? null : DifferenceReport.Of(protocol, outcome.Result, reference.Result, reference.Name))
        {
            Interval = outcome.Result?.IntervalOf(protocol) is { } interval ? new IntervalReport(interval.Low, interval.High) : null,
        });
        return new PartReport(
            name, data, figures, headline, !isError, [.. rows],
            [.. published.Where(row => outcomes.All(outcome => outcome.Name != row.Trainer)).Select(row => new PublishedReport(row.Name, row.Values))],
            outcomes.Select(outcome => outcome.Selection).FirstOrDefault(selection => selection is not null));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

internal sealed record DataFigures(int Users, int Items, int TrainInteractions, int HoldoutInteractions, int Folds, int JudgedUsers)
{
    /// <summary>What is judged, as <c>baskets</c>; null: users.</summary>
    public string? Unit { get; init; }

    public static DataFigures Of(EvaluationPart part, EvaluationResult? judged) => new(
        part.Folds[0].Train.Users.Count, part.Folds[0].Train.Items.Count, part.Folds[0].Train.Count, part.Folds[0].Holdout.Count, part.Folds.Count, judged?.UserCount ?? 0);
}

internal sealed record ProtocolFigures(string Target, IReadOnlyList<int> CutOffs, string? IdealDcg, string? Ties, bool? Candidates)
{
    /// <summary>What holds for items that users had before; null: they are not listed.</summary>
    public string? Repeats { get; init; }

    public static ProtocolFigures Of(EvaluationProtocol protocol, EvaluationPart part) => protocol.Target == EvaluationTarget.Ratings
        ? new("ratings", [], null, null, null)
        : new("topn", protocol.CutOffs, protocol.IdealDcg == Engine.Evaluation.IdealDcg.AllRelevant ? "all" : "at-most-k",
            protocol.Ties == TieOrder.AsSelected ? "as-selected" : "lower-index", part.Folds[0].Candidates is not null)
        {
            Repeats = protocol.Repeats switch { RepeatRule.None => null, RepeatRule.Allow => "allow", RepeatRule.Only => "only", _ => "as-served" },
        };
}

/// <param name="Recommender">Its name.</param>
/// <param name="Options">All of them.</param>
/// <param name="Failure">Why there are no figures; null when there are.</param>
/// <param name="Values">By measure; null where it has no value.</param>
/// <param name="TrainSeconds">All folds.</param>
/// <param name="MillisecondsPerUser">Time to rank, or to predict, for one user on average, all threads together.</param>
/// <param name="Published">What others measured of the same recommender.</param>
/// <param name="Difference">Against the reference; null for the reference itself.</param>
internal sealed record RowReport(
    string Recommender, JsonElement Options, string? Failure, IReadOnlyDictionary<string, double?>? Values, double? TrainSeconds, double? MillisecondsPerUser,
    PublishedReport? Published, DifferenceReport? Difference)
{
    /// <summary>The 95% interval of the headline over users; null when there are no figures.</summary>
    public IntervalReport? Interval { get; init; }
}

internal sealed record IntervalReport(double Low, double High);

internal sealed record PublishedReport(string Name, IReadOnlyDictionary<string, double> Values);

/// <param name="Versus">The reference.</param>
/// <param name="Mean">Of the headline: this row minus the reference.</param>
/// <param name="Low">Lower end of its 95% interval, paired by user.</param>
/// <param name="High">Upper end.</param>
/// <param name="Verdict">better, worse, or equal when the interval holds 0.</param>
internal sealed record DifferenceReport(string Versus, double Mean, double Low, double High, string Verdict)
{
    public static DifferenceReport Of(EvaluationProtocol protocol, EvaluationResult row, EvaluationResult reference, string versus)
    {
        var isError = protocol.Target == EvaluationTarget.Ratings;
        var comparison = isError
            ? OfflineEvaluator.Compare(row.Ratings!, reference.Ratings!)
            : OfflineEvaluator.Compare(row.At(protocol.HeadlineCutOff), reference.At(protocol.HeadlineCutOff), protocol.Headline);
        var (low, high) = (comparison.Interval.Low, comparison.Interval.High);
        var verdict = low > 0 ? (isError ? "worse" : "better") : high < 0 ? (isError ? "better" : "worse") : "equal";
        return new DifferenceReport(versus, comparison.Mean, low, high, verdict);
    }
}
