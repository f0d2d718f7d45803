using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>
/// Ranks what a user wants above what they have not seen: score(u, i) = b_i + p_u . q_i, by stochastic gradient descent on
/// -ln sigmoid(score(u, i) - score(u, j)) over triples of a user, an item they want and one they do not have.
/// Rendle, Freudenthaler, Gantner, Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit Feedback", UAI 2009.
/// Wanted is what has a positive weight; how large it is does not matter. With feedback a part of the items they do not have is drawn from what they were shown and left. The result does not depend on the thread count.
/// Users and items without a positive weight are unknown.
/// </summary>
public sealed class BprTrainer(BprOptions options) : ITrainer
{
    private const int DrawsPerSample = 16;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var feedback = BprFeedback.Of(dataset, options);
        var strata = new PositiveStrata(dataset.UserItems, options.NegativeExponent, feedback?.Passed);
        var parameters = new BprParameters(dataset.Users.Count, dataset.Items.Count, options.Factors, context.Seed);
        var order = Enumerable.Range(0, strata.Grid).ToArray();
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var random = new SeededRandom(context.Seed, StreamOf(epoch, strata.Grid, 0));
            random.Shuffle<int>(order);
            strata.Deal(random, context);
            for (var step = 0; step < order.Length; step++)
            {
                context.Report("training", (epoch + ((double)step / order.Length)) / options.Epochs);
                var stratum = order[step];
                context.ForEachBlock(strata.Grid, block => TrainBlock(
                    parameters, strata, feedback, block, strata.ItemGroup(stratum, block),
                    new SeededRandom(context.Seed, StreamOf(epoch, stratum, block)), context.CancellationToken));
            }
        }

        context.Report("training", 1);
        var sample = Array.ConvertAll(strata.Sample(BprUserSolver.SampleSize, new SeededRandom(context.Seed, StreamOf(options.Epochs, 0, 0))), item => dataset.Items[item]);
        return parameters.ToModel(dataset, strata, new BprFoldIn(options.Regularization, sample)).TrainedOn(dataset, context, options.ColdStart);
    }

    private void TrainBlock(
        BprParameters parameters, PositiveStrata strata, BprFeedback? feedback, int userGroup, int itemGroup, SeededRandom random, CancellationToken cancellationToken)
    {
        foreach (var user in strata.UsersOf(userGroup))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var positives = strata.PositivesOf(user, itemGroup);
            var passed = strata.PassedOf(user, itemGroup);
            foreach (var positive in positives)
            {
                var weight = feedback?.WeightOf(user, positive) ?? 1;
                if ((feedback?.TryDraw(user, passed, ref random, out var negative) ?? false) || TryDrawUnseen(strata, itemGroup, positives, ref random, out negative))
                    Step(parameters, user, positive, negative, weight);
            }
        }
    }

    /// <summary>False when the user seems to have everything of the group.</summary>
    private static bool TryDrawUnseen(PositiveStrata strata, int itemGroup, ReadOnlySpan<int> seen, ref SeededRandom random, out int unseen)
    {
        unseen = -1;
        for (var draw = 0; draw < DrawsPerSample; draw++)
        {
            unseen = strata.Draw(itemGroup, ref random);
            if (!seen.Contains(unseen))
                return true;
        }

        return false;
    }

    private void Step(BprParameters parameters, int user, int positive, int negative, float weight)
    {
        var p = parameters.UserFactors.Row(user);
        var a = parameters.ItemFactors.Row(positive);
        var b = parameters.ItemFactors.Row(negative);
        ref var aBias = ref parameters.ItemBiases[positive];
        ref var bBias = ref parameters.ItemBiases[negative];
        var difference = aBias - bBias + GradientSteps.DotOfDifference(p, a, b);
        var step = weight * options.LearningRate / (1 + MathF.Exp(difference));
        var shrink = 1 - (options.LearningRate * options.Regularization);
        var negativeShrink = 1 - (options.LearningRate * (options.NegativeRegularization ?? options.Regularization));
        var biasShrink = 1 - (options.LearningRate * options.BiasRegularization);
        aBias = (aBias * biasShrink) + step;
        bBias = (bBias * biasShrink) - step;
        GradientSteps.StepTriple(p, a, b, shrink, shrink, negativeShrink, step);
    }

    /// <summary>Each (epoch, stratum, block) has a stream of its own above 0; those below are the initial rows'.</summary>
    private static long StreamOf(int epoch, int stratum, int block) => 1 + (((((long)epoch << 8) + stratum) << 8) + block);
}
