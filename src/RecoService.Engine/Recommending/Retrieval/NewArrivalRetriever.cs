using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>The items of the catalogue by the time at which they came into it, the newest first. The score is the age in days, below 0; an item whose time is not known is no arrival.</summary>
internal sealed class NewArrivalRetriever(LiveCatalogue catalogue) : IRetriever
{
    public string Name => "new-arrivals";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var columns = catalogue.Columns;
        var count = Math.Min(catalogue.Count, blocked.Length << 6);
        for (var item = 0; item < count; item++)
        {
            if (!Bits.IsSet(blocked, item) && columns.IsListed(item) && columns.AddedAt[item] is { } addedAt)
                best.Offer(item, -(float)((context.Now - addedAt) / (double)TimeSpan.MillisecondsPerDay));
        }
    }
}
