using BenchmarkDotNet.Attributes;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Kernels;

/// <summary>
/// The best k items at 64 factors: every item scored exactly, by bounds from 8-bit factors, and so for 64 users at a time. The lists are the same. The lengths
/// of the items are about equal, as BPR leaves them, or fall from the most popular on, as those of implicit ALS do.
/// </summary>
[MemoryDiagnoser]
public class RetrievalBenchmarks
{
    private const int FactorCount = 64;
    private const int Users = 64;
    private const double FallOfLength = -0.4;

    private readonly int[] everyUser = [.. Enumerable.Range(0, Users)];
    private TopK[] best = [];
    private int[] bestIndexes = [];
    private float[] bestScores = [];
    private FactorModel? exact;
    private IScorer? served;
    private int next;

    [Params(10_000, 100_000, 1_000_000)]
    public int ItemCount { get; set; }

    [Params(10, 100)]
    public int Wanted { get; set; }

    [Params(false, true)]
    public bool LengthsFall { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        best = [.. everyUser.Select(_ => new TopK(Wanted))];
        (bestIndexes, bestScores) = (new int[Wanted], new float[Wanted]);
        var itemFactors = new FactorMatrix(ItemCount, FactorCount, PlantedShop.Floats(ItemCount * FactorCount, seed: 2));
        for (var rank = 0; LengthsFall && rank < ItemCount; rank++)
            VectorMath.Scale(itemFactors.Row(rank), (float)Math.Pow(1 + rank, FallOfLength));
        exact = new FactorModel(
            KeyMap.FromAscending(everyUser), KeyMap.FromAscending([.. Enumerable.Range(0, ItemCount)]),
            new FactorMatrix(Users, FactorCount, PlantedShop.Floats(Users * FactorCount, seed: 1)), itemFactors);
        served = exact.ForServing();
    }

    [Benchmark(Baseline = true)]
    public int RetrieveExact() => Retrieve(exact!);

    [Benchmark]
    public int RetrieveServed() => Retrieve(served!);

    /// <summary>The time is one user's.</summary>
    [Benchmark(OperationsPerInvoke = Users)]
    public int RetrieveMany()
    {
        ((IBulkScorer)served!).RetrieveMany(everyUser, [], 0, best);
        var count = 0;
        foreach (var list in best)
            count += list.Drain(bestIndexes, bestScores);
        return count;
    }

    private int Retrieve(IScorer model)
    {
        model.Retrieve(new UserHistory(next++ % Users), [], best[0]);
        return best[0].Drain(bestIndexes, bestScores);
    }
}
