using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A model that can be prepared for many requests: more memory, and lists in less time. Evaluation and tuning do without.</summary>
internal interface IServedScorer : IScorer
{
    /// <summary>The same model, with the same scores and the same lists.</summary>
    IScorer ForServing();
}
