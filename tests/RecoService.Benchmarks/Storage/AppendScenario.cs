using System.Diagnostics;
using RecoService.Storage;

namespace RecoService.Benchmarks.Storage;

/// <summary>Batches of 1,000 interactions with ids, as POST /interactions stores them, from several connections at once.</summary>
internal static class AppendScenario
{
    public const int Connections = 4;
    private const int Batches = 400;
    private const int BatchSize = 1000;

    /// <returns>Interactions per second.</returns>
    public static async Task<double> RunAsync(BenchmarkStore store)
    {
        var log = store.Store.Interactions;
        var batches = Enumerable.Range(0, Batches).Select(Batch).ToArray();
        // Users and items are known after these, as they are in a shop that runs.
        for (var batch = 0; batch < Batches / 4; batch++)
            await log.AppendAsync(batches[batch], CancellationToken.None);

        var next = Batches / 4 - 1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            for (int batch; (batch = Interlocked.Increment(ref next)) < Batches;)
                await log.AppendAsync(batches[batch], CancellationToken.None);
        })));
        return (Batches - Batches / 4) * BatchSize / watch.Elapsed.TotalSeconds;
    }

    private static NewInteraction[] Batch(int number)
    {
        var random = new Random(number);
        return [.. Enumerable.Range(0, BatchSize).Select(row => new NewInteraction
        {
            Id = $"event-{number}-{row}",
            UserId = $"user-{random.Next(RatingTable.UserCount)}",
            ItemId = $"item-{random.Next(RatingTable.ItemCount)}",
            KindIndex = (byte)random.Next(4),
            OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + number * 1000L + row),
            SessionId = $"session-{random.Next(10_000)}",
        })];
    }
}
