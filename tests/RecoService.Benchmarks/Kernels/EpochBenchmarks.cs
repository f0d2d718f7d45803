using BenchmarkDotNet.Attributes;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Kernels;

/// <summary>One epoch over 1,000,000 interactions of 20,000 users and 5,000 items at 64 factors.</summary>
[SimpleJob(warmupCount: 1, iterationCount: 5)]
public class EpochBenchmarks
{
    private InteractionDataset purchases = null!;
    private InteractionDataset ratings = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        purchases = PlantedShop.Create(20_000, 5_000, 1_000_000, "purchase");
        ratings = PlantedShop.Create(20_000, 5_000, 1_000_000, InteractionKind.Rating);
        // The matrices are made on first use; that belongs to loading, not to an epoch.
        _ = (purchases.ItemUsers, ratings.Ratings);
    }

    [Benchmark]
    public IScorer ImplicitAls() =>
        new ImplicitAlsTrainer(new ImplicitAlsOptions { Factors = 64, Epochs = 1 }).Train(purchases, new TrainingContext(Threads));

    [Benchmark]
    public IScorer BiasedMatrixFactorization() =>
        new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { Factors = 64, Epochs = 1 }).Train(ratings, new TrainingContext(Threads));
}
