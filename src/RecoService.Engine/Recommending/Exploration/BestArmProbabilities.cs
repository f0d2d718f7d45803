using System.Buffers;
using System.Numerics.Tensors;

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

    private const double SmallestDivisor = 1e-300;

    /// <param name="arms">K, at least one.</param>
    /// <param name="probabilities">K.</param>
    public static void Write(ReadOnlySpan<Arm> arms, Span<double> probabilities)
    {
        var count = arms.Length;
        probabilities = probabilities[..count];
        var each = Math.Clamp(AllBorders / count, FewestBorders, MostBorders);
        var length = each * count;
        // All of it in one piece, which the next list uses again.
        var rented = ArrayPool<double>.Shared.Rent((8 + count) * length);
        var rest = rented.AsSpan();
        var borders = Cut(ref rest, length);
        var distributions = Cut(ref rest, length * count);
        WriteBorders(arms, each, borders);
        WriteDistributions(arms, borders, distributions, rest);

        var all = Cut(ref rest, length);
        var others = Cut(ref rest, length);
        var steps = Cut(ref rest, length);
        distributions[..length].CopyTo(all);
        for (var arm = 1; arm < count; arm++)
            TensorPrimitives.Multiply(all, distributions.Slice(arm * length, length), all);
        for (var arm = 0; arm < count; arm++)
        {
            var own = distributions.Slice(arm * length, length);
            // Where an arm's own function is 0 it has no mass either.
            TensorPrimitives.Max(own, SmallestDivisor, others);
            TensorPrimitives.Divide(all, others, others);
            TensorPrimitives.Subtract(own[1..], own[..^1], steps[1..]);
            probabilities[arm] = (TensorPrimitives.Dot<double>(steps[1..], others[1..]) + TensorPrimitives.Dot<double>(steps[1..], others[..^1])) / 2;
        }

        ArrayPool<double>.Shared.Return(rented);
        var sum = 0.0;
        foreach (ref var probability in probabilities)
            sum += probability = Math.Max(probability, Least);
        foreach (ref var probability in probabilities)
            probability /= sum;
    }

    private static Span<double> Cut(ref Span<double> rest, int length)
    {
        var cut = rest[..length];
        rest = rest[length..];
        return cut;
    }

    private static void WriteBorders(ReadOnlySpan<Arm> arms, int each, Span<double> borders)
    {
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var (mean, deviation) = arms[arm].LogOdds();
            var reach = Reach * deviation;
            for (var border = 0; border < each; border++)
                borders[(arm * each) + border] = mean + (reach * ((2.0 * border / (each - 1)) - 1));
        }

        borders.Sort();
    }

    /// <summary>What an arm's reward lies below with which probability: K x borders, row-major.</summary>
    private static void WriteDistributions(ReadOnlySpan<Arm> arms, ReadOnlySpan<double> borders, Span<double> distributions, Span<double> room)
    {
        // x, ln x and ln(1 - x) at each border, without a loss near 0 and 1: ln x = min(t, 0) - ln(1 + exp(-|t|)).
        var length = borders.Length;
        var x = Cut(ref room, length);
        var logX = Cut(ref room, length);
        var logRest = Cut(ref room, length);
        var widths = Cut(ref room, length);
        var densities = Cut(ref room, length);
        var slopes = Cut(ref room, length);
        TensorPrimitives.Abs(borders, x);
        TensorPrimitives.Negate<double>(x, x);
        TensorPrimitives.Exp(x, x);
        TensorPrimitives.LogP1<double>(x, x);
        TensorPrimitives.Min(borders, 0, logX);
        TensorPrimitives.Subtract(logX, x, logX);
        TensorPrimitives.Subtract(logX, borders, logRest);
        TensorPrimitives.Exp(logX, x);
        TensorPrimitives.Subtract(borders[1..], borders[..^1], widths[1..]);
        for (var arm = 0; arm < arms.Length; arm++)
        {
            var (a, b) = (arms[arm].Alpha, arms[arm].Beta);
            var peak = (a * Math.Log(a / (a + b))) + (b * Math.Log(b / (a + b)));
            TensorPrimitives.Multiply(logRest, b, densities);
            TensorPrimitives.MultiplyAdd(logX, a, densities, densities);
            TensorPrimitives.Subtract(densities, peak, densities);
            TensorPrimitives.Exp(densities, densities);
            TensorPrimitives.Multiply(x, -(a + b), slopes);
            TensorPrimitives.Add(slopes, a, slopes);
            TensorPrimitives.Multiply(slopes, densities, slopes);
            var own = distributions.Slice(arm * length, length);
            own[0] = 0;
            for (var border = 1; border < length; border++)
            {
                var width = widths[border];
                own[border] = own[border - 1] + Math.Max(0, (width / 2 * (densities[border - 1] + densities[border])) + (width * width / 12 * (slopes[border - 1] - slopes[border])));
            }

            TensorPrimitives.Divide(own, own[^1], own);
        }
    }
}
