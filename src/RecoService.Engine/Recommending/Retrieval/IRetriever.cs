using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>The best items of one source for one request.</summary>
public interface IRetriever
{
    /// <summary>The word that names this source in every answer.</summary>
    string Name { get; }

    /// <summary>What an answer names as the source of one of its items.</summary>
    /// <param name="context">The request.</param>
    /// <param name="itemIndex">An item that it has offered for this request.</param>
    string SourceOf(in RequestContext context, int itemIndex) => Name;

    /// <summary>Offers its items, except the blocked ones, to <paramref name="best"/>; nothing when it knows nothing of the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="blocked">A bit per item index of the serving state, set = leave out.</param>
    /// <param name="best">Keeps the highest scores.</param>
    void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best);
}
