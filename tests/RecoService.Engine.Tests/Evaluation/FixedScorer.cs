using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Evaluation;

/// <summary>Scores given by a function of user and item index.</summary>
internal sealed class FixedScorer(KeyMap users, KeyMap items, Func<int, int, float> score) : IScorer
{
    public KeyMap Users { get; } = users;

    public KeyMap Items { get; } = items;

    public void Score(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> scores)
    {
        for (var position = 0; position < itemIndexes.Length; position++)
            scores[position] = score(user.UserIndex, itemIndexes[position]);
    }

    public void Retrieve(in UserHistory user, ReadOnlySpan<ulong> blocked, TopK best)
    {
        for (var item = 0; item < Items.Count; item++)
        {
            if (!Bits.IsSet(blocked, item))
                best.Offer(item, score(user.UserIndex, item));
        }
    }

    public bool IsSound() => true;

    public IScorer Rebase(KeyMap users, KeyMap items) => new FixedScorer(users, items, (user, item) =>
        Users.TryGetIndex(users[user], out var ownUser) && Items.TryGetIndex(items[item], out var ownItem) ? score(ownUser, ownItem) : float.NaN);
}
