using System.Buffers;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// Orders the candidates by what they bring if they are shown: value = expected value / the highest of the candidates, 0..1. An item without a price brings no revenue, and one without a price or a cost, or that
/// costs more than it brings, no margin. Nothing changes until there is a predictor of what the objective takes, and for margin an item with a cost.
/// </summary>
/// <param name="objective">Not <see cref="ListObjective.None"/>.</param>
/// <param name="live">The predictor of now.</param>
/// <param name="space">What the indexes stand for.</param>
/// <param name="costAttribute">The attribute that has what an item costs the shop, in the currency of its price.</param>
internal sealed class ExpectedValueReranker(ListObjective objective, LiveResponsePredictor live, ResponseSpace space, string costAttribute) : IReranker
{
    public int PoolOf(in RequestContext context, int limit) => PredictorOf() is null ? 0 : CandidatePool.SizeFor(limit);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        if (PredictorOf() is not { } predictor || pool.Count == 0)
            return;
        var (rentedItems, rentedOther) = (ArrayPool<int>.Shared.Rent(pool.Count), ArrayPool<float>.Shared.Rent(pool.Count));
        var items = rentedItems.AsSpan(0, pool.Count);
        var other = rentedOther.AsSpan(0, pool.Count);
        var values = pool.Values;
        for (var position = 0; position < items.Length; position++)
            items[position] = pool.Candidates[position].ItemIndex;
        if (objective == ListObjective.Clicks)
            predictor.Predict(context, space, items, values, other);
        else
            predictor.Predict(context, space, items, other, values);
        var (columns, costs) = (space.Catalogue.Columns, objective == ListObjective.Margin ? Costs : null);
        var highest = 0f;
        for (var position = 0; position < items.Length; position++)
        {
            if (objective is ListObjective.Revenue or ListObjective.Margin)
                values[position] *= ResponseFeatures.PriceOf(columns, items[position]) - (costs?[items[position]] ?? 0) is > 0 and var earned ? (float)earned : 0;
            highest = Math.Max(highest, values[position]);
        }

        for (var position = 0; position < items.Length && highest > 0; position++)
            values[position] /= highest;
        ArrayPool<int>.Shared.Return(rentedItems);
        ArrayPool<float>.Shared.Return(rentedOther);
        pool.Sort();
    }

    private NumberColumn? Costs => space.Catalogue.Columns.Attribute<NumberColumn>(costAttribute);

    private ResponsePredictor? PredictorOf() =>
        live.Current is { } predictor && (objective == ListObjective.Clicks || predictor.Purchases is not null) && (objective != ListObjective.Margin || Costs is not null) ? predictor : null;
}
