using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Evaluation;

/// <summary>How alike the lists of two models are.</summary>
public static class ListOverlap
{
    /// <summary>
    /// The mean over <paramref name="users"/> of |A and B| / max(|A|, |B|) for their lists of at most k items, items of the user's train part left out; 0..1, NaN without
    /// users. Two empty lists agree: whoever has consumed everything says nothing against a model.
    /// </summary>
    public static double Mean(IScorer first, IScorer second, InteractionDataset train, ReadOnlySpan<int> users, int k, CancellationToken cancellationToken)
    {
        first = first.Over(train);
        second = second.Over(train);
        var blocked = new ulong[Bits.WordsFor(train.Items.Count)];
        var best = new TopK(k);
        var firstItems = new int[k];
        var secondItems = new int[k];
        var scores = new float[k];
        var shared = 0.0;
        foreach (var user in users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var history = train.HistoryOf(user);
            var seen = history.Items;
            foreach (var item in seen)
                Bits.Set(blocked, item);

            var firstList = ListOf(first, history, firstItems);
            var secondList = ListOf(second, history, secondItems);
            var both = 0;
            foreach (var item in firstList)
            {
                if (secondList.Contains(item))
                    both++;
            }

            var longer = Math.Max(firstList.Length, secondList.Length);
            shared += longer == 0 ? 1 : (double)both / longer;

            foreach (var item in seen)
                Bits.Clear(blocked, item);
        }

        return users.Length == 0 ? double.NaN : shared / users.Length;

        Span<int> ListOf(IScorer model, in UserHistory history, int[] items)
        {
            model.Retrieve(history, blocked, best);
            return items.AsSpan(0, best.Drain(items, scores));
        }
    }
}
