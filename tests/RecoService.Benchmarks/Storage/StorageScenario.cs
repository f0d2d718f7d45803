using System.Diagnostics;
using Npgsql;
using RecoService.Api.Importing;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Storage;

/// <summary>
/// Imports, loads and appends against a private PostgreSQL server with fsync on:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- storage [rows] [rounds]</c>.
/// </summary>
internal static class StorageScenario
{
    public static async Task RunAsync(string[] args)
    {
        var rows = args.Length > 0 ? int.Parse(args[0]) : 6_000_000;
        var rounds = args.Length > 1 ? int.Parse(args[1]) : 3;
        await using var server = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        Console.WriteLine($"{rows:N0} ratings of {RatingTable.UserCount:N0} users and {RatingTable.ItemCount:N0} items in the order of time, {rounds} rounds; PostgreSQL with fsync on.");
        var table = RatingTable.Generate(rows, seed: 1);
        var csv = Path.GetTempFileName();
        await table.WriteCsvAsync(csv);

        List<double> imports = [];
        List<double> copies = [];
        List<double> loads = [];
        for (var round = 0; round < rounds; round++)
        {
            copies.Add(await OnStoreAsync(server, store => BareCopyAsync(store, table)));
            imports.Add(await OnStoreAsync(server, async store =>
            {
                var seconds = await ImportAsync(store, csv, rows);
                loads.Add(await LoadAsync(store, rows));
                loads.Add(await LoadAsync(store, rows));
                return seconds;
            }));
            Console.WriteLine($"  round {round + 1}: bare COPY {copies[^1]:F2} s, import {imports[^1]:F2} s, load {loads[^2]:F2} s and {loads[^1]:F2} s");
        }

        File.Delete(csv);
        var (copy, import) = (Median(copies), Median(imports));
        Console.WriteLine($"bare COPY  {copy:F2} s  {rows / copy:N0} rows/s (median)");
        var ratio = Median([.. copies.Zip(imports, (bare, imported) => bare / imported)]);
        Console.WriteLine($"CSV import {import:F2} s  {rows / import:N0} rows/s (median), {ratio:F2} times as fast as the bare COPY (median of the rounds)");
        Console.WriteLine($"load       {Median(loads):F2} s  {rows / Median(loads):N0} rows/s (median)");
        List<double> appends = [];
        for (var round = 0; round < rounds; round++)
            appends.Add(await OnStoreAsync(server, AppendScenario.RunAsync));
        Console.WriteLine($"append     {Median(appends):N0} interactions/s (median), batches of 1,000 from {AppendScenario.Connections} connections");
    }

    private static async Task<double> OnStoreAsync(PostgresServer server, Func<BenchmarkStore, Task<double>> measure)
    {
        var connection = await server.CreateDatabaseAsync();
        double result;
        await using (var store = new BenchmarkStore(connection))
        {
            await store.Store.Database.MigrateAsync(CancellationToken.None);
            result = await measure(store);
        }

        await server.DropDatabaseAsync(connection);
        return result;
    }

    /// <summary>The resolved rows in the order of time into the table as the schema has it.</summary>
    private static async Task<double> BareCopyAsync(BenchmarkStore store, RatingTable table)
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Command Timeout=0");
        await connection.OpenAsync();
        var watch = Stopwatch.StartNew();
        await using (var copy = await connection.BeginBinaryImportAsync("COPY ratings (user_key, item_key, value, occurred_at, received_at, change) FROM STDIN (FORMAT BINARY)"))
        {
            for (var row = 0; row < table.Count; row++)
            {
                copy.StartRow();
                copy.Write(table.Users[row]);
                copy.Write(table.Items[row]);
                copy.Write((double)table.Values[row]);
                copy.Write(table.Times[row]);
                copy.Write(table.Times[row]);
                copy.Write(1L);
            }

            await copy.CompleteAsync();
        }

        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>The same ratings as a CSV file with string ids, read and checked as the import command does it.</summary>
    private static async Task<double> ImportAsync(BenchmarkStore store, string csv, int rows)
    {
        await using var file = File.OpenRead(csv);
        var options = new ImportOptions { Set = new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = InteractionKind.Rating } };
        var watch = Stopwatch.StartNew();
        var report = await StoredImport.Into(store.Store.Import, new WireValidators(InteractionKinds.Default, new WireLimits(), TimeProvider.System)).ImportAsync(ImportTarget.Interactions, file, options, progress: null, CancellationToken.None);
        if (report.Accepted != rows)
            throw new InvalidOperationException($"{report.Accepted} of {rows} rows were accepted.");
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> LoadAsync(BenchmarkStore store, int rows)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var dataset = await store.Store.Interactions.LoadDatasetAsync(CancellationToken.None);
        if (dataset.Count != rows)
            throw new InvalidOperationException($"{dataset.Count} of {rows} rows were loaded.");
        Console.WriteLine($"    loaded after {watch.Elapsed.TotalSeconds:F2} s, of which this process computed {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F2} s");
        return watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
