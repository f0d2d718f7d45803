namespace RecoService.Engine.Experiments;

/// <summary>
/// Takes out of a metric what the users' behaviour before the experiment explains of it: value - theta (before - before of the control), with theta = cov / var over the users of
/// both arms. Nothing is biased, because the assignment cannot depend on the past, and the variance falls by the squared correlation. The control keeps its value, so relative effects
/// are of the same base. Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data", WSDM 2013.
/// </summary>
/// <param name="Control">The adjusted control.</param>
/// <param name="Variant">The adjusted variant.</param>
/// <param name="Theta">How much of the past is taken out; 0 where nobody's past varies.</param>
public readonly record struct Cuped(ArmEstimate Control, ArmEstimate Variant, double Theta)
{
    /// <summary>For a mean per user.</summary>
    /// <param name="control">Two numbers per user: the metric, and the same before the experiment (0 for who was not there).</param>
    /// <param name="variant">The same of the other arm.</param>
    public static Cuped OfMeans(JointMoments control, JointMoments variant)
    {
        Check(control, variant, 2);
        return Of(control, variant, moments => new Parts(ArmEstimate.Mean(moments[0]), [1, 0], moments.Mean(1), [0, 1]));
    }

    /// <summary>For a ratio of two sums; the covariance of the two ratios is that of the delta method. Deng, Knoblich, Lu, KDD 2018.</summary>
    /// <param name="control">Four numbers per user: numerator and denominator, and both before the experiment.</param>
    /// <param name="variant">The same of the other arm.</param>
    public static Cuped OfRatios(JointMoments control, JointMoments variant)
    {
        Check(control, variant, 4);
        return Of(control, variant, moments =>
        {
            var now = ArmEstimate.Ratio(moments, 0, 1, out var gradient);
            var before = ArmEstimate.Ratio(moments, 2, 3, out var gradientBefore);
            return new Parts(now, gradient, before.Value, gradientBefore);
        });
    }

    private static Cuped Of(JointMoments control, JointMoments variant, Func<JointMoments, Parts> partsOf)
    {
        var both = control + variant;
        var pooled = partsOf(both);
        var varianceBefore = both.Covariance(pooled.GradientBefore, pooled.GradientBefore);
        var theta = varianceBefore > 0 ? both.Covariance(pooled.Gradient, pooled.GradientBefore) / varianceBefore : 0;
        var (first, second) = (partsOf(control), partsOf(variant));
        if (theta == 0)
            return new Cuped(first.Now, second.Now, 0);
        return new Cuped(Adjusted(control, first, first.Before), Adjusted(variant, second, first.Before), theta);

        ArmEstimate Adjusted(JointMoments moments, Parts parts, double reference) => new(
            moments.Count,
            parts.Now.Value - (theta * (parts.Before - reference)),
            Math.Max(0, parts.Now.Variance + (theta * theta * moments.Covariance(parts.GradientBefore, parts.GradientBefore)) - (2 * theta * moments.Covariance(parts.Gradient, parts.GradientBefore))));
    }

    private static void Check(JointMoments control, JointMoments variant, int dimension)
    {
        if (control.Dimension != dimension || variant.Dimension != dimension)
            throw new ArgumentException($"{dimension} numbers per user are needed; the arms have {control.Dimension} and {variant.Dimension}.", nameof(control));
    }

    /// <summary>The metric and its past, with how they change with the means of the numbers.</summary>
    private sealed record Parts(ArmEstimate Now, double[] Gradient, double Before, double[] GradientBefore);
}
