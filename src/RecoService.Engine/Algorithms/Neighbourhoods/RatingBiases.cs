using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Neighbourhoods;

/// <summary>b(u, i) = mean + b(u) + b(i), by alternating least squares: Koren, ACM TKDD 4(1), 2010, section 2.1.</summary>
/// <param name="Mean">The mean rating.</param>
/// <param name="Users">|U|.</param>
/// <param name="Items">|I|.</param>
internal sealed record RatingBiases(float Mean, float[] Users, float[] Items)
{
    /// <param name="byUser">|U| x |I| ratings.</param>
    /// <param name="byItem">The same transposed.</param>
    /// <param name="epochs">How often both sides are solved in turn.</param>
    /// <param name="userRegularization">Holds a user's bias back, in ratings.</param>
    /// <param name="itemRegularization">Holds an item's bias back, in ratings.</param>
    public static RatingBiases Of(SparseMatrix byUser, SparseMatrix byItem, int epochs, float userRegularization, float itemRegularization)
    {
        var biases = new RatingBiases(MeanRating.Of(byUser), new float[byUser.RowCount], new float[byItem.RowCount]);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            biases.Solve(byItem, biases.Items, biases.Users, itemRegularization);
            biases.Solve(byUser, biases.Users, biases.Items, userRegularization);
        }

        return biases;
    }

    private void Solve(SparseMatrix ratings, float[] solved, float[] others, float regularization)
    {
        for (var row = 0; row < solved.Length; row++)
        {
            var columns = ratings.RowColumns(row);
            var sum = 0f;
            for (var position = 0; position < columns.Length; position++)
                sum += ratings.RowValues(row)[position] - Mean - others[columns[position]];
            solved[row] = columns.IsEmpty ? 0 : sum / (regularization + columns.Length);
        }
    }
}
