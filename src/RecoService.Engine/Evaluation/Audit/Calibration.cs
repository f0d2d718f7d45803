namespace RecoService.Engine.Evaluation.Audit;

/// <summary>
/// How far the proportions of a list are from those of a history (Steck, "Calibrated Recommendations", RecSys 2018): the Kullback-Leibler divergence of the list's distribution over categories from the
/// history's, the list's being smoothed by a hundredth of the history's so that a missing category has a finite price.
/// </summary>
public static class Calibration
{
    /// <summary>The part of the history in the smoothed list; Steck's alpha.</summary>
    public const double Smoothing = 0.01;

    /// <param name="history">Weights by category, at least 0; need not sum to 1.</param>
    /// <param name="list">The same of the list.</param>
    /// <returns>Nats, at least 0: 0 when both are in the same proportions, at most ln 100 when they share nothing. NaN where either is empty.</returns>
    public static double Divergence(ReadOnlySpan<double> history, ReadOnlySpan<double> list)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(list.Length, history.Length);
        var (ofHistory, ofList) = (Sum(history), Sum(list));
        if (ofHistory <= 0 || ofList <= 0)
            return double.NaN;
        var divergence = 0.0;
        for (var category = 0; category < history.Length; category++)
        {
            var p = history[category] / ofHistory;
            if (p > 0)
                divergence += p * Math.Log(p / (((1 - Smoothing) * list[category] / ofList) + (Smoothing * p)));
        }

        return Math.Max(divergence, 0);
    }

    private static double Sum(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        return sum;
    }
}
