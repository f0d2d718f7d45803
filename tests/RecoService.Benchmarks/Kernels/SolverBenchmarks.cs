using BenchmarkDotNet.Attributes;
using RecoService.Engine.Numerics;

namespace RecoService.Benchmarks.Kernels;

/// <summary>The two halves of one ALS row: adding 50 rows to the normal equations, and solving them.</summary>
public class SolverBenchmarks
{
    private const int RowCount = 50;

    private float[] rows = [];
    private float[] definite = [];
    private float[] matrix = [];
    private float[] solution = [];

    [Params(16, 64, 128)]
    public int Factors { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        rows = PlantedShop.Floats(RowCount * Factors, seed: 1);
        definite = new float[Factors * Factors];
        for (var diagonal = 0; diagonal < definite.Length; diagonal += Factors + 1)
            definite[diagonal] = 1;
        SymmetricKernels.AddGram(definite, Factors, rows);
        matrix = new float[Factors * Factors];
        solution = new float[Factors];
    }

    [Benchmark]
    public void AddGram() => SymmetricKernels.AddGram(matrix, Factors, rows);

    [Benchmark]
    public bool Cholesky()
    {
        definite.CopyTo(matrix, 0);
        rows.AsSpan(0, Factors).CopyTo(solution);
        return CholeskySolver.TrySolve(matrix, Factors, solution);
    }
}
