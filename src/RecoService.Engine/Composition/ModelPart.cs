using RecoService.Engine.Models;

namespace RecoService.Engine.Composition;

/// <param name="Name">The trainer's name.</param>
/// <param name="Model">Over the key maps of the whole.</param>
public sealed record ModelPart(string Name, IScorer Model);
