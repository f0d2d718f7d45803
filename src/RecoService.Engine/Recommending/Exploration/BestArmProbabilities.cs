using MathNet.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// The probability of each arm to have the highest reward, by what is believed of them: P_i = integral of the product of the other arms' distribution functions over dF_i. The integral is a sum over
/// cells whose borders lie closely where some belief has its mass; it is exact to about 0.001, and the probabilities are scaled to sum to 1. O(K^2) distribution functions for up to 80 arms, then
/// K x 640: about 1 ms for ten arms.
/// </summary>
internal static class BestArmProbabilities
{
    private const int AllBorders = 640;
    private const int FewestBorders = 8;
    private const int MostBorders = 64;
    private const double Reach = 6;

    /// <summary>No arm that may be chosen has the propensity 0, by which nobody could divide.</summary>
    private const double Least = 1e-12;

    /// <param name="arms">K, at least one.</param>
    /// <param name="probabilities">K.</param>
    public static void Write(ReadOnlySpan<Arm> arms, Span<double> probabilities)
    {
        probabilities = probabilities[..arms.Length];
        var borders = BordersOf(arms);
        var below = new double[arms.Length];
        var before = new double[arms.Length];
        var othersBelow = new double[arms.Length];
        var othersBefore = new double[arms.Length];
        probabilities.Clear();
        for (var border = 0; border < borders.Length; border++)
        {
            for (var arm = 0; arm < arms.Length; arm++)
                below[arm] = Distribution(arms[arm], borders[border]);
            WriteProductsOfOthers(below, othersBelow);
            for (var arm = 0; border > 0 && arm < arms.Length; arm++)
                probabilities[arm] += (below[arm] - before[arm]) * (othersBelow[arm] + othersBefore[arm]) / 2;
            (below, before) = (before, below);
            (othersBelow, othersBefore) = (othersBefore, othersBelow);
        }

        var sum = 0.0;
        foreach (ref var probability in probabilities)
            sum += probability = Math.Max(probability, Least);
        foreach (ref var probability in probabilities)
            probability /= sum;
    }

    private static double[] BordersOf(ReadOnlySpan<Arm> arms)
    {
        var each = Math.Clamp(AllBorders / arms.Length, FewestBorders, MostBorders);
        List<double> borders = [0, 1];
        foreach (var arm in arms)
        {
            var deviation = Math.Sqrt(arm.Mean * (1 - arm.Mean) / (arm.Alpha + arm.Beta + 1));
            var (low, high) = (Math.Max(0, arm.Mean - (Reach * deviation)), Math.Min(1, arm.Mean + (Reach * deviation)));
            for (var border = 0; border <= each; border++)
                borders.Add(low + ((high - low) * border / each));
            // A belief with a below 1 is infinitely dense at 0, and one with b below 1 at 1.
            for (var power = 1; power <= 8; power++)
            {
                if (arm.Alpha < 1)
                    borders.Add(low + ((high - low) * Math.Pow(0.2, power) / each));
                if (arm.Beta < 1)
                    borders.Add(high - ((high - low) * Math.Pow(0.2, power) / each));
            }
        }

        // Below all but the least probable values of one arm, no other can be the best.
        var floor = 0.0;
        foreach (var arm in arms)
            floor = Math.Max(floor, arm.Mean - (Reach * Math.Sqrt(arm.Mean * (1 - arm.Mean) / (arm.Alpha + arm.Beta + 1))));
        return [.. borders.Where(border => border >= floor).Append(0).Distinct().Order()];
    }

    private static double Distribution(Arm arm, double x) => x <= 0 ? 0 : x >= 1 ? 1 : SpecialFunctions.BetaRegularized(arm.Alpha, arm.Beta, x);

    private static void WriteProductsOfOthers(double[] values, double[] products)
    {
        var product = 1.0;
        for (var arm = 0; arm < values.Length; arm++)
        {
            products[arm] = product;
            product *= values[arm];
        }

        product = 1;
        for (var arm = values.Length - 1; arm >= 0; arm--)
        {
            products[arm] *= product;
            product *= values[arm];
        }
    }
}
