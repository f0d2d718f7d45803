using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Models;

/// <summary>A model that scores all items of a user at once, by summing up over what like users have; an item without a sum above 0 is unknown.</summary>
/// <param name="users">|U| keys.</param>
/// <param name="items">|I| keys.</param>
public abstract class SummedScorer(KeyMap users, KeyMap items) : IFullScorer
{
    public KeyMap Users => users;

    public KeyMap Items => items;

    public abstract bool IsSound();

    public abstract IScorer Rebase(KeyMap users, KeyMap items);

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        var rented = ArrayPool<float>.Shared.Rent(items.Count);
        var sums = SumsOf(user, rented);
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = sums[itemIndexes[position]] is > 0 and var score ? score : float.NaN;
        ArrayPool<float>.Shared.Return(rented);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(items.Count);
        var sums = SumsOf(user, rented);
        for (var item = 0; item < sums.Length; item++)
        {
            if (sums[item] > 0 && sums[item] >= best.Threshold && !Bits.IsSet(blocked, item))
                best.Offer(item, sums[item]);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    void IFullScorer.ScoreAll(in UserHistory user, Span<float> scores) => SumsOf(user, scores);

    /// <summary>Adds what it knows of a user.</summary>
    /// <param name="user">Somebody, known or not.</param>
    /// <param name="sums">|I|; zeros at first.</param>
    protected abstract void Accumulate(in UserHistory user, Span<float> sums);

    private Span<float> SumsOf(in UserHistory user, Span<float> room)
    {
        var sums = room[..items.Count];
        sums.Clear();
        Accumulate(user, sums);
        return sums;
    }
}
