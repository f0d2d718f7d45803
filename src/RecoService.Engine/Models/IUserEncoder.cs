using RecoService.Engine.Data;

namespace RecoService.Engine.Models;

/// <summary>Makes a user's vector from what they did: the fold-in of a factor model, a transformer over their events, a mean of content vectors. Thread-safe, and allocates nothing once warm.</summary>
public interface IUserEncoder
{
    /// <param name="user">At least one item that the model knows.</param>
    /// <param name="vector">f values; NaN where the history holds what this model learns from, but nothing in favour of any item.</param>
    /// <param name="bias">The user's bias; 0 where the model has none.</param>
    /// <returns>False when the history holds nothing this model learns from: what training knew of the user, if anything, still holds.</returns>
    bool TryEncode(in UserHistory user, Span<float> vector, out float bias);
}

/// <summary>A model that says what it reads of a history. Of others it is the items and their weights.</summary>
public interface IHistoryReader : IScorer
{
    /// <summary>Beside the items and their weights; what it does not name may be missing where it serves.</summary>
    HistoryNeeds Needs { get; }
}
