using MathNet.Numerics.Distributions;

namespace RecoService.Engine.Recommending.Exploration;

/// <summary>The distribution function of the standard normal distribution, read from a table: some hundred of them make a propensity, and a request computes several.</summary>
internal static class NormalTable
{
    private const int End = 7;
    private const int PerUnit = 512;

    // 28 KB.
    private static readonly float[] Values = [.. Enumerable.Range(0, (2 * End * PerUnit) + 2).Select(step => (float)Normal.CDF(0, 1, ((double)step / PerUnit) - End))];

    /// <summary>Within 2e-7: linear between values that lie 1/512 apart; 0 and 1 beyond 7 deviations.</summary>
    /// <param name="x">In standard deviations.</param>
    public static double Distribution(double x)
    {
        var place = (x + End) * PerUnit;
        if (!(place > 0))
            return 0;
        if (place >= 2 * End * PerUnit)
            return 1;
        var below = (int)place;
        return Values[below] + ((place - below) * (Values[below + 1] - Values[below]));
    }
}
