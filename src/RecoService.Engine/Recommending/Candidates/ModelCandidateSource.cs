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
        model.Retrieve(context.User.Within(model.Users.Count, model.Items.Count), blocked, best);
}
