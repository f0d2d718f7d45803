using RecoService.Benchmarks.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Load;

/// <summary>
/// What a recommendation request costs the server, beside a bare Kestrel endpoint that gives the same answer and does nothing for it. The service runs in Production
/// with keys, limits, log and impressions on a private PostgreSQL server with fsync on; servers and client are processes of their own:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- load [--items 10000,100000,1000000] [--seconds 5] [--rounds 5] [--rows abcdefghij] [--model trained|made] [--recommender NAME|auto] [--shop made|demo]</c>.
/// </summary>
internal static class LoadScenario
{
    private const int MostItemsInClosedLoop = 500_000;

    public static async Task RunAsync(string[] words)
    {
        var options = LoadOptions.Parse(words, new LoadOptions());
        await using var postgres = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        await using var bare = await LoadServer.StartAsync(ServedProcess.BareVerb);
        foreach (var items in options.IsDemo ? [0] : options.Items)
        {
            var connection = await postgres.CreateDatabaseAsync();
            LoadedShop shop;
            await using (var store = new BenchmarkStore(connection))
                shop = await FillAsync(store, items, options);
            await using (var service = await LoadServer.StartServiceAsync(connection, options.IsAuto ? ["--Reco:Retraining:Recommender=auto", .. options.Settings] : options.Settings))
            {
                var model = options.IsAuto ? await AutomaticPick.MakeAsync(service.Address) : options.IsTrained ? $"{options.Recommender} with {LoadShop.Factors} factors" : $"made with {LoadShop.Factors} factors";
                Console.WriteLine(FormattableString.Invariant(
                    $"{(options.IsDemo ? "demo shop: " : "")}{shop.ItemIds.Count:N0} items, {shop.UserIds.Count:N0} users, {model}, limit 10; {Environment.ProcessorCount} cores for servers, database and client; medians of {options.Rounds} interleaved rounds of {options.Seconds} s."));
                using var rows = new LoadRows(bare, service, shop, options);
                await rows.MeasureAsync(shop.ItemIds.Count <= MostItemsInClosedLoop);
                rows.Print(Console.Out);
            }

            await postgres.DropDatabaseAsync(connection);
        }
    }

    private static async Task<LoadedShop> FillAsync(BenchmarkStore store, int items, LoadOptions options)
    {
        if (options.IsDemo)
        {
            var demo = await LoadedShop.FillDemoAsync(store);
            return options.IsAuto ? demo : throw new InvalidOperationException("The demo shop comes without a model: --recommender auto.");
        }

        var shop = new LoadShop(items, options.IsTrained, options.IsAuto ? "implicit-als" : options.Recommender);
        if (options.IsAuto)
            await shop.ImportAsync(store);
        else
            await shop.FillAsync(store);
        return LoadedShop.Of(shop);
    }
}
