using System.Diagnostics;

namespace RecoService.Benchmarks.Load;

/// <summary>How long requests took, in ticks of the stopwatch. Any number of threads may add.</summary>
internal sealed class Latencies
{
    private const int Capacity = 1 << 22;

    private readonly long[] ticks = new long[Capacity];
    private long[]? sorted;
    private int count;
    private int failures;

    public int Count => Math.Min(Volatile.Read(ref count), Capacity);

    /// <summary>Answers that were not 200.</summary>
    public int Failures => Volatile.Read(ref failures);

    public void Add(long elapsed, bool succeeded)
    {
        var place = Interlocked.Increment(ref count) - 1;
        if (place < Capacity)
            ticks[place] = elapsed;
        if (!succeeded)
            Interlocked.Increment(ref failures);
    }

    /// <summary>Milliseconds that this part of the requests did not exceed; asked when all have been added.</summary>
    public double Percentile(double part)
    {
        if (Count == 0)
            return double.NaN;
        if (sorted is null)
        {
            sorted = ticks[..Count];
            Array.Sort(sorted);
        }

        return sorted[Math.Min(Count - 1, (int)(part * Count))] * 1000.0 / Stopwatch.Frequency;
    }
}
