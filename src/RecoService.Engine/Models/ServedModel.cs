using RecoService.Engine.Models;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Models;

/// <param name="Name">The trainer's name, which also names the source in every answer.</param>
/// <param name="Version">The model version.</param>
/// <param name="Model">In its own index space.</param>
/// <param name="Roles">What it is asked for.</param>
public sealed record ServedModel(string Name, int Version, IScorer Model, ModelRoles Roles)
{
    /// <summary>It proposes items for lists.</summary>
    public bool MakesLists => Has(ModelRoles.Recommender) || Has(ModelRoles.Fallback);

    public bool Has(ModelRoles role) => (Roles & role) != ModelRoles.None;
}
