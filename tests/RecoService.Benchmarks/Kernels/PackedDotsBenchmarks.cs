using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using RecoService.Engine.Numerics;

namespace RecoService.Benchmarks.Kernels;

/// <summary>A user's product with every item at 64 factors: floats one row at a time, and bytes 64 rows at a time, for one user and for eight.</summary>
public class PackedDotsBenchmarks
{
    private const int FactorCount = 64;
    private const int Users = 8;

    private readonly float[] user = PlantedShop.Floats(FactorCount, seed: 1);
    private readonly int[] levels = [.. Enumerable.Range(0, Users * FactorCount / PackedDots.Group).Select(position => position * 0x01020304)];
    private readonly int[] starts = new int[Users];
    private readonly int[] dots = new int[Users * PackedDots.Rows];
    private FactorMatrix items = new(0, FactorCount);
    private QuantizedFactors packed = new(new FactorMatrix(0, FactorCount), []);

    [Params(10_000, 100_000, 1_000_000)]
    public int ItemCount { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        items = new FactorMatrix(ItemCount, FactorCount, PlantedShop.Floats(ItemCount * FactorCount, seed: 2));
        packed = new QuantizedFactors(items, []);
    }

    [Benchmark]
    public float ScalarLoop()
    {
        var last = 0f;
        for (var item = 0; item < ItemCount; item++)
        {
            var row = items[item];
            last = 0;
            for (var factor = 0; factor < row.Length; factor++)
                last += user[factor] * row[factor];
        }

        return last;
    }

    [Benchmark(Baseline = true)]
    public float TensorPrimitivesDot()
    {
        var last = 0f;
        for (var item = 0; item < ItemCount; item++)
            last += TensorPrimitives.Dot(user, items[item]);
        return last;
    }

    [Benchmark]
    public int PackedOneUser()
    {
        for (var block = 0; block < packed.BlockCount; block++)
            PackedDots.Multiply(packed.Block(block), levels.AsSpan(0, packed.Groups), starts.AsSpan(0, 1), dots);
        return dots[0];
    }

    /// <summary>The time is one user's.</summary>
    [Benchmark(OperationsPerInvoke = Users)]
    public int PackedEightUsers()
    {
        for (var block = 0; block < packed.BlockCount; block++)
            PackedDots.Multiply(packed.Block(block), levels, starts, dots);
        return dots[0];
    }

    [Benchmark]
    public int Quantize() => new QuantizedFactors(items, []).BlockCount;
}
