using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace RecoService.Engine.Experiments;

/// <summary>Student's t distribution, by the normal one with corrections where the degrees of freedom are many.</summary>
internal static class StudentsT
{
    /// <summary>From here on the corrections are exact to 8 digits, and the continued fraction of the incomplete beta function needs more and more steps.</summary>
    private const double Many = 2000;

    /// <summary>The t below which a share <paramref name="p"/> of the distribution lies. Abramowitz, Stegun, 26.7.5, for many degrees of freedom.</summary>
    public static double Quantile(double p, double freedom)
    {
        if (freedom < Many)
            return StudentT.InvCDF(0, 1, freedom, p);
        var z = Normal.InvCDF(0, 1, p);
        var square = z * z;
        return z + (z * (square + 1) / (4 * freedom)) + (z * ((5 * square * square) + (16 * square) + 3) / (96 * freedom * freedom));
    }

    /// <summary>The probability of a value as far from 0 as <paramref name="t"/>, on either side.</summary>
    public static double TwoSided(double t, double freedom) => freedom < Many
        ? SpecialFunctions.BetaRegularized(freedom / 2, 0.5, freedom / (freedom + (t * t)))
        : SpecialFunctions.Erfc(NormalOf(t, freedom) / Constants.Sqrt2);

    /// <summary>The probability of a value above <paramref name="t"/>.</summary>
    public static double Upper(double t, double freedom) => t >= 0 ? TwoSided(t, freedom) / 2 : 1 - (TwoSided(t, freedom) / 2);

    /// <summary>The normal value with the same tail: z = (8 v + 1) / (8 v + 3) sqrt(v ln(1 + t^2 / v)). Wallace, "Bounds on Normal Approximations to Student's and the Chi-Square Distributions", Annals of Mathematical Statistics 30, 1959.</summary>
    private static double NormalOf(double t, double freedom) => ((8 * freedom) + 1) / ((8 * freedom) + 3) * Math.Sqrt(freedom * Math.Log(1 + (t * t / freedom)));
}
