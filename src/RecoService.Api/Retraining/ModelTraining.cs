using System.Collections.Immutable;
using RecoService.Api.Settings;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Trains the models of a plan, on the thread that calls it and as many more as the settings allow.</summary>
internal sealed class ModelTraining(TrainerRegistry trainers, RetrainingSettings settings, RecommenderChooser chooser)
{
    /// <summary>Threads, seed and memory of one run.</summary>
    public TrainingContext NewContext(TrainingPlan plan, IProgress<TrainingProgress> progress, CancellationToken cancellationToken) => new(
        plan.Threads, settings.Seed, progress, cancellationToken,
        new TrainingMemory(plan.MemoryLimitMiB > 0 ? (long)plan.MemoryLimitMiB << 20 : TrainingMemory.DefaultLimit))
    {
        Device = plan.Device,
    };

    /// <summary>The plan with the recommender that suits the train part; the plan itself where it names one.</summary>
    /// <param name="plan">What the run trains.</param>
    /// <param name="train">What judges the run later must have no say here.</param>
    /// <param name="served">What serves now; null for the first model.</param>
    /// <param name="context">Of the run.</param>
    /// <param name="progress">Of the run.</param>
    /// <returns>What was tried, best first; null where the plan names the recommender, empty where nobody could be judged. What a bound on the time of lists cost; null for nothing.</returns>
    public (TrainingPlan Plan, IReadOnlyList<SelectionMetrics>? Selection, string? GivenUp) Choose(
        TrainingPlan plan, InteractionDataset train, StoredModel? served, TrainingContext context, RunProgress progress)
    {
        if (plan.Candidates.Count == 0)
            return (plan, null, null);
        progress.Enter("choosing");
        var selection = chooser.Choose(
            [.. plan.Candidates.Select(candidate => new RecommenderCandidate(candidate.Name, candidate.Options, plan.Configured.Contains(candidate.Name)))], train, OptionsOf(served), context, progress);
        return selection is null
            ? (plan.With(plan.Recipes.First(recipe => recipe.Name == TrainerRegistry.Baseline)), [], null)
            : (plan.With(new Recipe(selection.Best.Trainer, selection.Best.Options)), [.. selection.Rows.Select(row => SelectionMetrics.Of(row, trainers))], selection.GivenUp);
    }

    /// <summary>What serves, or the baseline where its trainer is gone or its options are not what they were: a shop that is served need not wait. Null where nothing serves.</summary>
    private NamedOptions? OptionsOf(StoredModel? served)
    {
        try
        {
            return served is null ? null : new NamedOptions(served.Trainer, trainers.Deserialize(served.Trainer, served.OptionsJson));
        }
        catch (ArgumentException)
        {
            return new NamedOptions(TrainerRegistry.Baseline, trainers.OptionsOf(TrainerRegistry.Baseline, ImmutableDictionary<string, object>.Empty));
        }
    }

    /// <summary>
    /// Trains some of a plan. The recommender and the baseline have to learn from this data, or the run fails; one that only stands behind them and cannot is left out.
    /// Where there is neither, one model at least has to come of it.
    /// </summary>
    /// <returns>The models, and the reasons of those that were left out by name; null when none was.</returns>
    /// <exception cref="UnsoundModelException">A model holds values that are not finite.</exception>
    public (IReadOnlyList<TrainedModel> Trained, IReadOnlyDictionary<string, string>? LeftOut) TrainAll(
        IEnumerable<Recipe> recipes, Recipe? recommender, InteractionDataset dataset, TrainingContext context, RunProgress progress, string verb)
    {
        var trained = new List<TrainedModel>();
        var leftOut = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var recipe in recipes)
        {
            try
            {
                trained.Add(new TrainedModel(recipe, Train(recipe, dataset, context, progress, verb)));
            }
            catch (TrainingException exception) when (recipe != recommender && recipe.Name != TrainerRegistry.Baseline)
            {
                leftOut.Add(recipe.Name, exception.Message);
            }
        }

        if (trained.Count == 0 && leftOut.Count > 0)
            throw new TrainingException(string.Join(' ', leftOut.Select(left => $"{left.Key}: {left.Value}")));
        return (trained, leftOut.Count == 0 ? null : leftOut);
    }

    /// <exception cref="UnsoundModelException">The model holds values that are not finite.</exception>
    public IScorer Train(Recipe recipe, InteractionDataset dataset, TrainingContext context, RunProgress progress, string verb)
    {
        progress.Enter($"{verb} {recipe.Name}");
        var model = trainers.Train(recipe.Name, recipe.Options, dataset, context);
        return model.IsSound() ? model : throw new UnsoundModelException(recipe.Name);
    }
}
