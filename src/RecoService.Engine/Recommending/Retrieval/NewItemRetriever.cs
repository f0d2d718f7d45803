using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>The items that the recommender had no interactions of: what suits the user's history first; of those that arrived after the training then what most users are for, then the newest.</summary>
internal sealed class NewItemRetriever(NewItems items, LiveCatalogue catalogue) : IRetriever
{
    public string Name => NewItems.NewName;

    public string SourceOf(in RequestContext context, int itemIndex) => items.SourceOf(itemIndex);

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best) => items.Collect(context.User, catalogue.UserCounts, blocked, best);
}
