using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A model whose scores are ratings, and that has a guess where it knows nothing of a pair.</summary>
internal interface IRatingScorer : IScorer
{
    /// <summary>The best guess for a pair that <see cref="IScorer.Score"/> does not know: what is known of the user or the item alone, else the mean rating. NaN when the model does not predict ratings.</summary>
    float Baseline(in UserHistory user, int itemIndex);
}
