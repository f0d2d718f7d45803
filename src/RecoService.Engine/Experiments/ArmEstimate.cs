namespace RecoService.Engine.Experiments;

/// <summary>
/// A metric of one variant: its value, and how much it varies from user to user. The variance of the value is the latter over n, whatever the kind of metric, so
/// comparisons know nothing of kinds.
/// </summary>
/// <param name="Count">n, how many users; at least 0.</param>
/// <param name="Value">The estimate, in the unit of the metric; NaN when it is not known.</param>
/// <param name="Variance">n times the variance of the estimate; NaN when it is not known.</param>
public readonly record struct ArmEstimate(long Count, double Value, double Variance)
{
    /// <summary>The standard error of the value: sqrt(variance / n).</summary>
    public double StandardError => Math.Sqrt(Variance / Count);

    /// <summary>A mean per user, with the sample variance.</summary>
    public static ArmEstimate Mean(Moments moments) => new(moments.Count, moments.Mean, moments.Variance);

    /// <summary>A share of users, with the variance p (1 - p).</summary>
    /// <param name="successes">How many users did it, 0..<paramref name="count"/>.</param>
    /// <param name="count">How many users there are.</param>
    public static ArmEstimate Proportion(long successes, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        var share = (double)successes / count;
        return new ArmEstimate(count, share, share * (1 - share));
    }

    /// <summary>
    /// A ratio of two sums over users, such as clicks over impressions: R = mean(y) / mean(z), with the variance (var y - 2 R cov + R^2 var z) / mean(z)^2 of the delta method.
    /// Deng, Knoblich, Lu, "Applying the Delta Method in Metric Analytics", KDD 2018.
    /// </summary>
    /// <param name="moments">Two numbers per user: y, and z.</param>
    public static ArmEstimate Ratio(JointMoments moments)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(moments.Dimension, 2);
        return Ratio(moments, numerator: 0, denominator: 1, out _);
    }

    /// <summary>How one ratio of two sums over users exceeds another of the same users: y0 / z0 - y1 / z1, with the variance of the delta method.</summary>
    /// <param name="moments">Four numbers per user: y0, z0, y1, z1.</param>
    public static ArmEstimate RatioChange(JointMoments moments)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(moments.Dimension, 4);
        var (one, other) = (Ratio(moments, 0, 1, out var gradient), Ratio(moments, 2, 3, out var subtracted));
        for (var number = 0; number < gradient.Length; number++)
            gradient[number] -= subtracted[number];
        return new ArmEstimate(moments.Count, one.Value - other.Value, Math.Max(0, moments.Covariance(gradient, gradient)));
    }

    /// <param name="moments">Several numbers per user.</param>
    /// <param name="numerator">Which of them is y.</param>
    /// <param name="denominator">Which of them is z.</param>
    /// <param name="gradient">How the ratio changes with the means of the numbers.</param>
    internal static ArmEstimate Ratio(JointMoments moments, int numerator, int denominator, out double[] gradient)
    {
        var (y, z) = (moments.Mean(numerator), moments.Mean(denominator));
        gradient = new double[moments.Dimension];
        (gradient[numerator], gradient[denominator]) = (1 / z, -y / (z * z));
        return new ArmEstimate(moments.Count, y / z, Math.Max(0, moments.Covariance(gradient, gradient)));
    }
}
