using RecoService.Engine.Composition;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>The parts of a composed model as a source: what they retrieve, in the order of its ranker.</summary>
/// <param name="name">The trainer's name.</param>
/// <param name="model">Over the index space of the serving state.</param>
internal sealed class RankedRetriever(string name, ComposedModel model) : IRetriever
{
    public string Name => name;

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var workspace = model.Ranked.Take();
        model.Ranked.Run(context.User.Within(model.Users.Count, model.Items.Count), blocked, best.Capacity, workspace).OfferTo(best);
        model.Ranked.Return(workspace);
    }
}
