using BenchmarkDotNet.Attributes;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Kernels;

/// <summary>EASE in its parts, on two threads; the inverse takes n^3 floating-point operations.</summary>
public class EaseBenchmarks
{
    private readonly TrainingContext context = new(2);
    private InteractionDataset dataset = new InteractionDatasetBuilder(InteractionKinds.Default).Build();
    private PositiveInteractions interactions = new(SparseMatrix.Empty(0, 0), binary: true);

    [Params(1_000, 10_000)]
    public int Items { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        dataset = PlantedShop.Create(5 * Items, Items, 400 * Items, "purchase");
        interactions = new PositiveInteractions(dataset.UserItems, binary: true);
    }

    [Benchmark]
    public object Gram() => ItemGram.Dense(interactions.UserItems, interactions.ItemUsers, context);

    [Benchmark]
    public bool Inverse()
    {
        var matrix = new SymmetricMatrix(Items);
        matrix.AddToDiagonal(1);
        return SymmetricInverse.TryInvert(matrix, context);
    }

    [Benchmark]
    public object Train() => new EaseTrainer(new EaseOptions()).Train(dataset, context);
}
