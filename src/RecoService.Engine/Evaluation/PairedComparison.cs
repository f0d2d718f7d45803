using MathNet.Numerics.Distributions;

namespace RecoService.Engine.Evaluation;

/// <summary>A 95% confidence interval.</summary>
public readonly record struct Interval(double Low, double High);

/// <param name="Mean">The mean over users of candidate - reference.</param>
/// <param name="Interval">Student's t, paired by user, 95%; [-1, 1] for fewer than two users.</param>
/// <param name="UserCount">How many users were compared.</param>
public sealed record PairedComparison(double Mean, Interval Interval, int UserCount)
{
    /// <param name="differences">One per user: candidate - reference.</param>
    internal static PairedComparison Of(double[] differences)
    {
        var count = differences.Length;
        var mean = count == 0 ? 0 : differences.Average();
        if (count < 2)
            return new PairedComparison(mean, new Interval(-1, 1), count);

        var variance = differences.Sum(difference => (difference - mean) * (difference - mean)) / (count - 1);
        return Of(mean, Math.Sqrt(variance / count), count);
    }

    /// <param name="mean">The estimate.</param>
    /// <param name="standardError">Its standard error.</param>
    /// <param name="count">How many users, at least 2.</param>
    internal static PairedComparison Of(double mean, double standardError, int count)
    {
        var margin = StudentT.InvCDF(0, 1, count - 1, 0.975) * standardError;
        return new PairedComparison(mean, new Interval(mean - margin, mean + margin), count);
    }
}
