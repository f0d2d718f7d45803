namespace RecoService.Api.Http;

/// <summary>Lets so many lines a minute into the log and counts the rest, so that a caller without a key cannot fill it. Thread-safe. By hand, because the framework's rate limiters take no <see cref="TimeProvider"/>.</summary>
internal sealed class LogBudget(int linesPerMinute, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long begun = time.GetTimestamp();
    private int taken;
    private long leftOut;
    private long untold;

    /// <summary>Whether one more line may be written; one that may not is counted.</summary>
    public bool TryTake()
    {
        lock (gate)
        {
            Turn();
            if (taken < linesPerMinute)
            {
                taken++;
                return true;
            }

            leftOut++;
            return false;
        }
    }

    /// <summary>How many lines were left out in the minutes that are over; each is told once.</summary>
    public long TakeLeftOut()
    {
        lock (gate)
        {
            Turn();
            var count = untold;
            untold = 0;
            return count;
        }
    }

    private void Turn()
    {
        if (time.GetElapsedTime(begun) < Window)
            return;
        begun = time.GetTimestamp();
        untold += leftOut;
        taken = 0;
        leftOut = 0;
    }
}
