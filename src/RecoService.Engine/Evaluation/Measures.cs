namespace RecoService.Engine.Evaluation;

/// <summary>What the measured figures are called in tables and files.</summary>
public static class Measures
{
    public const string Rmse = "RMSE";

    public const string Mae = "MAE";

    public static string NameOf(RankingMetric metric) => metric switch
    {
        RankingMetric.Ndcg => "nDCG",
        RankingMetric.Recall => "recall",
        RankingMetric.Precision => "precision",
        RankingMetric.F1 => "F1",
        RankingMetric.Map => "MAP",
        RankingMetric.Mrr => "MRR",
        RankingMetric.HitRate => "hit rate",
        RankingMetric.Coverage => "coverage",
        RankingMetric.Novelty => "novelty",
        RankingMetric.Diversity => "diversity",
        RankingMetric.PopularityBias => "popularity bias",
        RankingMetric.NewRecall => "new recall",
        RankingMetric.RepeatRecall => "repeat recall",
        RankingMetric.NewNdcg => "new nDCG",
        RankingMetric.RepeatNdcg => "repeat nDCG",
        RankingMetric.RepeatShare => "repeat share",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "It has no name."),
    };

    /// <summary>Whether it tells new items from repeated ones, so that it has a value only where lists hold both.</summary>
    public static bool IsOfRepeats(RankingMetric metric) =>
        metric is RankingMetric.NewRecall or RankingMetric.RepeatRecall or RankingMetric.NewNdcg or RankingMetric.RepeatNdcg or RankingMetric.RepeatShare;

    public static string NameOf(RankingMetric metric, int cutOff) => $"{NameOf(metric)}@{cutOff}";
}
