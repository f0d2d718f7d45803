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
