using MathNet.Numerics;

namespace RecoService.Engine.Experiments;

/// <summary>
/// What interleaved lists say of two recommenders, by one credit per user: clicks on the second's items less those on the first's, over all the user's lists.
/// </summary>
/// <param name="FirstWins">Users who preferred the first.</param>
/// <param name="SecondWins">Users who preferred the second.</param>
/// <param name="Ties">Users who preferred neither.</param>
/// <param name="Credits">The moments of the credits.</param>
public sealed record InterleavingResult(long FirstWins, long SecondWins, long Ties, Moments Credits)
{
    /// <summary>Beyond it the exact sum is as good as the normal distribution.</summary>
    private const long ExactUpTo = 1000;

    /// <summary>(second + ties / 2) / all - 1/2, -0.5 to 0.5: above 0 the second one is preferred. Chapelle, Joachims, Radlinski, Yue, ACM TOIS 30(1), 2012. NaN without users.</summary>
    public double Preference => ((SecondWins + (Ties / 2.0)) / (FirstWins + SecondWins + Ties)) - 0.5;

    /// <summary>The mean credit per user, for the t test and for the always-valid interval; its interval above 0 says that the second one is better.</summary>
    public Effect Effect => new(Credits.Mean, Math.Sqrt(Credits.Variance / Credits.Count), Credits.Count - 1, Credits.Count);

    /// <summary>The two-sided p of the sign test: how probable so many or more users of one side are if either is as good. Exact up to 1,000 users, then normal with continuity correction.</summary>
    public double SignP
    {
        get
        {
            var (count, more) = (FirstWins + SecondWins, Math.Max(FirstWins, SecondWins));
            if (count == 0)
                return 1;
            return Math.Min(1, count <= ExactUpTo
                ? 2 * SpecialFunctions.BetaRegularized(more, count - more + 1, 0.5)
                : SpecialFunctions.Erfc(Math.Max(0, more - 0.5 - (count / 2.0)) / Math.Sqrt(count / 4.0) / Constants.Sqrt2));
        }
    }

    /// <summary>Sums up one credit per user.</summary>
    public static InterleavingResult Of(ReadOnlySpan<double> credits)
    {
        var (first, second, ties) = (0L, 0L, 0L);
        foreach (var credit in credits)
        {
            first += credit < 0 ? 1 : 0;
            second += credit > 0 ? 1 : 0;
            ties += credit == 0 ? 1 : 0;
        }

        return new InterleavingResult(first, second, ties, Moments.Of(credits));
    }
}
