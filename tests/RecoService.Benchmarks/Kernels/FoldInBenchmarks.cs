using BenchmarkDotNet.Attributes;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Benchmarks.Kernels;

/// <summary>What folding one user in costs beside the scoring, by the number of items in their history, at 64 factors and 20,000 items.</summary>
[MemoryDiagnoser]
public class FoldInBenchmarks
{
    private const int ItemCount = 20_000;
    private const int FactorCount = 64;

    private readonly float[] factors = new float[FactorCount];
    private IUserEncoder implicitAls = null!;
    private IUserEncoder ratings = null!;
    private IUserEncoder nonNegative = null!;
    private IUserEncoder pureSvd = null!;
    private IUserEncoder bpr = null!;
    private IUserEncoder transformer = null!;
    private IUserEncoder recurrent = null!;
    private int[] items = [];
    private float[] weights = [];
    private long[] times = [];
    private float[] values = [];

    [Params(3, 20, 200)]
    public int Events { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var itemFactors = new FactorMatrix(ItemCount, FactorCount, Array.ConvertAll(PlantedShop.Floats(ItemCount * FactorCount, seed: 2), value => 0.3f * value));
        var keys = KeyMap.FromAscending([.. Enumerable.Range(0, ItemCount)]);
        var model = new FactorModel(KeyMap.FromAscending([0]), keys, new FactorMatrix(1, FactorCount), itemFactors, 3, [0], new float[ItemCount]);
        implicitAls = FoldIns.OfPairs(itemFactors, excess: 10, regularization: 100).Over(model);
        ratings = new RatingFoldIn(0.1f, 0.02f, isNonNegative: false).Over(model);
        nonNegative = FoldIns.OfRatings(0.1f, isNonNegative: true).Over(model);
        pureSvd = new PureSvdFoldIn(isBinary: true).Over(model);
        bpr = new BprFoldIn(0.02f, []).Over(model);
        var shape = new TransformerShape(FactorCount, MaxLength: 50, Blocks: 2, Heads: 2, Inner: 256);
        transformer = new SequenceFoldIn(new TransformerNetwork(shape, Weights(shape.WeightCount))).Over(model);
        const int Hidden = 128;
        recurrent = new SequenceFoldIn(
            new RecurrentNetwork(FactorCount, maxLength: 50, Hidden, Weights((3 * Hidden * (FactorCount + Hidden + 2)) + (FactorCount * (Hidden + 1))))).Over(model);

        items = [.. Enumerable.Range(0, Events).Select(position => 97 * position)];
        weights = [.. Enumerable.Repeat(1f, Events)];
        times = [.. Enumerable.Range(0, Events).Select(position => (long)position)];
        values = [.. Enumerable.Range(0, Events).Select(position => 1f + (position % 5))];
    }

    [Benchmark]
    public bool ImplicitAls() => implicitAls.TryEncode(History(), factors, out _);

    [Benchmark]
    public bool Ratings() => ratings.TryEncode(History(), factors, out _);

    [Benchmark]
    public bool Transformer() => transformer.TryEncode(History(), factors, out _);

    [Benchmark]
    public bool RecurrentUnit() => recurrent.TryEncode(History(), factors, out _);

    [Benchmark]
    public bool NonNegativeRatings() => nonNegative.TryEncode(History(), factors, out _);

    [Benchmark]
    public bool PureSvd() => pureSvd.TryEncode(History(), factors, out _);

    [Benchmark]
    public bool Bpr() => bpr.TryEncode(History(), factors, out _);

    private static float[] Weights(int count) => Array.ConvertAll(PlantedShop.Floats(count, seed: 3), value => 0.1f * value);

    private UserHistory History() => new(-1, items, weights, times, values);
}
