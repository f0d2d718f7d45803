using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Moves new items up: value = (1 - s) value + s 2^(-age / half-life), where s is the strength and the age is the time since the shop has the item, at least 0. An
/// item of which that is not known is as old as can be. Without a present, as the time 0 of a request says, nothing changes.
/// </summary>
/// <param name="halfLife">Above 0; an item of this age counts for half as new as one added now.</param>
/// <param name="strength">0..1: 0 changes nothing, 1 orders by age alone.</param>
/// <param name="catalogue">Says since when the shop has an item.</param>
internal sealed class FreshnessReranker(TimeSpan halfLife, double strength, LiveCatalogue catalogue) : IReranker
{
    private readonly float strength = strength is >= 0 and <= 1 ? (float)strength : throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength is 0 to 1.");
    private readonly double halfLife = halfLife > TimeSpan.Zero ? halfLife.TotalMilliseconds : throw new ArgumentOutOfRangeException(nameof(halfLife), halfLife, "A half-life is longer than 0.");

    public int PoolOf(in RequestContext context, int limit) => strength == 0 ? 0 : CandidatePool.SizeFor(limit);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        if (strength == 0 || context.Now == 0)
            return;
        var added = catalogue.Columns.AddedAt;
        var values = pool.Values;
        for (var position = 0; position < values.Length; position++)
        {
            var newness = added[pool.Candidates[position].ItemIndex] is { } time ? (float)Math.Pow(2, -Math.Max(0, (double)context.Now - time) / halfLife) : 0;
            values[position] = ((1 - strength) * values[position]) + (strength * newness);
        }

        pool.Sort();
    }
}
