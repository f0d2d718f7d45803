using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Evaluation;

/// <summary>How alike the lists of two models are.</summary>
public static class ListOverlap
{
    /// <summary>
    /// The mean over <paramref name="users"/> of |A and B| / max(|A|, |B|) for their lists of at most k items, without what the lists must not hold; 0..1, NaN without
    /// users. Two empty lists agree: whoever has consumed everything says nothing against a model.
    /// </summary>
    /// <param name="first">A model.</param>
    /// <param name="second">Another.</param>
    /// <param name="train">What is known of the users.</param>
    /// <param name="users">Whose lists are compared.</param>
    /// <param name="k">The length of the lists.</param>
    /// <param name="cancellationToken">Cancels between users.</param>
    /// <param name="repeats">What holds for the items of the train part.</param>
    /// <param name="now">When lists are given, in Unix milliseconds; null: with the newest interaction of the train part.</param>
    public static double Mean(
        IScorer first, IScorer second, InteractionDataset train, ReadOnlySpan<int> users, int k, CancellationToken cancellationToken,
        RepeatRule repeats = RepeatRule.None, long? now = null)
    {
        first = first.Over(train);
        second = second.Over(train);
        var mask = new ListMask(train, repeats, now);
        var best = new TopK(k);
        var firstItems = new int[k];
        var secondItems = new int[k];
        var scores = new float[k];
        var shared = 0.0;
        foreach (var user in users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var history = train.HistoryOf(user);
            mask.Set(user);

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
            mask.Clear(user);
        }

        return users.Length == 0 ? double.NaN : shared / users.Length;

        Span<int> ListOf(IScorer model, in UserHistory history, int[] items)
        {
            model.Retrieve(history, mask.Blocked, best);
            return items.AsSpan(0, best.Drain(items, scores));
        }
    }
}
