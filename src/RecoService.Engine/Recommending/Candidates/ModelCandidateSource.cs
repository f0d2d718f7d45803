using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Recommending.Candidates;

/// <summary>The highest-scoring items of a trained model.</summary>
/// <param name="name">The trainer's name.</param>
/// <param name="model">Rebased onto the index space of the serving state.</param>
public sealed class ModelCandidateSource(string name, IScorer model) : ICandidateSource
{
    public string Name { get; } = name;

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best) =>
        // Users who arrived after the state was built have indexes beyond the model's.
        model.Retrieve(context.UserIndex < model.Users.Count ? context.UserIndex : -1, blocked, best);
}
