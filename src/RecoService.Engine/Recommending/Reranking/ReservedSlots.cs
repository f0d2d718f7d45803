using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>Keeps the last slots of a list for one retriever, whose items nobody would see otherwise.</summary>
/// <param name="retriever">What gets the places.</param>
/// <param name="share">The part of a list, 0..1, rounded down.</param>
/// <param name="isOpen">Whether it has anything to propose; else the places are everybody's.</param>
internal sealed class ReservedSlots(IRetriever retriever, double share, Func<bool> isOpen) : IListRule
{
    public IRetriever Source => retriever;

    public int KeptSlots { get; private set; }

    public void Begin(int limit) => KeptSlots = isOpen() ? (int)(share * limit) : 0;
}
