using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Models;

/// <summary>A model that has items for users of whom only attributes are known. Thread-safe.</summary>
internal interface IAttributeScorer : IScorer
{
    /// <summary>Whether its training has taught it so.</summary>
    bool KnowsAttributes { get; }

    /// <summary>Offers the items for a user of whom only attributes are known; nothing when these say nothing.</summary>
    /// <param name="content">The attributes.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="best">Keeps the highest scores.</param>
    void RetrieveFor(UserContent content, ReadOnlySpan<ulong> blocked, TopK best);
}
