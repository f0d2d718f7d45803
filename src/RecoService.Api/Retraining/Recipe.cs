namespace RecoService.Api.Retraining;

/// <param name="Name">The trainer's.</param>
/// <param name="Options">Of the trainer's own type.</param>
internal sealed record Recipe(string Name, object Options);

/// <param name="Recipe">What made it.</param>
/// <param name="Model">In the index space of what it learned from.</param>
internal sealed record TrainedModel(Recipe Recipe, Engine.Models.IScorer Model)
{
    /// <summary>Whether it was trained before this run, or by somebody else, so that the recipe alone may not give it again.</summary>
    public bool IsForeign { get; init; }
}
