using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>Everything in the live catalogue, by how many users are for it; serves before there is a model, and tops up short lists.</summary>
public sealed class CatalogueRetriever(LiveCatalogue catalogue) : IRetriever
{
    public string Name => "catalogue";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var users = catalogue.UserCounts;
        for (var item = 0; item < users.Length; item++)
        {
            if (users[item] >= best.Threshold && !Bits.IsSet(blocked, item))
                best.Offer(item, users[item]);
        }
    }
}
