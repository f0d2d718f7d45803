using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Gives each arm its <see cref="Arm.Bound"/>.</summary>
/// <param name="context">The user and the request.</param>
/// <param name="pool">n candidates.</param>
/// <param name="arms">n.</param>
internal delegate void ArmBounds(in RequestContext context, CandidatePool pool, Span<Arm> arms);

/// <summary>
/// Gives a share of the places, evenly spread, to what a bandit policy chooses among ten candidates: the five best that are left and, of the others, the five that were shown the least; of equally many times the better ones. So what is new gets its chance
/// wherever it stands among the candidates. The other places keep the best. Each candidate of the list knows its
/// propensity: how probable it was to stand at its place, given what stands above; 1 at the other places, and below 1 wherever there was a choice. It belongs behind all re-rankers that move candidates, since what moves them afterwards makes propensities wrong.
/// A candidate whose value is below 0 steps back (<see cref="RotationReranker"/>) and is not drawn. A request without <see cref="RequestContext.ExplorationSeed"/> explores nothing.
/// </summary>
/// <param name="share">0..1: which part of the places explores; 0 changes nothing. Of ten places 0.2 are the fifth and the tenth.</param>
/// <param name="policy">Who chooses. One that draws no lots gives propensities of 1.</param>
/// <param name="armOf">What is known of an item, by its index and its value in the pool.</param>
/// <param name="userKeyOf">The store's key of a user index, which every replica has the same.</param>
/// <param name="boundsOf">Gives the arms of a pool their bounds; null: the policy reads none.</param>
internal sealed class ExplorationReranker(double share, IBanditPolicy policy, Func<int, float, Arm> armOf, Func<int, int> userKeyOf, ArmBounds? boundsOf = null) : IReranker
{
    /// <summary>What one place may show: the more, the longer propensities take and the worse the worst of them is.</summary>
    private const int MostChoices = 10;

    /// <summary>Those of them that are the best that are left.</summary>
    private const int BestChoices = 5;

    private const int MostOnStack = 256;

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
        Span<float> propensities = limit <= MostOnStack ? stackalloc float[limit] : new float[limit];
        propensities.Fill(1);
        Span<Arm> arms = stackalloc Arm[MostChoices];
        Span<int> choices = stackalloc int[MostChoices];
        Span<Arm> known = pool.Count <= MostOnStack ? stackalloc Arm[pool.Count] : new Arm[pool.Count];
        for (var position = 0; position < known.Length; position++)
            known[position] = armOf(pool.Candidates[position].ItemIndex, pool.Values[position]);
        boundsOf?.Invoke(context, pool, known);
        var order = pool.Order;
        for (var position = 0; position < order.Length; position++)
            order[position] = position;
        for (var place = 0; place < limit; place++)
        {
            if (ExploredBelow(place + 1) == ExploredBelow(place))
                continue;
            var count = FindChoices(place, pool, known, choices);
            for (var choice = 0; choice < count; choice++)
                arms[choice] = known[order[choices[choice]]];
            var chosen = policy.Choose(arms[..count], seed, ((long)user << 16) ^ place, out var propensity);
            propensities[place] = count == 1 ? 1 : Math.Min((float)propensity, MostOfDrawn);
            // The chosen one comes first; those it passes keep their order.
            var winner = order[choices[chosen]];
            order[place..choices[chosen]].CopyTo(order[(place + 1)..]);
            order[place] = winner;
        }

        pool.Take(pool.Count);
        pool.SetPropensities(propensities);
    }

    /// <summary>Where in the order the choices of a place stand, ascending: the best that are left, at least one, and of those behind them the ones that were shown the least.</summary>
    private static int FindChoices(int place, CandidatePool pool, ReadOnlySpan<Arm> known, Span<int> choices)
    {
        var count = 0;
        choices[count++] = place;
        for (var at = place + 1; at < pool.Count; at++)
        {
            if (pool.Values[pool.Order[at]] < 0)
                continue;
            if (count == MostChoices)
            {
                var most = BestChoices;
                for (var choice = most + 1; choice < MostChoices; choice++)
                    most = CountOf(choices[choice], pool, known) >= CountOf(choices[most], pool, known) ? choice : most;
                if (CountOf(at, pool, known) >= CountOf(choices[most], pool, known))
                    continue;
                choices[(most + 1)..].CopyTo(choices[most..]);
                count--;
            }

            choices[count++] = at;
        }

        return count;
    }

    private static double CountOf(int at, CandidatePool pool, ReadOnlySpan<Arm> known) => known[pool.Order[at]].Count;

    /// <summary>How many of the first places explore.</summary>
    private int ExploredBelow(int places) => (int)((share * places) + 1e-9);
}
