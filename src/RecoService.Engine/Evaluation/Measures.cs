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
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "It has no name."),
    };

    public static string NameOf(RankingMetric metric, int cutOff) => $"{NameOf(metric)}@{cutOff}";
}
