using System.Diagnostics;
using Npgsql;
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

        List<double> imports = [];
        List<double> copies = [];
        List<double> loads = [];
        for (var round = 0; round < rounds; round++)
        {
            copies.Add(await OnStoreAsync(server, store => BareCopyAsync(store, table)));
            imports.Add(await OnStoreAsync(server, async store =>
            {
                var seconds = await ImportAsync(store, table);
                loads.Add(await LoadAsync(store, rows));
                loads.Add(await LoadAsync(store, rows));
                return seconds;
            }));
            Console.WriteLine($"  round {round + 1}: bare COPY {copies[^1]:F2} s, import {imports[^1]:F2} s, load {loads[^2]:F2} s and {loads[^1]:F2} s");
        }

        var (copy, import) = (Median(copies), Median(imports));
        Console.WriteLine($"bare COPY  {copy:F2} s  {rows / copy:N0} rows/s (median)");
        Console.WriteLine($"import     {import:F2} s  {rows / import:N0} rows/s (median), {copy / import:F2} times the bare COPY");
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
            await store.Get<Database>().MigrateAsync(CancellationToken.None);
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

    private static async Task<double> ImportAsync(BenchmarkStore store, RatingTable table)
    {
        InteractionKinds.Default.TryGetIndex(InteractionKind.Rating, out var rating);
        var watch = Stopwatch.StartNew();
        await using (var stage = await store.Get<BulkImport>().StageInteractionsAsync(CancellationToken.None))
        {
            for (var row = 0; row < table.Count; row++)
            {
                // New strings for each row, as a file's reader makes them.
                await stage.AddAsync(row + 1, new NewInteraction
                {
                    UserId = $"user-{table.Users[row]}",
                    ItemId = $"item-{table.Items[row]}",
                    KindIndex = rating,
                    Value = table.Values[row],
                    OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(table.Times[row]),
                }, CancellationToken.None);
            }

            Console.WriteLine($"    staged after {watch.Elapsed.TotalSeconds:F2} s");
            var result = await stage.CommitAsync("benchmark", skipConflicts: false, CancellationToken.None);
            if (result.Accepted != table.Count)
                throw new InvalidOperationException($"{result.Accepted} of {table.Count} rows were accepted.");
        }

        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> LoadAsync(BenchmarkStore store, int rows)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var dataset = await store.Get<InteractionLog>().LoadDatasetAsync(CancellationToken.None);
        if (dataset.Count != rows)
            throw new InvalidOperationException($"{dataset.Count} of {rows} rows were loaded.");
        Console.WriteLine($"    loaded after {watch.Elapsed.TotalSeconds:F2} s, of which this process computed {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F2} s");
        return watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
