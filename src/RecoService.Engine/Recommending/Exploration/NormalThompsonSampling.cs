using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// Thompson sampling with a normal belief of the cube root of a reward's odds, on which scale the beta belief of <see cref="ThompsonSampling"/> is nearly normal (<see cref="Arm.CubeRootOdds"/>). It draws from what its
/// propensities are of, so these are right whatever the beta belief is. They are integrals that cost a part of those of beta beliefs: the error of the trapezoid rule all but vanishes where the steps are half as wide as
/// the narrowest belief.
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

    /// <summary>What is below adds nothing that counts.</summary>
    private const double Nothing = 1e-12;

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
            beliefs[arm] = arms[arm].CubeRootOdds();
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
        Span<double> perDeviation = beliefs.Length <= MostOnStack ? stackalloc double[beliefs.Length] : new double[beliefs.Length];
        for (var arm = 0; arm < beliefs.Length; arm++)
        {
            // Below it some other arm is all but certain to be higher.
            low = Math.Max(low, beliefs[arm].Mean - (Reach * beliefs[arm].Deviation));
            step = Math.Min(step, beliefs[arm].Deviation);
            perDeviation[arm] = 1 / beliefs[arm].Deviation;
        }

        step /= 2;
        var sum = 0.0;
        for (var at = low; at <= high; at += step)
        {
            var product = Density((at - mean) * perDeviation[chosen]);
            for (var arm = 0; arm < beliefs.Length && product > Nothing; arm++)
            {
                if (arm != chosen)
                    product *= NormalTable.Distribution((at - beliefs[arm].Mean) * perDeviation[arm]);
            }

            sum += product;
        }

        return Math.Clamp(sum * step / deviation, Least, 1);
    }

    private static double Density(double x) => 0.3989422804014327 * Math.Exp(-x * x / 2);
}
