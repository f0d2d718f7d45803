namespace RecoService.Engine.Evaluation;

/// <summary>How far predicted ratings lie from given ones. Each user's errors are kept, so that two models are compared on the same ratings.</summary>
public sealed class RatingResult
{
    private readonly double[] squaresPerUser;
    private readonly int[] countPerUser;

    internal RatingResult(double rmse, double mae, int unknownCount, double[] squaresPerUser, int[] countPerUser)
    {
        Rmse = rmse;
        Mae = mae;
        Count = countPerUser.Sum();
        UnknownCount = unknownCount;
        this.squaresPerUser = squaresPerUser;
        this.countPerUser = countPerUser;
    }

    /// <summary>Root mean squared error, in units of the rating scale; of several folds their mean. NaN without ratings.</summary>
    public double Rmse { get; }

    /// <summary>Mean absolute error; of several folds their mean. NaN without ratings.</summary>
    public double Mae { get; }

    /// <summary>How many ratings were predicted.</summary>
    public int Count { get; }

    /// <summary>How many of the pairs the model did not know, so that the fallback was judged.</summary>
    public int UnknownCount { get; }

    /// <summary>The 95% interval of <see cref="Rmse"/> over users, whose ratings are not independent of each other: the mean squared error is a ratio of sums over users, and goes over to
    /// its root by the slope.</summary>
    public Interval RmseInterval
    {
        get
        {
            var users = countPerUser.Count(count => count > 0);
            return users < 2 || Rmse == 0
                ? new Interval(Rmse, Rmse)
                : PairedComparison.Of(Rmse, StandardErrorPerRating(squaresPerUser, countPerUser) / (2 * Rmse), users).Interval;
        }
    }

    /// <summary>The standard error of a mean over ratings, drawn user by user: that of a ratio of sums over users.</summary>
    /// <param name="sums">Of each user's ratings.</param>
    /// <param name="counts">How many they are; users without are left out, and two have some.</param>
    internal static double StandardErrorPerRating(ReadOnlySpan<double> sums, ReadOnlySpan<int> counts)
    {
        var (sum, ratings, users) = (0.0, 0, 0);
        for (var user = 0; user < counts.Length; user++)
        {
            sum += sums[user];
            ratings += counts[user];
            users += counts[user] > 0 ? 1 : 0;
        }

        var squares = 0.0;
        for (var user = 0; user < counts.Length; user++)
        {
            var excess = sums[user] - (sum / ratings * counts[user]);
            squares += excess * excess;
        }

        return Math.Sqrt(squares * users / (users - 1.0)) / ratings;
    }

    /// <summary>The sum of the squared errors of each user.</summary>
    public ReadOnlySpan<double> SquaresPerUser => squaresPerUser;

    /// <summary>How many ratings of each user were predicted.</summary>
    public ReadOnlySpan<int> CountPerUser => countPerUser;

    /// <summary>The folds of one data set as one result: the errors are the folds' means, as tables of cross-validation print them.</summary>
    /// <param name="folds">At least one, over the same users.</param>
    public static RatingResult OfFolds(IReadOnlyList<RatingResult> folds) => folds.Count == 1 ? folds[0] : new(
        folds.Average(fold => fold.Rmse), folds.Average(fold => fold.Mae), folds.Sum(fold => fold.UnknownCount),
        SumPerUser(folds, fold => fold.squaresPerUser), SumPerUser(folds, fold => fold.countPerUser));

    private static T[] SumPerUser<T>(IReadOnlyList<RatingResult> folds, Func<RatingResult, T[]> values)
        where T : System.Numerics.INumber<T>
    {
        var sums = new T[values(folds[0]).Length];
        foreach (var fold in folds)
        {
            for (var user = 0; user < sums.Length; user++)
                sums[user] += values(fold)[user];
        }

        return sums;
    }
}
