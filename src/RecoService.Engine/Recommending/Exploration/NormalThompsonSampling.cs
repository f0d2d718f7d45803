using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// Thompson sampling with a normal belief of the log-odds of a reward, whose mean and deviation are those of the beta belief: digamma(a) - digamma(b), and the root of trigamma(a) + trigamma(b). A normal
/// belief of log-odds is that of Chapelle, Li, "An Empirical Evaluation of Thompson Sampling", NIPS 2011, section 4. Its propensities are integrals that cost a part of those of beta beliefs
/// (<see cref="ThompsonSampling"/>): the error of the trapezoid rule all but vanishes where the steps are half as wide as the narrowest belief.
/// </summary>
internal sealed class NormalThompsonSampling : IBanditPolicy
{
    /// <summary>No belief counts as narrower than this part of the widest one, so that steps have a least width; who is known so well is drawn a little more evenly.</summary>
    private const double NarrowestPart = 0.1;

    /// <summary>Standard deviations within which a belief has its mass.</summary>
    private const double Reach = 6;

    private const int MostOnStack = 64;

    /// <summary>No arm that may be chosen has the propensity 0, by which nobody could divide.</summary>
    private const double Least = 1e-9;

    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        Span<(double Mean, double Deviation)> beliefs = arms.Length <= MostOnStack ? stackalloc (double, double)[arms.Length] : new (double, double)[arms.Length];
        WriteBeliefs(arms, beliefs);
        return Choose(beliefs, seed, round);
    }

    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round, out double propensity)
    {
        Span<(double Mean, double Deviation)> beliefs = arms.Length <= MostOnStack ? stackalloc (double, double)[arms.Length] : new (double, double)[arms.Length];
        WriteBeliefs(arms, beliefs);
        var chosen = Choose(beliefs, seed, round);
        propensity = PropensityOf(beliefs, chosen);
        return chosen;
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities)
    {
        Span<(double Mean, double Deviation)> beliefs = arms.Length <= MostOnStack ? stackalloc (double, double)[arms.Length] : new (double, double)[arms.Length];
        WriteBeliefs(arms, beliefs);
        for (var arm = 0; arm < arms.Length; arm++)
            propensities[arm] = PropensityOf(beliefs, arm);
    }

    private static int Choose(ReadOnlySpan<(double Mean, double Deviation)> beliefs, int seed, long round)
    {
        var random = new SeededRandom(seed, round);
        var (best, highest) = (0, double.NegativeInfinity);
        for (var arm = 0; arm < beliefs.Length; arm++)
        {
            var draw = beliefs[arm].Mean + (beliefs[arm].Deviation * random.NextGaussian());
            if (draw > highest)
                (best, highest) = (arm, draw);
        }

        return best;
    }

    private static void WriteBeliefs(ReadOnlySpan<Arm> arms, Span<(double Mean, double Deviation)> beliefs)
    {
        var widest = 0.0;
        for (var arm = 0; arm < arms.Length; arm++)
        {
            beliefs[arm] = arms[arm].LogOdds();
            widest = Math.Max(widest, beliefs[arm].Deviation);
        }

        foreach (ref var belief in beliefs)
            belief.Deviation = Math.Max(belief.Deviation, NarrowestPart * widest);
    }

    /// <summary>The integral of the arm's density times the distribution functions of the others.</summary>
    private static double PropensityOf(ReadOnlySpan<(double Mean, double Deviation)> beliefs, int chosen)
    {
        var (mean, deviation) = beliefs[chosen];
        var (low, high, step) = (mean - (Reach * deviation), mean + (Reach * deviation), deviation);
        foreach (var other in beliefs)
        {
            // Below it some other arm is all but certain to be higher.
            low = Math.Max(low, other.Mean - (Reach * other.Deviation));
            step = Math.Min(step, other.Deviation);
        }

        step /= 2;
        var sum = 0.0;
        for (var at = low; at <= high; at += step)
        {
            var product = Density((at - mean) / deviation);
            for (var arm = 0; arm < beliefs.Length && product > 0; arm++)
            {
                if (arm != chosen)
                    product *= Distribution((at - beliefs[arm].Mean) / beliefs[arm].Deviation);
            }

            sum += product;
        }

        return Math.Clamp(sum * step / deviation, Least, 1);
    }

    private static double Density(double x) => 0.3989422804014327 * Math.Exp(-x * x / 2);

    /// <summary>Within 7.5e-8: Abramowitz, Stegun, "Handbook of Mathematical Functions", 1964, 26.2.17.</summary>
    private static double Distribution(double x)
    {
        var k = 1 / (1 + (0.2316419 * Math.Abs(x)));
        var tail = Density(x) * k * (0.319381530 + (k * (-0.356563782 + (k * (1.781477937 + (k * (-1.821255978 + (k * 1.330274429))))))));
        return x < 0 ? tail : 1 - tail;
    }
}
