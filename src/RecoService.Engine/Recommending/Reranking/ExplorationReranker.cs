using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Gives a share of the places, evenly spread, to what a bandit policy chooses among the ten best candidates that are left; the other places keep the best. Each candidate of the list knows its
/// propensity: how probable it was to stand at its place, given what stands above; 1 at the other places, and below 1 wherever there was a choice. It belongs behind all re-rankers that move candidates, since what moves them afterwards makes propensities wrong.
/// A candidate whose value is below 0 steps back (<see cref="RotationReranker"/>) and is not drawn. A request without <see cref="RequestContext.ExplorationSeed"/> explores nothing.
/// </summary>
/// <param name="share">0..1: which part of the places explores; 0 changes nothing. Of ten places 0.2 are the fifth and the tenth.</param>
/// <param name="policy">Who chooses. One that draws no lots gives propensities of 1.</param>
/// <param name="armOf">What is known of an item, by its index and its value in the pool.</param>
/// <param name="userKeyOf">The store's key of a user index, which every replica has the same.</param>
internal sealed class ExplorationReranker(double share, IBanditPolicy policy, Func<int, float, Arm> armOf, Func<int, int> userKeyOf) : IReranker
{
    /// <summary>What one place may show: the more, the longer propensities take and the worse the worst of them is.</summary>
    private const int MostChoices = 10;

    /// <summary>Of what was drawn, however sure: a log tells a place that explores by it.</summary>
    private const float MostOfDrawn = 1 - (1f / (1 << 24));

    private readonly double share = share is >= 0 and <= 1 ? share : throw new ArgumentOutOfRangeException(nameof(share), share, "The share is 0 to 1.");

    public int PoolOf(in RequestContext context, int limit) => context.ExplorationSeed is null || ExploredBelow(limit) == 0 ? 0 : CandidatePool.SizeFor(limit);

    public void Rerank(in RequestContext context, CandidatePool pool, int limit)
    {
        limit = Math.Min(limit, pool.Count);
        if (context.ExplorationSeed is not { } seed || ExploredBelow(limit) == 0)
            return;
        var user = context.User.UserIndex < 0 ? -1 : userKeyOf(context.User.UserIndex);
        Span<float> propensities = limit <= 256 ? stackalloc float[limit] : new float[limit];
        propensities.Fill(1);
        Span<Arm> arms = stackalloc Arm[MostChoices];
        Span<double> chances = stackalloc double[MostChoices];
        var order = pool.Order;
        for (var position = 0; position < order.Length; position++)
            order[position] = position;
        for (var place = 0; place < limit; place++)
        {
            if (ExploredBelow(place + 1) == ExploredBelow(place))
                continue;
            var left = ChoicesAt(place, pool);
            for (var choice = 0; choice < left.Length; choice++)
                arms[choice] = armOf(pool.Candidates[left[choice]].ItemIndex, pool.Values[left[choice]]);
            var chosen = policy.Choose(arms[..left.Length], seed, ((long)user << 16) ^ place);
            policy.WritePropensities(arms[..left.Length], chances);
            propensities[place] = left.Length == 1 ? 1 : Math.Min((float)chances[chosen], MostOfDrawn);
            // The chosen one comes first; those it passes keep their order.
            var winner = left[chosen];
            left[..chosen].CopyTo(left[1..]);
            left[0] = winner;
        }

        pool.Take(pool.Count);
        pool.SetPropensities(propensities);
    }

    /// <summary>The positions of the best that are left, at least one.</summary>
    private static Span<int> ChoicesAt(int place, CandidatePool pool)
    {
        var end = place + 1;
        while (end < pool.Count && end < place + MostChoices && pool.Values[pool.Order[end]] >= 0)
            end++;
        return pool.Order[place..end];
    }

    /// <summary>How many of the first places explore.</summary>
    private int ExploredBelow(int places) => (int)((share * places) + 1e-9);
}
