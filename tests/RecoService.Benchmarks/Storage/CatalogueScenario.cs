using System.Diagnostics;
using RecoService.Benchmarks.Training;
using RecoService.Engine.Recommending;
using RecoService.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Storage;

/// <summary>
/// Loads a made catalogue into a serving state from either database, without users and models:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- catalogue [items] [rounds]</c>.
/// </summary>
internal static class CatalogueScenario
{
    public static async Task RunAsync(string[] args)
    {
        var items = args.Length > 0 ? int.Parse(args[0]) : 1_000_000;
        var rounds = args.Length > 1 ? int.Parse(args[1]) : 3;
        Console.WriteLine($"{items:N0} items with 8 attributes, {rounds} rounds.");
        await using (var server = await PostgresServer.StartAsync("shared_buffers = 512MB\nmax_wal_size = 8GB\n"))
            await MeasureAsync(new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync() }, items, rounds);

        var folder = Directory.CreateTempSubdirectory("reco-catalogue-").FullName;
        await MeasureAsync(new StorageSettings { Provider = StorageProvider.Sqlite, ConnectionString = $"Data Source={folder}/reco.db" }, items, rounds);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task MeasureAsync(StorageSettings settings, int items, int rounds)
    {
        await using var store = new BenchmarkStore(settings);
        await store.Store.Database.MigrateAsync(CancellationToken.None);
        var watch = Stopwatch.StartNew();
        await MadeCatalogue.ImportAsync(store.Store.Import, items);
        Console.WriteLine($"{settings.Provider}: imported in {watch.Elapsed.TotalSeconds:F1} s");

        List<Load> loads = [];
        for (var round = 0; round < rounds; round++)
        {
            loads.Add(await MeasureLoadAsync(store, items));
            Console.WriteLine($"  round {round + 1}: {loads[^1]}");
        }

        Console.WriteLine($"{settings.Provider}: {new Load(Median(loads, load => load.Seconds), Median(loads, load => load.Computed), Median(loads, load => load.Most), Median(loads, load => load.Kept), Median(loads, load => load.Catalogue))} (medians)");
    }

    private static async Task<Load> MeasureLoadAsync(BenchmarkStore store, int items)
    {
        await ForgetFramesAsync();
        using var memory = new PeakMemory();
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var state = await LoadAsync(store);
        if (state.Items.Count != items)
            throw new InvalidOperationException($"{state.Items.Count} of {items} items were loaded.");
        var (seconds, computed, most) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, memory.Bytes);
        await ForgetFramesAsync();
        var load = new Load(seconds, computed, (double)most / items, (double)memory.BytesKept / items, (double)state.Catalogue.ByteCount / items);
        GC.KeepAlive(state);
        return load;
    }

    /// <summary>What was awaited goes on in the frames that hold what it loaded.</summary>
    private static Task ForgetFramesAsync() => Task.Delay(TimeSpan.FromSeconds(1));

    private static async Task<ServingState> LoadAsync(BenchmarkStore store)
    {
        var data = await store.Store.Feed.LoadAsync(CancellationToken.None);
        return new ServingState([], data.Users, data.Items, data.Histories, new ServingOptions(), data.Through);
    }

    private static double Median(List<Load> loads, Func<Load, double> value) => loads.Select(value).Order().ElementAt(loads.Count / 2);

    /// <param name="Seconds">By the clock.</param>
    /// <param name="Computed">Seconds of processor time of this process.</param>
    /// <param name="Most">Bytes an item while it was loaded, garbage included.</param>
    /// <param name="Kept">Bytes an item afterwards.</param>
    /// <param name="Catalogue">Of these the catalogue's, as it counts them.</param>
    private sealed record Load(double Seconds, double Computed, double Most, double Kept, double Catalogue)
    {
        public override string ToString() => $"{Seconds:F2} s, of which this process computed {Computed:F2} s; at most {Most:F0} bytes an item, {Kept:F0} kept, {Catalogue:F0} of them the catalogue's";
    }
}
