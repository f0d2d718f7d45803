using RecoService.Storage;

namespace RecoService.Api.Shops;

/// <param name="Counts">What the store held.</param>
/// <param name="At">When it was counted.</param>
internal sealed record KnownCounts(StoreCounts Counts, DateTimeOffset At);

/// <param name="Last">The last finished run, or null.</param>
/// <param name="Running">The run under way, or null.</param>
internal sealed record KnownRuns(ModelRun? Last, ModelRun? Running);

/// <summary>What the store was last heard to hold. Nobody waits for it longer than they say, and what was known stays known when the store is away.</summary>
internal sealed class StoreFacts(Database database, RunLog runs, TimeProvider time)
{
    /// <summary>Counting reads whole tables.</summary>
    private static readonly TimeSpan CountsFreshness = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private Task counting = Task.CompletedTask;
    private Task readingRuns = Task.CompletedTask;
    private long countedAt;
    private volatile KnownCounts? counts;
    private volatile KnownRuns? knownRuns;

    /// <summary>Null before the first.</summary>
    public KnownCounts? Counts => counts;

    /// <summary>Null before the first.</summary>
    public KnownRuns? Runs => knownRuns;

    /// <summary>The last counts; zeros before the first. Asks for newer ones in the background when they are old.</summary>
    public StoreCounts LastCounts
    {
        get
        {
            _ = CountAsync();
            return counts?.Counts ?? new StoreCounts(0, 0, 0, 0);
        }
    }

    /// <summary>Asks the store; returns when it has answered or the patience ends.</summary>
    public Task RefreshAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        Task.WhenAny(Task.WhenAll(CountAsync(), ReadRunsAsync()), Task.Delay(patience, time, cancellationToken));

    private Task CountAsync()
    {
        lock (gate)
        {
            if (counting.IsCompleted && (counts is null || time.GetElapsedTime(countedAt) > CountsFreshness))
            {
                countedAt = time.GetTimestamp();
                counting = TryAsync(async () => counts = new KnownCounts(await database.CountAsync(CancellationToken.None), time.GetUtcNow()));
            }

            return counting;
        }
    }

    private Task ReadRunsAsync()
    {
        lock (gate)
        {
            if (readingRuns.IsCompleted)
                readingRuns = TryAsync(async () => knownRuns = new KnownRuns(await runs.GetLastFinishedAsync(CancellationToken.None), await runs.GetRunningAsync(CancellationToken.None)));
            return readingRuns;
        }
    }

    private static async Task TryAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception)
        {
            // What was known stays known; why the store does not answer is the monitor's to say.
        }
    }
}
