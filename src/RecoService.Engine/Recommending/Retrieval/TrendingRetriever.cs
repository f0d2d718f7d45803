using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>What grows against its own past, by <see cref="ItemDemand"/>; the score is by how many times it has outgrown what it would have had.</summary>
internal sealed class TrendingRetriever(ItemDemand demand) : IRetriever
{
    public string Name => "trending";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best) => demand.Collect(context.Now, blocked, best);
}
