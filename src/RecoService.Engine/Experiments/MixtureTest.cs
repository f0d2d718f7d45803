namespace RecoService.Engine.Experiments;

/// <summary>
/// The mixture sequential probability ratio test of two normal arms: how much more probable the data are under effects drawn from N(0, tau^2) than without one. Its p may be
/// looked at at any time. L = sqrt(V / (V + tau^2)) exp(tau^2 d^2 / (2 V (V + tau^2))), V the squared standard error of the difference d. Johari, Koomen, Pekelis, Walsh, "Always Valid
/// Inference: Continuous Monitoring of A/B Tests", Operations Research 70(3), 2022.
/// </summary>
/// <param name="Likelihood">L; 1 says nothing, and above 1 / alpha the test rejects.</param>
public readonly record struct MixtureTest(double Likelihood)
{
    /// <summary>min(1, 1 / L) at this look. The least over all looks so far is an always-valid p too.</summary>
    public double P => Math.Min(1, 1 / Likelihood);

    /// <summary>The test of an effect.</summary>
    /// <param name="effect">The difference with its standard error.</param>
    /// <param name="mixingVariance">tau^2, the variance of the effects that are expected; above 0.</param>
    public static MixtureTest Of(Effect effect, double mixingVariance)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mixingVariance);
        var variance = effect.StandardError * effect.StandardError;
        if (!double.IsFinite(effect.Estimate) || !double.IsFinite(variance))
            return new MixtureTest(1);
        if (variance == 0)
            return new MixtureTest(effect.Estimate == 0 ? 1 : double.PositiveInfinity);
        var sum = variance + mixingVariance;
        return new MixtureTest(Math.Sqrt(variance / sum) * Math.Exp(mixingVariance * effect.Estimate * effect.Estimate / (2 * variance * sum)));
    }
}
