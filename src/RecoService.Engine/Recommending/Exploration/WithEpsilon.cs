using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>With probability epsilon any arm, else that of a policy which draws no lots. So each arm has a propensity above 0, and the log can be evaluated off-policy.</summary>
/// <param name="policy">Chooses the same whatever the seed and the round.</param>
/// <param name="epsilon">Above 0, at most 1.</param>
internal sealed class WithEpsilon(IBanditPolicy policy, double epsilon) : IBanditPolicy
{
    private readonly double epsilon = epsilon is > 0 and <= 1 ? epsilon : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "It is above 0 and at most 1.");

    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        var random = new SeededRandom(seed, round);
        return random.NextDouble() < epsilon ? random.Next(arms.Length) : policy.Choose(arms, seed, round);
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities)
    {
        propensities[..arms.Length].Fill(epsilon / arms.Length);
        propensities[policy.Choose(arms, 0, 0)] += 1 - epsilon;
    }
}
