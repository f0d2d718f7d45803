using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Shows now this and now that of what is about as good: value = (1 - s) value + s u, where s is the strength and u is drawn uniformly from [0, 1) for the request's seed, the user and the
/// item. The same seed gives a user the same list, and another seed another one.
/// </summary>
/// <param name="strength">0..1: 0 changes nothing, 1 orders the candidates by chance alone.</param>
/// <param name="itemKeyOf">The store's key of an item index, which every replica has the same.</param>
/// <param name="userKeyOf">That of a user index.</param>
internal sealed class VarietyReranker(double strength, Func<int, int> itemKeyOf, Func<int, int> userKeyOf) : IReranker
{
    private readonly float strength = strength is >= 0 and <= 1 ? (float)strength : throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength is 0 to 1.");

    public int PoolOf(in RequestContext context, int limit) => strength == 0 ? 0 : CandidatePool.SizeFor(limit);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        if (strength == 0)
            return;
        var user = context.User.UserIndex < 0 ? -1 : userKeyOf(context.User.UserIndex);
        var values = pool.Values;
        for (var position = 0; position < values.Length; position++)
        {
            var random = new SeededRandom(context.Seed, ((long)user << 32) | (uint)itemKeyOf(pool.Candidates[position].ItemIndex));
            values[position] = ((1 - strength) * values[position]) + (strength * (float)random.NextDouble());
        }

        pool.Sort();
    }
}
