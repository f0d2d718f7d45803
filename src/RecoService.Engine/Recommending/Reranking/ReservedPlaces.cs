using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Keeps the last places of a list for one retriever, whose items nobody would see otherwise.</summary>
/// <param name="retriever">What gets the places.</param>
/// <param name="share">The part of a list, 0..1, rounded down.</param>
/// <param name="isOpen">Whether it has anything to propose; else the places are everybody's.</param>
internal sealed class ReservedPlaces(IRetriever retriever, double share, Func<bool> isOpen)
{
    public IRetriever Retriever => retriever;

    /// <summary>How many places of a list of so many items are kept.</summary>
    public int In(int limit) => isOpen() ? (int)(share * limit) : 0;
}
