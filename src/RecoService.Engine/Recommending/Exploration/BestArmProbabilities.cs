using System.Numerics.Tensors;
using MathNet.Numerics;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>
/// The probability of each arm to have the highest reward, by what is believed of them: P_i = integral of the product of the other arms' distribution functions over dF_i. It is computed over
/// t = ln(x / (1 - x)), where the density of Beta(a, b) is smooth, x^a (1 - x)^b but for a constant, whatever a and b are. The borders of the cells lie a quarter of a standard deviation apart where some
/// belief has its mass; distribution functions are summed by the trapezoid rule with end correction. Exact to about 0.001; O(K^2) for up to 20 arms, then in proportion to K: some tenths of a millisecond for ten arms.
/// </summary>
internal static class BestArmProbabilities
{
    private const int AllBorders = 1300;
    private const int FewestBorders = 9;
    private const int MostBorders = 65;
    private const double Reach = 8;

    /// <summary>No arm that may be chosen has the propensity 0, by which nobody could divide.</summary>
    private const double Least = 1e-12;

    /// <param name="arms">K, at least one.</param>
    /// <param name="probabilities">K.</param>
    public static void Write(ReadOnlySpan<Arm> arms, Span<double> probabilities)
    {
        var count = arms.Length;
        probabilities = probabilities[..count];
        var borders = BordersOf(arms);
        var distributions = new double[borders.Length * count];
        WriteDistributions(arms, borders, distributions);
        var (others, othersBefore) = (new double[count], new double[count]);
        probabilities.Clear();
        for (var border = 0; border < borders.Length; border++)
        {
            var below = distributions.AsSpan(border * count, count);
            WriteProductsOfOthers(below, others);
            for (var arm = 0; border > 0 && arm < count; arm++)
                probabilities[arm] += (below[arm] - distributions[((border - 1) * count) + arm]) * (others[arm] + othersBefore[arm]) / 2;
            (others, othersBefore) = (othersBefore, others);
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
        var borders = new double[each * arms.Length];
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var (a, b) = (arms[arm].Alpha, arms[arm].Beta);
            var mean = SpecialFunctions.DiGamma(a) - SpecialFunctions.DiGamma(b);
            var reach = Reach * Math.Sqrt(Trigamma(a) + Trigamma(b));
            for (var border = 0; border < each; border++)
                borders[(arm * each) + border] = mean + (reach * ((2.0 * border / (each - 1)) - 1));
        }

        borders.AsSpan().Sort();
        return borders;
    }

    /// <summary>What an arm's reward lies below with which probability: borders x K, row-major.</summary>
    private static void WriteDistributions(ReadOnlySpan<Arm> arms, double[] borders, double[] distributions)
    {
        // x, ln x and ln(1 - x) at each border, without a loss near 0 and 1.
        var (x, logX, logRest) = (new double[borders.Length], new double[borders.Length], new double[borders.Length]);
        for (var border = 0; border < borders.Length; border++)
        {
            var t = borders[border];
            var small = Math.Log(1 + Math.Exp(-Math.Abs(t)));
            (logX[border], logRest[border]) = (Math.Min(t, 0) - small, Math.Min(-t, 0) - small);
            x[border] = Math.Exp(logX[border]);
        }

        var densities = new double[borders.Length];
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var (a, b) = (arms[arm].Alpha, arms[arm].Beta);
            var peak = (a * Math.Log(a / (a + b))) + (b * Math.Log(b / (a + b)));
            TensorPrimitives.Multiply(logRest, b, densities);
            TensorPrimitives.MultiplyAdd(logX, a, densities, densities);
            TensorPrimitives.Subtract(densities, peak, densities);
            TensorPrimitives.Exp<double>(densities, densities);
            var (sum, before, slopeBefore) = (0.0, 0.0, 0.0);
            for (var border = 0; border < borders.Length; border++)
            {
                var density = densities[border];
                var slope = density * (a - ((a + b) * x[border]));
                if (border > 0)
                {
                    var width = borders[border] - borders[border - 1];
                    sum += Math.Max(0, (width / 2 * (before + density)) + (width * width / 12 * (slopeBefore - slope)));
                }

                distributions[(border * arms.Length) + arm] = sum;
                (before, slopeBefore) = (density, slope);
            }

            for (var border = 0; border < borders.Length; border++)
                distributions[(border * arms.Length) + arm] /= sum;
        }
    }

    /// <summary>The derivative of digamma by its recurrence and two terms of the asymptotic series; for the width of the cells a rough value will do.</summary>
    private static double Trigamma(double a) => (1 / (a * a)) + (1 / (a + 1)) + (1 / (2 * (a + 1) * (a + 1)));

    private static void WriteProductsOfOthers(ReadOnlySpan<double> values, double[] products)
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
