using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.LinearRanking;

/// <summary>
/// Learns to order the candidates of a first stage by what users did next: taken are the candidates they took, left a few of those they did not.
/// Then the first stage is trained again on everything.
/// </summary>
/// <param name="options">Hyperparameters.</param>
/// <param name="registry">Makes the first stage.</param>
internal sealed class TwoStageTraining(LinearRankingOptions options, TrainerRegistry registry)
{
    /// <param name="dataset">The training data.</param>
    /// <param name="context">The run.</param>
    /// <param name="fit">Gives one weight per column of the pairs, by the regularization.</param>
    public TwoStageModel Train(InteractionDataset dataset, TrainingContext context, Func<RankingPairs, float, TrainingContext, float[]> fit)
    {
        context.Report("cutting", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var trainer = registry.Create(options.CandidateTrainer, registry.OptionsOf(options.CandidateTrainer, options.Trainers));
        var part = ValidationPart.Of(dataset, options.ValidationCut, options.ValidationFraction, options.ValidationUsers, context.Seed);
        var weights = Enumerable.Range(0, UserItemFeatures.Count).Select(feature => feature == UserItemFeatures.FirstStage ? 1f : 0).ToArray();
        if (part.Users.Length > 0)
        {
            var first = trainer.Train(part.Train, context.Part("validation", 0, 0.45)).Over(part.Train);
            context.Report("ranking", 0.45);
            weights = Learn(part, first, fit, context) ?? weights;
        }

        var model = trainer.Train(dataset, context.Part("everything", 0.55, 1));
        context.Report("training", 1);
        return new TwoStageModel(model, UserItemFeatures.Of(dataset), weights, options.Candidates);
    }

    /// <returns>Weights in the features' own units; null when no user took a candidate.</returns>
    private float[]? Learn(ValidationPart part, IScorer first, Func<RankingPairs, float, TrainingContext, float[]> fit, TrainingContext context)
    {
        var (rows, taken) = Pairs(part, first, context);
        if (!taken.Contains(true))
            return null;
        var deviations = Standardise(rows, taken.Count);
        var fitted = fit(new RankingPairs(WithConstant(rows, taken.Count), [.. taken]), options.Regularization, context);
        return [.. deviations.Select((deviation, feature) => fitted[feature] / deviation)];
    }

    private (float[] Rows, List<bool> Taken) Pairs(ValidationPart part, IScorer first, TrainingContext context)
    {
        var features = UserItemFeatures.Of(part.Train);
        var best = new TopK(Math.Min(options.Candidates, part.Train.Items.Count));
        var blocked = new ulong[Bits.WordsFor(part.Train.Items.Count)];
        var (items, scores) = (new int[best.Capacity], new float[best.Capacity]);
        var rows = new List<float>();
        var taken = new List<bool>();
        foreach (var user in part.Users)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var history = part.Train.HistoryOf(user);
            foreach (var item in history.Items)
                Bits.Set(blocked, item);
            first.Retrieve(history, blocked, best);
            foreach (var item in history.Items)
                Bits.Clear(blocked, item);

            var found = best.Drain(items, scores);
            var chosen = Choose(items.AsSpan(0, found), part.Relevant.RowColumns(user), new SeededRandom(context.Seed, user), taken);
            var chosenRows = new float[chosen.Length * UserItemFeatures.Count];
            features.Fill(history, Array.ConvertAll(chosen, place => items[place]), Array.ConvertAll(chosen, place => scores[place]), chosenRows);
            rows.AddRange(chosenRows);
        }

        return ([.. rows], taken);
    }

    /// <summary>The places of the candidates that were taken, and of some that were not.</summary>
    private int[] Choose(ReadOnlySpan<int> items, ReadOnlySpan<int> relevant, SeededRandom random, List<bool> taken)
    {
        var (positives, negatives) = (new List<int>(), new List<int>());
        for (var place = 0; place < items.Length; place++)
            (relevant.BinarySearch(items[place]) >= 0 ? positives : negatives).Add(place);
        var left = negatives.ToArray();
        random.Shuffle(left.AsSpan());
        left = left[..Math.Min(left.Length, positives.Count * options.NegativesPerPositive)];
        taken.AddRange(Enumerable.Repeat(true, positives.Count));
        taken.AddRange(Enumerable.Repeat(false, left.Length));
        return [.. positives, .. left];
    }

    /// <summary>Makes every feature's mean 0 and its deviation 1; one that is always the same becomes 0.</summary>
    /// <returns>The deviations, 1 where there is none.</returns>
    internal static float[] Standardise(float[] rows, int count)
    {
        var deviations = new float[UserItemFeatures.Count];
        for (var feature = 0; feature < deviations.Length; feature++)
        {
            var (sum, squares) = (0.0, 0.0);
            for (var place = feature; place < rows.Length; place += UserItemFeatures.Count)
                sum += rows[place];
            var mean = (float)(sum / count);
            for (var place = feature; place < rows.Length; place += UserItemFeatures.Count)
                squares += Math.Pow(rows[place] - mean, 2);
            deviations[feature] = Math.Sqrt(squares / count) is > 1e-6 and var deviation ? (float)deviation : 1;
            for (var place = feature; place < rows.Length; place += UserItemFeatures.Count)
                rows[place] = (rows[place] - mean) / deviations[feature];
        }

        return deviations;
    }

    private static float[] WithConstant(float[] rows, int count)
    {
        var wider = new float[count * RankingPairs.Width];
        for (var pair = 0; pair < count; pair++)
        {
            rows.AsSpan(pair * UserItemFeatures.Count, UserItemFeatures.Count).CopyTo(wider.AsSpan(pair * RankingPairs.Width));
            wider[((pair + 1) * RankingPairs.Width) - 1] = 1;
        }

        return wider;
    }
}
