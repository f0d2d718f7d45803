using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// Learns to order the candidates of a first stage by what users did next: taken are the candidates they took, left a few of those they did not.
/// Then the first stage is trained again on everything.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the first stage.</param>
public sealed class TwoStageTraining(TwoStageOptions options, TrainerRegistry registry)
{
    /// <param name="dataset">The training data.</param>
    /// <param name="context">The run.</param>
    /// <param name="learn">Makes a ranker from lists, and from what was known when they were made, over the users and items of the dataset. It is not asked when no user took a candidate:
    /// then the order stays the first stage's.</param>
    public ComposedModel Train(InteractionDataset dataset, TrainingContext context, Func<InteractionDataset, RankingLists, TrainingContext, IRankingFunction> learn)
    {
        context.Report("cutting", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var candidateOptions = registry.OptionsOf(options.CandidateTrainer, options.Trainers);
        var part = ValidationPart.Of(dataset, options.ValidationCut, options.ValidationFraction, options.ValidationUsers, context.Seed);
        IRankingFunction function = LinearRankingFunction.FirstStage;
        if (part.Users.Length > 0)
        {
            var first = registry.Train(options.CandidateTrainer, candidateOptions, part.Train, context.Part("validation", 0, 0.45)).Over(part.Train);
            context.Report("ranking", 0.45);
            var lists = ListsOf(part, first, context);
            if (lists.Count > 0)
                function = learn(part.Train, lists, context.Part("ranking", 0.45, 0.55));
        }

        var model = registry.Train(options.CandidateTrainer, candidateOptions, dataset, context.Part("everything", 0.55, 1));
        context.Report("training", 1);
        return new ComposedModel([new ModelPart(TrainerRegistry.NameOf(options.CandidateTrainer), model)], [], new FeatureRanker(UserItemFeatures.Of(dataset), function), options.Candidates);
    }

    private RankingLists ListsOf(ValidationPart part, IScorer first, TrainingContext context)
    {
        Span<double> room = stackalloc double[2 * UserItemFeatures.Count];
        var features = UserItemFeatures.Of(part.Train);
        var best = new TopK(Math.Min(options.Candidates, part.Train.Items.Count));
        var mask = part.NewMask();
        var (proposed, scores, rows) = (new int[best.Capacity], new float[best.Capacity], new float[best.Capacity * UserItemFeatures.Count]);
        var (starts, users, items, taken, kept) = (new List<int> { 0 }, new List<int>(), new List<int>(), new List<bool>(), new List<float>());
        foreach (var user in part.Users)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var history = part.Train.HistoryOf(user);
            mask.Set(user);
            first.Retrieve(history, mask.Blocked, best);
            mask.Clear(user);

            var found = best.Drain(proposed, scores);
            var chosen = Choose(proposed.AsSpan(0, found), part.Relevant.RowColumns(user), new SeededRandom(context.Seed, user));
            if (chosen.Count == 0)
                continue;
            var list = rows.AsSpan(0, found * UserItemFeatures.Count);
            features.Fill(history, proposed.AsSpan(0, found), scores.AsSpan(0, found), list);
            ListMoments.Of(list, room).Standardise(list);
            foreach (var (position, isTaken) in chosen)
            {
                items.Add(proposed[position]);
                taken.Add(isTaken);
                kept.AddRange(list.Slice(position * UserItemFeatures.Count, UserItemFeatures.Count));
            }

            users.Add(user);
            starts.Add(items.Count);
        }

        return new RankingLists([.. starts], [.. users], [.. items], [.. taken], [.. kept]);
    }

    /// <summary>The places of the candidates that were taken, and of some that were not; none where nothing was taken.</summary>
    private List<(int Place, bool IsTaken)> Choose(ReadOnlySpan<int> items, ReadOnlySpan<int> relevant, SeededRandom random)
    {
        var (chosen, left) = (new List<(int Place, bool IsTaken)>(), new List<int>());
        for (var position = 0; position < items.Length; position++)
        {
            if (relevant.BinarySearch(items[position]) >= 0)
                chosen.Add((position, true));
            else
                left.Add(position);
        }

        var shuffled = left.ToArray();
        random.Shuffle(shuffled.AsSpan());
        chosen.AddRange(shuffled.Take(chosen.Count * options.NegativesPerPositive).Select(position => (position, false)));
        return chosen;
    }
}
