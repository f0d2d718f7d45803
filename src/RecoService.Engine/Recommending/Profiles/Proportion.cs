namespace RecoService.Engine.Recommending.Profiles;

/// <summary>A part of a number of cases, with the 95% interval of Wilson ("Probable Inference, the Law of Succession, and Statistical Inference", JASA 1927), which holds for few cases and for parts near 0 and 1.</summary>
/// <param name="Count">Cases that are so; 0 to <paramref name="Of"/>.</param>
/// <param name="Of">All cases, above 0.</param>
/// <param name="Share">0..1.</param>
/// <param name="Low">0..1.</param>
/// <param name="High">0..1.</param>
public sealed record Proportion(int Count, int Of, double Share, double Low, double High)
{
    private const double Deviations = 1.959963984540054;

    /// <exception cref="ArgumentOutOfRangeException">There are no cases, or more are so than there are.</exception>
    public static Proportion From(int count, int of)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(of);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, of);
        var share = count / (double)of;
        var square = Deviations * Deviations;
        var centre = share + (square / (2 * of));
        var reach = Deviations * Math.Sqrt((share * (1 - share) / of) + (square / (4.0 * of * of)));
        var scale = 1 + (square / of);
        // What rounding leaves at either end is no part of the interval.
        return new Proportion(count, of, share, count == 0 ? 0 : (centre - reach) / scale, count == of ? 1 : (centre + reach) / scale);
    }
}
