namespace RecoService.Engine.Algorithms.ResponsePrediction;

/// <summary>Turns log-odds into probabilities that are as large as the shares that they stand for. Never falls where the log-odds rise. Immutable.</summary>
public abstract class Calibration
{
    /// <summary>With fewer yeses isotonic regression learns noise: Niculescu-Mizil, Caruana, "Predicting Good Probabilities with Supervised Learning", ICML 2005, figure 7.</summary>
    public const int LeastForIsotonic = 200;

    /// <summary>As figures name it.</summary>
    public abstract string Name { get; }

    /// <summary>0..1, and neither of both.</summary>
    public abstract double Probability(double logOdds);

    /// <summary>Isotonic regression where there are <see cref="LeastForIsotonic"/> cases of both outcomes, else Platt scaling.</summary>
    /// <param name="logOdds">Of cases that no weight was learned from; finite.</param>
    /// <param name="outcomes">One per case.</param>
    public static Calibration Fit(ReadOnlySpan<double> logOdds, ReadOnlySpan<bool> outcomes)
    {
        var positives = outcomes.Count(true);
        return Math.Min(positives, outcomes.Length - positives) >= LeastForIsotonic ? IsotonicCalibration.Fit(logOdds, outcomes) : PlattCalibration.Fit(logOdds, outcomes);
    }
}

/// <summary>
/// The share of yeses as a rising function of the log-odds: isotonic regression, linear between the middles of its blocks and constant beyond the outer ones. Zadrozny, Elkan,
/// "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", KDD 2002.
/// </summary>
public sealed class IsotonicCalibration : Calibration
{
    /// <summary>Cases are taken together in so many points, or the outer blocks would be of a few cases, and as far off as these.</summary>
    private const int MostPoints = 50;

    private readonly double[] middles;
    private readonly double[] shares;

    private IsotonicCalibration(double[] middles, double[] shares) => (this.middles, this.shares) = (middles, shares);

    public override string Name => "isotonic";

    /// <param name="logOdds">Finite; at least one.</param>
    /// <param name="outcomes">One per case.</param>
    public static new IsotonicCalibration Fit(ReadOnlySpan<double> logOdds, ReadOnlySpan<bool> outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Length, logOdds.Length);
        ArgumentOutOfRangeException.ThrowIfZero(logOdds.Length);
        var (sorted, yes) = (logOdds.ToArray(), outcomes.ToArray());
        Array.Sort(sorted, yes);
        // Cases of the same log-odds have the same probability, so they are of one point.
        var least = Math.Max(1, sorted.Length / MostPoints);
        var (points, values, weights) = (new List<double>(), new List<double>(), new List<double>());
        for (var (first, end) = (0, 0); first < sorted.Length; first = end)
        {
            var (positives, sum) = (0, 0.0);
            for (; end < sorted.Length && (end - first < least || sorted[end].Equals(sorted[end - 1])); end++)
                (positives, sum) = (positives + (yes[end] ? 1 : 0), sum + sorted[end]);
            points.Add(sum / (end - first));
            values.Add(positives / (double)(end - first));
            weights.Add(end - first);
        }

        var fitted = IsotonicRegression.Fit([.. values], [.. weights]);
        // No share is certain: half a case is never excluded.
        var margin = 0.5 / (sorted.Length + 1);
        var (middles, shares) = (new List<double>(), new List<double>());
        for (var (first, end) = (0, 0); first < fitted.Length; first = end)
        {
            var (sum, weight) = (0.0, 0.0);
            for (; end < fitted.Length && fitted[end].Equals(fitted[first]); end++)
            {
                sum += weights[end] * points[end];
                weight += weights[end];
            }

            middles.Add(sum / weight);
            shares.Add(Math.Clamp(fitted[first], margin, 1 - margin));
        }

