namespace RecoService.Engine.Evaluation;

/// <summary>
/// How well top-K lists hold what users did later: means over the evaluated users, binary relevance. Per-user nDCG is kept, so that two
/// models are compared user by user.
/// </summary>
public sealed class RankingResult
{
    private readonly int[] users;
    private readonly double[] ndcgPerUser;

    internal RankingResult(int k, int[] users, UserMetrics[] perUser, int strangerCount, double coverage)
    {
        K = k;
        this.users = users;
        ndcgPerUser = Array.ConvertAll(perUser, metrics => metrics.Ndcg);
        StrangerCount = strangerCount;
        NdcgAtK = Mean(perUser, metrics => metrics.Ndcg);
        RecallAtK = Mean(perUser, metrics => metrics.Recall);
        PrecisionAtK = Mean(perUser, metrics => metrics.Precision);
        MapAtK = Mean(perUser, metrics => metrics.AveragePrecision);
        MrrAtK = Mean(perUser, metrics => metrics.ReciprocalRank);
        HitRateAtK = Mean(perUser, metrics => metrics.Hit);
        CoverageAtK = coverage;
    }

    public int K { get; }

    public int UserCount => users.Length;

    /// <summary>Users with relevant items but without train history: left out, because a personal model can know nothing of them.</summary>
    public int StrangerCount { get; }

    /// <summary>Normalized discounted cumulative gain, discount 1 / log2(rank + 1); 0..1.</summary>
    public double NdcgAtK { get; }

    /// <summary>Hits / relevant items of the user.</summary>
    public double RecallAtK { get; }

    /// <summary>Hits / K.</summary>
    public double PrecisionAtK { get; }

    /// <summary>Mean over users of (sum of the precision at each hit's rank) / min(K, relevant items).</summary>
    public double MapAtK { get; }

    /// <summary>Mean of 1 / the rank of the first hit, 0 without a hit.</summary>
    public double MrrAtK { get; }

    /// <summary>Share of users with at least one hit.</summary>
    public double HitRateAtK { get; }

    /// <summary>Share of the items of the dataset that stand in at least one list.</summary>
    public double CoverageAtK { get; }

    /// <summary>User indexes, ascending.</summary>
    public ReadOnlySpan<int> Users => users;

    /// <summary>One value per entry of <see cref="Users"/>.</summary>
    public ReadOnlySpan<double> NdcgPerUser => ndcgPerUser;

    private static double Mean(UserMetrics[] perUser, Func<UserMetrics, double> metric) => perUser.Length == 0 ? 0 : perUser.Average(metric);
}
