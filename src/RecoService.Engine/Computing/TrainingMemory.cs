using RecoService.Engine.Training;

namespace RecoService.Engine.Computing;

/// <summary>
/// How much memory one model run may take beside what the process held when it began, native memory included. Trainers ask before they allocate much at once, and every step of a training
/// looks whether the bound is kept, so that a run that needs too much ends with a reason instead of ending the service. Thread-safe.
/// </summary>
public sealed class TrainingMemory
{
    private readonly Lock gate = new();
    private readonly long limit;
    private readonly Func<long> measure;
    private readonly long before;
    private long peakFrom;
    private long peak;

    /// <param name="limit">In bytes, above 0.</param>
    public TrainingMemory(long limit)
        : this(limit, MeasureProcess)
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

    /// <summary>The most that was taken at once since <see cref="BeginPeak"/>, as far as somebody looked, beside what was taken then; in bytes.</summary>
    public long Peak => Math.Max(0, Volatile.Read(ref peak) - peakFrom);

    /// <summary>Whether so much is taken that nothing should be kept that can be made again.</summary>
    public bool IsHalfTaken => Taken > limit / 2;

    /// <summary>Begins to watch how much is taken at most.</summary>
    public void BeginPeak()
    {
        peakFrom = Taken;
        Volatile.Write(ref peak, peakFrom);
    }

    /// <summary>Gives back what nobody holds any more.</summary>
    public static void Release() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <param name="bytes">What is about to be allocated at once; 0 only to look.</param>
    /// <exception cref="TrainingException">The bound would not be kept.</exception>
    public void Claim(long bytes = 0)
    {
        var taken = Taken;
        if (taken + bytes > Volatile.Read(ref peak))
            Volatile.Write(ref peak, taken + bytes);
        if (taken <= limit - bytes)
            return;
        lock (gate)
        {
            // What nobody holds any more counts until it is collected.
            if (Taken > limit - bytes && bytes <= limit)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            if (Taken > limit - bytes)
                throw new TrainingException($"Training needs more than the {Mebibytes(limit)} MiB that it may take ({Mebibytes(Taken + bytes)} MiB); raise the limit, or choose smaller options or another trainer.");
        }
    }

    private long Taken => measure() - before;

    /// <summary>
    /// The managed heap, and what else is resident: native memory of the process, mapped files among it. The heap counts by what lives on it, for the collector keeps
    /// pages that it may use again.
    /// </summary>
    private static long MeasureProcess()
    {
        var managed = GC.GetTotalMemory(forceFullCollection: false);
        var committed = Math.Max(managed, GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes);
        return managed + Math.Max(0, Environment.WorkingSet - committed);
    }

    private static long Mebibytes(long bytes) => bytes >> 20;
}
