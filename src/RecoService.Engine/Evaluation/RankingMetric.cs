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

    /// <summary>Of what was taken for the first time; only where lists hold new and repeated items.</summary>
    NewRecall,

    /// <summary>Of what was taken again; only where lists hold new and repeated items.</summary>
    RepeatRecall,

    /// <summary>Of what was taken for the first time; only where lists hold new and repeated items.</summary>
    NewNdcg,

    /// <summary>Of what was taken again; only where lists hold new and repeated items.</summary>
    RepeatNdcg,

    /// <summary>Only where lists hold new and repeated items.</summary>
    RepeatShare,

    /// <summary>Of all lists together: it has no value per user.</summary>
    Coverage,

    /// <summary>Of all lists together: it has no value per user.</summary>
    PopularityBias,
}
