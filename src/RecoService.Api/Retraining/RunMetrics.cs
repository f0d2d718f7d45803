using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Tuning;

namespace RecoService.Api.Retraining;

/// <summary>What a run measured, all on the same holdout.</summary>
/// <param name="K">Length of the judged lists.</param>
/// <param name="TrainInteractions">How many interactions trained the candidate.</param>
/// <param name="HoldoutInteractions">How many were held out.</param>
/// <param name="JudgedUsers">Users with a history before the holdout and something new in it.</param>
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
    /// <summary>As a run or its model has them stored; null for none.</summary>
    public static RunMetrics? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<RunMetrics>(json, WireJson.Options);

    /// <summary>Of models that stand beside the recommender, which nobody judges.</summary>
    public static RunMetrics OfUnjudged(int k, int trainInteractions, IReadOnlyDictionary<string, string>? leftOut) =>
        new(k, trainInteractions, HoldoutInteractions: 0, JudgedUsers: 0, Strangers: 0, null, null, null, null, null, null, null) { LeftOut = leftOut };

    /// <summary>As runs and models store them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, WireJson.Options);

    /// <summary>What the run tried before it picked its recommender, best first; null when the settings name one, empty when nobody could be judged.</summary>
    public IReadOnlyList<SelectionMetrics>? Selection { get; init; }

    /// <summary>Everything from then on was held out, UTC; null where the last items of each user were, because no cut in time judges enough users.</summary>
    public DateTimeOffset? HoldoutSince { get; init; }

    /// <summary>Trainers beside the recommender that could not learn from this data, with the reason, by name; null when all could.</summary>
    public IReadOnlyDictionary<string, string>? LeftOut { get; init; }
}

/// <param name="Trainer">Who was tried, with the options configured for it.</param>
/// <param name="Ndcg">On a part held out of the train part; null when it gave no model or was not tried.</param>
/// <param name="UserFraction">The part of the users it was tried on, 0..1.</param>
/// <param name="Seconds">Training and judging.</param>
/// <param name="Note">Why it was not tried on all users; null when it was.</param>
internal sealed record SelectionMetrics(string Trainer, double? Ndcg, double UserFraction, double Seconds, string? Note)
{
    public static SelectionMetrics Of(SelectionRow row) => new(row.Candidate.Trainer, row.Value, row.Fraction, row.Seconds, row.Reason);
}

internal sealed record ModelMetrics(string Trainer, double Ndcg, double Recall, double Precision, double Map, double Mrr, double HitRate, double Coverage)
{
    public static ModelMetrics Of(string trainer, RankingResult result) => new(
        trainer, result.NdcgAtK, result.RecallAtK, result.PrecisionAtK, result.MapAtK, result.MrrAtK, result.HitRateAtK, result.CoverageAtK);
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
