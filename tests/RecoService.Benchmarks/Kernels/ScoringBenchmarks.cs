using BenchmarkDotNet.Attributes;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Benchmarks.Kernels;

/// <summary>The best 100 of 50,000 items for one user at 64 factors: scalar loop, score-then-sort, and what serving does.</summary>
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private const int ItemCount = 50_000;
    private const int FactorCount = 64;
    private const int Wanted = 100;

    private readonly FactorModel model = new(
        KeyMap.FromAscending([0]), KeyMap.FromAscending([.. Enumerable.Range(0, ItemCount)]),
        new FactorMatrix(1, FactorCount, PlantedShop.Floats(FactorCount, seed: 1)),
        new FactorMatrix(ItemCount, FactorCount, PlantedShop.Floats(ItemCount * FactorCount, seed: 2)));

    private readonly int[] everyItem = [.. Enumerable.Range(0, ItemCount)];
    private readonly float[] scores = new float[ItemCount];
    private readonly TopK best = new(Wanted);
    private readonly int[] bestIndexes = new int[Wanted];
    private readonly float[] bestScores = new float[Wanted];

    [Benchmark(Baseline = true)]
    public float ScoreByScalarLoop()
    {
        var user = model.UserFactors[0];
        for (var item = 0; item < ItemCount; item++)
        {
            var row = model.ItemFactors[item];
            var sum = 0f;
            for (var factor = 0; factor < row.Length; factor++)
                sum += user[factor] * row[factor];
            scores[item] = sum;
        }

        return scores[^1];
    }

    [Benchmark]
    public float Score()
    {
        model.Score(new UserHistory(0), everyItem, scores);
        return scores[^1];
    }

    [Benchmark]
    public int[] ScoreThenLinq()
    {
        model.Score(new UserHistory(0), everyItem, scores);
        return [.. everyItem.OrderByDescending(item => scores[item]).Take(Wanted)];
    }

    [Benchmark]
    public int Retrieve()
    {
        model.Retrieve(new UserHistory(0), [], best);
        return best.Drain(bestIndexes, bestScores);
    }
}
