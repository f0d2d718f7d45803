using RecoService.Api.Settings;
using RecoService.Engine.Training;

namespace RecoService.Api.Retraining;

/// <summary>What a run trains: the recommender first, unless it is picked from candidates; then what stands behind it, popularity last.</summary>
/// <param name="Recipes">All but the candidates.</param>
/// <param name="Candidates">What the recommender is picked from; empty where the settings name it.</param>
internal sealed record TrainingPlan(IReadOnlyList<Recipe> Recipes, IReadOnlyList<Recipe> Candidates)
{
    /// <summary>The plan of these settings.</summary>
    public static TrainingPlan Of(RecoSettings settings, TrainerRegistry trainers)
    {
        Recipe RecipeOf(string name) => new(name, trainers.OptionsOf(name, settings.Trainers));
        var retraining = settings.Retraining;
        return new TrainingPlan(
            [.. retraining.TrainerNames().Select(RecipeOf)], retraining.PicksRecommender() ? [.. retraining.CandidateNames(trainers).Select(RecipeOf)] : []);
    }

    /// <summary>The plan with this recommender, and nothing left to pick.</summary>
    public TrainingPlan With(Recipe recommender) => new([recommender, .. Recipes.Where(recipe => recipe.Name != recommender.Name)], []);

    /// <summary>The options of all as JSON, which tells plans apart.</summary>
    public string Describe(TrainerRegistry trainers) => Candidates.Count == 0
        ? Describe(Recipes, trainers)
        : $"{{\"{SettingsExtensions.Auto}\":{Describe(Candidates, trainers)},{Describe(Recipes, trainers)[1..]}";

    private static string Describe(IReadOnlyList<Recipe> recipes, TrainerRegistry trainers) =>
        $"{{{string.Join(',', recipes.Select(recipe => $"\"{recipe.Name}\":{trainers.Serialize(recipe.Name, recipe.Options)}"))}}}";
}
