using RecoService.Benchmarks.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Load;

/// <summary>
/// Minutes of everything at once: readers, writers, an operator who publishes one model after the other, and a merchandiser who takes items out of the shop and puts
/// them back. No read may fail, no item may be shown after the answer that it is gone, and memory must not grow:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- load soak [--items 10000] [--seconds 300]</c>.
/// </summary>
internal static class SoakScenario
{
    public static async Task RunAsync(string[] words)
    {
        var options = LoadOptions.Parse(words, new LoadOptions { Items = [10_000], Seconds = 300 });
        var shop = new LoadShop(options.Items[0], options.IsTrained);
        await using var postgres = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        var connection = await postgres.CreateDatabaseAsync();
        int[] versions;
        await using (var store = new BenchmarkStore(connection))
            versions = [await shop.FillAsync(store), await shop.PublishAsync(store, modelSeed: 2)];
        await using var service = await LoadServer.StartServiceAsync(connection, options.Settings);
        Console.WriteLine(FormattableString.Invariant($"{options.Seconds} s of reads, writes, swaps between versions {versions[0]} and {versions[1]}, and removals; {shop.ItemCount:N0} items"));

        using var soak = new Soak(service, shop, versions, TimeSpan.FromSeconds(options.Seconds));
        var report = await soak.RunAsync();
        foreach (var (time, usage) in report.Memory)
            Console.WriteLine(FormattableString.Invariant($"  after {time.TotalSeconds,4:F0} s: {usage.WorkingSet / 1e6,6:F0} MB working set, {usage.HeapBytes / 1e6,6:F0} MB managed"));
        Console.WriteLine(FormattableString.Invariant(
            $"{report.Reads.Count:N0} reads, {report.Reads.Failures} failed, p50 {report.Reads.Percentile(0.5):F2} ms, p99 {report.Reads.Percentile(0.99):F2} ms, slowest {report.Reads.Percentile(1):F1} ms"));
        Console.WriteLine(FormattableString.Invariant($"{report.Writes.Count:N0} writes, {report.Writes.Failures} failed; {report.Swaps} swaps; {report.Removals} removals, {report.Returned} removed items shown"));
    }
}
