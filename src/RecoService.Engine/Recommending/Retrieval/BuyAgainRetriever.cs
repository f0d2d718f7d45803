using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>What the user has bought and is due to buy again, by <see cref="RepurchaseRates"/>; purchases of one day count as one.</summary>
internal sealed class BuyAgainRetriever(RepurchaseRates rates) : IRetriever
{
    public string Name => "buy-again";

    public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var events = context.User.Events;
        var bought = new Dictionary<int, Purchases>();
        for (var position = 0; position < events.Count; position++)
        {
            var item = events.Items[position];
            if (events.KindIndexes[position] != rates.Purchase || item >> 6 >= blocked.Length || Bits.IsSet(blocked, item))
                continue;
            var time = events.Times[position];
            var weight = RepurchaseRates.WeightOf(DaysSince(context.Now, time));
            if (!bought.TryGetValue(item, out var known))
                bought[item] = new Purchases(1, weight, time, time);
            else if (RepurchaseRates.DayOf(time) > RepurchaseRates.DayOf(known.Last))
                bought[item] = known with { Days = known.Days + 1, Weight = known.Weight + weight, Last = time };
        }

        foreach (var (item, purchases) in bought)
            best.Offer(item, (float)rates.DueScore(item, purchases.Days, purchases.Weight, DaysSince(context.Now, purchases.First), DaysSince(context.Now, purchases.Last)));
    }

    private static double DaysSince(long now, long time) => Math.Max(0, (now - time) / (double)TimeSpan.MillisecondsPerDay);

    private readonly record struct Purchases(int Days, double Weight, long First, long Last);
}
