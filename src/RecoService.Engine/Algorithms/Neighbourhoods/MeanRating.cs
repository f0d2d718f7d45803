using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

internal static class MeanRating
{
    /// <summary>A standard deviation up to this is what rounding leaves of equal ratings.</summary>
    private const double Equal = 1e-6;

    /// <summary>The mean of all entries; 0 when there is none.</summary>
    public static float Of(SparseMatrix ratings)
    {
        var sum = 0.0;
        for (var row = 0; row < ratings.RowCount; row++)
        {
            foreach (var rating in ratings.RowValues(row))
                sum += rating;
        }

        return ratings.NonZeroCount == 0 ? 0 : (float)(sum / ratings.NonZeroCount);
    }

    /// <summary>The mean of what a user rated; NaN when they rated nothing.</summary>
    public static float Of(in UserHistory user) => (float)Moments(user.Ratings).Mean;

    /// <summary>The mean of each row; NaN for one without entries.</summary>
    public static float[] OfRows(SparseMatrix ratings)
    {
        var means = new float[ratings.RowCount];
        for (var row = 0; row < means.Length; row++)
            means[row] = (float)Moments(ratings.RowValues(row)).Mean;
        return means;
    }

    /// <summary>What deviations from the mean are divided by: the standard deviation, and 1 where all ratings are equal or there is none. NaN stands for no rating.</summary>
    public static float ScaleOf(ReadOnlySpan<float> ratings) => Math.Sqrt(Math.Max(0, Moments(ratings).Variance)) is > Equal and var deviation ? (float)deviation : 1;

    private static (double Mean, double Variance) Moments(ReadOnlySpan<float> ratings)
    {
        var (sum, squares, count) = (0.0, 0.0, 0);
        foreach (var rating in ratings)
        {
            if (float.IsNaN(rating))
                continue;
            sum += rating;
            squares += (double)rating * rating;
            count++;
        }

        var mean = sum / count;
        return (mean, (squares / count) - (mean * mean));
    }
}
