using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A model that can say which items are like one.</summary>
public interface ISimilarItems
{
    /// <summary>Offers the items like one, itself and the blocked ones left out; nothing when it does not know the item.</summary>
    /// <param name="itemIndex">An index of <see cref="IScorer.Items"/>.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="best">Keeps the most similar; the scale of its scores is the model's own.</param>
    void RetrieveSimilarItems(int itemIndex, ReadOnlySpan<ulong> blocked, TopK best);
}
