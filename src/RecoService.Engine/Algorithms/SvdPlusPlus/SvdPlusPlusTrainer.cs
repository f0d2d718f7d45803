using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.SvdPlusPlus;

/// <summary>
/// Predicts ratings from ratings and from what else a user touched: r = mean + b_u + b_i + q_i . (p_u + |N(u)|^-1/2 sum of y_j over N(u)),
/// by stochastic gradient descent on the squared error; N(u) is every item the user has an interaction of any kind with.
/// Koren, "Factorization Meets the Neighborhood: a Multifaceted Collaborative Filtering Model", KDD 2008.
/// Items without a rating and users without any interaction are unknown; a user without ratings is known by N(u) alone.
/// </summary>
/// <remarks>
/// The users are visited one after the other, in an order drawn anew in each epoch, and each with all their ratings: every rating moves all y of N(u),
/// so two users can hardly be trained at once. The result does not depend on the thread count, because one thread does it all. See <see cref="SvdPlusPlusUser"/>
/// for how a rating costs no more than in a factorization without y.
/// </remarks>
public sealed class SvdPlusPlusTrainer(SvdPlusPlusOptions options) : ITrainer
{
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var ratings = dataset.Ratings;
        if (ratings.NonZeroCount == 0 && dataset.Count > 0)
            throw new TrainingException("There are interactions but no ratings to learn from; use the trainer 'bpr' or 'implicit-als' for this shop.");

        var parameters = new SvdPlusPlusParameters(ratings, dataset.UserItems, options.Factors, context.Seed);
        var user = new SvdPlusPlusUser(parameters, options);
        var users = Enumerable.Range(0, ratings.RowCount).Where(row => ratings.RowLength(row) > 0).ToArray();
        var rate = options.LearningRate;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var random = new SeededRandom(context.Seed, 1 + epoch);
            random.Shuffle<int>(users);
            for (var position = 0; position < users.Length; position++)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                if (position % 1024 == 0)
                    context.Report("training", (epoch + ((double)position / users.Length)) / options.Epochs);
                user.Train(users[position], rate, ref random);
            }

            rate *= options.LearningRateDecay;
        }

        context.CancellationToken.ThrowIfCancellationRequested();
        context.Report("training", 1);
        return parameters.ToModel(dataset, new RatingFoldIn(options.Regularization, options.BiasRegularization, isNonNegative: false)).TrainedOn(dataset, context, options.ColdStart);
    }
}
