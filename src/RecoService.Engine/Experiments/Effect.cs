namespace RecoService.Engine.Experiments;

/// <summary>What a test says of an effect.</summary>
/// <param name="Estimate">The effect, absolute or relative.</param>
/// <param name="Low">The lower end of the interval; negative infinity where nothing bounds it.</param>
/// <param name="High">The upper end; infinity where nothing bounds it.</param>
/// <param name="P">How probable a result as far from 0 is without an effect, 0..1.</param>
public readonly record struct EffectInterval(double Estimate, double Low, double High, double P)
{
    /// <summary>Whether 0 lies outside.</summary>
    public bool ExcludesZero => Low > 0 || High < 0;
}

/// <summary>
/// The difference of a variant from the control. Where it is not known (fewer than two users in an arm, a relative effect on a control of 0), intervals are unbounded and p is 1.
/// </summary>
/// <param name="Estimate">Variant - control, or that over the control; NaN when it is not known.</param>
/// <param name="StandardError">Of the estimate; NaN when it is not known.</param>
/// <param name="DegreesOfFreedom">Welch's: (a + b)^2 / (a^2 / (nA - 1) + b^2 / (nB - 1)) with a, b the squared standard errors of the arms. Welch, Biometrika 34, 1947.</param>
/// <param name="Count">How many users both arms have.</param>
public readonly record struct Effect(double Estimate, double StandardError, double DegreesOfFreedom, long Count)
{
    /// <summary>Variant - control, in the unit of the metric; its variance is that of both arms together.</summary>
    public static Effect Absolute(ArmEstimate control, ArmEstimate variant) => new(
        variant.Value - control.Value,
        Math.Sqrt((control.Variance / control.Count) + (variant.Variance / variant.Count)),
        WelchOf(control, variant),
        control.Count + variant.Count);

    /// <summary>
    /// (variant - control) / control, so 0.05 is a lift of 5%. Its variance by the delta method is sB^2 / (nB mA^2) + sA^2 mB^2 / (nA mA^4) for control A and variant B.
    /// Deng, Knoblich, Lu, KDD 2018.
    /// </summary>
    public static Effect Relative(ArmEstimate control, ArmEstimate variant)
    {
        var square = control.Value * control.Value;
        if (square == 0)
            return new Effect(double.NaN, double.NaN, double.NaN, control.Count + variant.Count);
        return new Effect(
            (variant.Value - control.Value) / control.Value,
            Math.Sqrt((variant.Variance / variant.Count / square) + (control.Variance / control.Count * variant.Value * variant.Value / (square * square))),
            WelchOf(control, variant),
            control.Count + variant.Count);
    }

    /// <summary>
    /// Student's t with Welch's degrees of freedom, two-sided. It holds for one look at a size that was fixed before; looking again and stopping at what one likes makes more errors than
    /// <paramref name="alpha"/>.
    /// </summary>
    /// <param name="alpha">How often an interval may miss the truth, 0..1.</param>
    public EffectInterval FixedHorizon(double alpha = 0.05)
    {
        CheckAlpha(alpha);
        if (!IsKnown)
            return Unknown;
        var margin = StudentsT.Quantile(1 - (alpha / 2), DegreesOfFreedom) * StandardError;
        return new EffectInterval(Estimate, Estimate - margin, Estimate + margin, StandardError == 0 ? Certain : StudentsT.TwoSided(Estimate / StandardError, DegreesOfFreedom));
    }

    /// <summary>The same against the one alternative that the effect is above 0: the lower end alone is bounded.</summary>
    /// <param name="alpha">How often the lower end may lie above the truth, 0..1.</param>
    public EffectInterval OneSided(double alpha = 0.05)
    {
        CheckAlpha(alpha);
        if (!IsKnown)
            return Unknown;
        var low = Estimate - (StudentsT.Quantile(1 - alpha, DegreesOfFreedom) * StandardError);
        return new EffectInterval(Estimate, low, double.PositiveInfinity, StandardError == 0 ? (Estimate > 0 ? 0 : 1) : StudentsT.Upper(Estimate / StandardError, DegreesOfFreedom));
    }

    /// <summary>
    /// An interval that may be looked at as often as one likes: over all looks together it misses the truth in at most <paramref name="alpha"/> of experiments. See <see cref="ConfidenceSequence"/>.
    /// </summary>
    /// <param name="tunedFor">At how many users of both arms it is tightest.</param>
    /// <param name="alpha">How often the interval may ever miss the truth, 0..1.</param>
    public EffectInterval AlwaysValid(double tunedFor = ConfidenceSequence.DefaultTunedFor, double alpha = 0.05)
    {
        var sequence = new ConfidenceSequence(alpha, tunedFor);
        if (!IsKnown)
            return Unknown;
        var margin = StandardError * sequence.HalfWidth(Count);
        return new EffectInterval(Estimate, Estimate - margin, Estimate + margin, StandardError == 0 ? Certain : sequence.P(Count, Estimate / StandardError));
    }

    private bool IsKnown => double.IsFinite(Estimate) && double.IsFinite(StandardError);

    private double Certain => Estimate == 0 ? 1 : 0;

    private EffectInterval Unknown => new(Estimate, double.NegativeInfinity, double.PositiveInfinity, 1);

    private static double WelchOf(ArmEstimate control, ArmEstimate variant)
    {
        var (a, b) = (control.Variance / control.Count, variant.Variance / variant.Count);
        var freedom = (a + b) * (a + b) / ((a * a / (control.Count - 1)) + (b * b / (variant.Count - 1)));
        // Without any variance, 0 / 0: the smaller freedom of a pooled test is as good as another.
        return double.IsNaN(freedom) ? control.Count + variant.Count - 2 : freedom;
    }

    private static void CheckAlpha(double alpha)
    {
        if (alpha is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "It lies between 0 and 1.");
    }
}
