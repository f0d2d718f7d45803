using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>
/// A model that scores by what other users did. Histories belong to the store and not to a stored model, so one that was read or rebased
/// knows nothing until it is given them.
/// </summary>
public interface IHistoryScorer : IScorer
{
    /// <summary>The same model with these histories.</summary>
    /// <param name="histories">What users did, over the model's key maps.</param>
    IScorer WithHistories(InteractionDataset histories);
}
