using RecoService.Engine.Training;

namespace RecoService.Engine.Computing;

/// <summary>
/// How much memory one model run may take beside what the process held when it began. Trainers ask before they allocate much at once, and every step of a training
/// looks whether the bound is kept, so that a run that needs too much ends with a reason instead of ending the service. Thread-safe.
/// </summary>
public sealed class TrainingMemory
{
    private readonly Lock gate = new();
    private readonly long limit;
    private readonly Func<long> measure;
    private readonly long before;

    /// <param name="limit">In bytes, above 0.</param>
    public TrainingMemory(long limit)
        : this(limit, () => GC.GetTotalMemory(forceFullCollection: false))
    {
    }

    /// <param name="limit">In bytes, above 0.</param>
    /// <param name="measure">What the process holds, in bytes.</param>
    internal TrainingMemory(long limit, Func<long> measure)
    {
        this.limit = limit;
        this.measure = measure;
        before = measure();
    }

    /// <summary>Half of what the process may use at all, as the machine or its container says.</summary>
    public static long DefaultLimit => Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>The bound, in bytes.</summary>
    public long Limit => limit;

    /// <param name="bytes">What is about to be allocated at once; 0 only to look.</param>
    /// <exception cref="TrainingException">The bound would not be kept.</exception>
    public void Claim(long bytes = 0)
    {
        if (Taken + bytes <= limit)
            return;
        lock (gate)
        {
            // What nobody holds any more counts until it is collected.
            if (Taken + bytes > limit && bytes <= limit)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            if (Taken + bytes > limit)
                throw new TrainingException($"Training needs more than the {Mebibytes(limit)} MiB that it may take ({Mebibytes(Taken + bytes)} MiB); raise the limit, or choose smaller options or another trainer.");
        }
    }

    private long Taken => measure() - before;

    private static long Mebibytes(long bytes) => bytes >> 20;
}
