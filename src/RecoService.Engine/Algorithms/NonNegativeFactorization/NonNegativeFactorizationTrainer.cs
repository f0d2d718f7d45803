using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.NonNegativeFactorization;

/// <summary>
/// Predicts ratings as p_u . q_i with no factor below 0, so that a user's taste is a sum of parts. Multiplicative updates of one side at a time:
/// Lee, Seung, "Algorithms for Non-negative Matrix Factorization", NIPS 2000, over the known ratings alone and regularized by their number:
/// Luo, Zhou, Xia, Zhu, "An Efficient Non-Negative Matrix-Factorization-Based Approach to Collaborative Filtering for Recommender Systems",
/// IEEE TII 10(2), 2014. On a scale that begins below 0, ratings count from its lowest on. The result does not depend on the thread count.
/// Users and items without a rating are unknown.
/// </summary>
public sealed class NonNegativeFactorizationTrainer(NonNegativeFactorizationOptions options) : ITrainer
{
    private const int RowsPerBlock = 64;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var ratings = dataset.Ratings;
        if (ratings.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'implicit-als' for this shop.");

        var byItem = ratings.Transpose();
        var lowest = Math.Min(0, dataset.Kinds.RatingMin);
        var users = InitialFactors(ratings, offset: 0, context.Seed);
        var items = InitialFactors(byItem, offset: ratings.RowCount, context.Seed);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            context.Report("training", (double)epoch / options.Epochs);
            Update(users, items, ratings, lowest, context);
            Update(items, users, byItem, lowest, context);
        }

        context.Report("training", 1);
        return new FactorModel(
            dataset.Users, dataset.Items, users, items, mean: lowest, foldIn: new RatingFoldIn(options.Regularization, biasRegularization: 0, isNonNegative: true)).TrainedOn(dataset, context, options.ColdStart);
    }

    private void Update(FactorMatrix rows, FactorMatrix others, SparseMatrix ratings, float lowest, TrainingContext context) =>
        context.ForEachBlock((rows.RowCount + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var (wanted, given) = (new float[options.Factors], new float[options.Factors]);
            for (var row = block * RowsPerBlock; row < Math.Min((block + 1) * RowsPerBlock, rows.RowCount); row++)
                UpdateRow(rows.Row(row), others, ratings.RowColumns(row), ratings.RowValues(row), lowest, wanted, given);
        });

    /// <summary>p *= sum of r q / (sum of (p . q) q + |ratings| lambda p).</summary>
    private void UpdateRow(
        Span<float> row, FactorMatrix others, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, float lowest, Span<float> wanted, Span<float> given)
    {
        wanted.Clear();
        given.Clear();
        for (var position = 0; position < columns.Length; position++)
        {
            var other = others[columns[position]];
            VectorMath.AddScaled(wanted, values[position] - lowest, other);
            VectorMath.AddScaled(given, VectorMath.Dot(row, other), other);
        }

        VectorMath.AddScaled(given, columns.Length * options.Regularization, row);
        for (var factor = 0; factor < row.Length; factor++)
        {
            // Where nothing is given the factor is 0 already or of no effect: 0 / 0 must not make it NaN.
            if (given[factor] > 0)
                row[factor] *= wanted[factor] / given[factor];
        }
    }

    /// <summary>Uniform in 0..1; NaN for rows without a rating, which nothing reads.</summary>
    private FactorMatrix InitialFactors(SparseMatrix ratings, long offset, int seed)
    {
        var matrix = new FactorMatrix(ratings.RowCount, options.Factors);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            if (ratings.RowLength(row) == 0)
            {
                matrix.Row(row).Fill(float.NaN);
                continue;
            }

            var random = new SeededRandom(seed, offset + row);
            foreach (ref var value in matrix.Row(row))
                value = (float)random.NextDouble();
        }

        return matrix;
    }
}
