using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

internal static class MeanRating
{
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

    /// <summary>The mean of what a user rated; NaN when he rated nothing.</summary>
    public static float Of(in UserHistory user)
    {
        var (sum, count) = (0.0, 0);
        foreach (var rating in user.Ratings)
        {
            if (float.IsNaN(rating))
                continue;
            sum += rating;
            count++;
        }

        return (float)(sum / count);
    }
}
