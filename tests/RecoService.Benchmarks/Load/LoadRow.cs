namespace RecoService.Benchmarks.Load;

/// <param name="PerSecond">Requests a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="CpuMicroseconds">Processor time of the server's process per request.</param>
/// <param name="Bytes">Managed bytes allocated by the server's process per request.</param>
/// <param name="Paused">Milliseconds of each second in which garbage collections held up the server.</param>
/// <param name="WorkingSet">Megabytes of the server's process at the end.</param>
/// <param name="Failures">Other answers than 200.</param>
/// <param name="Dropped">Impressions that the server did not write, because the database could not keep up.</param>
internal readonly record struct LoadMeasurement(double PerSecond, double P50, double P99, double CpuMicroseconds, double Bytes, double Paused, double WorkingSet, int Failures, long Dropped);

/// <summary>One row of the table: the measurements of all rounds, shown as their medians.</summary>
internal sealed class LoadRow(string name)
{
    private readonly List<LoadMeasurement> measurements = [];

    public static string Heading => $"{"",-52}{"requests/s",11}{"p50, ms",9}{"p99, ms",9}{"CPU, us",9}{"bytes",9}{"GC, ms/s",9}{"MB",7}{"bare/it",9}{"failed",8}{"dropped",9}";

    public string Name => name;

    public IReadOnlyList<LoadMeasurement> Measurements => measurements;

    public double Median(Func<LoadMeasurement, double> value) => MedianOf(measurements.Select(value));

    /// <summary>The median over the rounds of this row's value by that of another row in the same round.</summary>
    public double MedianRatio(LoadRow other, Func<LoadMeasurement, double> value) =>
        MedianOf(measurements.Zip(other.measurements, (mine, theirs) => value(mine) / value(theirs)));

    public void Add(LoadMeasurement measurement) => measurements.Add(measurement);

    /// <param name="bare">The row of the limit, if it was measured; the ratio is the median of the rounds' ratios.</param>
    public string ToString(LoadRow? bare) => FormattableString.Invariant(
        $"{name,-52}{Median(row => row.PerSecond),11:N0}{Median(row => row.P50),9:F2}{Median(row => row.P99),9:F2}{Median(row => row.CpuMicroseconds),9:F1}{Median(row => row.Bytes),9:N0}{Median(row => row.Paused),9:F1}{Median(row => row.WorkingSet),7:N0}{(bare is null ? "" : bare.MedianRatio(this, row => row.CpuMicroseconds).ToString("F3")),9}{measurements.Sum(row => row.Failures),8}{measurements.Sum(row => row.Dropped),9}");

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }
}
