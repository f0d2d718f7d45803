using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>An arm with a probability in proportion to exp(mean / temperature). Sutton, Barto, "Reinforcement Learning", 2nd edition, section 2.8.</summary>
/// <param name="temperature">In the unit of the reward, above 0: the higher, the more even.</param>
internal sealed class Boltzmann(double temperature) : IBanditPolicy
{
    private readonly double temperature = temperature > 0 ? temperature : throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "It is above 0.");

    public int Choose(ReadOnlySpan<Arm> arms, int seed, long round)
    {
        Span<double> propensities = arms.Length <= 256 ? stackalloc double[arms.Length] : new double[arms.Length];
        WritePropensities(arms, propensities);
        var draw = new SeededRandom(seed, round).NextDouble();
        for (var arm = 0; arm < arms.Length - 1; arm++)
        {
            if ((draw -= propensities[arm]) < 0)
                return arm;
        }

        return arms.Length - 1;
    }

    public void WritePropensities(ReadOnlySpan<Arm> arms, Span<double> propensities)
    {
        var (highest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var arm in arms)
            highest = Math.Max(highest, arm.Mean);
        for (var arm = 0; arm < arms.Length; arm++)
            sum += propensities[arm] = Math.Exp((arms[arm].Mean - highest) / temperature);
        foreach (ref var propensity in propensities[..arms.Length])
            propensity /= sum;
    }
}
