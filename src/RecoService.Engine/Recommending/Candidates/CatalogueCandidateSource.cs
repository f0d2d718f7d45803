using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Candidates;

/// <summary>Everything in the live catalogue, by how many users have consumed it; serves before there is a model, and tops up short lists.</summary>
public sealed class CatalogueCandidateSource(LiveCatalogue catalogue) : ICandidateSource
{
    public string Name => "catalogue";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var consumers = catalogue.ConsumerCounts;
        for (var item = 0; item < consumers.Length; item++)
        {
            if (consumers[item] >= best.Threshold && !Bits.IsSet(blocked, item))
                best.Offer(item, consumers[item]);
        }
    }
}
