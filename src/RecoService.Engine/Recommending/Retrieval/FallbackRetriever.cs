using RecoService.Engine.Composition;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>A fallback of a composed model as a source of its own, asked when the stages before it have no more.</summary>
/// <param name="name">The trainer's name of the whole, which is the source of all its items.</param>
/// <param name="model">Over the index space of the serving state.</param>
/// <param name="fallback">One of its fallbacks.</param>
internal sealed class FallbackRetriever(string name, ComposedModel model, Fallback fallback) : IRetriever
{
    public string Name => name;

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var workspace = model.Ranked.Take();
        fallback.OfferTo(best, context.User.Within(model.Users.Count, model.Items.Count), blocked, workspace.Candidates);
        model.Ranked.Return(workspace);
    }
}
