using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Moves items up whose price lies in the user's own band: value = (1 - s) value + s c, where s is the strength and c the closeness to the
/// <see cref="PriceBand"/>. An item without a price, or with one in another currency, keeps its value. Nothing changes for a user with fewer than three priced items.
/// </summary>
/// <param name="strength">0..1: 0 changes nothing, 1 orders by closeness alone.</param>
/// <param name="catalogue">Says what items cost.</param>
internal sealed class PriceAffinityReranker(double strength, LiveCatalogue catalogue) : IReranker
{
    private readonly float strength = strength is >= 0 and <= 1 ? (float)strength : throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength is 0 to 1.");

    public int PoolOf(in RequestContext context, int limit) => strength == 0 ? 0 : CandidatePool.SizeFor(limit);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        var columns = catalogue.Columns;
        if (strength == 0 || !PriceBand.TryOf(context.User, columns, out var band))
            return;
        var values = pool.Values;
        for (var position = 0; position < values.Length; position++)
        {
            var item = pool.Candidates[position].ItemIndex;
            if (columns.Price[item] is > 0 and var price && columns.Currency[item] == band.CurrencyCode)
                values[position] = ((1 - strength) * values[position]) + (strength * (float)band.ClosenessOf(price));
        }

        pool.Sort();
    }
}
