using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A model that makes the lists of many users in less time than one after the other.</summary>
public interface IBulkScorer : IScorer
{
    /// <summary>Whether a user's index says all that their history says, so that <see cref="RetrieveMany"/> gives the list that <see cref="IScorer.Retrieve"/> does.</summary>
    bool IsKnownByIndex(in UserHistory user);

    /// <summary>
    /// What <see cref="IScorer.Retrieve"/> does, for every user whom the model knows by their index; the lists of others stay as they are.
    /// </summary>
    /// <param name="userIndexes">n indexes of <see cref="IScorer.Users"/>; -1 for a user the model does not know.</param>
    /// <param name="blocked">n x <paramref name="wordsPerUser"/>: a bit per item index, set = leave out; bits beyond the end of a user's words count as unset.</param>
    /// <param name="wordsPerUser">How many words each user has, at least 0.</param>
    /// <param name="best">n lists, each of which keeps the highest scores of one user.</param>
    void RetrieveMany(ReadOnlySpan<int> userIndexes, ReadOnlySpan<ulong> blocked, int wordsPerUser, ReadOnlySpan<TopK> best);
}
