using System.Diagnostics;
using RecoService.Benchmarks.Storage;
using RecoService.Tests.Shared;

namespace RecoService.Benchmarks.Load;

/// <summary>
/// How soon a replica follows: two services on one database. Somebody buys the first item of his list at one of them, and from the answer to that on the other is asked
/// for his list until the item is gone from it. At rest, and then beside 500 writes a second:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- load replica [--items 10000] [--seconds 60]</c>.
/// </summary>
internal static class ReplicaScenario
{
    private const int WritesPerSecond = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string[] words)
    {
        var options = LoadOptions.Parse(words, new LoadOptions { Items = [10_000], Seconds = 60 });
        var shop = new LoadShop(options.Items[0], options.IsTrained);
        await using var postgres = await PostgresServer.StartAsync("fsync = on\nshared_buffers = 512MB\n");
        var connection = await postgres.CreateDatabaseAsync();
        await using (var store = new BenchmarkStore(connection))
            await shop.FillAsync(store);
        await using var first = await LoadServer.StartServiceAsync(connection, options.Settings);
        await using var second = await LoadServer.StartServiceAsync(connection, options.Settings);
        var duration = TimeSpan.FromSeconds(options.Seconds);

        Print("at rest", await FollowAsync(first, second, duration, user: 0));
        var random = new Random(1);
        byte[][] clicks = [.. Enumerable.Range(0, WritesPerSecond * (options.Seconds + 1))
            .Select(number => LoadRequests.Click($"beside-{number}", LoadShop.UserId(random.Next(shop.UserCount)), LoadShop.ItemId(random.Next(shop.ItemCount))))];
        var writing = LoadClient.OpenLoopAsync(first.Address, clicks, WritesPerSecond, time => time < duration);
        Print($"beside {WritesPerSecond} writes a second", await FollowAsync(first, second, duration, user: shop.UserCount / 2));
        Console.WriteLine(FormattableString.Invariant($"{(await writing).Failures} of those writes failed"));
    }

    private static async Task<Latencies> FollowAsync(LoadServer first, LoadServer second, TimeSpan duration, int user)
    {
        using var writer = await LoadConnection.OpenAsync(first.Address);
        using var reader = await LoadConnection.OpenAsync(second.Address);
        var delays = new Latencies();
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < duration; user++)
        {
            var list = LoadRequests.Recommend(LoadShop.UserId(user));
            await reader.SendAsync(list);
            var itemId = ServedList.FirstItemOf(reader.Answer);
            var status = await writer.SendAsync(LoadRequests.Interaction($"bought-{user}", LoadShop.UserId(user), itemId, "purchase"));
            var answered = Stopwatch.GetTimestamp();
            do
            {
                if (Stopwatch.GetElapsedTime(answered) > Deadline)
                    throw new TimeoutException($"The replica still shows {itemId} to {LoadShop.UserId(user)}.");
                await Task.Delay(Pause);
                await reader.SendAsync(list);
            }
            while (ServedList.Holds(reader.Answer, itemId));
            delays.Add(Stopwatch.GetTimestamp() - answered, status == 200);
        }

        return delays;
    }

    private static void Print(string when, Latencies delays) => Console.WriteLine(FormattableString.Invariant(
        $"{when}: the replica follows after p50 {delays.Percentile(0.5):F0} ms, p99 {delays.Percentile(0.99):F0} ms, at most {delays.Percentile(1):F0} ms ({delays.Count} purchases, {delays.Failures} failed)"));
}
