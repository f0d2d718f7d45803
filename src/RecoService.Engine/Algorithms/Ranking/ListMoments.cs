namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>The mean and the deviation of every feature within one list of candidates, which make the lists of all users alike.</summary>
/// <param name="Means">One per feature.</param>
/// <param name="Deviations">One per feature; 0 where all candidates are the same.</param>
internal sealed record ListMoments(double[] Means, double[] Deviations)
{
    /// <summary>A spread that is so small a part of the values is rounding.</summary>
    private const double SmallSpread = 1e-5;

    /// <param name="rows">candidates x features, row-major.</param>
    /// <param name="width">How many features.</param>
    public static ListMoments Of(ReadOnlySpan<float> rows, int width)
    {
        var (means, deviations) = (new double[width], new double[width]);
        var count = Math.Max(1, rows.Length / width);
        for (var place = 0; place < rows.Length; place++)
            means[place % width] += (double)rows[place] / count;
        for (var place = 0; place < rows.Length; place++)
            deviations[place % width] += (rows[place] - means[place % width]) * (rows[place] - means[place % width]) / count;
        for (var feature = 0; feature < width; feature++)
            deviations[feature] = Math.Sqrt(deviations[feature]) is var deviation && deviation > SmallSpread * Math.Abs(means[feature]) ? deviation : 0;
        return new ListMoments(means, deviations);
    }

    /// <summary>Makes every feature's mean 0 and its deviation 1; one that is the same for all candidates becomes 0.</summary>
    /// <param name="rows">Any items x features, row-major.</param>
    public void Standardise(Span<float> rows)
    {
        for (var place = 0; place < rows.Length; place++)
        {
            var feature = place % Means.Length;
            rows[place] = Deviations[feature] > 0 ? (float)((rows[place] - Means[feature]) / Deviations[feature]) : 0;
        }
    }
}
