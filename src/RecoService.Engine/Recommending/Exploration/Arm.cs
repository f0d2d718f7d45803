using MathNet.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// What is known of one arm (an item that may be shown) whose reward is 0 or 1: how often it was shown and clicked, and what was believed before. The belief is Beta(a, b) with
/// a = prior mean x strength + rewards and b = (1 - prior mean) x strength + the others.
/// </summary>
/// <param name="Count">How often it was chosen, 0 or more.</param>
/// <param name="Rewards">How often it was rewarded, 0..<paramref name="Count"/>.</param>
/// <param name="PriorMean">What was believed of its reward, above 0 and below 1, such as a calibrated score of a model.</param>
/// <param name="PriorStrength">How many rounds that belief is worth, above 0.</param>
internal readonly record struct Arm(double Count, double Rewards, double PriorMean = 0.5, double PriorStrength = 2)
{
    private const double MostOfRest = 0.5;

    /// <summary>What its reward may be at best, where something knows that beside the counts: <see cref="HighestBound"/>.</summary>
    public double Bound { get; init; }

    /// <summary>a of the belief, above 0.</summary>
    public double Alpha => (PriorMean * PriorStrength) + Rewards;

    /// <summary>b of the belief, above 0.</summary>
    public double Beta => ((1 - PriorMean) * PriorStrength) + Count - Rewards;

    /// <summary>The mean of the belief, a / (a + b).</summary>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>The mean and the standard deviation of the log-odds of the reward: digamma(a) - digamma(b), and the root of trigamma(a) + trigamma(b), within 1%.</summary>
    public (double Mean, double Deviation) LogOdds()
    {
        var (a, b) = (Alpha, Beta);
        return (SpecialFunctions.DiGamma(a) - SpecialFunctions.DiGamma(b), Math.Sqrt(Trigamma(a) + Trigamma(b)));

        // The derivative of digamma, by one step of its recurrence and three terms of the asymptotic series.
        static double Trigamma(double x) => (1 / (x * x)) + (1 / (x + 1)) + (1 / (2 * (x + 1) * (x + 1))) + (1 / (6 * (x + 1) * (x + 1) * (x + 1)));
    }

    /// <summary>
    /// The mean and the standard deviation of the cube root of the reward's odds, x / (1 - x), on which scale a beta belief is nearly normal, the more so the larger a is and above 1 already closely. Below 0 it stands for
    /// rewards that all but vanish. The odds are a ratio of gamma variables, (a / b) F with F of 2a and 2b degrees of freedom, and with u = 1 / 9a and v = 1 / 9b the cube root of F has about the mean
    /// (1 - u) / (1 - v) and there the variance (u + v mean^2) / (1 - v)^2. Wilson, Hilferty, "The Distribution of Chi-Square", PNAS 17, 1931; Paulson, Annals of Mathematical Statistics 13, 1942.
    /// </summary>
    public (double Mean, double Deviation) CubeRootOdds()
    {
        var (u, v) = (1 / (9 * Alpha), 1 / (9 * Beta));
        var scale = Math.Cbrt(Alpha / Beta);
        // A belief that nearly all is rewarded, in which b is tiny, is as near to 1 as it can be told.
        v = Math.Min(v, MostOfRest);
        var mean = (1 - u) / (1 - v);
        return (scale * mean, scale * Math.Sqrt(u + (v * mean * mean)) / (1 - v));
    }

    /// <summary>The same arm after one more round.</summary>
    /// <param name="reward">0..1.</param>
    public Arm With(double reward) => this with { Count = Count + 1, Rewards = Rewards + reward };
}
