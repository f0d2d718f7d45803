using RecoService.Api.Retraining;
using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;
using RecoService.Storage;
using RecoService.Storage.Health;

namespace RecoService.Api.Diagnosing;

/// <summary>What a fault costs: nDCG of lists of a model that learned without the faulty acts, beside those of one that learned from all.</summary>
/// <param name="Code">Of the fault.</param>
/// <param name="LeftOut">Acts of the training part that are left out.</param>
/// <param name="Trainer">What both models are trained by; null where nothing was measured.</param>
/// <param name="With">nDCG with the faulty acts; null where nothing was measured.</param>
/// <param name="Without">nDCG without them; null where nothing was measured.</param>
/// <param name="Gain">What leaving them out gains, with its 95% interval over the users; null where nothing was measured.</param>
/// <param name="Reason">Why nothing was measured; null where something was.</param>
internal sealed record FaultCost(string Code, long LeftOut, string? Trainer, double? With, double? Without, DifferenceMetrics? Gain, string? Reason);

/// <summary>
/// Measures what faults cost, by leaving them out: trains what serves with and without the faulty acts of the past, and judges both on the same newer acts, of which none is faulty. The cut, the lists and
/// the metric are those of the gate.
/// </summary>
internal sealed class LeaveOutJudge(
    InteractionLog interactions, DataHealth health, SnapshotComposer composer, ModelTraining training, TrainerRegistry trainers, ShopSettings settings, TimeProvider time)
{
    /// <summary>A smaller share of the acts moves no list far enough to be seen.</summary>
    private const double LeastShare = 0.001;

    private readonly RetrainingSettings retraining = settings.Retraining;

    /// <returns>A cost, or why it is not measured, for each of the faults that there are.</returns>
    public async Task<IReadOnlyList<FaultCost>> MeasureAsync(RunProgress progress, CancellationToken cancellationToken)
    {
        progress.Enter("loading");
        var dataset = await interactions.LoadDatasetAsync(cancellationToken, withContent: true, withExcludedUsers: true, settings.ExposuresAt(time.GetUtcNow()));
        var programs = (await health.ProgramKeysAsync(cancellationToken)).ToHashSet();
        var faults = FaultsOf(dataset, programs).Where(fault => fault.Marks.Contains(true)).ToList();
        if (faults.Count == 0)
            return [];
        var recipe = RecipeOf(await composer.ServedAsync(cancellationToken));
        var context = training.NewContext(TrainingPlan.Of(settings, trainers, ModelRun.DefaultPlan, isFirstModel: false), progress, cancellationToken);
        return [.. faults.Select(fault => Measure(fault.Code, dataset, fault.Marks, recipe, context, progress))];
    }

    /// <summary>A mark per act of the dataset for each fault.</summary>
    private static IEnumerable<(string Code, bool[] Marks)> FaultsOf(InteractionDataset dataset, HashSet<int> programs)
    {
        yield return (FaultCodes.Programs, Marks(dataset, (user, _, _) => programs.Contains(dataset.Users[user])));
        yield return (FaultCodes.UnlistedItems, Marks(dataset, (_, item, _) => dataset.HasContent && dataset.ContentOf(item) is null));
        if (DominantKind(dataset) is { } dominant)
            yield return (FaultCodes.KindDominates, Marks(dataset, (_, _, kind) => kind == dominant));
    }

    private static byte? DominantKind(InteractionDataset dataset)
    {
        var counts = new long[dataset.Kinds.Count];
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            foreach (var kind in dataset.UserKinds(user))
                counts[kind]++;
        }

        var most = Array.IndexOf(counts, counts.Max());
        return dataset.Count >= FaultCodes.FewestActs && counts[most] >= FaultCodes.DominantShare * dataset.Count ? (byte)most : null;
    }

    private static bool[] Marks(InteractionDataset dataset, Func<int, int, byte, bool> isFaulty)
    {
        var marks = new bool[dataset.Count];
        var position = 0;
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var items = dataset.UserItemIndexes(user);
            var kinds = dataset.UserKinds(user);
            for (var act = 0; act < items.Length; act++)
                marks[position++] = isFaulty(user, items[act], kinds[act]);
        }

        return marks;
    }

    private FaultCost Measure(string code, InteractionDataset dataset, bool[] faulty, Recipe recipe, TrainingContext context, RunProgress progress)
    {
        var leftOut = faulty.LongCount(mark => mark);
        FaultCost NotMeasured(string reason) => new(code, leftOut, null, null, null, null, reason);
        if (leftOut < LeastShare * dataset.Count)
            return NotMeasured("Fewer than one act in a thousand is left out, which moves no list far enough to be seen.");
        // What judges is free of the fault, and so is the choice of where to cut.
        var clean = dataset.Where(Array.ConvertAll(faulty, mark => !mark));
        var split = HoldoutCut.Of(clean, retraining.HoldoutFraction, retraining.MinJudgedUsers, retraining.Seed, RepeatRule.AsServed);
        if (split.CutTime is not { } cut || split.Train.Count == 0 || split.Holdout.Count == 0)
            return NotMeasured("Without the faulty acts there is too little to hold out from one time on.");
        var all = dataset.Where(at => at < cut);
        var relevant = HoldoutItems.From(split.Train, split.Holdout, RepeatRule.AsServed, cut).Relevant;
        try
        {
            var without = Evaluate(recipe, split.Train, relevant, cut, context, progress, $"training without {code}");
            var with = Evaluate(recipe, all, relevant, cut, context, progress, $"training with {code}");
            var gain = OfflineEvaluator.CompareShared(without, with);
            return gain.UserCount < 2
                ? NotMeasured("Fewer than two users have both a history and something newer without the faulty acts.")
                : new FaultCost(code, leftOut, recipe.Name, with.NdcgAtK, without.NdcgAtK, DifferenceMetrics.Of(gain), null);
        }
        catch (Exception exception) when (exception is TrainingException or UnsoundModelException)
        {
            return NotMeasured($"The recommender cannot learn from what is left: {exception.Message}");
        }
    }

    private RankingResult Evaluate(Recipe recipe, InteractionDataset train, SparseMatrix relevant, long cut, TrainingContext context, RunProgress progress, string verb)
    {
        IScorer model = training.Train(recipe, train, context, progress, verb);
        return OfflineEvaluator.EvaluateRanking(
            model, train, relevant, new RankingOptions(retraining.EvaluationLimit, Threads: retraining.ThreadCount()) { Repeats = RepeatRule.AsServed, Now = cut }, context.CancellationToken);
    }

    /// <summary>What serves; popularity where its trainer is gone or its options are not what they were.</summary>
    private Recipe RecipeOf(StoredModel? served)
    {
        try
        {
            if (served is not null && trainers.Names.Contains(served.Trainer))
                return new Recipe(served.Trainer, trainers.Deserialize(served.Trainer, served.OptionsJson));
        }
        catch (ArgumentException)
        {
            // Options of another version.
        }

        return new Recipe(TrainerRegistry.Baseline, trainers.OptionsOf(TrainerRegistry.Baseline, settings.Trainers));
    }
}
