using MathNet.Numerics;

namespace RecoService.Engine.Experiments;

/// <summary>
/// Whether users fell into variants as the shares say. Where they did not, something loses or doubles users of one variant, and no figure of the experiment can be
/// trusted. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019.
/// </summary>
public static class SampleRatio
{
    /// <summary>Below this p an experiment raises the alarm.</summary>
    public const double AlarmBelow = 0.001;

    /// <summary>The p value of Pearson's chi-square test, sum of (observed - expected)^2 / expected, with one degree of freedom less than there are variants. 1 without users.</summary>
    /// <param name="counts">How many users each variant has.</param>
    /// <param name="shares">What part each should have, in any unit; all above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are fewer than two variants, or a count is negative or a share not above 0.</exception>
    public static double P(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares)
    {
        if (counts.Length != shares.Length || counts.Length < 2)
            throw new ArgumentException($"Two variants or more have a count and a share each; {counts.Length} counts and {shares.Length} shares are given.", nameof(counts));
        var (total, all) = (0L, 0.0);
        for (var variant = 0; variant < counts.Length; variant++)
        {
            if (counts[variant] < 0 || !(shares[variant] > 0))
                throw new ArgumentException("Counts are 0 or more, and shares are above 0.", nameof(shares));
            total += counts[variant];
            all += shares[variant];
        }

        if (total == 0)
            return 1;
        var statistic = 0.0;
        for (var variant = 0; variant < counts.Length; variant++)
        {
            var expected = total * shares[variant] / all;
            statistic += (counts[variant] - expected) * (counts[variant] - expected) / expected;
        }

        return SpecialFunctions.GammaUpperRegularized((counts.Length - 1) / 2.0, statistic / 2);
    }
}
