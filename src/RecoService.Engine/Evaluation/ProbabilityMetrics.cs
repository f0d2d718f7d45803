namespace RecoService.Engine.Evaluation;

/// <summary>How good predicted probabilities of a yes or no are.</summary>
public static class ProbabilityMetrics
{
    /// <summary>Bins of <see cref="CalibrationError"/>, unless the caller says otherwise.</summary>
    public const int DefaultBins = 10;

    private const double Least = 1e-15;

    /// <summary>
    /// Expected calibration error: the mean over bins of |mean probability - share of yes|, weighted by their sizes; 0..1, 0 is best. Bins hold equally many cases of
    /// ascending probability. Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015, with bins of equal mass.
    /// </summary>
    /// <param name="probabilities">0..1.</param>
    /// <param name="outcomes">One per probability.</param>
    /// <param name="bins">At least 1; with fewer cases each has a bin of its own.</param>
    /// <returns>NaN without cases.</returns>
    public static double CalibrationError(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> outcomes, int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Length, probabilities.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var (sorted, yes) = (probabilities.ToArray(), outcomes.ToArray());
        Array.Sort(sorted, yes);
        var error = 0.0;
        for (var bin = 0; bin < bins; bin++)
        {
            var (first, end) = ((int)((long)bin * sorted.Length / bins), (int)((long)(bin + 1) * sorted.Length / bins));
            var difference = 0.0;
            for (var position = first; position < end; position++)
                difference += sorted[position] - (yes[position] ? 1 : 0);
            error += Math.Abs(difference);
        }

        return error / sorted.Length;
    }

    /// <summary>The mean of -ln(probability of what came about), nats; 0 is best.</summary>
    /// <param name="probabilities">0..1; 0 and 1 count as 1e-15 from there.</param>
    /// <param name="outcomes">One per probability.</param>
    /// <returns>NaN without cases.</returns>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Length, probabilities.Length);
        var loss = 0.0;
        for (var position = 0; position < probabilities.Length; position++)
            loss -= Math.Log(Math.Clamp(outcomes[position] ? probabilities[position] : 1 - probabilities[position], Least, 1));
        return loss / probabilities.Length;
    }

    /// <summary>Area under the ROC curve: the chance that a yes has a higher score than a no, ties counting half; 0.5 is guessing. Fawcett, Pattern Recognition Letters 2006.</summary>
    /// <param name="scores">The higher the likelier; finite.</param>
    /// <param name="outcomes">One per score.</param>
    /// <returns>NaN where all outcomes are the same.</returns>
    public static double AreaUnderCurve(ReadOnlySpan<double> scores, ReadOnlySpan<bool> outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Length, scores.Length);
        var (sorted, yes) = (scores.ToArray(), outcomes.ToArray());
        Array.Sort(sorted, yes);
        var (wins, positives, negatives) = (0.0, 0L, 0L);
        for (var (first, end) = (0, 0); first < sorted.Length; first = end)
        {
            var (tiedYes, tiedNo) = (0L, 0L);
            for (; end < sorted.Length && sorted[end].Equals(sorted[first]); end++)
                _ = yes[end] ? tiedYes++ : tiedNo++;
            wins += tiedYes * (negatives + (0.5 * tiedNo));
            (positives, negatives) = (positives + tiedYes, negatives + tiedNo);
        }

        return wins / ((double)positives * negatives);
    }
}
