using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>Draws of Beta(a, b) as x / (x + y) of two gamma draws. Marsaglia, Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26(3), 2000.</summary>
internal static class BetaDraws
{
    /// <param name="random">Whose numbers are used.</param>
    /// <param name="alpha">a, above 0.</param>
    /// <param name="beta">b, above 0.</param>
    /// <returns>0..1.</returns>
    public static double Next(ref SeededRandom random, double alpha, double beta)
    {
        var (x, y) = (NextGamma(ref random, alpha), NextGamma(ref random, beta));
        // With a and b near 0 both may vanish; what is left is a coin.
        return x + y > 0 ? x / (x + y) : random.NextDouble() < alpha / (alpha + beta) ? 1 : 0;
    }

    private static double NextGamma(ref SeededRandom random, double shape)
    {
        if (shape < 1)
            return NextGamma(ref random, shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextGaussian();
            var v = 1 + (c * x);
            if (v <= 0)
                continue;
            v *= v * v;
            if (Math.Log(1 - random.NextDouble()) < (x * x / 2) + (d * (1 - v + Math.Log(v))))
                return d * v;
        }
    }
}
