using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>What a published model is asked for. A model without a role is stored and not served.</summary>
[Flags]
public enum ModelRoles
{
    None = 0,

    /// <summary>Makes the lists; one model has it.</summary>
    Recommender = 1,

    /// <summary>Tops up lists that the models before it could not fill.</summary>
    Fallback = 2,

    /// <summary>Reads items that arrived after the recommender was trained; see <see cref="IContentScorer"/>.</summary>
    ColdStart = 4,

    /// <summary>Says which items are like one; see <see cref="ISimilarItems"/>.</summary>
    Similarity = 8,

    /// <summary>Makes the lists of placements that name its version, beside what is published.</summary>
    Tried = 16,
}
