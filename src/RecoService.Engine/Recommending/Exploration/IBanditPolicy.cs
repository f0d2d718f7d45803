namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// Chooses one of several arms, weighing what is known to be good against what is not known yet. A policy keeps nothing: the same arms, seed and round give the same choice. The propensities are
/// those of its choice over all seeds, so what it chose can be evaluated off-policy afterwards.
/// </summary>
internal interface IBanditPolicy
{
    /// <summary>The arm to show.</summary>
    /// <param name="arms">At least one.</param>
    /// <param name="seed">Of the run or the request.</param>
    /// <param name="round">Which draw under that seed.</param>
    /// <returns>0..K-1.</returns>
    int Choose(ReadOnlySpan<Arm> arms, int seed, long round);

    /// <summary>The same with its propensity, above 0 and at most 1.</summary>
    /// <param name="arms">At least one.</param>
    /// <param name="seed">Of the run or the request.</param>
    /// <param name="round">Which draw under that seed.</param>
    /// <param name="propensity">The probability of this arm to be chosen.</param>
    int Choose(ReadOnlySpan<Arm> arms, int seed, long round, out double propensity)
    {
        Span<double> propensities = arms.Length <= 64 ? stackalloc double[arms.Length] : new double[arms.Length];
        WritePropensities(arms, propensities);
        var chosen = Choose(arms, seed, round);
        propensity = propensities[chosen];
        return chosen;
    }

    /// <summary>The probability of each arm to be chosen; they sum to 1. Exact unless the policy says otherwise.</summary>
    /// <param name="arms">At least one.</param>
    /// <param name="propensities">K.</param>
    void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities);
}