        return new IsotonicCalibration([.. middles], [.. shares]);
    }

    public override double Probability(double logOdds)
    {
        var next = Array.BinarySearch(middles, logOdds) is var found && found >= 0 ? found : ~found;
        if (next == 0 || next == middles.Length)
            return shares[Math.Min(next, shares.Length - 1)];
        var part = (logOdds - middles[next - 1]) / (middles[next] - middles[next - 1]);
        return shares[next - 1] + (part * (shares[next] - shares[next - 1]));
    }
}

/// <summary>
/// 1 / (1 + exp(-(slope x log-odds + offset))), fitted by maximum likelihood to targets that hold one case more of either outcome. Platt, "Probabilistic Outputs for Support Vector
/// Machines", 1999.
/// </summary>
public sealed class PlattCalibration : Calibration
{
    private readonly double slope;
    private readonly double offset;

    private PlattCalibration(double slope, double offset) => (this.slope, this.offset) = (slope, offset);

    public override string Name => "platt";

    /// <param name="logOdds">Finite; may be none, and all probabilities are then 1/2.</param>
    /// <param name="outcomes">One per case.</param>
    public static new PlattCalibration Fit(ReadOnlySpan<double> logOdds, ReadOnlySpan<bool> outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Length, logOdds.Length);
        var positives = outcomes.Count(true);
        var (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (outcomes.Length - positives + 2.0));
        var mean = outcomes.Length == 0 ? 0.5 : ((positives * high) + ((outcomes.Length - positives) * low)) / outcomes.Length;
        var flat = new PlattCalibration(0, Math.Log(mean / (1 - mean)));
        var (slope, offset) = (0.0, flat.offset);
        var loss = Loss(logOdds, outcomes, high, low, slope, offset);
        for (var step = 0; step < 100; step++)
        {
            var (gradientOfSlope, gradientOfOffset, ss, so, oo) = (0.0, 0.0, 1e-12, 0.0, 1e-12);
            for (var position = 0; position < logOdds.Length; position++)
            {
                var (x, chance) = (logOdds[position], LogisticModel.Probability((slope * logOdds[position]) + offset));
                var (rest, curvature) = ((outcomes[position] ? high : low) - chance, chance * (1 - chance));
                (gradientOfSlope, gradientOfOffset) = (gradientOfSlope + (rest * x), gradientOfOffset + rest);
                (ss, so, oo) = (ss + (curvature * x * x), so + (curvature * x), oo + curvature);
            }

            var determinant = (ss * oo) - (so * so);
            // All log-odds are the same: there is no slope to find.
            if (!(determinant > 1e-9 * ss * oo))
                return flat;
            var (slopeStep, offsetStep) = (((oo * gradientOfSlope) - (so * gradientOfOffset)) / determinant, ((ss * gradientOfOffset) - (so * gradientOfSlope)) / determinant);
            var length = 1.0;
            while (length > 1e-10 && !(Loss(logOdds, outcomes, high, low, slope + (length * slopeStep), offset + (length * offsetStep)) <= loss))
                length /= 2;
            (slope, offset) = (slope + (length * slopeStep), offset + (length * offsetStep));
            loss = Loss(logOdds, outcomes, high, low, slope, offset);
            if (Math.Abs(slopeStep) + Math.Abs(offsetStep) < 1e-9)
                break;
        }

        // A falling line would turn the order round; then the log-odds say nothing.
        return slope > 0 ? new PlattCalibration(slope, offset) : flat;
    }

    public override double Probability(double logOdds) => LogisticModel.Probability(Math.Clamp((slope * logOdds) + offset, -30, 30));

    private static double Loss(ReadOnlySpan<double> logOdds, ReadOnlySpan<bool> outcomes, double high, double low, double slope, double offset)
    {
        var loss = 0.0;
        for (var position = 0; position < logOdds.Length; position++)
        {
            var score = (slope * logOdds[position]) + offset;
            var target = outcomes[position] ? high : low;
            loss += (score > 0 ? Math.Log(1 + Math.Exp(-score)) + score : Math.Log(1 + Math.Exp(score))) - (target * score);
        }

        return loss;
    }
}
