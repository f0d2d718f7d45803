namespace RecoService.Engine.Algorithms.ResponsePrediction;

/// <summary>The rising sequence that is nearest to given values.</summary>
public static class IsotonicRegression
{
    /// <summary>
    /// Minimises sum of w (value - fitted)^2 over fitted values that never fall, by pooling adjacent violators. Ayer, Brunk, Ewing, Reid, Silverman, "An Empirical Distribution Function
    /// for Sampling with Incomplete Information", Annals of Mathematical Statistics 1955. Linear time.
    /// </summary>
    /// <param name="values">In the order of what they depend on.</param>
    /// <param name="weights">One per value; above 0.</param>
    /// <returns>One per value.</returns>
    public static double[] Fit(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, values.Length);
        var (means, masses, ends) = (new double[values.Length], new double[values.Length], new int[values.Length]);
        var blocks = 0;
        for (var position = 0; position < values.Length; position++)
        {
            var (mean, mass) = (values[position], weights[position]);
            while (blocks > 0 && means[blocks - 1] >= mean)
            {
                blocks--;
                (mean, mass) = (((means[blocks] * masses[blocks]) + (mean * mass)) / (masses[blocks] + mass), masses[blocks] + mass);
            }

            (means[blocks], masses[blocks], ends[blocks]) = (mean, mass, position + 1);
            blocks++;
        }

        var fitted = new double[values.Length];
        for (var (block, first) = (0, 0); block < blocks; first = ends[block++])
            fitted.AsSpan(first..ends[block]).Fill(means[block]);
        return fitted;
    }
}
