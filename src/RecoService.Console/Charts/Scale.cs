namespace RecoService.WebConsole.Charts;

/// <summary>Where numbers stand on an axis from 0 or below to a round number.</summary>
internal sealed class Scale
{
    private const int Steps = 4;

    private readonly double length;

    private Scale(double low, double high, double step, double length)
    {
        (Low, High, Step) = (low, high, step);
        this.length = length;
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>Between two lines of the grid.</summary>
    public double Step { get; }

    /// <summary>The lines of the grid, the lowest first.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            var count = (int)Math.Round((High - Low) / Step);
            for (var tick = 0; tick <= count; tick++)
                yield return Low + tick * Step;
        }
    }

    /// <summary>An axis that holds 0 and all values.</summary>
    /// <param name="values">Those that are finite count.</param>
    /// <param name="length">Of the axis, in the units of the drawing.</param>
    public static Scale Over(IEnumerable<double> values, double length)
    {
        double low = 0, high = 0;
        foreach (var value in values.Where(double.IsFinite))
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (high <= low)
            high = low + 1;
        var step = RoundUp((high - low) / Steps);
        return new Scale(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step, length);
    }

    /// <summary>The distance from the low end.</summary>
    public double At(double value) => (value - Low) / (High - Low) * length;

    /// <summary>The next of 1, 2, 2.5, 5 and 10 times a power of ten.</summary>
    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        var share = value / power;
        const double tolerance = 1e-9;
        foreach (var round in (ReadOnlySpan<double>)[1, 2, 2.5, 5])
        {
            if (share <= round + tolerance)
                return round * power;
        }

        return 10 * power;
    }
}
