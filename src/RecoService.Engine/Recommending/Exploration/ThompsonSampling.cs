using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// Draws a reward from what is believed of each arm, and takes the arm with the highest draw. So an arm is chosen as often as it is believed to be the best. Thompson, Biometrika 25, 1933; Chapelle, Li,
/// "An Empirical Evaluation of Thompson Sampling", NIPS 2011. Propensities are integrals, computed by <see cref="BestArmProbabilities"/> and not by drawing: drawn ones can be 0 for what was chosen.
/// </summary>
internal sealed class ThompsonSampling : IBanditPolicy
{
    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        var random = new SeededRandom(seed, round);
        var (best, highest) = (0, double.NegativeInfinity);
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var draw = BetaDraws.Next(ref random, arms[arm].Alpha, arms[arm].Beta);
            if (draw > highest)
                (best, highest) = (arm, draw);
        }

        return best;
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities) => BestArmProbabilities.Write(arms, propensities);
}
