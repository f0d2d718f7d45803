using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Multiplies the value of the candidates that a rule boosts, or buries, by its factor; of several rules by each. Of n candidates each has 1/n more before, so that
/// the last one can rise too. What is no candidate stays none.
/// </summary>
internal sealed class BoostReranker : IReranker
{
    public int PoolOf(in RequestContext context, int limit) => context.Rules is { Boosts.Count: > 0 } ? CandidatePool.SizeFor(limit) : 0;

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        if (context.Rules is not { Boosts.Count: > 0 } rules || pool.Count == 0)
            return;
        var last = 0;
        foreach (var candidate in pool.Candidates)
            last = Math.Max(last, candidate.ItemIndex);
        var words = Bits.WordsFor(last + 1);
        var rented = ArrayPool<ulong>.Shared.Rent(words);
        var values = pool.Values;
        TensorPrimitives.Add(values, 1f / values.Length, values);
        foreach (var (_, items, factor) in rules.Boosts)
        {
            items.Select(context.ForFilters, rented.AsSpan(0, words));
            for (var position = 0; position < values.Length; position++)
            {
                if (Bits.IsSet(rented, pool.Candidates[position].ItemIndex))
                    values[position] *= factor;
            }
        }

        ArrayPool<ulong>.Shared.Return(rented);
        pool.Sort();
    }
}
