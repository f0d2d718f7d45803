namespace RecoService.Engine.Experiments;

/// <summary>How much two lists of one request agree.</summary>
/// <param name="Overlap">0..1: which part of the first list's items the second one has, too.</param>
/// <param name="RankBiasedOverlap">0..1: the agreement of the two at every depth, the top counting most. Webber, Moffat, Zobel, "A similarity measure for indefinite rankings", ACM TOIS 28(4), 2010, truncated at the shorter list and extrapolated.</param>
/// <param name="Tau">-1..1: Kendall's rank correlation of the items that both have; NaN with fewer than two.</param>
public readonly record struct ListAgreement(double Overlap, double RankBiasedOverlap, double Tau)
{
    /// <summary>p: how far down one looks; 0.9 gives the first ten places 86% of the weight.</summary>
    private const double Persistence = 0.9;

    /// <param name="first">Items, the best first, each once; at least one.</param>
    /// <param name="second">Likewise; may be empty.</param>
    public static ListAgreement Of<T>(IReadOnlyList<T> first, IReadOnlyList<T> second)
        where T : notnull
    {
        ArgumentOutOfRangeException.ThrowIfZero(first.Count);
        var places = new Dictionary<T, int>(second.Count);
        for (var place = 0; place < second.Count; place++)
            places.TryAdd(second[place], place);
        var (common, sum, weight, last) = (0, 0.0, 1 - Persistence, 0.0);
        var (ofFirst, ofSecond) = (new HashSet<T>(), new HashSet<T>());
        var depth = Math.Min(first.Count, second.Count);
        for (var place = 0; place < depth; place++)
        {
            ofFirst.Add(first[place]);
            ofSecond.Add(second[place]);
            common += (ofSecond.Contains(first[place]) ? 1 : 0) + (ofFirst.Contains(second[place]) && !first[place].Equals(second[place]) ? 1 : 0);
            last = (double)common / (place + 1);
            sum += weight * last;
            weight *= Persistence;
        }

        List<int> shared = [.. first.Where(places.ContainsKey).Select(item => places[item])];
        // What lies below is taken to agree as what was seen last.
        return new ListAgreement((double)shared.Count / first.Count, depth == 0 ? 0 : sum + (last * Math.Pow(Persistence, depth)), TauOf(shared));
    }

    private static double TauOf(List<int> places)
    {
        var (agree, pairs) = (0, places.Count * (places.Count - 1) / 2);
        for (var one = 0; one < places.Count; one++)
        {
            for (var other = one + 1; other < places.Count; other++)
                agree += places[one] < places[other] ? 1 : -1;
        }

        return pairs == 0 ? double.NaN : (double)agree / pairs;
    }
}
