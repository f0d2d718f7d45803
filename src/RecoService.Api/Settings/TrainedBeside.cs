using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Api.Settings;

/// <summary>A trainer that runs beside the recommender, as <c>Retraining:AlsoTrain</c> names it: <c>NAME</c>, or <c>NAME:ROLE+ROLE</c>.</summary>
/// <param name="Name">The trainer's.</param>
/// <param name="RoleText">As it was written; null: the trainer's own roles.</param>
internal sealed record TrainedBeside(string Name, string? RoleText)
{
    private static readonly Dictionary<string, ModelRoles> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["none"] = ModelRoles.None,
        ["fallback"] = ModelRoles.Fallback,
        ["cold-start"] = ModelRoles.ColdStart,
        ["similarity"] = ModelRoles.Similarity,
    };

    /// <summary>What is wrong with the roles, in words for the setting that names them; null when nothing is.</summary>
    public string? Fault => RoleText?.Split('+', StringSplitOptions.TrimEntries).FirstOrDefault(role => !Names.ContainsKey(role)) is { } unknown
        ? $"'{unknown}' is no role; known are {string.Join(", ", Names.Keys)}."
        : null;

    public static IReadOnlyList<TrainedBeside> Read(string list) =>
    [
        .. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(entry => entry.Split(':', 2, StringSplitOptions.TrimEntries))
            .Select(parts => new TrainedBeside(TrainerRegistry.NameOf(parts[0]), parts.Length == 2 ? parts[1] : null)).DistinctBy(entry => entry.Name),
    ];

    /// <summary>What the trainer's model is asked for beside the recommender.</summary>
    /// <param name="trainers">Know the roles of trainers of which nothing else is said.</param>
    public ModelRoles RolesIn(TrainerRegistry trainers) => RoleText is null
        ? trainers.Names.Contains(Name) ? trainers.RolesOf(Name) : TrainerRegistry.RankingRoles
        : RoleText.Split('+', StringSplitOptions.TrimEntries).Aggregate(ModelRoles.None, (roles, role) => roles | Names.GetValueOrDefault(role));
}
