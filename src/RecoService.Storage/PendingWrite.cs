using System.Diagnostics;

namespace RecoService.Storage;

/// <summary>
/// A write on its way. It commits or it is given up, whichever comes first: who stopped waiting before the commit began can say that nothing was changed.
/// </summary>
/// <param name="limit">How long its caller waits; infinite for a write that may be large.</param>
internal sealed class PendingWrite(TimeSpan limit)
{
    private const int Open = 0;
    private const int Committing = 1;
    private const int GivenUp = 2;

    private readonly long started = Stopwatch.GetTimestamp();
    private int state;

    public TimeSpan Limit => limit;

    /// <summary>Not negative; <paramref name="otherwise"/> for a write without a limit.</summary>
    public TimeSpan TimeLeft(TimeSpan otherwise)
    {
        if (limit == Timeout.InfiniteTimeSpan)
            return otherwise;
        var left = limit - Stopwatch.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <exception cref="TimeoutException">Nobody waits for it any more.</exception>
    public void BeginCommit()
    {
        if (Interlocked.CompareExchange(ref state, Committing, Open) == GivenUp)
            throw new TimeoutException("The write was given up before it was committed.");
    }

    /// <summary>After a commit that lost a race.</summary>
    public void Reopen() => Interlocked.CompareExchange(ref state, Open, Committing);

    /// <summary>False: its commit has begun, and how that ends is not known.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref state, GivenUp, Open) != Committing;
}
