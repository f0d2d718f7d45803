using RecoService.Storage;

namespace RecoService.Api.Status;

/// <summary>Counts of the store, read again at most every ten seconds however often the status is asked for.</summary>
internal sealed class StoreCountsCache(Database database, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private volatile Task<StoreCounts>? reading;
    private long readAt;

    /// <summary>The last counts read; zeros before the first. Asks for newer ones in the background when they are old.</summary>
    public StoreCounts Last
    {
        get
        {
            var task = Refresh();
            return task.IsCompletedSuccessfully ? task.Result : new StoreCounts(0, 0, 0, 0);
        }
    }

    public Task<StoreCounts> GetAsync(CancellationToken cancellationToken) => Refresh().WaitAsync(cancellationToken);

    private Task<StoreCounts> Refresh()
    {
        lock (gate)
        {
            if (reading is not { } task || task.IsFaulted || (task.IsCompleted && time.GetElapsedTime(readAt) > Freshness))
            {
                reading = task = database.CountAsync(CancellationToken.None);
                readAt = time.GetTimestamp();
            }

            return task;
        }
    }
}
