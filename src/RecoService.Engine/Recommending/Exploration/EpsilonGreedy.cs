using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>With probability epsilon any arm, else the one with the highest mean; the first of several. Sutton, Barto, "Reinforcement Learning", 2nd edition, section 2.2.</summary>
/// <param name="epsilon">0..1.</param>
internal sealed class EpsilonGreedy(double epsilon) : IBanditPolicy
{
    private readonly double epsilon = epsilon is >= 0 and <= 1 ? epsilon : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "It is 0 to 1.");

    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        var random = new SeededRandom(seed, round);
        return random.NextDouble() < epsilon ? random.Next(arms.Length) : BestOf(arms);
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities)
    {
        propensities[..arms.Length].Fill(epsilon / arms.Length);
        propensities[BestOf(arms)] += 1 - epsilon;
    }

    private static int BestOf(ReadOnlySpan<Arm> arms)
    {
        var best = 0;
        for (var arm = 1; arm < arms.Length; arm++)
            best = arms[arm].Mean > arms[best].Mean ? arm : best;
        return best;
    }
}
