using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Api.Wire;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Evaluation.Audit;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>What a run measured, all on the same holdout.</summary>
/// <param name="K">Length of the judged lists.</param>
/// <param name="TrainInteractions">How many interactions trained the candidate.</param>
/// <param name="HoldoutInteractions">How many were held out.</param>
/// <param name="JudgedUsers">Users with a history before the holdout and something in it that their list may hold.</param>
/// <param name="Strangers">Users who appear in the holdout only; no model can know them, and they are not judged.</param>
/// <param name="Candidate">The newly trained model.</param>
/// <param name="Popularity">The most popular items, the same for everybody.</param>
/// <param name="Current">The model that is served, or its options retrained on the train part.</param>
/// <param name="VersusPopularity">nDCG of the candidate minus that of popularity.</param>
/// <param name="VersusCurrent">nDCG of the candidate minus that of the current model, or null when there is none.</param>
/// <param name="Refit">The model retrained on everything, which is what is published.</param>
/// <param name="Ratings">Rating error of the trainers that predict ratings, by trainer name.</param>
internal sealed record RunMetrics(
    int K, int TrainInteractions, int HoldoutInteractions, int JudgedUsers, int Strangers,
    ModelMetrics? Candidate, ModelMetrics? Popularity, CurrentMetrics? Current,
    DifferenceMetrics? VersusPopularity, DifferenceMetrics? VersusCurrent, RefitMetrics? Refit, IReadOnlyDictionary<string, RatingMetrics>? Ratings)
{
    /// <summary>A row that an earlier or a later version wrote may have a field too many; it stays readable.</summary>
    private static readonly JsonSerializerOptions StoredOptions = new(WireJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>As a run or its model has them stored; null for none.</summary>
    public static RunMetrics? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<RunMetrics>(json, StoredOptions);

    /// <summary>How many users judged a model before it was published; 0 where nobody did, or there is none.</summary>
    public static int JudgedUsersOf(StoredModel? model) => Read(model?.MetricsJson)?.JudgedUsers ?? 0;

    /// <summary>Of models that stand beside the recommender, which nobody judges.</summary>
    public static RunMetrics OfUnjudged(int k, int trainInteractions, IReadOnlyDictionary<string, string>? leftOut) =>
        new(k, trainInteractions, HoldoutInteractions: 0, JudgedUsers: 0, Strangers: 0, null, null, null, null, null, null, null) { LeftOut = leftOut };

    /// <summary>As runs and models store them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <summary>What the run tried before it picked its recommender, best first; null when the settings name one, empty when nobody could be judged.</summary>
    public IReadOnlyList<SelectionMetrics>? Selection { get; init; }

    /// <summary>What the bound on the time of a list cost, a sentence; null when it cost nothing or there is none.</summary>
    public string? GivenUp { get; init; }

    /// <summary>Everything from then on was held out, UTC; null where the last items of each user were, because no cut in time judges enough users.</summary>
    public DateTimeOffset? HoldoutSince { get; init; }

    /// <summary>Trainers beside the recommender that could not learn from this data, with the reason, by name; null when all could.</summary>
    public IReadOnlyDictionary<string, string>? LeftOut { get; init; }

    /// <summary>Whom and what the lists of the candidate serve; null where nobody could be judged, and of runs before it was looked at.</summary>
    public ModelAudit? Audit { get; init; }

    /// <summary>How good the probabilities of clicks and purchases were then; null where there were none.</summary>
    public PredictionMetrics? Prediction { get; init; }

    /// <summary>What the trainings of the run have to say although they went well, as that a catalogue is too large for an exact solution; null for nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>With what the trainings of a run have said so far.</summary>
    public RunMetrics WithNotesOf(TrainingContext context) => this with { Notes = context.Notes.Texts is { Count: > 0 } texts ? texts : null };
}

/// <param name="Trainer">Who was tried.</param>
/// <param name="Ndcg">The best of its trials on a part held out of the train part; null when it gave no model or was not tried.</param>
/// <param name="UserFraction">The part of the users it was tried on, 0..1.</param>
/// <param name="Seconds">Training and judging, all trials together.</param>
/// <param name="Note">Why it was not tried, tried no further or not picked; null when its figure says all.</param>
internal sealed record SelectionMetrics(string Trainer, double? Ndcg, double UserFraction, double Seconds, string? Note)
{
    /// <summary>How often it was tried.</summary>
    public int Trials { get; init; }

    /// <summary>Where the options of the best trial come from: default, configured, drawn, for a kind of data, with what was shown, picked last time, of the best.</summary>
    public string? Origin { get; init; }

    /// <summary>The options of the best trial.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Of the best trial: the training alone.</summary>
    public double? TrainSeconds { get; init; }

    /// <summary>Of the best trial: the most memory that its training held at once, MiB.</summary>
    public double? PeakMiB { get; init; }

    /// <summary>Of the best trial: how long one thread takes over a list.</summary>
    public double? ListMicroseconds { get; init; }

    public static SelectionMetrics Of(SelectionRow row, TrainerRegistry trainers) => new(row.Candidate.Trainer, row.Best?.Value, row.Best?.Fraction ?? 0, row.Seconds, row.Reason)
    {
        Trials = row.Trials,
        Origin = row.Best?.Origin,
        Options = row.Best is null ? null : JsonSerializer.Deserialize<JsonElement>(trainers.Serialize(row.Candidate.Trainer, row.Candidate.Options)),
        TrainSeconds = row.Best?.TrainSeconds,
        PeakMiB = row.Best?.PeakBytes / 1048576.0,
        ListMicroseconds = row.Best?.ListMicroseconds,
    };
}

internal sealed record ModelMetrics(string Trainer, double Ndcg, double Recall, double Precision, double Map, double Mrr, double HitRate, double Coverage)
{
    /// <summary>Recall of what was new to the users; null where nothing of it was relevant, and of runs before it was measured.</summary>
    public double? NewRecall { get; init; }

    /// <summary>Recall of what the users had before and had not consumed.</summary>
    public double? RepeatRecall { get; init; }

    public static ModelMetrics Of(string trainer, RankingResult result) => new(
        trainer, result.NdcgAtK, result.RecallAtK, result.PrecisionAtK, result.MapAtK, result.MrrAtK, result.HitRateAtK, result.CoverageAtK)
    {
        NewRecall = Number(result.NewRecallAtK),
        RepeatRecall = Number(result.RepeatRecallAtK),
    };

    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}

/// <param name="Version">The model version served when the run started.</param>
/// <param name="Retrained">True when too few holdout users are newer than the model, so that its recorded options were retrained on the train part to stand for it.</param>
/// <param name="JudgedUsers">How many users it was judged on.</param>
/// <param name="Metrics">Its metrics on them.</param>
internal sealed record CurrentMetrics(int Version, bool Retrained, int JudgedUsers, ModelMetrics Metrics);

/// <param name="Mean">Mean difference of nDCG per user.</param>
/// <param name="Low">Lower end of its 95% interval.</param>
/// <param name="High">Upper end of its 95% interval.</param>
/// <param name="Users">How many users were paired.</param>
internal sealed record DifferenceMetrics(double Mean, double Low, double High, int Users)
{
    public static DifferenceMetrics Of(PairedComparison comparison) =>
        new(comparison.Mean, comparison.Interval.Low, comparison.Interval.High, comparison.UserCount);
}

internal sealed record RefitMetrics(double Coverage, double Overlap);

internal sealed record RatingMetrics(double Rmse, double Mae, int Count, int Unknown);
