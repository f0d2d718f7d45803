using MathNet.Numerics.Distributions;

namespace RecoService.Engine.Evaluation.OffPolicy;

/// <summary>
/// The mean of numbers whose distribution has a long tail, as importance-weighted rewards do. Two things are allowed for. Hall's cubic transformation takes out the skewness c: with
/// T = (mean - truth) / s and g(T) = T + c T^2 / 3 + c^2 T^3 / 27 + c / (6 n), sqrt(n) g(T) is normal up to terms of order 1/n; the interval reaches further to the side of the tail. Hall, "On the
/// Removal of Skewness by Transformation", JRSS B 54(1), 1992. And the variance is an estimate, the worse the longer the tail: the quantile is Student's with the 2 n / (k - 1) degrees of freedom that
/// a kurtosis k leaves. Satterthwaite, Biometrics Bulletin 2, 1946. Of many even numbers it is the plain interval.
/// </summary>
internal static class SkewedMean
{
    private const double NoSkewness = 1e-9;

    /// <param name="values">n numbers.</param>
    /// <returns>Mean, standard error and 95% interval; unbounded for fewer than two.</returns>
    public static (double Mean, double StandardError, Interval Interval) Of(ReadOnlySpan<double> values)
    {
        var mean = 0.0;
        foreach (var value in values)
            mean += value / values.Length;
        if (values.Length < 2)
            return (mean, double.NaN, new Interval(double.NegativeInfinity, double.PositiveInfinity));
        var (second, third, fourth) = (0.0, 0.0, 0.0);
        foreach (var value in values)
        {
            var deviation = value - mean;
            second += deviation * deviation;
            third += deviation * deviation * deviation;
            fourth += deviation * deviation * deviation * deviation;
        }

        var n = (double)values.Length;
        var deviationOf = Math.Sqrt(second / (n - 1));
        var skewness = deviationOf > 0 ? third / n / Math.Pow(second / n, 1.5) : 0;
        var kurtosis = deviationOf > 0 ? n * fourth / (second * second) : 0;
        var freedom = Math.Clamp(2 * n / Math.Max(kurtosis - 1, 1e-9), 1, n - 1);
        var z = StudentT.InvCDF(0, 1, freedom, 0.975) / Math.Sqrt(n);
        return (mean, deviationOf / Math.Sqrt(n), new Interval(mean - (deviationOf * Inverse(z, skewness, n)), mean - (deviationOf * Inverse(-z, skewness, n))));
    }

    /// <summary>The T at which g(T) is y.</summary>
    private static double Inverse(double y, double skewness, double n) =>
        Math.Abs(skewness) < NoSkewness ? y : 3 / skewness * (Math.Cbrt(1 + (skewness * (y - (skewness / (6 * n))))) - 1);
}
