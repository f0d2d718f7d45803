using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// What was bought together with the items that the request is about, by <see cref="CoPurchases"/>; of several items the sum over them, divided by w_j^0.2, where w_j is what the baskets with j count. What is
/// bought much meets most items of a basket, and would lead many of the sums.
/// </summary>
internal sealed class BoughtTogetherRetriever(CoPurchases coPurchases) : IRetriever
{
    /// <summary>Chosen on a validation part, see docs/placements.md.</summary>
    private const double Levelling = 0.2;

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
            Offer(item, (float)(sum / Math.Pow(coPurchases.WeightOf(item), Levelling)), blocked, best);
    }

    private static void Offer(int item, float score, ReadOnlySpan<ulong> blocked, TopK best)
    {
        if (item >> 6 < blocked.Length && !Bits.IsSet(blocked, item))
            best.Offer(item, score);
    }
}
