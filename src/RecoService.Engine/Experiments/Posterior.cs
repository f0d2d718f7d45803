using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace RecoService.Engine.Experiments;

/// <summary>
/// What is believed of an effect after the experiment: a normal distribution. With a flat prior it is N(estimate, standard error). Peeking at it is as dangerous as at a fixed-horizon test.
/// Stucchio, "Bayesian A/B Testing at VWO", 2015 (the risks).
/// </summary>
/// <param name="Mean">Of the effect.</param>
/// <param name="StandardDeviation">Of the effect; above 0.</param>
public readonly record struct Posterior(double Mean, double StandardDeviation)
{
    /// <summary>With a flat prior: the effect speaks alone.</summary>
    public static Posterior Of(Effect effect) => new(effect.Estimate, effect.StandardError);

    /// <summary>With a normal prior: means are weighted by their precisions 1 / sd^2.</summary>
    /// <param name="effect">What the experiment says.</param>
    /// <param name="priorMean">What was believed before.</param>
    /// <param name="priorDeviation">How unsure one was; above 0.</param>
    public static Posterior Of(Effect effect, double priorMean, double priorDeviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(priorDeviation);
        if (!double.IsFinite(effect.Estimate) || !double.IsFinite(effect.StandardError))
            return new Posterior(priorMean, priorDeviation);
        if (effect.StandardError == 0)
            return Of(effect);
        var (seen, prior) = (1 / (effect.StandardError * effect.StandardError), 1 / (priorDeviation * priorDeviation));
        return new Posterior(((seen * effect.Estimate) + (prior * priorMean)) / (seen + prior), Math.Sqrt(1 / (seen + prior)));
    }

    /// <summary>The probability that the variant is better: Phi(mean / sd).</summary>
    public double WinProbability => Upper(-Mean / StandardDeviation);

    /// <summary>What is lost on average by taking the variant where it is worse, in the unit of the effect: sd phi(z) - mean Phi(-z), z = mean / sd.</summary>
    public double RiskOfVariant => (StandardDeviation * Normal.PDF(0, 1, Mean / StandardDeviation)) - (Mean * Upper(Mean / StandardDeviation));

    /// <summary>What is lost on average by keeping the control where the variant is better: sd phi(z) + mean Phi(z).</summary>
    public double RiskOfControl => RiskOfVariant + Mean;

    /// <summary>The middle part of the distribution.</summary>
    /// <param name="level">Which share of it, 0..1.</param>
    public (double Low, double High) Interval(double level = 0.95)
    {
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "It lies between 0 and 1.");
        var margin = Normal.InvCDF(0, 1, (1 + level) / 2) * StandardDeviation;
        return (Mean - margin, Mean + margin);
    }

    private static double Upper(double z) => SpecialFunctions.Erfc(z / Constants.Sqrt2) / 2;
}
