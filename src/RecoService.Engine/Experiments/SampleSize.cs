using MathNet.Numerics.Distributions;

namespace RecoService.Engine.Experiments;

/// <summary>
/// How many users an experiment of two arms needs, before it starts. Sizes are users of both arms together; a metric's variance is per user and in the squared unit
/// of the effect. For a lift of a share, the effect is the share of the control's value. With f = 1 / share + 1 / (1 - share), which is 4 for equal arms, the variance of the difference of N users
/// is f var / N.
/// </summary>
/// <param name="Alpha">How often an effect is seen where there is none, two-sided; 0.05 by default.</param>
/// <param name="Power">How often the effect is seen where it is there; 0.8 by default.</param>
/// <param name="Share">Which part of the users of both arms the variant has; 0.5 by default.</param>
public sealed record SampleSize(double Alpha = 0.05, double Power = 0.8, double Share = 0.5)
{
    /// <summary>For one look at the end: f var (z(1 - alpha/2) + z(power))^2 / effect^2. Kohavi, Tang, Xu, "Trustworthy Online Controlled Experiments", 2020, chapter 17.</summary>
    /// <param name="variance">Of the metric, per user; 0 or more.</param>
    /// <param name="effect">The smallest difference worth seeing, not 0.</param>
    /// <returns>Users of both arms, rounded up.</returns>
    public long FixedHorizon(double variance, double effect) => UsersFor(variance, effect, Normal.InvCDF(0, 1, 1 - (Alpha / 2)));

    /// <summary>
    /// For an always-valid interval that is tightest at this very size, looked at as often as one likes: f var (b + z(power))^2 / effect^2, where b is the half-width in standard errors.
    /// The interval excludes 0 at this size with probability <see cref="Power"/>; it may have done so earlier, so an experiment is called within it more often.
    /// </summary>
    /// <inheritdoc cref="FixedHorizon"/>
    public long AlwaysValid(double variance, double effect) => UsersFor(variance, effect, TightestHalfWidth);

    /// <summary>The same for a sequence that is tightest at another size.</summary>
    /// <param name="variance">Of the metric, per user; 0 or more.</param>
    /// <param name="effect">The smallest difference worth seeing, not 0.</param>
    /// <param name="tunedFor">N*, the number of users at which it is tightest.</param>
    /// <returns>Users of both arms, rounded up.</returns>
    public long AlwaysValid(double variance, double effect, double tunedFor)
    {
        Check(variance, effect);
        var sequence = new ConfidenceSequence(Alpha, tunedFor);
        var power = Normal.InvCDF(0, 1, Power);
        if (variance == 0)
            return 2;
        var (low, high) = (2.0, 4.0);
        while (!IsEnough(high) && high < 1e15)
            (low, high) = (high, 2 * high);
        while (high - low > 0.5)
        {
            var middle = (low + high) / 2;
            (low, high) = IsEnough(middle) ? (low, middle) : (middle, high);
        }

        return (long)Math.Ceiling(high);

        bool IsEnough(double count) => Math.Abs(effect) * Math.Sqrt(count / (ArmFactor * variance)) >= sequence.HalfWidth(count) + power;
    }

    /// <summary>The smallest effect that one look at this size sees with probability <see cref="Power"/>.</summary>
    /// <param name="variance">Of the metric, per user; 0 or more.</param>
    /// <param name="count">Users of both arms, above 0.</param>
    public double MinimumDetectable(double variance, double count) => EffectAt(variance, count, Normal.InvCDF(0, 1, 1 - (Alpha / 2)));

    /// <summary>The smallest effect that an always-valid interval, tightest at this size, sees by then with probability <see cref="Power"/>.</summary>
    /// <inheritdoc cref="MinimumDetectable"/>
    public double MinimumDetectableAlwaysValid(double variance, double count) => EffectAt(variance, count, TightestHalfWidth);

    /// <summary>How many days it takes to have so many users; infinity where none come.</summary>
    /// <param name="count">Users of both arms.</param>
    /// <param name="usersPerDay">New users of both arms a day.</param>
    public static double Days(long count, double usersPerDay) => usersPerDay > 0 ? Math.Ceiling(count / usersPerDay) : double.PositiveInfinity;

    /// <summary>At N = N* it does not depend on N.</summary>
    private double TightestHalfWidth => new ConfidenceSequence(Alpha, ConfidenceSequence.DefaultTunedFor).HalfWidth(ConfidenceSequence.DefaultTunedFor);

    private double ArmFactor => (1 / Share) + (1 / (1 - Share));

    private long UsersFor(double variance, double effect, double halfWidth)
    {
        Check(variance, effect);
        var sum = halfWidth + Normal.InvCDF(0, 1, Power);
        return (long)Math.Ceiling(ArmFactor * variance * sum * sum / (effect * effect));
    }

    private double EffectAt(double variance, double count, double halfWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(variance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return Math.Sqrt(ArmFactor * variance / count) * (halfWidth + Normal.InvCDF(0, 1, Power));
    }

    private void Check(double variance, double effect)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(variance);
        ArgumentOutOfRangeException.ThrowIfZero(effect);
        if (Alpha is not (> 0 and < 1) || Power is not (> 0 and < 1) || Share is not (> 0 and < 1))
            throw new InvalidOperationException("Alpha, power and share lie between 0 and 1.");
    }
}
