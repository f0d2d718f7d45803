using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// Matrix factorization for implicit data ("one-class"): alternating least squares over all pairs, the unobserved ones with confidence 1.
/// Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008. A negative weight is a preference of 0 with the
/// confidence of its size. The result does not depend on the thread count. Users and items without a positive weight are unknown.
/// </summary>
public sealed class ImplicitAlsTrainer(ImplicitAlsOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var users = InitialFactors(dataset.Users.Count, context);
        var items = new FactorMatrix(dataset.Items.Count, options.Factors);
        Clear(users, dataset.UserItems, 0);

        // Users are solved last, so that a trained user equals the same history folded in later.
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            context.Report("training", (double)epoch / options.Epochs);
            new AlsHalfStep(options, users, context).Solve(items, dataset.ItemUsers, context);
            context.Report("training", (epoch + 0.5) / options.Epochs);
            new AlsHalfStep(options, items, context).Solve(users, dataset.UserItems, context);
        }

        Clear(users, dataset.UserItems, float.NaN);
        Clear(items, dataset.ItemUsers, float.NaN);
        context.Report("training", 1);
        return new FactorModel(dataset.Users, dataset.Items, users, items, meanUserEntries: AlsHalfStep.MeanEntries(dataset.UserItems));
    }

    private FactorMatrix InitialFactors(int count, TrainingContext context)
    {
        var matrix = new FactorMatrix(count, options.Factors);
        var scale = 1 / MathF.Sqrt(options.Factors);
        for (var row = 0; row < count; row++)
        {
            var random = new SeededRandom(context.Seed, row);
            foreach (ref var value in matrix.Row(row))
                value = random.NextGaussian() * scale;
        }

        return matrix;
    }

    private static void Clear(FactorMatrix matrix, SparseMatrix weights, float unknown)
    {
        for (var row = 0; row < matrix.RowCount; row++)
        {
            if (!weights.RowValues(row).ContainsAnyInRange(float.Epsilon, float.PositiveInfinity))
                matrix.Row(row).Fill(unknown);
        }
    }
}
