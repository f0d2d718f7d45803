using RecoService.Engine.Algorithms.ResponsePrediction;
using RecoService.Engine.Experiments;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.ResponsePrediction;

/// <summary>
/// A shop whose lists were ordered by something that users do not care for, and whose users look at the top more than at the bottom. What stood high was clicked more, so raw clicks teach the old order;
/// with the position as a feature that is the same for everything when lists are ordered, they teach what users want.
/// </summary>
public sealed class PositionBiasTests
{
    private const int Places = 10;
    private const int Lists = 4_000;
    private const int Width = 2 + Places;

    [Fact]
    public void Train_WithThePosition_OrdersBetterThanRawClicks()
    {
        var (rows, clicked) = Log(Lists);
        var (debiased, raw) = (Train(rows, clicked), Train(WithoutPositions(rows), clicked));

        var random = new SeededRandom(3, 0);
        var differences = new double[2_000];
        var mean = (Debiased: 0.0, Raw: 0.0);
        for (var user = 0; user < differences.Length; user++)
        {
            var items = new float[20 * Width];
            for (var item = 0; item < 20; item++)
                Describe(items.AsSpan(item * Width, Width), ref random);
            var (ours, theirs) = (GainOf(items, debiased), GainOf(WithoutPositions(items), raw));
            differences[user] = ours - theirs;
            mean = (mean.Debiased + (ours / differences.Length), mean.Raw + (theirs / differences.Length));
        }

        var moments = Moments.Of(differences);
        TestContext.Current.TestOutputHelper?.WriteLine($"nDCG@10 of the truth: {mean.Debiased:F4} with the position, {mean.Raw:F4} of raw clicks.");
        var half = 1.96 * Math.Sqrt(moments.Variance / moments.Count);
        Assert.True(moments.Mean - half > 0, $"{moments.Mean:F4} +- {half:F4}");
        Assert.InRange(mean.Debiased, 0.97, 1);
        // The old order's feature is worth nothing, and only raw clicks believe in it.
        Assert.InRange(raw.Weights.Weights[1] / raw.Weights.Weights[0], 0.2, 2);
        Assert.InRange(Math.Abs(debiased.Weights.Weights[1] / debiased.Weights.Weights[0]), 0, 0.2);
    }

    private static ResponseModel Train(float[] rows, bool[] clicked)
    {
        var count = clicked.Length;
        return ResponseModel.Train(rows, clicked, Width, count * 6 / 10, count * 8 / 10, CancellationToken.None);
    }

    private static (float[] Rows, bool[] Clicked) Log(int lists)
    {
        var random = new SeededRandom(5, 0);
        var (rows, clicked) = (new float[lists * Places * Width], new bool[lists * Places]);
        for (var list = 0; list < lists; list++)
        {
            // Thirty items, of which the ten with the highest value of the old order are shown.
            var candidates = Enumerable.Range(0, 30).Select(_ => (Liking: random.NextGaussian(), Old: random.NextGaussian())).OrderByDescending(item => item.Old).Take(Places).ToList();
            for (var position = 0; position < Places; position++)
            {
                var at = (list * Places) + position;
                var row = rows.AsSpan(at * Width, Width);
                (row[0], row[1], row[2 + position]) = (candidates[position].Liking, candidates[position].Old, 1);
                clicked[at] = random.NextDouble() < Look(position) * Wanted(row[0]);
            }
        }

        return (rows, clicked);
    }

    /// <summary>How probable it is that somebody looks at a place.</summary>
    private static double Look(int position) => 1 / (1 + (0.5 * position));

    /// <summary>How probable it is that somebody clicks what they look at.</summary>
    private static double Wanted(float liking) => LogisticModel.Probability(liking - 2);

    /// <summary>An item as if it stood at the first place.</summary>
    private static void Describe(Span<float> row, ref SeededRandom random) => (row[0], row[1], row[2]) = (random.NextGaussian(), random.NextGaussian(), 1);

    private static float[] WithoutPositions(float[] rows)
    {
        var copy = (float[])rows.Clone();
        for (var start = 0; start < copy.Length; start += Width)
            copy.AsSpan(start + 2, Places).Clear();
        return copy;
    }

    /// <summary>nDCG@10 of a model's order, with the probability of a click at the first place as the gain.</summary>
    private static double GainOf(float[] items, ResponseModel model)
    {
        var count = items.Length / Width;
        var order = Enumerable.Range(0, count).OrderByDescending(item => model.Weights.LogOdds(items.AsSpan(item * Width, Width))).ToList();
        var best = Enumerable.Range(0, count).OrderByDescending(item => items[item * Width]).ToList();
        return Sum(order) / Sum(best);

        double Sum(List<int> ordered) => Enumerable.Range(0, Places).Sum(place => Wanted(items[ordered[place] * Width]) / Math.Log2(place + 2));
    }
}
