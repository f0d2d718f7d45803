namespace RecoService.Engine.Evaluation;

/// <summary>
/// How well top-K lists hold what users did later: means over the evaluated users, binary relevance. The values of each user are kept, so that
/// two models are compared user by user.
/// </summary>
public sealed class RankingResult
{
    private readonly int[] users;
    private readonly UserMetrics[] perUser;
    private readonly double[] ndcgPerUser;

    internal RankingResult(int k, int[] users, UserMetrics[] perUser, int strangerCount, double coverage, double popularityBias = double.NaN)
    {
        K = k;
        this.users = users;
        this.perUser = perUser;
        ndcgPerUser = ValuesPerUser(RankingMetric.Ndcg);
        StrangerCount = strangerCount;
        CoverageAtK = coverage;
        PopularityBiasAtK = popularityBias;
    }

    public int K { get; }

    public int UserCount => users.Length;

    /// <summary>Users with relevant items but without train history: left out, because a personal model can know nothing of them.</summary>
    public int StrangerCount { get; }

    /// <summary>Normalized discounted cumulative gain, discount 1 / log2(rank + 1); 0..1.</summary>
    public double NdcgAtK => Mean(RankingMetric.Ndcg);

    /// <summary>Hits / relevant items of the user.</summary>
    public double RecallAtK => Mean(RankingMetric.Recall);

    /// <summary>Hits / K.</summary>
    public double PrecisionAtK => Mean(RankingMetric.Precision);

    /// <summary>Mean over users of the harmonic mean of precision and recall.</summary>
    public double F1AtK => Mean(RankingMetric.F1);

    /// <summary>Mean over users of (sum of the precision at each hit's rank) / min(K, relevant items).</summary>
    public double MapAtK => Mean(RankingMetric.Map);

    /// <summary>Mean of 1 / the rank of the first hit, 0 without a hit.</summary>
    public double MrrAtK => Mean(RankingMetric.Mrr);

    /// <summary>Share of users with at least one hit.</summary>
    public double HitRateAtK => Mean(RankingMetric.HitRate);

    /// <summary>
    /// Mean self-information of the listed items, bits: -log2 of the share of training users that have the item (an item that nobody has counts as one
    /// that a single user has). Mean over the users with a list. Zhou et al., "Solving the apparent diversity-accuracy dilemma", PNAS 107(10), 2010.
    /// </summary>
    public double NoveltyAtK => Mean(RankingMetric.Novelty);

    /// <summary>
    /// Intra-list diversity: 1 - the mean cosine of the list's pairs of items, an item being the 0/1 vector of its training users; 0..1, NaN when it was not measured.
    /// Ziegler et al., "Improving recommendation lists through topic diversification", WWW 2005.
    /// </summary>
    public double DiversityAtK => Mean(RankingMetric.Diversity);

    /// <summary>Hits among the relevant items that are new to the user / such items, the list being of both; mean over the users with one. NaN where lists do not hold both.
    /// Li, Jullien, Ariannezhad, de Rijke, "A Next Basket Recommendation Reality Check", ACM TOIS 41(4), 2023.</summary>
    public double NewRecallAtK => Mean(RankingMetric.NewRecall);

    /// <summary>The same of the relevant items that the user had before.</summary>
    public double RepeatRecallAtK => Mean(RankingMetric.RepeatRecall);

    /// <summary>nDCG of the same lists where only what is new to the user is relevant; mean over the users with such an item. NaN where lists do not hold both.</summary>
    public double NewNdcgAtK => Mean(RankingMetric.NewNdcg);

    /// <summary>The same where only what the user had before is relevant.</summary>
    public double RepeatNdcgAtK => Mean(RankingMetric.RepeatNdcg);

    /// <summary>Share of the list that the user had before; mean over the users with a list. NaN where lists do not hold both.</summary>
    public double RepeatShareAtK => Mean(RankingMetric.RepeatShare);

    /// <summary>Share of the items of the dataset that stand in at least one list.</summary>
    public double CoverageAtK { get; }

    /// <summary>Gini coefficient of how often each item of the dataset is listed: 0 when all are listed equally often, near 1 when the same few are listed to everybody.</summary>
    public double PopularityBiasAtK { get; }

    /// <summary>Whether lists hold new and repeated items, whose figures are then measured apart.</summary>
    public bool TellsRepeats => Array.Exists(perUser, user => user.Repeats is not null);

    /// <summary>User indexes, ascending; of several folds, one fold after the other.</summary>
    public ReadOnlySpan<int> Users => users;

    /// <summary>One value per entry of <see cref="Users"/>.</summary>
    public ReadOnlySpan<double> NdcgPerUser => ndcgPerUser;

    /// <summary>The 95% interval of the mean over users; that of the mean itself where only one user has a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The metric belongs to all lists together.</exception>
    public Interval IntervalOf(RankingMetric metric)
    {
        var values = Array.FindAll(ValuesPerUser(metric), value => !double.IsNaN(value));
        return values.Length < 2 ? new Interval(this[metric], this[metric]) : PairedComparison.Of(values).Interval;
    }

    /// <summary>One value per entry of <see cref="Users"/>; NaN where the user has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The metric belongs to all lists together.</exception>
    public double[] ValuesPerUser(RankingMetric metric) => Array.ConvertAll(perUser, user => user.ValueOf(metric));

    /// <summary>The metric over all users.</summary>
    public double this[RankingMetric metric] => metric switch
    {
        RankingMetric.Coverage => CoverageAtK,
        RankingMetric.PopularityBias => PopularityBiasAtK,
        _ => Mean(metric),
    };

    /// <summary>The folds of one data set as one result: every user of every fold counts once, coverage and popularity bias are the folds' means.</summary>
    /// <param name="folds">At least one, all of the same K.</param>
    public static RankingResult OfFolds(IReadOnlyList<RankingResult> folds) => folds.Count == 1 ? folds[0] : new(
        folds[0].K, [.. folds.SelectMany(fold => fold.users)], [.. folds.SelectMany(fold => fold.perUser)], folds.Sum(fold => fold.StrangerCount),
        folds.Average(fold => fold.CoverageAtK), folds.Average(fold => fold.PopularityBiasAtK));

    /// <summary>The mean over the users that have a value. 0 without users.</summary>
    private double Mean(RankingMetric metric)
    {
        if (perUser.Length == 0)
            return 0;
        var (sum, count) = (0.0, 0);
        foreach (var user in perUser)
        {
            if (user.ValueOf(metric) is var value && !double.IsNaN(value))
            {
                sum += value;
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
