using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>What was bought together with the items that the request is about, by <see cref="CoPurchases"/>; of several items the sum.</summary>
internal sealed class BoughtTogetherRetriever(CoPurchases coPurchases) : IRetriever
{
    public string Name => "bought-together";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (context.CurrentItems is [var only])
        {
            foreach (var companion in coPurchases.Of(only))
                Offer(companion.ItemIndex, companion.Score, blocked, best);
            return;
        }

        var sums = new Dictionary<int, float>();
        foreach (var item in context.CurrentItems)
        {
            foreach (var companion in coPurchases.Of(item))
                sums[companion.ItemIndex] = sums.GetValueOrDefault(companion.ItemIndex) + companion.Score;
        }

        foreach (var (item, sum) in sums)
            Offer(item, sum, blocked, best);
    }

    private static void Offer(int item, float score, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (item >> 6 < blocked.Length && !Bits.IsSet(blocked, item))
            best.Offer(item, score);
    }
}
