namespace RecoService.Engine.Evaluation;

/// <summary>What is measured of top-k lists; see <see cref="RankingResult"/> for each one's definition.</summary>
public enum RankingMetric
{
    Ndcg,
    Recall,
    Precision,
    F1,
    Map,
    Mrr,
    HitRate,
    Novelty,
    Diversity,

    /// <summary>Of all lists together: it has no value per user.</summary>
    Coverage,

    /// <summary>Of all lists together: it has no value per user.</summary>
    PopularityBias,
}
