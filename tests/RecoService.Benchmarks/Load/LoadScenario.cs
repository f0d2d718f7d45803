using RecoService.Benchmarks.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Load;

/// <summary>
/// What a recommendation request costs the server, beside a bare Kestrel endpoint that gives the same answer and does nothing for it. The service runs in Production
/// with keys, limits, log and impressions on a private PostgreSQL server with fsync on; servers and client are processes of their own:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- load [--items 10000,100000,1000000] [--seconds 5] [--rounds 5] [--rows abcdefghij] [--model trained|made] [--recommender NAME]</c>.
/// </summary>
internal static class LoadScenario
{
    private const int MostItemsInClosedLoop = 500_000;

    public static async Task RunAsync(string[] words)
    {
        var options = LoadOptions.Parse(words, new LoadOptions());
        await using var postgres = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        await using var bare = await LoadServer.StartAsync(ServedProcess.BareVerb);
        foreach (var items in options.Items)
        {
            var shop = new LoadShop(items, options.IsTrained, options.Recommender);
            var connection = await postgres.CreateDatabaseAsync();
            await using (var store = new BenchmarkStore(connection))
                await shop.FillAsync(store);
            await using (var service = await LoadServer.StartServiceAsync(connection, options.Settings))
            {
                Console.WriteLine(FormattableString.Invariant(
                    $"{items:N0} items, {shop.UserCount:N0} users, {(options.IsTrained ? options.Recommender : "made")} with {LoadShop.Factors} factors, limit 10; {Environment.ProcessorCount} cores for servers, database and client; medians of {options.Rounds} interleaved rounds of {options.Seconds} s."));
                using var rows = new LoadRows(bare, service, shop, options);
                await rows.MeasureAsync(items <= MostItemsInClosedLoop);
                rows.Print(Console.Out);
            }

            await postgres.DropDatabaseAsync(connection);
        }
    }
}
