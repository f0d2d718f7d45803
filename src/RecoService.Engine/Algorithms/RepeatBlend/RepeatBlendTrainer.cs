using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.RepeatBlend;

/// <summary>
/// Repeat and exploration, one trainer for each: what the user had before, ordered by the one, and what is new to them, ordered by the other, in one list. How many of the
/// places go to either is what has the highest mean nDCG on a validation part. Li, Jullien, Ariannezhad, de Rijke, "A Next Basket Recommendation Reality Check",
/// ACM TOIS 41(4), 2023, judge the two apart, and find that the repeats decide.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the two.</param>
public sealed class RepeatBlendTrainer(RepeatBlendOptions options, TrainerRegistry registry) : ITrainer
{
    private const int UsersPerBlock = 16;

    /// <summary>The shares that are tried: 0, 1/20, ... 1.</summary>
    private const int Steps = 20;

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        var learned = options.Share is null ? 0.5 : 0;
        var share = options.Share ?? LearnShare(dataset, context.Part("validation", 0, learned));
        var parts = TrainBoth(dataset, context.Part("everything", learned, 1));
        context.Report("training", 1);
        return new ComposedModel(parts, [], new RepeatMerge(share), options.Candidates);
    }

    /// <summary>Where nobody can be judged all of the user's own items come first, as long as they have some.</summary>
    private float LearnShare(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("cutting", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var part = ValidationPart.Of(dataset, options.ValidationCut, options.ValidationFraction, options.ValidationUsers, context.Seed);
        if (part.Users.Length == 0)
            return 1;
        var models = TrainBoth(part.Train, context.Part("training", 0, 0.9)).ConvertAll(model => new ModelPart(model.Name, model.Model.Over(part.Train)));
        context.Report("learning the share", 0.9);
        var sums = new double[part.Users.Length][];
        context.ForEachBlock((sums.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var candidates = new CandidateSet(part.Train.Items.Count);
            var mask = part.NewMask();
            var end = Math.Min((block + 1) * UsersPerBlock, sums.Length);
            for (var position = block * UsersPerBlock; position < end; position++)
            {
                var user = part.Users[position];
                var history = part.Train.HistoryOf(user);
                mask.Set(user);
                candidates.Retrieve(models, history, mask.Blocked, options.Candidates, options.Candidates, exactly: false);
                mask.Clear(user);
                sums[position] = NdcgOfShares(history, candidates, part.Relevant.RowColumns(user));
            }
        });

        // Of equal shares the largest: nothing is gained by fewer own items.
        var best = Enumerable.Range(0, Steps + 1).Reverse().MaxBy(step => sums.Sum(user => user[step]));
        context.Report("learning the share", 1);
        return (float)best / Steps;
    }

    private double[] NdcgOfShares(in UserHistory history, CandidateSet candidates, ReadOnlySpan<int> relevant)
    {
        var places = new int[candidates.Count];
        var ownCount = RepeatMerge.Order(history, candidates, places);
        var list = new int[Math.Min(options.CutOff, places.Length)];
        var values = new double[Steps + 1];
        for (var step = 0; step <= Steps; step++)
        {
            var (nextOwn, nextNew) = (0, ownCount);
            for (var taken = 0; taken < list.Length; taken++)
            {
                var isOwn = RepeatMerge.IsForOwn(taken, nextOwn, ownCount - nextOwn, places.Length - nextNew, (double)step / Steps);
                list[taken] = candidates.Items[places[isOwn ? nextOwn++ : nextNew++]];
            }

            values[step] = UserMetrics.Of(list, relevant, options.CutOff, IdealDcg.AtMostK).Ndcg;
        }

        return values;
    }

    private List<ModelPart> TrainBoth(InteractionDataset dataset, TrainingContext context) =>
    [
        new ModelPart(options.RepeatName, Train(options.RepeatName, dataset, context.Part(options.RepeatName, 0, 0.5))),
        new ModelPart(options.ExploreName, Train(options.ExploreName, dataset, context.Part(options.ExploreName, 0.5, 1))),
    ];

    private IScorer Train(string name, InteractionDataset dataset, TrainingContext context)
    {
        var model = registry.Train(name, registry.OptionsOf(name, options.Trainers), dataset, context);
        return model.IsSound() ? model : throw new TrainingException($"{name}: training went astray.");
    }
}
