using System.Diagnostics;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Training;

/// <summary>Takes the time at every beginning of an epoch, as progress tells it.</summary>
/// <param name="epochs">The number of epochs that the whole progress stands for.</param>
internal sealed class EpochClock(int epochs) : IProgress<TrainingProgress>
{
    private readonly List<(TimeSpan Wall, TimeSpan Processor)> stamps = [];

    /// <summary>Seconds of each epoch.</summary>
    public double[] Seconds => Differences(stamp => stamp.Wall);

    /// <summary>Seconds that the process computed in each epoch, over all threads.</summary>
    public double[] ProcessorSeconds => Differences(stamp => stamp.Processor);

    public void Report(TrainingProgress value)
    {
        while (stamps.Count <= epochs && value.Fraction * epochs >= stamps.Count - 1e-9)
            stamps.Add((Stopwatch.GetElapsedTime(0), Environment.CpuUsage.TotalTime));
    }

    private double[] Differences(Func<(TimeSpan Wall, TimeSpan Processor), TimeSpan> of) =>
        [.. stamps.Zip(stamps.Skip(1), (start, end) => (of(end) - of(start)).TotalSeconds)];
}
