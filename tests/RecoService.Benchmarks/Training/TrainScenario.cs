using System.Diagnostics;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.ItemKnn;
using RecoService.Engine.Algorithms.Rp3Beta;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Training;

/// <summary>
/// How long an epoch of each trainer takes on <see cref="GeneratedShop"/>, and how much memory:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- train [beginnings of names]</c>, <c>train rmse</c> for the quality of
/// biased MF beside a sequential run. A new row is a line in <see cref="Cases"/>.
/// </summary>
internal static class TrainScenario
{
    private const int Threads = 2;
    private const int BytesPerInteraction = sizeof(int) + sizeof(byte) + sizeof(float) + sizeof(long);

    private static readonly TrainingCase[] Cases =
    [
        Als(AlsSolver.ConjugateGradient, 64, 0.35),
        Als(AlsSolver.ConjugateGradient, 128, 0.60),
        Als(AlsSolver.Exact, 64, 0.35),
        Als(AlsSolver.Exact, 128, 0.60),
        new("biased-mf", 64, 10, 0.12, shop => shop.Ratings(), epochs => Squared(epochs)),
        new("bpr", 64, 10, 0.96, shop => shop.Purchases(), epochs => new BprTrainer(new BprOptions { Factors = 64, Epochs = epochs })),
        new("ease", 0, 1, 20, shop => shop.Purchases(), _ => new EaseTrainer(new EaseOptions())),
        new("item-knn", 0, 1, 3, shop => shop.Purchases(), _ => new ItemKnnTrainer(new ItemKnnOptions { Neighbours = 100 })),
        new("rp3beta", 0, 1, 3, shop => shop.Purchases(), _ => new Rp3BetaTrainer(new Rp3BetaOptions { Neighbours = 100 })),
    ];

    public static void Run(string[] names)
    {
        var shop = new GeneratedShop();
        PrintShape(shop.Purchases());
        Console.WriteLine($"{"trainer",-44}{"s/epoch",9}{"fastest",9}{"busy",9}{"target",9}{"all, s",9}{"peak, MB",10}{"/ data",8}{"model, MB",11}");
        foreach (var row in Cases.Where(row => names.Length == 0 || names.Any(name => row.ToString().StartsWith(name, StringComparison.Ordinal))))
            Measure(row, shop);
        if (names.Contains("rmse", StringComparer.Ordinal))
            CompareWithSequential(shop);
    }

    private static TrainingCase Als(AlsSolver solver, int factors, double target) => new(
        $"implicit-als {solver}", factors, 10, target, shop => shop.Purchases(),
        epochs => new ImplicitAlsTrainer(new ImplicitAlsOptions { Factors = factors, Epochs = epochs, Solver = solver }));

    private static BiasedMatrixFactorizationTrainer Squared(int epochs) => new(new BiasedMatrixFactorizationOptions { Factors = 64, Epochs = epochs });

    /// <summary>"busy" is the processor's time over the threads: what an epoch takes when nothing else runs. "/ data" is the peak without the model, over the size of the interactions themselves, which are part of the peak.</summary>
    private static void Measure(TrainingCase row, GeneratedShop shop)
    {
        var loaded = row.DataOf(shop);
        using var memory = new PeakMemory();
        var clock = new EpochClock(row.Epochs);
        var (start, busyAtStart) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var model = TrainOnCopy(loaded, row, clock);
        var all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var busyInAll = (Environment.CpuUsage.TotalTime - busyAtStart).TotalSeconds;
        var peak = memory.Bytes;
        var modelBytes = memory.BytesKept;
        GC.KeepAlive(model);

        double[] seconds = row.Epochs == 1 ? [all] : [.. clock.Seconds.Order()];
        double[] busy = row.Epochs == 1 ? [busyInAll] : [.. clock.ProcessorSeconds.Order()];
        var ratio = (double)(peak - modelBytes) / ((long)loaded.Count * BytesPerInteraction);
        Console.WriteLine(FormattableString.Invariant(
            $"{row,-44}{seconds[seconds.Length / 2],9:F3}{seconds[0],9:F3}{busy[busy.Length / 2] / Threads,9:F3}{row.TargetSeconds,9:F2}{all,9:F2}{peak / 1e6,10:F0}{ratio,8:F2}{modelBytes / 1e6,11:F0}"));
    }

    /// <summary>The test RMSE of the parallel trainer beside that of a sequential run.</summary>
    private static void CompareWithSequential(GeneratedShop shop)
    {
        var options = new BiasedMatrixFactorizationOptions { Factors = 64, Epochs = 20 };
        var (train, test) = shop.SplitRatings();
        var parallel = new BiasedMatrixFactorizationTrainer(options).Train(train, new TrainingContext(Threads));
        var sequential = SequentialSgd.Train(train, options, seed: 42);
        Console.WriteLine(FormattableString.Invariant(
            $"biased-mf, {options.Epochs} epochs, RMSE on {test.Count:N0} withheld ratings: {OfflineEvaluator.EvaluateRatings(parallel, train, test.Ratings).Rmse:F4}, sequential {OfflineEvaluator.EvaluateRatings(sequential, train, test.Ratings).Rmse:F4}"));
    }

    /// <summary>A copy has none of its matrices made yet, so that they count.</summary>
    private static IScorer TrainOnCopy(InteractionDataset loaded, TrainingCase row, EpochClock clock) =>
        row.Create(row.Epochs).Train(loaded.Where(_ => true), new TrainingContext(Threads, progress: clock));

    private static void PrintShape(InteractionDataset shop)
    {
        var users = Lengths(shop.UserItems);
        var items = Lengths(shop.ItemUsers);
        Console.WriteLine(FormattableString.Invariant(
            $"{users.Length:N0} users x {items.Length:N0} items x {shop.Count:N0} interactions ({shop.UserItems.NonZeroCount:N0} distinct pairs); {Threads} threads of {Environment.ProcessorCount}"));
        Console.WriteLine(FormattableString.Invariant($"per user {users[0]} to {users[^1]}, median {users[users.Length / 2]}; per item {items[0]} to {items[^1]:N0}, median {items[items.Length / 2]}"));
    }

    private static int[] Lengths(SparseMatrix matrix) => [.. Enumerable.Range(0, matrix.RowCount).Select(matrix.RowLength).Order()];
}
