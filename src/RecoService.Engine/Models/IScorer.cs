using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>A trained model in its scoring role. Immutable. A score of NaN means "I know nothing of this pair".</summary>
public interface IScorer
{
    KeyMap Users { get; }

    KeyMap Items { get; }

    /// <summary>One score per asked item.</summary>
    /// <param name="user">Who is asked about. Some models know them by their index, others by their history, some need neither.</param>
    /// <param name="itemIndexes">Indexes of <see cref="Items"/>.</param>
    /// <param name="scores">As long as <paramref name="itemIndexes"/>; the higher the better.</param>
    void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores);

    /// <summary>Offers every known item that is not blocked to <paramref name="best"/>; nothing when the user is unknown to a personal model.</summary>
    /// <param name="user">Who is asked about.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="best">Keeps the highest scores.</param>
    void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best);

    /// <summary>False when a number in it is infinite, or a part of a row NaN: training has gone astray, and the model must not be served.</summary>
    bool IsSound();

    /// <summary>The same model over another index space: rows of keys in both are kept, other keys of the target are unknown, other rows are dropped.</summary>
    IScorer Rebase(KeyMap users, KeyMap items);
}
