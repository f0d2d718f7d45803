using System.Diagnostics;
using HdrHistogram;

namespace RecoService.Benchmarks.Load;

/// <summary>How long requests took, added in ticks of the stopwatch, kept to three digits and up to an hour. Any number of threads may add.</summary>
internal sealed class Latencies
{
    private static readonly long Longest = 3600 * Stopwatch.Frequency;

    private readonly LongConcurrentHistogram ticks = new(1, Longest, 3);
    private int failures;

    public int Count => (int)ticks.TotalCount;

    /// <summary>Answers that were not 200.</summary>
    public int Failures => Volatile.Read(ref failures);

    public void Add(long elapsed, bool succeeded)
    {
        ticks.RecordValue(Math.Clamp(elapsed, 0, Longest));
        if (!succeeded)
            Interlocked.Increment(ref failures);
    }

    /// <summary>Milliseconds that this part of the requests, 0..1, did not exceed; NaN where there were none. Asked when all have been added.</summary>
    public double Percentile(double part) => Count == 0 ? double.NaN : ticks.GetValueAtPercentile(100 * part) * 1000.0 / Stopwatch.Frequency;
}
