using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending.Reranking;

/// <summary>What may stand in a list. It is asked while the list is filled, so that what it leaves out makes room for the next best. Knows one list at a time; not thread-safe.</summary>
internal interface IListRule
{
    /// <summary>What the kept slots are filled from; null for a rule that keeps none.</summary>
    IRetriever? Source => null;

    /// <summary>How many of the last slots of the list go to <see cref="Source"/> before anything else.</summary>
    int KeptSlots => 0;

    /// <summary>Starts a list.</summary>
    /// <param name="limit">The most items.</param>
    void Begin(int limit);

    /// <summary>Whether an item may have the next place.</summary>
    bool Admits(int itemIndex) => true;

    /// <summary>Takes note that an item has it.</summary>
    void Place(int itemIndex)
    {
    }

    /// <summary>Forgets the items that have places, because the list is put together anew; the kept slots stay as they are.</summary>
    void Clear()
    {
    }
}
