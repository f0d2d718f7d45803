using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>What the user did something with and is not against, the latest first. The score is how many days ago that was, below 0.</summary>
internal sealed class RecentItemRetriever : IRetriever
{
    public string Name => "recently-viewed";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var items = context.User.Items;
        for (var position = 0; position < items.Length; position++)
        {
            if (context.User.Weights[position] > 0 && items[position] >> 6 < blocked.Length && !Bits.IsSet(blocked, items[position]))
                best.Offer(items[position], -(float)((context.Now - context.User.Times[position]) / (double)TimeSpan.MillisecondsPerDay));
        }
    }
}
