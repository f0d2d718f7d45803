using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>
/// Gives the candidates of a request another order. Immutable and thread-safe; the same candidates and the same request give the same order. Those of a pipeline run
/// one after the other, each over what the one before it left. What changes values (<see cref="FreshnessReranker"/>, <see cref="PriceAffinityReranker"/>,
/// <see cref="RotationReranker"/>) belongs before what chooses by them (<see cref="DiversityReranker"/>, <see cref="CapReranker"/>). What draws lots and says how probable the outcome was
/// (<see cref="ExplorationReranker"/>) comes last.
/// A candidate keeps the score of its source, so the scores of a list that was re-ranked need not fall.
/// </summary>
internal interface IReranker
{
    /// <summary>How many candidates it wants to choose from for a list; 0 where it changes nothing, and the list then costs no more than without it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">The most items of the list.</param>
    int PoolOf(in RequestContext context, int limit) => CandidatePool.SizeFor(limit);

    /// <summary>Changes the order of the candidates, and may leave some out.</summary>
    /// <param name="context">The request.</param>
    /// <param name="pool">The candidates.</param>
    /// <param name="limit">How many of the first ones the list takes.</param>
    void Rerank(in RequestContext context, CandidatePool pool, int limit);

    /// <summary>Whether an item that is not from the pool may follow in a list, as one of a kept slot does.</summary>
    /// <param name="context">The request.</param>
    /// <param name="list">The list so far.</param>
    /// <param name="itemIndex">The item.</param>
    bool Admits(in RequestContext context, ReadOnlySpan<Candidate> list, int itemIndex) => true;
}
