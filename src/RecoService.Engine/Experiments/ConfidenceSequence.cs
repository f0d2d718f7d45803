namespace RecoService.Engine.Experiments;

/// <summary>
/// The asymptotic confidence sequence: intervals for every number of users N at once, all of which hold the truth with probability 1 - alpha as samples grow.
/// With rho^2 = (-2 ln alpha + ln(1 - 2 ln alpha)) / N*, the half-width in standard errors is sqrt(N) sqrt(2 (N rho^2 + 1) / (N rho)^2 ln(sqrt(N rho^2 + 1) / alpha)).
/// Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform Central Limit Theory and Asymptotic Confidence Sequences", 2021 (Annals of Statistics 52(6), 2024).
/// </summary>
/// <param name="Alpha">How often any of the intervals may miss the truth, above 0 and below 1.</param>
/// <param name="TunedFor">N*, the number of users of both arms at which the sequence is tightest; above 0.</param>
public readonly record struct ConfidenceSequence(double Alpha, double TunedFor)
{
    /// <summary>Where nobody has planned an experiment.</summary>
    public const double DefaultTunedFor = 5000;

    /// <summary>Above 0 and below 1.</summary>
    public double Alpha { get; } = Alpha is > 0 and < 1 ? Alpha : throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "It lies between 0 and 1.");

    /// <summary>Above 0.</summary>
    public double TunedFor { get; } = TunedFor > 0 && double.IsFinite(TunedFor) ? TunedFor : throw new ArgumentOutOfRangeException(nameof(TunedFor), TunedFor, "It is above 0.");

    /// <summary>rho of the formula; it falls as N* grows.</summary>
    public double Rho => Math.Sqrt(((-2 * Math.Log(Alpha)) + Math.Log(1 - (2 * Math.Log(Alpha)))) / TunedFor);

    /// <summary>The half-width of the interval in standard errors of the estimate.</summary>
    /// <param name="count">N, how many users both arms have; above 0.</param>
    public double HalfWidth(double count)
    {
        var scaled = count * Rho * Rho;
        return Math.Sqrt(2 * (scaled + 1) / scaled * Math.Log(Math.Sqrt(scaled + 1) / Alpha));
    }

    /// <summary>The p value that may be looked at at any time: min(1, sqrt(N rho^2 + 1) exp(-rho^2 N z^2 / (2 (N rho^2 + 1)))).</summary>
    /// <param name="count">N, how many users both arms have; above 0.</param>
    /// <param name="z">The estimate in standard errors.</param>
    public double P(double count, double z)
    {
        var scaled = count * Rho * Rho;
        return Math.Min(1, Math.Sqrt(scaled + 1) * Math.Exp(-scaled * z * z / (2 * (scaled + 1))));
    }
}
