namespace RecoService.Engine.Recommending.Exploration;

/// <summary>The arm with the highest <see cref="Arm.Bound"/>, the first of several: LinUCB, where the bounds are those of a <see cref="LinearArm"/>. It draws no lots.</summary>
internal sealed class HighestBound : IBanditPolicy
{
    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        var best = 0;
        for (var arm = 1; arm < arms.Length; arm++)
            best = arms[arm].Bound > arms[best].Bound ? arm : best;
        return best;
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities)
    {
        propensities[..arms.Length].Clear();
        propensities[Choose(arms, 0, 0)] = 1;
    }
}
