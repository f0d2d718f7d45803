namespace RecoService.Engine.Evaluation;

/// <summary>One user's list against the relevant items. Jarvelin, Kekalainen, "Cumulated Gain-Based Evaluation of IR Techniques", TOIS 20(4), 2002.</summary>
internal readonly record struct UserMetrics(double Ndcg, double Recall, double Precision, double AveragePrecision, double ReciprocalRank, double Hit)
{
    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 => Hit == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    /// <summary>Mean self-information of the list, bits; NaN for an empty list.</summary>
    public double Novelty { get; init; }

    /// <summary>1 - the mean cosine of the list's pairs; NaN for a list of fewer than two, and where it was not measured.</summary>
    public double Diversity { get; init; }

    /// <summary>Of new and repeated items apart; null where lists do not hold both.</summary>
    public RepeatMetrics? Repeats { get; init; }

    /// <param name="list">Item indexes, best first, at most <paramref name="k"/>.</param>
    /// <param name="relevant">Item indexes, ascending, at least one.</param>
    /// <param name="k">The length the list was asked for.</param>
    /// <param name="ideal">What a perfect list is.</param>
    public static UserMetrics Of(ReadOnlySpan<int> list, ReadOnlySpan<int> relevant, int k, IdealDcg ideal)
    {
        var hits = 0;
        var gain = 0.0;
        var precisions = 0.0;
        var firstHit = 0;
        for (var position = 0; position < list.Length; position++)
        {
            if (relevant.BinarySearch(list[position]) < 0)
                continue;
            hits++;
            gain += Discount(position + 1);
            precisions += (double)hits / (position + 1);
            if (firstHit == 0)
                firstHit = position + 1;
        }

        if (hits == 0)
            return default;

        var idealLength = ideal == IdealDcg.AllRelevant ? relevant.Length : Math.Min(k, relevant.Length);
        var idealGain = 0.0;
        for (var rank = 1; rank <= idealLength; rank++)
            idealGain += Discount(rank);

        return new UserMetrics(
            gain / idealGain, (double)hits / relevant.Length, (double)hits / k,
            precisions / Math.Min(k, relevant.Length), 1.0 / firstHit, 1);
    }

    public double ValueOf(RankingMetric metric) => metric switch
    {
        RankingMetric.Ndcg => Ndcg,
        RankingMetric.Recall => Recall,
        RankingMetric.Precision => Precision,
        RankingMetric.F1 => F1,
        RankingMetric.Map => AveragePrecision,
        RankingMetric.Mrr => ReciprocalRank,
        RankingMetric.HitRate => Hit,
        RankingMetric.Novelty => Novelty,
        RankingMetric.Diversity => Diversity,
        RankingMetric.NewRecall => Repeats?.NewRecall ?? double.NaN,
        RankingMetric.RepeatRecall => Repeats?.RepeatRecall ?? double.NaN,
        RankingMetric.NewNdcg => Repeats?.NewNdcg ?? double.NaN,
        RankingMetric.RepeatNdcg => Repeats?.RepeatNdcg ?? double.NaN,
        RankingMetric.RepeatShare => Repeats?.RepeatShare ?? double.NaN,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "It is a property of all lists together; no user has a value of their own."),
    };

    private static double Discount(int rank) => 1 / Math.Log2(rank + 1);
}
