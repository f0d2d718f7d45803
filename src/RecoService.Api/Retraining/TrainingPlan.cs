using System.Collections.Immutable;
using RecoService.Api.Settings;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>What a run trains. That of the default plan trains the recommender, which comes first unless it is picked from candidates; then what stands behind it,
/// popularity last. Those of other plans train what stands beside.</summary>
/// <param name="Name">As the configuration calls it.</param>
/// <param name="Recipes">All but the candidates.</param>
/// <param name="Candidates">What the recommender is picked from; empty where the settings name it.</param>
internal sealed record TrainingPlan(string Name, IReadOnlyList<Recipe> Recipes, IReadOnlyList<Recipe> Candidates)
{
    /// <summary>Whether it trains the recommender.</summary>
    public bool IsDefault => Name == ModelRun.DefaultPlan;

    /// <summary>The names of candidates whose options somebody chose.</summary>
    public IReadOnlySet<string> Configured { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>How many threads its trainings use, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>Where trainers of worker programs compute.</summary>
    public required string Device { get; init; }

    /// <summary>What its trainings may take, in MiB; 0: half of the machine.</summary>
    public required int MemoryLimitMiB { get; init; }

    /// <summary>How long a run may take; null: as long as it takes.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>A plan of these settings.</summary>
    /// <param name="settings">They say what there is to train.</param>
    /// <param name="trainers">Know the trainers and their options.</param>
    /// <param name="name">Of the plan.</param>
    /// <param name="isFirstModel">Whether no judged model serves yet, so that the shop waits for this one.</param>
    /// <exception cref="TrainingPlanException">There is none of that name, or none any more.</exception>
    public static TrainingPlan Of(ShopSettings settings, TrainerRegistry trainers, string name, bool isFirstModel)
    {
        Recipe RecipeOf(string trainer) => new(trainer, trainers.OptionsOf(trainer, settings.Trainers));
        var retraining = settings.Retraining;
        if (name == ModelRun.DefaultPlan)
        {
            return new TrainingPlan(
                name, [.. retraining.TrainerNames().Select(RecipeOf)], retraining.PicksRecommender() ? [.. retraining.CandidateNames(trainers, isFirstModel, settings.Kinds.CanRepeat).Select(RecipeOf)] : [])
            {
                Configured = settings.Trainers.Keys.ToImmutableHashSet(StringComparer.Ordinal),
                Threads = retraining.ThreadCount(),
                Device = retraining.Device,
                MemoryLimitMiB = retraining.MemoryLimitMiB,
            };
        }

        return retraining.Plans.TryGetValue(name, out var plan)
            ? new TrainingPlan(name, [.. TrainedBeside.Read(plan.Trainers).Select(entry => RecipeOf(entry.Name))], [])
            {
                Threads = plan.Threads > 0 ? plan.Threads : retraining.ThreadCount(),
                Device = plan.Device.Length > 0 ? plan.Device : retraining.Device,
                MemoryLimitMiB = plan.MemoryLimitMiB > 0 ? plan.MemoryLimitMiB : retraining.MemoryLimitMiB,
                MaxDuration = plan.MaxDuration,
            }
            : throw new TrainingPlanException(name, retraining.Plans.Keys);
    }

    /// <summary>The plan with this recommender, and nothing left to pick.</summary>
    public TrainingPlan With(Recipe recommender) => this with { Recipes = [recommender, .. Recipes.Where(recipe => recipe.Name != recommender.Name)], Candidates = [] };

    /// <summary>The options of all as JSON, which tells plans apart.</summary>
    public string Describe(TrainerRegistry trainers) => Candidates.Count == 0
        ? Describe(Recipes, trainers)
        : $"{{\"{SettingsExtensions.Auto}\":{Describe(Candidates, trainers)},{Describe(Recipes, trainers)[1..]}";

    private static string Describe(IReadOnlyList<Recipe> recipes, TrainerRegistry trainers) =>
        $"{{{string.Join(',', recipes.Select(recipe => $"\"{recipe.Name}\":{trainers.Serialize(recipe.Name, recipe.Options)}"))}}}";
}
