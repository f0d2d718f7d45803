using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// Matrix factorization for implicit data ("implicit-als"): alternating least squares over all pairs, the unobserved ones too.
/// Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008. A negative weight is a preference of 0 with the
/// confidence of its size. The result does not depend on the thread count. Users and items without a positive weight are unknown.
/// </summary>
public sealed class ImplicitAlsTrainer(ImplicitAlsOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var userItems = Confidences.Of(dataset.UserItems, options);
        var itemUsers = userItems.Transpose();
        var (shownByUser, shownByItem) = (userItems, itemUsers);
        if (options.Feedback != FeedbackUse.None && dataset.Exposures.Count > 0)
        {
            shownByUser = Confidences.With(userItems, ListFeedback.Of(dataset, options.Feedback), options.ShownWeight);
            shownByItem = shownByUser.Transpose();
        }

        var userRegularization = RowRegularization.Of(options, userItems, itemUsers);
        var itemRegularization = RowRegularization.Of(options, itemUsers, userItems);
        var users = InitialFactors(dataset.Users.Count, context);
        var items = new FactorMatrix(dataset.Items.Count, options.Factors);
        Clear(users, userItems, 0);

        var itemStep = new AlsHalfStep(options, options.Solver, users, context);
        var userStep = new AlsHalfStep(options, options.Solver, items, context);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            context.Report("training", (double)epoch / options.Epochs);
            itemStep.Refresh(context);
            itemStep.Solve(items, shownByItem, itemRegularization, context, itemUsers);
            context.Report("training", (epoch + 0.5) / options.Epochs);

            // The last time exactly, and by the interactions alone, so that a trained user equals the same history folded in later.
            if (epoch + 1 == options.Epochs)
                userStep = new AlsHalfStep(options, AlsSolver.Exact, items, context);
            else
                userStep.Refresh(context);
            userStep.Solve(users, epoch + 1 == options.Epochs ? userItems : shownByUser, userRegularization, context, userItems);
        }

        Clear(users, userItems, float.NaN);
        Clear(items, itemUsers, float.NaN);
        context.Report("training", 1);
        return new FactorModel(
            dataset.Users, dataset.Items, users, items, foldIn: new ImplicitAlsFoldIn(options, userRegularization, userStep.Gram.ToArray())).TrainedOn(dataset, context, options.ColdStart);
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

    private static void Clear(FactorMatrix matrix, SparseMatrix confidences, float unknown)
    {
        for (var row = 0; row < matrix.RowCount; row++)
        {
            if (!Confidences.HasPositive(confidences.RowValues(row)))
                matrix.Row(row).Fill(unknown);
        }
    }
}
