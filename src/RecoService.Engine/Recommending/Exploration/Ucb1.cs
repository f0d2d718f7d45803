namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// The arm with the highest rewards / n + sqrt(2 ln t / n), each arm once at first; the first of several. It draws no lots, so propensities are 0 and 1 and its log says nothing of other policies.
/// Priors are not read. Auer, Cesa-Bianchi, Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem", Machine Learning 47, 2002.
/// </summary>
internal sealed class Ucb1 : IBanditPolicy
{
    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        var rounds = 0.0;
        foreach (var arm in arms)
            rounds += arm.Count;
        var (best, highest) = (0, double.NegativeInfinity);
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var count = arms[arm].Count;
            if (count == 0)
                return arm;
            var bound = (arms[arm].Rewards / count) + Math.Sqrt(2 * Math.Log(rounds) / count);
            if (bound > highest)
                (best, highest) = (arm, bound);
        }

        return best;
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities)
    {
        propensities[..arms.Length].Clear();
        propensities[Choose(arms, 0, 0)] = 1;
    }
}
