namespace RecoService.Benchmarks.Training;

/// <summary>The most bytes the managed heap held since the start, garbage not yet collected included; looked at every few milliseconds.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly long before = GC.GetTotalMemory(forceFullCollection: true);
    private readonly Timer timer;
    private long peak;

    public PeakMemory() => timer = new Timer(_ => Look(), state: null, dueTime: 0, period: 3);

    /// <summary>Bytes above what there was at the start.</summary>
    public long Bytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref peak) - before;
        }
    }

    /// <summary>Bytes above what there was at the start that are still in use.</summary>
    public long BytesKept => GC.GetTotalMemory(forceFullCollection: true) - before;

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        var now = GC.GetTotalMemory(forceFullCollection: false);
        long seen;
        while ((seen = Interlocked.Read(ref peak)) < now && Interlocked.CompareExchange(ref peak, now, seen) != seen)
        {
        }
    }
}
