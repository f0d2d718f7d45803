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

    /// <summary>The same arm after one more round.</summary>
    /// <param name="reward">0..1.</param>
    public Arm With(double reward) => this with { Count = Count + 1, Rewards = Rewards + reward };
}
