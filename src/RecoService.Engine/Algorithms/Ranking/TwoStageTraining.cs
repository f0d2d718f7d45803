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
    public TwoStageModel Train(InteractionDataset dataset, TrainingContext context, Func<InteractionDataset, RankingLists, TrainingContext, IRanker> learn)
    {
        context.Report("cutting", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var trainer = registry.Create(options.CandidateTrainer, registry.OptionsOf(options.CandidateTrainer, options.Trainers));
        var part = ValidationPart.Of(dataset, options.ValidationCut, options.ValidationFraction, options.ValidationUsers, context.Seed);
        IRanker ranker = LinearRanker.FirstStage;
        if (part.Users.Length > 0)
        {
            var first = trainer.Train(part.Train, context.Part("validation", 0, 0.45)).Over(part.Train);
            context.Report("ranking", 0.45);
            var lists = ListsOf(part, first, context);
            if (lists.Count > 0)
                ranker = learn(part.Train, lists, context.Part("ranking", 0.45, 0.55));
        }

        var model = trainer.Train(dataset, context.Part("everything", 0.55, 1));
        context.Report("training", 1);
        return new TwoStageModel(model, UserItemFeatures.Of(dataset), ranker, options.Candidates);
    }

    private RankingLists ListsOf(ValidationPart part, IScorer first, TrainingContext context)
    {
        var features = UserItemFeatures.Of(part.Train);
        var best = new TopK(Math.Min(options.Candidates, part.Train.Items.Count));
        var blocked = new ulong[Bits.WordsFor(part.Train.Items.Count)];
        var (proposed, scores, rows) = (new int[best.Capacity], new float[best.Capacity], new float[best.Capacity * UserItemFeatures.Count]);
        var (starts, users, items, taken, kept) = (new List<int> { 0 }, new List<int>(), new List<int>(), new List<bool>(), new List<float>());
        foreach (var user in part.Users)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var history = part.Train.HistoryOf(user);
            foreach (var item in history.Items)
                Bits.Set(blocked, item);
            first.Retrieve(history, blocked, best);
            foreach (var item in history.Items)
                Bits.Clear(blocked, item);

            var found = best.Drain(proposed, scores);
            var chosen = Choose(proposed.AsSpan(0, found), part.Relevant.RowColumns(user), new SeededRandom(context.Seed, user));
            if (chosen.Count == 0)
                continue;
            var list = rows.AsSpan(0, found * UserItemFeatures.Count);
            features.Fill(history, proposed.AsSpan(0, found), scores.AsSpan(0, found), list);
            ListMoments.Of(list, UserItemFeatures.Count).Standardise(list);
            foreach (var (place, isTaken) in chosen)
            {
                items.Add(proposed[place]);
                taken.Add(isTaken);
                kept.AddRange(list.Slice(place * UserItemFeatures.Count, UserItemFeatures.Count));
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
        for (var place = 0; place < items.Length; place++)
        {
            if (relevant.BinarySearch(items[place]) >= 0)
                chosen.Add((place, true));
            else
                left.Add(place);
        }

        var shuffled = left.ToArray();
        random.Shuffle(shuffled.AsSpan());
        chosen.AddRange(shuffled.Take(chosen.Count * options.NegativesPerPositive).Select(place => (place, false)));
        return chosen;
    }
}
