using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A model that scores all items at once for little more than one, because it adds up what the items of a history say.</summary>
internal interface IFullScorer : IScorer
{
    /// <summary>What <see cref="IScorer.Score"/> says of every item.</summary>
    /// <param name="user">Who is asked about.</param>
    /// <param name="scores">|I| values; 0 for what the model knows nothing of.</param>
    void ScoreAll(in UserHistory user, Span<float> scores);
}
