using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A model that can say which users are like one.</summary>
public interface ISimilarUsers
{
    /// <summary>Offers the users like one, themselves left out; nothing when it does not know them.</summary>
    /// <param name="userIndex">An index of <see cref="IScorer.Users"/>.</param>
    /// <param name="best">Keeps the most similar; the scale of its scores is the model's own.</param>
    void RetrieveSimilarUsers(int userIndex, TopK best);
}
