using System.Diagnostics;
using RecoService.Engine.Data;
using RecoService.Storage;
using RecoService.Storage.Attribution;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Storage;

/// <summary>
/// Counts lists of ten items and attributes a tenth as many interactions, from nothing and for one more day, and reads a dataset without and with what was shown, on a private PostgreSQL server with fsync on:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- figures [lists] [days]</c>.
/// </summary>
internal static class FigureScenario
{
    private const int ItemsPerList = 10;
    private const int ItemCount = 10_000;
    private const int ListsPerInteraction = 10;
    private const int BatchSize = 1_000;

    private static readonly string[] Placements = ["home", "popular", "similar", "basket"];

    public static async Task RunAsync(string[] args)
    {
        var lists = args.Length > 0 ? int.Parse(args[0]) : 1_000_000;
        var days = args.Length > 1 ? int.Parse(args[1]) : 30;
        await using var server = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\nmax_wal_size = 8GB\n");
        await using var store = new BenchmarkStore(await server.CreateDatabaseAsync());
        await store.Store.Database.MigrateAsync(CancellationToken.None);
        Console.WriteLine($"{lists:N0} lists of {ItemsPerList} items over {days} days, {lists / ListsPerInteraction:N0} interactions; PostgreSQL with fsync on.");
        var start = TimeProvider.System.GetUtcNow().AddDays(-days - 2);
        var userCount = Math.Max(1, lists / 20);
        var random = new Random(1);
        await FillAsync(store.Store, random, lists, userCount, start, TimeSpan.FromDays(days));
        Console.WriteLine($"from nothing  {await FollowAsync(store.Store):F2} s");
        await FillAsync(store.Store, random, lists / days, userCount, start.AddDays(days), TimeSpan.FromDays(1));
        Console.WriteLine($"one more day  {await FollowAsync(store.Store):F2} s");
        var watch = Stopwatch.StartNew();
        var rows = await store.Store.Figures.ReadAsync(new FigureQuery(0, int.MaxValue, [FigureDimension.Placement, FigureDimension.Position]), CancellationToken.None);
        Console.WriteLine($"read          {watch.Elapsed.TotalSeconds:F2} s  {rows.Count} rows by placement and position, {rows.Sum(row => row.Impressions):N0} impressions, {rows.Sum(row => row.Clicks):N0} clicks");
        foreach (var most in new[] { 0, 500_000 })
        {
            watch.Restart();
            var dataset = await store.Store.Interactions.LoadDatasetAsync(CancellationToken.None, shown: new ExposureWindow(start, start.AddDays(days + 2), most));
            Console.WriteLine($"dataset       {watch.Elapsed.TotalSeconds:F2} s  {dataset.Count:N0} interactions, {dataset.Exposures.Count:N0} shown items, {dataset.Exposures.TouchedCount:N0} touched");
        }
    }

    private static async Task<double> FollowAsync(ShopStore store)
    {
        var kinds = InteractionKinds.Default;
        var roles = new AttributionRole[kinds.Count];
        foreach (var (name, role) in new[] { ("click", AttributionRole.Click), ("purchase", AttributionRole.Order) })
            roles[KindOf(name)] = role;
        var watch = Stopwatch.StartNew();
        await store.Figures.FollowAsync(new AttributionRules(TimeSpan.FromDays(7), roles), null, CancellationToken.None);
        return watch.Elapsed.TotalSeconds;
    }

    private static byte KindOf(string name) => InteractionKinds.Default.TryGetIndex(name, out var kind) ? kind : throw new InvalidOperationException(name);

    /// <summary>Every tenth list is followed by a click, or by a purchase one time of five; half of these name it.</summary>
    private static async Task FillAsync(ShopStore store, Random random, int lists, int userCount, DateTimeOffset from, TimeSpan span)
    {
        var (click, purchase) = (KindOf("click"), KindOf("purchase"));
        var shown = new List<Impression>();
        var done = new List<NewInteraction>();
        for (var list = 0; list < lists; list++)
        {
            var at = from + span * ((double)list / lists);
            string[] items = [.. Enumerable.Range(0, ItemsPerList).Select(_ => $"item-{random.Next(ItemCount)}").Distinct()];
            var impression = new Impression(Guid.CreateVersion7(at), $"user-{random.Next(userCount)}", Placements[random.Next(Placements.Length)], null, 1, "c", at, items) { Sources = ["als"] };
            shown.Add(impression);
            if (list % ListsPerInteraction == 0)
            {
                done.Add(new NewInteraction
                {
                    UserId = impression.UserId,
                    ItemId = items[random.Next(items.Length)],
                    KindIndex = random.Next(5) == 0 ? purchase : click,
                    OccurredAt = at.AddMinutes(5),
                    UnitPrice = 9.99m,
                    RecommendationId = random.Next(2) == 0 ? impression.RecommendationId : null,
                });
            }

            if (shown.Count == BatchSize || list == lists - 1)
            {
                await store.Impressions.AppendAsync(shown, CancellationToken.None);
                shown.Clear();
            }

            if (done.Count > 0 && (done.Count == BatchSize || list == lists - 1))
            {
                await store.Interactions.AppendAsync(done, CancellationToken.None);
                done.Clear();
            }
        }
    }
}
