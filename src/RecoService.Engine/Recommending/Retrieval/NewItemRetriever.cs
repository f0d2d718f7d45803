using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>The items that arrived after the recommender was trained: what reads like the user's history first, then what most users are for, then the newest.</summary>
internal sealed class NewItemRetriever(NewItems items, LiveCatalogue catalogue) : IRetriever
{
    public string Name => "new";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best) => items.Collect(context.User, catalogue.UserCounts, blocked, best);
}
